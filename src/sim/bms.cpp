// SPDX-License-Identifier: MIT
// What the electronics of a pack do in each step.
#include "sim/bms.hpp"

#include <algorithm>
#include <cmath>

namespace busbar::sim {

namespace {

constexpr double kSecondsPerHour = 3600.0;
/// As serialbattery does: absorption begins this close to the CVL, float after the current has
/// been below this share of the capacity for a while; bulk again below this SoC.
constexpr double kNearCvl = 0.997;
constexpr double kTail_C = 0.05;
constexpr double kTailTime_s = 120.0;
constexpr double kBackToBulk_pct = 95.0;
/// dbus-serialbattery, mqtt/VENUS.md: what a driver does in time.
constexpr double kLostAfter_s = 10.0;
constexpr double kGoneAfter_s = 60.0;
/// Warnings come a little before the trip.
constexpr double kCellWarning_V = 0.05;

double stepped(double value, double step) {
    return step > 0.0 ? std::round(value / step) * step : value;
}

/// A limit is never rounded up; the tiny part keeps 50.0 from becoming 49.
double steppedDown(double value, double step) {
    return step > 0.0 ? std::floor(value / step + 1e-9) * step : value;
}

double factorOf(const std::optional<Derating>& derating, double x) {
    return derating ? std::clamp((x - derating->to) / (derating->from - derating->to), 0.0, 1.0)
                    : 1.0;
}

int alarmOf(bool isAlarm, bool isWarning) {
    return isAlarm ? 2 : (isWarning ? 1 : 0);
}

void loseCells(PackReport& report) {
    report.cells_V.clear();
    report.minCell_V.reset();
    report.maxCell_V.reset();
    report.minCell = 0;
    report.maxCell = 0;
}

void loseMeasurements(PackReport& report) {
    report.voltage_V.reset();
    report.current_A.reset();
    report.power_W.reset();
}

double startCharge_Ah(const BmsSpec& spec, const Pack& pack) {
    const double remaining_Ah = pack.remaining_Ah();
    const double share = remaining_Ah / (remaining_Ah + pack.room_Ah());
    return spec.capacity_Ah * std::clamp(share + spec.reporting.socError_pct / 100.0, 0.0, 1.0);
}

} // namespace

std::string_view toText(ChargeMode mode) {
    constexpr std::array<std::string_view, 3> kTexts = {"Bulk", "Absorption", "Float"};
    return kTexts.at(static_cast<std::size_t>(mode));
}

Bms::Bms(BmsSpec spec, const Pack& pack, std::uint64_t seed, Seconds step)
    : spec_(std::move(spec)), step_s_(step.count()), random_(seed), measured_V_(pack.size(), 0.0),
      count_Ah_(startCharge_Ah(spec_, pack)), nextReport_s_(spec_.reporting.phase.count()) {
    for (std::size_t k = 0; k < pack.size(); ++k)
        cellError_V_.push_back(random_.normal(0.0, spec_.reporting.cellError_V));
    const double waiting =
        spec_.reporting.delay.count() / std::max(spec_.reporting.period.count(), step_s_);
    queue_.resize(static_cast<std::size_t>(waiting) + 2);
    measure(pack);
    limit(pack);
    fill(received_, pack);
    received_.number = ++reports_;
    received_.online = true;
    published_ = received_;
}

void Bms::measure(const Pack& pack) {
    const std::vector<double>& real_V = pack.cells_V();
    lowestCell_ = 0;
    highestCell_ = 0;
    for (std::size_t k = 0; k < real_V.size(); ++k) {
        measured_V_[k] = real_V[k] + cellError_V_[k];
        if (measured_V_[k] < measured_V_[static_cast<std::size_t>(lowestCell_)])
            lowestCell_ = static_cast<int>(k);
        if (measured_V_[k] > measured_V_[static_cast<std::size_t>(highestCell_)])
            highestCell_ = static_cast<int>(k);
    }
    lowest_V_ = measured_V_[static_cast<std::size_t>(lowestCell_)];
    highest_V_ = measured_V_[static_cast<std::size_t>(highestCell_)];
    measured_A_ = pack.current_A() * spec_.reporting.currentGain + spec_.reporting.currentOffset_A;
}

void Bms::watch(Trip which, bool isOver, bool mayClose, Seconds delay) {
    TripState& state = trip(which);
    if (state.isOpen) {
        state.closed_s = mayClose ? state.closed_s + step_s_ : 0.0;
        if (state.closed_s >= spec_.trips.reconnectDelay.count())
            state = {false, 0.0, 0.0, state.count};
        return;
    }
    state.over_s = isOver ? state.over_s + step_s_ : 0.0;
    if (state.over_s < std::max(delay.count(), step_s_))
        return;
    state = {true, 0.0, 0.0, state.count + 1};
    if (which == Trip::UnderVoltage)
        count_Ah_ = 0.0;
}

void Bms::guard(const Pack& pack, double bus_V) {
    const TripSpec& trips = spec_.trips;
    watch(Trip::OverVoltage, highest_V_ > trips.overVoltage_V, highest_V_ < trips.overRelease_V,
          trips.voltageDelay);
    watch(Trip::UnderVoltage, lowest_V_<trips.underVoltage_V, lowest_V_> trips.underRelease_V,
          trips.voltageDelay);
    watch(Trip::OverCharge, measured_A_ > trips.overCharge_A, true, trips.currentDelay);
    watch(Trip::OverDischarge, -measured_A_ > trips.overDischarge_A, true, trips.currentDelay);
    const bool mayCharge = !isOpen(Trip::OverVoltage) && !isOpen(Trip::OverCharge);
    const bool mayDischarge = !isOpen(Trip::UnderVoltage) && !isOpen(Trip::OverDischarge);
    if (trips.kind == Switch::Fets) {
        canCharge_ = mayCharge;
        canDischarge_ = mayDischarge;
        return;
    }
    const bool isDead = bus_V <= 0.0;
    const bool mayClose =
        canCharge_ || isDead || std::abs(bus_V - pack.voltage_V()) <= trips.reconnectWithin_V;
    canCharge_ = mayCharge && mayDischarge && mayClose;
    canDischarge_ = canCharge_;
}

void Bms::count() {
    count_Ah_ =
        std::clamp(count_Ah_ + measured_A_ * step_s_ / kSecondsPerHour, 0.0, spec_.capacity_Ah);
}

void Bms::chooseMode(const Pack& pack) {
    const bool isHigh = pack.voltage_V() >= spec_.limits.charge_V * kNearCvl;
    const bool hasTail = isHigh && measured_A_ < kTail_C * spec_.capacity_Ah && measured_A_ >= 0.0;
    tail_s_ = hasTail ? tail_s_ + step_s_ : 0.0;
    if (tail_s_ >= kTailTime_s)
        count_Ah_ = spec_.capacity_Ah;
    if (mode_ == ChargeMode::Bulk && isHigh)
        mode_ = ChargeMode::Absorption;
    if (mode_ == ChargeMode::Absorption && tail_s_ >= kTailTime_s && spec_.limits.float_V)
        mode_ = ChargeMode::Float;
    const bool isLow = count_Ah_ * 100.0 < kBackToBulk_pct * spec_.capacity_Ah;
    if (mode_ != ChargeMode::Bulk && isLow && !isHigh)
        mode_ = ChargeMode::Bulk;
}

void Bms::limit(const Pack& pack) {
    const LimitSpec& limits = spec_.limits;
    const double coldest_C = pack.temperature_C();
    const double hot = factorOf(limits.hot_C, coldest_C + pack.heat().spread_K);
    own_.maxCharge_V =
        mode_ == ChargeMode::Float ? limits.float_V.value_or(limits.charge_V) : limits.charge_V;
    own_.maxCharge_A = canCharge_
                           ? limits.charge_A * hot * factorOf(limits.highCell_V, highest_V_) *
                                 factorOf(limits.coldCharge_C, coldest_C)
                           : 0.0;
    own_.maxDischarge_A =
        canDischarge_ ? limits.discharge_A * hot * factorOf(limits.lowCell_V, lowest_V_) : 0.0;
}

void Bms::balance(Pack& pack) {
    const BalancerSpec& balancer = spec_.balancer;
    isBalancing_ = false;
    for (std::size_t k = 0; k < measured_V_.size(); ++k) {
        const bool bleeds = balancer.current_A > 0.0 && measured_V_[k] > balancer.from_V &&
                            measured_V_[k] > lowest_V_ + balancer.diff_V;
        pack.bleed(k, bleeds ? balancer.current_A : 0.0);
        isBalancing_ = isBalancing_ || bleeds;
    }
}

void Bms::fillCharge(PackReport& report) const {
    const ReportingSpec& how = spec_.reporting;
    report.soc_pct = stepped(count_Ah_ / spec_.capacity_Ah * 100.0, how.socStep_pct);
    if (!how.hasCapacity)
        return;
    report.capacity_Ah = spec_.capacity_Ah;
    report.remaining_Ah = stepped(count_Ah_, 0.1);
    report.consumed_Ah = stepped(count_Ah_ - spec_.capacity_Ah, 0.1);
}

void Bms::fillLimits(PackReport& report) const {
    const ReportingSpec& how = spec_.reporting;
    if (how.hasLimits) {
        report.maxCharge_V = stepped(own_.maxCharge_V, how.voltageStep_V);
        report.maxCharge_A = steppedDown(own_.maxCharge_A, how.limitStep_A);
        report.maxDischarge_A = steppedDown(own_.maxDischarge_A, how.limitStep_A);
    }
    if (how.hasAllowFlags) {
        report.allowCharge = canCharge_;
        report.allowDischarge = canDischarge_;
    }
}

void Bms::fillCells(PackReport& report) const {
    const double step_V = spec_.reporting.cellStep_V;
    report.cells_V.resize(measured_V_.size());
    for (std::size_t k = 0; k < measured_V_.size(); ++k)
        report.cells_V[k] = stepped(measured_V_[k], step_V);
    report.minCell_V = stepped(lowest_V_, step_V);
    report.maxCell_V = stepped(highest_V_, step_V);
    report.minCell = lowestCell_ + 1;
    report.maxCell = highestCell_ + 1;
}

void Bms::fillAlarms(PackReport& report) const {
    report.highCellAlarm =
        alarmOf(isOpen(Trip::OverVoltage), highest_V_ > spec_.trips.overVoltage_V - kCellWarning_V);
    report.lowCellAlarm = alarmOf(isOpen(Trip::UnderVoltage),
                                  lowest_V_ < spec_.trips.underVoltage_V + kCellWarning_V);
    report.chargeCurrentAlarm =
        alarmOf(isOpen(Trip::OverCharge), measured_A_ > spec_.trips.overCharge_A);
    report.dischargeCurrentAlarm =
        alarmOf(isOpen(Trip::OverDischarge), -measured_A_ > spec_.trips.overDischarge_A);
}

void Bms::fill(PackReport& report, const Pack& pack) {
    const ReportingSpec& how = spec_.reporting;
    const double current_A =
        stepped(measured_A_ + random_.normal(0.0, how.currentNoise_A), how.currentStep_A);
    const double voltage_V = stepped(pack.voltage_V(), how.voltageStep_V);
    report.voltage_V = voltage_V;
    report.current_A = current_A;
    report.power_W = stepped(voltage_V * current_A, 1.0);
    const double coldest_C = pack.temperature_C();
    const double spread_K = pack.heat().spread_K;
    report.temperature_C = stepped(coldest_C + spread_K / 2.0, how.temperatureStep_C);
    report.minTemperature_C = stepped(coldest_C, how.temperatureStep_C);
    report.maxTemperature_C = stepped(coldest_C + spread_K, how.temperatureStep_C);
    fillCharge(report);
    fillLimits(report);
    if (how.hasCells)
        fillCells(report);
    fillAlarms(report);
    report.chargeMode = mode_;
    report.balancing = isBalancing_;
}

void Bms::enqueue(double time_s, const Pack& pack) {
    if (time_s < nextReport_s_)
        return;
    nextReport_s_ += spec_.reporting.period.count();
    if (queued_ == queue_.size())
        return;
    Queued& slot = queue_[(first_ + queued_++) % queue_.size()];
    slot.due_s = time_s + spec_.reporting.delay.count();
    fill(slot.report, pack);
    slot.report.number = ++reports_;
    slot.report.online = true;
}

void Bms::addFault(const Fault& fault) {
    std::erase_if(spec_.faults, [&fault](const Fault& old) { return old.to <= fault.from; });
    spec_.faults.push_back(fault);
}

const Fault* Bms::activeFault(double time_s) const {
    const auto found = std::ranges::find_if(spec_.faults, [time_s](const Fault& fault) {
        return time_s >= fault.from.count() && time_s < fault.to.count();
    });
    return found == spec_.faults.end() ? nullptr : &*found;
}

void Bms::publish(double time_s) {
    while (queued_ > 0 && queue_[first_].due_s <= time_s) {
        std::swap(received_, queue_[first_].report);
        first_ = (first_ + 1) % queue_.size();
        --queued_;
    }
    const Fault* fault = activeFault(time_s);
    if (fault != nullptr && fault->kind == Fault::Kind::Blocked)
        fault = nullptr; // all that it publishes is true
    isUnheard_ = fault != nullptr && fault->kind != Fault::Kind::NoCells;
    if (fault == nullptr) {
        if (isFaulty_ || published_.number != received_.number)
            published_ = received_;
        isFaulty_ = false;
        return;
    }
    isFaulty_ = true;
    applyFault(*fault, time_s);
}

/// Everything but missing cells leaves the values as they were when it began.
void Bms::applyFault(const Fault& fault, double time_s) {
    const double lasting_s = time_s - fault.from.count();
    switch (fault.kind) {
    case Fault::Kind::Silent:
        published_.silent = true;
        break;
    case Fault::Kind::Frozen:
        break;
    case Fault::Kind::BmsLost:
        if (lasting_s >= kLostAfter_s && published_.voltage_V) {
            loseMeasurements(published_);
            published_.number = 0; // no report has it
        }
        published_.online = lasting_s < kGoneAfter_s;
        break;
    case Fault::Kind::NoCells:
        published_ = received_;
        loseCells(published_);
        break;
    case Fault::Kind::Left:
        published_.online = false;
        break;
    case Fault::Kind::Blocked:
        break;
    }
}

void Bms::step(Seconds time, Pack& pack, double bus_V) {
    measure(pack);
    count();
    guard(pack, bus_V);
    const Fault* fault = activeFault(time.count());
    if (fault != nullptr && fault->kind == Fault::Kind::Blocked)
        canCharge_ = canDischarge_ = false;
    chooseMode(pack);
    limit(pack);
    if (time.count() >= nextReport_s_)
        balance(pack);
    enqueue(time.count(), pack);
    publish(time.count());
}

} // namespace busbar::sim
