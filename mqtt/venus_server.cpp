// SPDX-License-Identifier: MIT
// Keepalive, full publish, reads and writes of the Venus layout.
#include "mqtt/venus_server.hpp"

#include "core/path_table.hpp"
#include "mqtt/venus_json.hpp"

#include <utility>

namespace busbar::mqtt {

namespace {

using std::chrono::seconds;

// From captures of dbus-flashmq v25 (mqtt/VENUS.md): last message 59.1 s after a keepalive and none
// at 60.1 s, a beat every 3 s, three full publishes in each second of a fixed grid.
constexpr seconds kAliveFor{60};
constexpr seconds kBeatEvery{3};
constexpr int kFullPerSecond = 3;
/// Requests for everything that a slow session has not answered yet: who asks so often gets the
/// same from the last answer. Our choice.
constexpr std::size_t kMostMarks = 8;
constexpr std::string_view kKeepaliveOptions =
    "suppress-republish"; // looked for as a piece of text, also in broken JSON
constexpr std::string_view kSerialTail = "system/0/Serial";
constexpr std::string_view kValueKey = R"("value":)";

/// `{"max":4,"min":1,"value":` of a whole payload; the plain head if it has another shape.
std::string_view headOf(std::string_view payload) {
    const auto key = payload.find(kValueKey);
    return key == std::string_view::npos ? std::string_view(R"({"value":)")
                                         : payload.substr(0, key + kValueKey.size());
}

void appendBound(std::string& out, std::string_view key, const std::optional<Value>& bound,
                 WireType wire) {
    if (!bound)
        return;
    out.append(1, '"').append(key).append("\":");
    appendJsonValue(out, *bound, wire);
    out.push_back(',');
}

std::int64_t unixSeconds(const Now& now) {
    return std::chrono::duration_cast<seconds>(now.wall.time_since_epoch()).count();
}

std::string joined(std::string_view a, std::string_view b, std::string_view c) {
    std::string text;
    text.reserve(a.size() + b.size() + c.size());
    return text.append(a).append(b).append(c);
}

WireType wireOf(std::string_view type, std::string_view path) {
    const auto row = type == "battery" ? findRow(path) : std::nullopt;
    return row ? spec(kRows.at(*row).quantity).wire : WireType::Double;
}

} // namespace

VenusServer::VenusServer(VenusServerSettings settings, Publish publish, Write write)
    : settings_(std::move(settings)), publish_(std::move(publish)), write_(std::move(write)),
      notifyTopic_(joined(settings_.topicPrefix, "N/", settings_.portalId + "/")),
      readTopic_(joined(settings_.topicPrefix, "R/", settings_.portalId + "/")),
      writeTopic_(joined(settings_.topicPrefix, "W/", settings_.portalId + "/")),
      serial_(item("system", "0", "/Serial", {.wire = WireType::Text})) {
    set(serial_, settings_.portalId);
}

std::vector<std::string> VenusServer::subscriptions() const {
    return {readTopic_ + "#", writeTopic_ + "#"};
}

bool VenusServer::announce() {
    std::string payload(R"({"value":)");
    appendJsonText(payload, settings_.portalId);
    return send(entries_[serial_].topic, payload + "}", true);
}

void VenusServer::connected(const Now& now) {
    disconnected();
    isOpen_ = true;
    stayAlive(now);
    for (const bool isEmptied : {true, false})
        for (Item item = 0; item < entries_.size(); ++item)
            if (entries_[item].isKnown && entries_[item].payload.empty() == isEmptied)
                makeDue(item);
    startBeating(now);
}

void VenusServer::disconnected() {
    isOpen_ = false;
    waiting_.clear();
    marks_ = 0;
    for (Entry& entry : entries_)
        entry.isDue = false;
}

std::uint32_t VenusServer::serviceIndex(std::string_view type, std::string_view instance) {
    const auto [found, isNew] = byName_.try_emplace(joined(type, "/", instance),
                                                    static_cast<std::uint32_t>(services_.size()));
    if (isNew)
        services_.push_back({std::string(type), std::string(instance), {}});
    return found->second;
}

VenusServer::Item VenusServer::item(std::string_view type, std::string_view instance,
                                    std::string_view path, const ItemForm& form) {
    const auto service = serviceIndex(type, instance);
    const auto [found, isNew] =
        services_[service].items.try_emplace(std::string(path), static_cast<Item>(entries_.size()));
    if (!isNew)
        return found->second;
    Entry entry{.topic = joined(notifyTopic_, joined(type, "/", instance), path),
                .payload = {},
                .head = "{",
                .service = service,
                .wire = form.wire,
                .isWritable = form.isWritable};
    appendBound(entry.head, "max", form.max, form.wire);
    appendBound(entry.head, "min", form.min, form.wire);
    entry.head.append(kValueKey);
    entries_.push_back(std::move(entry));
    return found->second;
}

void VenusServer::set(Item item, const Value& value) {
    scratch_ = entries_.at(item).head;
    appendJsonValue(scratch_, value, entries_[item].wire);
    scratch_.push_back('}');
    store(item, scratch_);
}

void VenusServer::setJson(Item item, std::string_view json) {
    scratch_ = entries_.at(item).head;
    scratch_.append(json).push_back('}');
    store(item, scratch_);
}

void VenusServer::setPayload(Item item, std::string_view payload) {
    if (payload.empty()) {
        remove(item);
        return;
    }
    entries_.at(item).head = headOf(payload);
    store(item, payload);
}

void VenusServer::setValue(std::string_view type, std::string_view instance, std::string_view path,
                           const Value& value) {
    const ItemForm form{.wire = wireOf(type, path)};
    set(item(type, instance, path, form), value);
}

void VenusServer::store(Item item, std::string_view payload) {
    Entry& entry = entries_.at(item);
    if (entry.payload == payload)
        return;
    entry.payload = payload;
    entry.isKnown = true;
    if (isAlive_)
        makeDue(item);
}

void VenusServer::remove(Item item) {
    Entry& entry = entries_.at(item);
    if (entry.payload.empty())
        return;
    entry.payload.clear();
    makeDue(item);
}

void VenusServer::removeService(std::string_view type, std::string_view instance) {
    const auto found = byName_.find(joined(type, "/", instance));
    if (found == byName_.end())
        return;
    for (const auto& [path, item] : services_[found->second].items)
        remove(item);
}

bool VenusServer::send(std::string_view topic, std::string_view payload, bool retain) {
    if (!isOpen_ || !publish_(topic, payload, retain))
        return false;
    ++counters_.published;
    return true;
}

/// Goes at once, unless something waits already: then a session that is full is not asked again
/// with every value.
void VenusServer::makeDue(Item item) {
    Entry& entry = entries_.at(item);
    if (!isOpen_ || entry.isDue)
        return;
    entry.isDue = true;
    waiting_.push_back({.item = item, .mark = {}});
    if (waiting_.size() == 1)
        sendWaiting();
}

void VenusServer::sendWaiting() {
    while (!waiting_.empty() && sendFirst())
        waiting_.pop_front();
}

bool VenusServer::sendFirst() {
    const Waiting& first = waiting_.front();
    if (!first.mark.empty()) {
        const bool isTaken = send(notifyTopic_ + "full_publish_completed", first.mark);
        marks_ -= isTaken ? 1 : 0;
        return isTaken;
    }
    Entry& entry = entries_[first.item];
    entry.isDue = false; // what is set meanwhile is due again
    const bool isTaken = send(entry.topic, entry.payload);
    entry.isDue = entry.isDue || !isTaken;
    return isTaken;
}

void VenusServer::message(std::string_view topic, std::string_view payload, const Now& now) {
    advance(now);
    if (topic.starts_with(writeTopic_)) {
        ++(write(topic.substr(writeTopic_.size()), payload) ? counters_.writes : counters_.failed);
        return;
    }
    if (!topic.starts_with(readTopic_))
        return;
    topic.remove_prefix(readTopic_.size());
    if (topic == "keepalive" || topic == kSerialTail)
        keepalive(payload, now);
    if (topic != "keepalive")
        ++(read(topic) ? counters_.reads : counters_.failed);
}

void VenusServer::tick(const Now& now) {
    sendWaiting();
    advance(now);
    if (isAlive_ && now.steady >= nextBeat_)
        beat(now);
}

void VenusServer::advance(const Now& now) {
    if (now.steady >= aliveUntil_)
        isAlive_ = false;
}

void VenusServer::keepalive(std::string_view payload, const Now& now) {
    const bool isFirst = !isAlive_;
    stayAlive(now);
    if (payload.find(kKeepaliveOptions) == std::string_view::npos)
        publishAll(payload, now);
    if (isFirst)
        startBeating(now);
}

void VenusServer::stayAlive(const Now& now) {
    isAlive_ = true;
    aliveUntil_ = now.steady + kAliveFor;
}

void VenusServer::startBeating(const Now& now) {
    nextBeat_ = now.steady;
    beat(now);
}

void VenusServer::beat(const Now& now) {
    while (nextBeat_ <= now.steady)
        nextBeat_ += kBeatEvery;
    if (settings_.hasHeartbeat)
        send(notifyTopic_ + "heartbeat", R"({"value":)" + std::to_string(unixSeconds(now)) + "}");
}

bool VenusServer::mayPublishAll(const Now& now) {
    const auto window = std::chrono::floor<seconds>(now.steady.time_since_epoch()).count();
    if (window != window_)
        fullInWindow_ = 0;
    window_ = window;
    return fullInWindow_++ < kFullPerSecond;
}

void VenusServer::publishAll(std::string_view request, const Now& now) {
    if (!mayPublishAll(now) || marks_ >= kMostMarks) {
        ++counters_.refusedFull;
        return;
    }
    ++counters_.fullPublishes;
    for (Item item = 0; item < entries_.size(); ++item)
        if (!entries_[item].payload.empty())
            makeDue(item);
    if (!settings_.hasCompletion)
        return;
    std::string completed = "{";
    if (const auto word = settings_.hasEcho ? keepaliveEcho(request) : std::nullopt) {
        completed += R"("full-publish-completed-echo":)";
        appendJsonText(completed, *word);
        completed += ',';
    }
    completed += kValueKey;
    completed += std::to_string(unixSeconds(now)) + "}";
    waiting_.push_back({.item = 0, .mark = std::move(completed)});
    ++marks_;
    if (waiting_.size() == 1)
        sendWaiting();
}

std::optional<VenusServer::Target> VenusServer::target(std::string_view tail) const {
    const auto first = tail.find('/');
    const auto second = first == std::string_view::npos ? first : tail.find('/', first + 1);
    if (second == std::string_view::npos)
        return std::nullopt;
    const auto found = byName_.find(tail.substr(0, second));
    if (found == byName_.end())
        return std::nullopt;
    return Target{&services_[found->second], std::string(tail.substr(second))};
}

bool VenusServer::read(std::string_view tail) {
    const auto wanted = target(tail);
    if (!wanted)
        return false;
    const auto& items = wanted->service->items;
    bool isAnswered = false;
    const auto answer = [this, &isAnswered](Item item) {
        if (entries_[item].payload.empty())
            return;
        makeDue(item);
        isAnswered = true;
    };
    if (const auto leaf = items.find(wanted->path); leaf != items.end())
        answer(leaf->second);
    else if (wanted->path == "/" || !wanted->path.ends_with('/')) {
        const std::string branch = wanted->path == "/" ? wanted->path : wanted->path + "/";
        for (auto it = items.lower_bound(branch);
             it != items.end() && it->first.starts_with(branch); ++it)
            answer(it->second);
    }
    return isAnswered;
}

bool VenusServer::write(std::string_view tail, std::string_view payload) {
    const auto wanted = target(tail);
    if (!wanted || !write_)
        return false;
    const auto found = wanted->service->items.find(wanted->path);
    if (found == wanted->service->items.end())
        return false;
    const Entry& entry = entries_[found->second];
    const bool canBeWritten = entry.isWritable && !entry.payload.empty();
    const auto written = canBeWritten ? parseWrite(payload) : std::nullopt;
    if (!written)
        return false;
    write_({found->second, wanted->service->type, wanted->service->instance, wanted->path,
            written->json, written->value});
    return true;
}

} // namespace busbar::mqtt
