// SPDX-License-Identifier: MIT
// The fake bridge and its wiring.
#include "support/gx_bench.hpp"

#include "core/cycle/calm_cells.hpp"
#include "core/cycle/view.hpp"
#include "core/events.hpp"
#include "core/settings.hpp"

#include <algorithm>
#include <array>

namespace busbar::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto kAliveFor = 60s; // as the real bridge
constexpr auto kBeatEvery = 3s;

std::string head() {
    return "N/" + std::string(kPortal) + "/";
}

/// The word of a keepalive as Busbar writes it; empty if there is none.
std::string_view echoOf(std::string_view payload) {
    constexpr std::string_view kKey = R"("full-publish-completed-echo":")";
    const auto at = payload.find(kKey);
    if (at == payload.npos)
        return {};
    const auto word = payload.substr(at + kKey.size());
    return word.substr(0, word.find('"'));
}

} // namespace

std::string_view toText(EventKind kind) {
    constexpr std::array<std::string_view, 13> kTexts = {
        "member_in",       "member_held", "member_out",     "stage",  "charge_cause",
        "discharge_cause", "balancing",   "current_source", "advice", "alarm",
        "member_out",      "member_out",  "member_out"};
    return kTexts.at(static_cast<std::size_t>(kind));
}

std::string FakeBridge::topicOf(int instance, std::string_view path) {
    return head() + "battery/" + std::to_string(instance) + std::string(path);
}

void FakeBridge::send(std::string_view topic, std::string_view payload) {
    if (!mood.isSilent)
        send_(topic, payload);
}

void FakeBridge::add(FakeService service) {
    std::erase_if(services_, [&](const FakeService& s) { return s.key == service.key; });
    services_.push_back(std::move(service));
    if (isAlive_)
        publishService(services_.back());
}

void FakeBridge::set(int key, std::string_view path, std::string payload) {
    const auto service = std::ranges::find(services_, key, &FakeService::key);
    if (service == services_.end())
        return;
    std::string& kept = service->payloads[std::string(path)];
    kept = std::move(payload);
    if (isAlive_)
        send(topicOf(service->instance, path), kept);
}

void FakeBridge::remove(int key) {
    const auto found = std::ranges::find(services_, key, &FakeService::key);
    if (found == services_.end())
        return;
    const FakeService service = std::move(*found);
    services_.erase(found);
    for (const auto& [path, payload] : service.payloads)
        send(topicOf(service.instance, path), "");
}

void FakeBridge::reboot() {
    services_.clear();
    isAlive_ = false;
}

void FakeBridge::publishService(const FakeService& service) {
    for (const auto& [path, payload] : service.payloads)
        send(topicOf(service.instance, path), payload);
}

void FakeBridge::publishAll(std::string_view payload) {
    if (mood.refusesFull || mood.abortsFull)
        return;
    for (const FakeService& service : services_)
        publishService(service);
    if (!mood.hasCompletion)
        return;
    const auto word = mood.hasEcho ? echoOf(payload) : std::string_view();
    send(head() + "full_publish_completed",
         word.empty()
             ? R"({"value":1})"
             : R"({"full-publish-completed-echo":")" + std::string(word) + R"(","value":1})");
}

void FakeBridge::request(std::string_view topic, std::string_view payload, const Now& now) {
    const std::string reads = "R/" + std::string(kPortal) + "/";
    if (mood.isSilent || !topic.starts_with(reads))
        return;
    topic.remove_prefix(reads.size());
    if (topic == "keepalive") {
        const bool wantsAll = payload.find("suppress-republish") == payload.npos;
        if (wantsAll && mood.abortsFull)
            return; // such a keepalive does not even take effect
        if (!isAlive_)
            nextBeat_ = now.steady;
        isAlive_ = true;
        aliveUntil_ = now.steady + kAliveFor;
        if (wantsAll)
            publishAll(payload);
        tick(now);
        return;
    }
    for (const FakeService& service : services_)
        answer(service, topic);
}

