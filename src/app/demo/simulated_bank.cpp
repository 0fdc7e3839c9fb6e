// SPDX-License-Identifier: MIT
// Steps the twin, and carries values between it and the bridge.
#include "app/demo/simulated_bank.hpp"

#include "core/table/path_table.hpp"
#include "sim/series.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace busbar {

namespace {

using mqtt::VenusServer;

constexpr double kSlowestTwin = 1.0;
constexpr double kFastestTwin = 1000.0;
constexpr double kOwnLimit_A = 10000.0; // chargers know their own
constexpr auto kLongestPause = std::chrono::seconds(10);

double checkedTwinSpeed(double speed) {
    if (!(speed >= kSlowestTwin && speed <= kFastestTwin))
        throw std::invalid_argument("the speed of a simulated bank must be 1 to 1000");
    return speed;
}

std::string pathOf(Place place) {
    if (place.kind == Place::Kind::Cell)
        return "/Voltages/Cell" + std::to_string(place.index + 1);
    return std::string(kRows.at(place.index).path);
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

std::string serviceOf(int instance) {
    return "com.victronenergy.battery/" + std::to_string(instance);
}

sim::Limits limitsOf(const sim::PackReport& report) {
    return {report.maxCharge_V, report.maxCharge_A, report.maxDischarge_A};
}

/// The smallest so far.
void lower(std::optional<double>& smallest, double value) {
    smallest = std::min(smallest.value_or(value), value);
}

/// All its blocks are.
bool isOnline(const sim::Twin& twin, std::size_t string) {
    const sim::Blocks blocks = sim::blocksOf(twin, string);
    for (std::size_t i = blocks.first; i < blocks.end; ++i)
        if (!twin.bms(i).published().online)
            return false;
    return true;
}

/// The smallest currents, 0 for a block that gives none; the CVL only if all blocks give one.
sim::Limits stringLimits(const sim::Twin& twin, std::size_t string) {
    sim::Limits limits{0.0, std::nullopt, std::nullopt};
    const sim::Blocks blocks = sim::blocksOf(twin, string);
    for (std::size_t i = blocks.first; i < blocks.end; ++i) {
        const sim::PackReport& report = twin.bms(i).published();
        lower(limits.ccl_A, report.maxCharge_A.value_or(0.0));
        lower(limits.dcl_A, report.maxDischarge_A.value_or(0.0));
        limits.cvl_V = limits.cvl_V && report.maxCharge_V
                           ? std::optional(*limits.cvl_V + *report.maxCharge_V)
                           : std::nullopt;
    }
    return limits;
}

} // namespace

sim::Limits plainRule(const sim::Twin& twin) {
    sim::Limits limits;
    double strings = 0.0;
    for (std::size_t s = 0; s < sim::stringCount(twin); ++s) {
        if (!isOnline(twin, s))
            continue;
        strings += 1.0;
        const sim::Limits string = stringLimits(twin, s);
        lower(limits.ccl_A, *string.ccl_A);
        lower(limits.dcl_A, *string.dcl_A);
        if (string.cvl_V)
            lower(limits.cvl_V, *string.cvl_V);
    }
    if (strings == 0.0)
        return {};
    return {limits.cvl_V, strings * *limits.ccl_A, strings * *limits.dcl_A};
}

SimulatedBank::SimulatedBank(const sim::TwinSpec& spec, const SimulatedBankSettings& settings,
                             VenusServer::Publish publish, LimitSource limits,
                             InstanceSource instance)
    : speed_(checkedTwinSpeed(settings.speed)), twin_(spec), limits_(std::move(limits)),
      instance_(std::move(instance)), meter_(twin_),
      server_({.portalId = settings.portalId, .topicPrefix = ""}, std::move(publish),
              [this](const mqtt::WriteRequest& request) { write(request); }) {
    addSettings();
    addSelection();
    publishSelection();
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

void SimulatedBank::addSelection() {
    const auto add = [this](GxItem item, bool isWritable) {
        const GxTopic& topic = topicOf(item);
        return server_.item(topic.type, "0", topic.path,
                            {.wire = wireOf(item), .isWritable = isWritable});
    };
    selectedMonitorItem_ = add(GxItem::SelectedMonitor, true);
    activeMonitorItem_ = add(GxItem::ActiveMonitor, false);
    activeBmsItem_ = add(GxItem::ActiveBms, false);
}

std::vector<SimulatedBank::Candidate> SimulatedBank::candidates() const {
    std::vector<Candidate> all;
    if (const auto instance = instance_ ? instance_() : std::nullopt)
        all.push_back({*instance, true});
    for (std::size_t i = 0; i < twin_.size(); ++i)
        if (const sim::PackReport& report = twin_.bms(i).published(); report.online)
            all.push_back({twin_.pack(i).instance, report.maxCharge_V.has_value()});
    std::ranges::sort(all, {},
                      [](const Candidate& one) { return std::pair(!one.isBms, one.instance); });
    return all;
}

/// As systemcalc selects: the BMS with the lowest instance, or what the owner wants, if it is
/// there.
std::optional<int> SimulatedBank::activeMonitor() const {
    const auto all = candidates();
    if (selectedMonitor_ == kAutomatic)
        return all.empty() ? std::nullopt : std::optional(all.front().instance);
    for (const Candidate& one : all)
        if (selectedMonitor_ == serviceOf(one.instance))
            return one.instance;
    return std::nullopt;
}

/// The battery monitor wins, if it is a BMS.
std::optional<int> SimulatedBank::activeBms() const {
    const auto selected = static_cast<int>(setting(GxItem::SelectedBms));
    const auto wanted = selected == kAutoBms ? activeMonitor() : std::optional(selected);
    const auto all = candidates();
    for (const Candidate& one : all)
        if (one.isBms && one.instance == wanted)
            return one.instance;
    const bool hasBms = !all.empty() && all.front().isBms;
    return selected == kAutoBms && hasBms ? std::optional(all.front().instance) : std::nullopt;
}

/// Its owner has selected the battery that the limits come from, once it was there.
void SimulatedBank::selectOnce() {
    const auto instance = instance_ ? instance_() : std::nullopt;
    if (isSelected_ || !instance)
        return;
    isSelected_ = true;
    if (selectedMonitor_ == kAutomatic)
        selectedMonitor_ = serviceOf(*instance);
}

void SimulatedBank::publishSelection() {
    selectOnce();
    const auto monitor = activeMonitor();
    const auto bms = activeBms();
    server_.set(selectedMonitorItem_, selectedMonitor_);
    server_.set(activeMonitorItem_, monitor ? Value(serviceOf(*monitor)) : Value());
    server_.set(activeBmsItem_, bms ? Value(*bms) : Value());
    for (std::size_t i = 0; i < settings_.size(); ++i)
        if (sim::kGxDefaults.at(i).item == GxItem::Dvcc)
            server_.set(settings_.at(i).item, isDvccOn() ? 1.0 : 0.0);
}

bool SimulatedBank::isDvccOn() const {
    return std::fmod(setting(GxItem::DvccSetting), 2.0) == 1.0;
}

/// What the GX passes on: of the battery that controls it, or nobody's.
sim::Limits SimulatedBank::limitsInForce() const {
    if (!isDvccOn())
        return {plainRule(twin_).cvl_V, kOwnLimit_A, kOwnLimit_A};
    const auto own = instance_ ? instance_() : std::nullopt;
    const auto active = activeBms();
    if (!own || active == own)
        return limited(limits_(twin_));
    for (std::size_t i = 0; i < twin_.size(); ++i)
        if (twin_.pack(i).instance == active)
            return limited(limitsOf(twin_.bms(i).published()));
    return {};
}

/// As localsettings does it: what is out of range changes nothing.
void SimulatedBank::write(const mqtt::WriteRequest& request) {
    if (request.item == selectedMonitorItem_ && request.value && request.value->text() != nullptr)
        selectedMonitor_ = *request.value->text();
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
    if (due_ < twin_.spec().step)
        return;
    publishSelection();
    for (; due_ >= twin_.spec().step; due_ -= twin_.spec().step) {
        const sim::Limits limits = limitsInForce();
        twin_.step(limits);
        meter_.add(twin_, limits);
    }
    publish();
}

} // namespace busbar
