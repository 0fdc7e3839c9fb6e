// SPDX-License-Identifier: MIT
// Keepalive, full publish, reads and writes of the Venus layout.
#include "mqtt/venus/venus_server.hpp"

#include "core/table/path_table.hpp"
#include "mqtt/venus/venus_json.hpp"

#include <chrono>
#include <utility>

namespace busbar::mqtt {

namespace {

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

std::int64_t unixSeconds(const Now& now) {
    return std::chrono::duration_cast<std::chrono::seconds>(now.wall.time_since_epoch()).count();
}

std::string topicBase(const VenusServerSettings& settings, std::string_view letter) {
    return settings.topicPrefix + std::string(letter) + "/" + settings.portalId + "/";
}

WireType wireOf(std::string_view type, std::string_view path) {
    const auto row = type == "battery" ? findRow(path) : std::nullopt;
    return row ? spec(kRows.at(*row).quantity).wire : WireType::Double;
}

/// Payload of the end mark; empty without one.
std::string completionOf(const VenusServerSettings& settings, std::string_view request,
                         const Now& now) {
    if (!settings.hasCompletion)
        return {};
    std::string completed = "{";
    if (const auto word = settings.hasEcho ? keepaliveEcho(request) : std::nullopt) {
        completed += R"("full-publish-completed-echo":)";
        appendJsonText(completed, *word);
        completed += ',';
    }
    completed += kValueKey;
    return completed + std::to_string(unixSeconds(now)) + "}";
}

/// False: nothing came of it.
bool handOver(const VenusItems& items, const VenusServer::Write& handler, std::string_view tail,
              std::string_view payload) {
    auto request = handler ? items.writable(tail) : std::nullopt;
    const auto written = request ? parseWrite(payload) : std::nullopt;
    if (!written)
        return false;
    request->json = written->json;
    request->value = written->value;
    handler(*request);
    return true;
}

} // namespace

VenusServer::VenusServer(VenusServerSettings settings, Publish publish, Write write)
    : settings_(std::move(settings)), write_(std::move(write)),
      notifyTopic_(topicBase(settings_, "N")), readTopic_(topicBase(settings_, "R")),
      writeTopic_(topicBase(settings_, "W")), items_(notifyTopic_),
      queue_(items_, counters_.published, notifyTopic_ + "full_publish_completed",
             std::move(publish)),
      serial_(item("system", "0", "/Serial", {.wire = WireType::Text})) {
    set(serial_, settings_.portalId);
}

std::vector<std::string> VenusServer::subscriptions() const {
    return {readTopic_ + "#", writeTopic_ + "#"};
}

bool VenusServer::announce() {
    if (!settings_.isFound)
        return queue_.send(items_.at(serial_).topic, "", true);
    std::string payload(R"({"value":)");
    appendJsonText(payload, settings_.portalId);
    return queue_.send(items_.at(serial_).topic, payload + "}", true);
}

void VenusServer::connected(const Now& now) {
    pulse_.keepAlive(now);
    queue_.open();
    pulse_.startBeating(now);
    beat(now);
}

void VenusServer::set(Item item, const Value& value) {
    scratch_ = items_.at(item).head;
    appendJsonValue(scratch_, value, items_.at(item).wire);
    scratch_.push_back('}');
    queue_.store(item, scratch_, pulse_.isAlive());
}

void VenusServer::setJson(Item item, std::string_view json) {
    scratch_ = items_.at(item).head;
    scratch_.append(json).push_back('}');
    queue_.store(item, scratch_, pulse_.isAlive());
}

void VenusServer::setPayload(Item item, std::string_view payload) {
    if (payload.empty()) {
        remove(item);
        return;
    }
    items_.at(item).head = headOf(payload);
    queue_.store(item, payload, pulse_.isAlive());
}

void VenusServer::setValue(std::string_view type, std::string_view instance, std::string_view path,
                           const Value& value) {
    set(item(type, instance, path, {.wire = wireOf(type, path)}), value);
}

void VenusServer::remove(Item item) {
    std::string& payload = items_.at(item).payload;
    if (payload.empty())
        return;
    payload.clear();
    queue_.makeDue(item);
}

void VenusServer::removeService(std::string_view type, std::string_view instance) {
    for (const Item item : items_.ofService(type, instance))
        remove(item);
}

void VenusServer::message(std::string_view topic, std::string_view payload, const Now& now) {
    pulse_.advance(now);
    if (topic.starts_with(writeTopic_)) {
        const bool isDone = handOver(items_, write_, topic.substr(writeTopic_.size()), payload);
        ++(isDone ? counters_.writes : counters_.failed);
        return;
    }
    if (!topic.starts_with(readTopic_))
        return;
    topic.remove_prefix(readTopic_.size());
    if (topic == "keepalive" || topic == kSerialTail)
        keepalive(payload, now);
    if (topic == "keepalive")
        return;
    const auto wanted = items_.below(topic);
    for (const Item item : wanted)
        queue_.makeDue(item);
    ++(wanted.empty() ? counters_.failed : counters_.reads);
}

void VenusServer::tick(const Now& now) {
    queue_.sendWaiting();
    pulse_.advance(now);
    beat(now);
}

void VenusServer::keepalive(std::string_view payload, const Now& now) {
    const bool isFirst = !pulse_.isAlive();
    pulse_.keepAlive(now);
    if (payload.find(kKeepaliveOptions) == std::string_view::npos) {
        const bool isDone =
            pulse_.mayPublishAll(now) && queue_.makeAllDue(completionOf(settings_, payload, now));
        ++(isDone ? counters_.fullPublishes : counters_.refusedFull);
    }
    if (isFirst) {
        pulse_.startBeating(now);
        beat(now);
    }
}

void VenusServer::beat(const Now& now) {
    if (pulse_.beats(now) && settings_.hasHeartbeat)
        queue_.send(notifyTopic_ + "heartbeat",
                    R"({"value":)" + std::to_string(unixSeconds(now)) + "}");
}

} // namespace busbar::mqtt
