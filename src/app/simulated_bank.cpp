// SPDX-License-Identifier: MIT
// Steps the twin, and carries values between it and the bridge.
#include "app/simulated_bank.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace busbar {

namespace {

using mqtt::VenusServer;

constexpr double kSlowest = 1.0;
constexpr double kFastest = 1000.0;
constexpr auto kLongestPause = std::chrono::seconds(10);

double checkedSpeed(double speed) {
    if (!(speed >= kSlowest && speed <= kFastest))
        throw std::invalid_argument("the speed of a simulated bank must be 1 to 1000");
    return speed;
}

std::string pathOf(Place place) {
    if (place.kind == Place::Kind::Cell)
        return "/Voltages/Cell" + std::to_string(place.index + 1);
    return std::string(kRows.at(place.index).path);
}

const GxTopic& topicOf(GxItem item) {
    return *std::ranges::find(kGxTopics, item, &GxTopic::item);
}

/// Whole amperes and flags are integers in localsettings; voltages are not.
WireType wireOf(GxItem item) {
    return item == GxItem::MaxChargeVoltage ? WireType::Double : WireType::Int;
}

mqtt::ItemForm formOf(const sim::GxDefault& item) {
    mqtt::ItemForm form;
    form.wire = wireOf(item.item);
    form.isWritable = item.isSetting;
    if (item.isSetting) {
        form.min = item.lowest;
        form.max = item.highest;
    }
    return form;
}

/// 3.325, not 3.3250000000000002, which a multiple of a step may be.
Value withoutNoise(const Value& value) {
    constexpr double kFinest = 1e6;
    return value.number() ? Value(std::round(*value.number() * kFinest) / kFinest) : value;
}

/// The smallest so far.
void lower(std::optional<double>& smallest, double value) {
    smallest = std::min(smallest.value_or(value), value);
}

} // namespace

sim::Limits plainRule(const sim::Twin& twin) {
    sim::Limits limits;
    double packs = 0.0;
    for (std::size_t i = 0; i < twin.size(); ++i) {
        const sim::PackReport& report = twin.published(i);
        if (!report.online)
            continue;
        packs += 1.0;
        lower(limits.ccl_A, report.maxCharge_A.value_or(0.0));
        lower(limits.dcl_A, report.maxDischarge_A.value_or(0.0));
        if (report.maxCharge_V)
            lower(limits.cvl_V, *report.maxCharge_V);
    }
    if (packs == 0.0)
        return {};
    return {limits.cvl_V, packs * *limits.ccl_A, packs * *limits.dcl_A};
}

SimulatedBank::SimulatedBank(const sim::TwinSpec& spec, const SimulatedBankSettings& settings,
                             VenusServer::Publish publish, LimitSource limits)
    : speed_(checkedSpeed(settings.speed)), twin_(spec), limits_(std::move(limits)), meter_(twin_),
      server_({.portalId = settings.portalId, .topicPrefix = ""}, std::move(publish),
              [this](const mqtt::WriteRequest& request) { write(request); }) {
    addSettings();
    this->publish();
}

void SimulatedBank::addSettings() {
    for (std::size_t i = 0; i < settings_.size(); ++i) {
        const sim::GxDefault& item = sim::kGxDefaults.at(i);
        const GxTopic& topic = topicOf(item.item);
        settings_.at(i) = {server_.item(topic.type, "0", topic.path, formOf(item)),
                           sim::startValue(item, twin_)};
        server_.set(settings_.at(i).item, settings_.at(i).value);
    }
}

/// As localsettings does it: what is out of range changes nothing.
void SimulatedBank::write(const mqtt::WriteRequest& request) {
    const auto number = request.value ? request.value->number() : std::nullopt;
    for (std::size_t i = 0; number && i < settings_.size(); ++i) {
        const sim::GxDefault& item = sim::kGxDefaults.at(i);
        if (settings_.at(i).item != request.item || *number < item.lowest || *number > item.highest)
            continue;
        settings_.at(i).value = *number;
        server_.set(request.item, *number);
    }
    twin_.setFeedIn(setting(GxItem::FeedIn) != 0.0);
}

double SimulatedBank::setting(GxItem item) const {
    const auto found = std::ranges::find(sim::kGxDefaults, item, &sim::GxDefault::item);
    return settings_.at(static_cast<std::size_t>(found - sim::kGxDefaults.begin())).value;
}

/// −1 A and 0 V mean that the owner has set no limit.
sim::Limits SimulatedBank::limited(sim::Limits limits) const {
    const double most_A = setting(GxItem::MaxChargeCurrent);
    const double most_V = setting(GxItem::MaxChargeVoltage);
    if (most_A >= 0.0)
        lower(limits.ccl_A, most_A);
    if (most_V > 0.0 && limits.cvl_V)
        lower(limits.cvl_V, most_V);
    return limits;
}

void SimulatedBank::put(int instance, Place place, const Value& value) {
    server_.setValue("battery", std::to_string(instance), pathOf(place), withoutNoise(value));
}

void SimulatedBank::publish() {
    drivers_.feed(
        twin_, false,
        {[this](int instance, Place place, const Value& value) { put(instance, place, value); },
         [this](int instance) { server_.removeService("battery", std::to_string(instance)); }});
}

void SimulatedBank::tick(const Now& now) {
    server_.tick(now);
    const auto passed = now.steady - last_.value_or(now.steady);
    last_ = now.steady;
    if (passed <= kLongestPause)
        due_ += std::chrono::nanoseconds(
            std::llround(static_cast<double>(std::chrono::nanoseconds(passed).count()) * speed_));
    if (due_ < twin_.stepLength())
        return;
    for (; due_ >= twin_.stepLength(); due_ -= twin_.stepLength()) {
        const sim::Limits limits = limited(limits_(twin_));
        twin_.step(limits);
        meter_.add(twin_, limits);
    }
    publish();
}

} // namespace busbar