void FakeBridge::answer(const FakeService& service, std::string_view topic) {
    const std::string head = "battery/" + std::to_string(service.instance);
    if (mood.hung.contains(service.key) || !topic.starts_with(head + "/"))
        return;
    topic.remove_prefix(head.size());
    const std::string folder = std::string(topic) + "/";
    if (topic == "/")
        publishService(service);
    else if (const auto leaf = service.payloads.find(topic); leaf != service.payloads.end())
        send(topicOf(service.instance, topic), leaf->second);
    else
        for (const auto& [path, payload] : service.payloads)
            if (path.starts_with(folder))
                send(topicOf(service.instance, path), payload);
}

void FakeBridge::tick(const Now& now) {
    if (now.steady >= aliveUntil_)
        isAlive_ = false;
    if (!isAlive_ || now.steady < nextBeat_)
        return;
    while (nextBeat_ <= now.steady)
        nextBeat_ += kBeatEvery;
    if (mood.hasHeartbeat)
        send(head() + "heartbeat", R"({"value":1})");
}

GxBench::GxBench(BankSettings settings, mqtt::GxSettings gx)
    // Far from the clock's zero, because ages reach a day back.
    : now_{SteadyTime(1000h), WallTime(500000h)}, start_(now_),
      bridge_(
          [this](std::string_view topic, std::string_view payload) { deliver(topic, payload); }),
      source_(std::move(gx), readings_,
              {.subscribe =
                   [this](const std::vector<std::string>& filters) {
                       subscriptions_.add(filters);
                       for (const std::string& filter : filters)
                           if (filter == "N/+/system/0/Serial")
                               requests_.push_back({filter, ""});
                       return true;
                   },
               .unsubscribe =
                   [this](const std::vector<std::string>& filters) {
                       subscriptions_.remove(filters);
                       return true;
                   },
               .publish =
                   [this](const std::string& topic, const std::string& payload) {
                       sent_.push_back(topic + " " + payload);
                       requests_.push_back({topic, payload});
                       return true;
                   },
               .leanness = mqtt::Leanness::IfChosen},
              "bench", needsOf(settings)),
      bank_(std::move(settings)) {}

void GxBench::advanceTo(std::chrono::milliseconds t) {
    while (nextTick_ <= t) {
        now_ = start_ + nextTick_;
        nextTick_ += 1s;
        bridge_.tick(now_);
        source_.tick(now_);
        pump();
        if (now_.steady < (start_ + t).steady)
            cycle();
    }
    now_ = start_ + t;
}

void GxBench::cycle() {
    pump(); // the bridge needs milliseconds
    readings_.settle(now_);
    if (readings_.everComplete()) {
        bank_.evaluate(readings_, now_);
        tellCalm();
        collectEvents();
    }
    for (const mqtt::Notice& notice : source_.takeNotices())
        events_.push_back("notice " + notice.text);
    if (onCycle)
        onCycle();
}

void GxBench::tellCalm() {
    std::set<int> calm;
    std::set<int> others;
    sortByCells(calm, others, bank_.view());
    source_.setLeeway({.calm = std::move(calm)});
}

void GxBench::collectEvents() {
    for (const Event& event : bank_.events()) {
        std::string text(bench::toText(event.kind));
        const bool isOfMember = event.kind == EventKind::MemberIn ||
                                event.kind == EventKind::MemberHeld ||
                                bench::toText(event.kind) == "member_out";
        if (isOfMember)
            text += " " + event.member;
        if (!event.text.empty())
            text += (isOfMember ? ": " : " ") + event.text;
        events_.push_back(std::move(text));
    }
}

void GxBench::connect() {
    isConnected_ = true;
    source_.connected(now_);
    pump();
}

void GxBench::disconnect() {
    isConnected_ = false;
    requests_.clear();
    source_.disconnected(now_);
}

void GxBench::overflow() {
    source_.overflow(now_);
    pump();
}

void GxBench::deliver(std::string_view topic, std::string_view payload, bool retained) {
    for (auto left = isConnected_ ? subscriptions_.count(topic) : 0; left > 0; --left)
        source_.message(topic, payload, retained, now_);
}

void GxBench::pump() {
    while (!requests_.empty()) {
        const Request request = std::move(requests_.front());
        requests_.pop_front();
        if (request.topic.starts_with("N/")) // a subscription to the one retained topic
            deliver(head() + "system/0/Serial", R"({"value":")" + std::string(kPortal) + "\"}",
                    true);
        else
            bridge_.request(request.topic, request.payload, now_);
    }
}

} // namespace busbar::bench
