// SPDX-License-Identifier: MIT
// Makes, connects and ends sessions.
#include "app/run/links.hpp"

#include "base/log.hpp"
#include "config/config.hpp"
#include "mqtt/session/vrm.hpp"
#include "mqtt/venus/cut_watch.hpp"
#include "mqtt/venus/venus_source.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>

namespace busbar {

namespace {

static_assert(config::kMaxSites * kSessionsOfASite <= 256, "each has a number of its own");

mqtt::BrokerSettings brokerOf(const mqtt::GxSettings& gx) {
    if (!gx.vrm)
        return gx.broker;
    mqtt::VrmBroker vrm = mqtt::vrmBroker(gx);
    if (!vrm.broker)
        throw std::runtime_error(vrm.error);
    return *vrm.broker;
}

/// True if the broker has taken everything.
bool sayGoodbye(Session& session, std::chrono::milliseconds patience = kGoodbye) {
    const bool isDone = session.client().disconnect(patience);
    if (!isDone)
        log::debug("mqtt_goodbye_incomplete");
    return isDone;
}

} // namespace

std::unique_ptr<Session> Links::session(mqtt::BrokerSettings broker, SessionUse use) const {
    auto cuts = std::make_shared<mqtt::CutWatch>();
    mqtt::ClientOptions options{
        .session = numberOf({.site = site_, .use = use}),
        .isPressing = [cuts](std::string_view topic,
                             std::string_view payload) { return cuts->isPressing(topic, payload); },
        .pause = pause_};
    return std::make_unique<Session>(loop_, std::move(broker), std::move(options), std::move(cuts),
                                     mailbox_);
}

MadeSessions Links::make(const config::Config& config, const ReloadPlan& plan, bool speaks) const {
    MadeSessions made;
    if (plan.readings)
        made.gx = session(brokerOf(config.gx), SessionUse::Readings);
    if (plan.output && speaks && !config.output.broker.url.empty())
        made.output = session(config.output.broker, SessionUse::Output);
    return made;
}

void Links::install(MadeSessions made, const ReloadPlan& plan) {
    if (plan.readings)
        gx_ = std::move(made.gx);
    if (plan.output)
        output_ = std::move(made.output);
}

void Links::start(const ReloadPlan& made, const Now& now) {
    if (made.readings)
        gx_->start(now);
    if (made.output && output_)
        output_->start(now);
}

void Links::tick(const Now& now) {
    gx_->tick(now);
    if (output_)
        output_->tick(now);
    if (will_)
        will_->tick(now);
}

void Links::armWill(const mqtt::GxSettings& gx, const std::string& topic,
                    const std::optional<double>& amperes, const Now& now) {
    if (will_ && !topic.empty() && topic != willTopic_)
        disarmWill(); // another GX
    if (will_ || !amperes || topic.empty())
        return;
    mqtt::BrokerSettings broker = brokerOf(gx);
    if (!broker.clientId.empty())
        broker.clientId += "-control";
    will_ = session(std::move(broker), SessionUse::Control);
    willTopic_ = topic;
    will_->client().will(topic, mqtt::writePayload(GxItem::MaxChargeCurrent, *amperes), false);
    will_->start(now);
}

void Links::disarmWill() {
    if (will_)
        sayGoodbye(*will_);
    will_.reset();
}

void Links::endReadings() {
    disarmWill();
    sayGoodbye(*gx_);
    gx_.reset();
}

void Links::endOutput() {
    if (output_)
        sayGoodbye(*output_);
    output_.reset();
}

bool Links::end(std::chrono::milliseconds patience) {
    const auto isConnected = [](const Session& session) { return session.client().isConnected(); };
    bool hasArrived = isConnected(*gx_) && (!will_ || isConnected(*will_));
    // In order, so without the will.
    hasArrived = (!will_ || sayGoodbye(*will_, patience)) && hasArrived;
    hasArrived = sayGoodbye(*gx_, patience) && hasArrived;
    if (output_)
        sayGoodbye(*output_);
    return hasArrived;
}

} // namespace busbar
