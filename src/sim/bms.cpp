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

void fillCells(PackReport& report, const BmsSense& sense, double step_V) {
    report.cells_V.resize(sense.cells_V.size());
    for (std::size_t k = 0; k < sense.cells_V.size(); ++k)
        report.cells_V[k] = stepped(sense.cells_V[k], step_V);
    report.minCell_V = stepped(sense.lowest_V, step_V);
    report.maxCell_V = stepped(sense.highest_V, step_V);
    report.minCell = sense.lowestCell + 1;
    report.maxCell = sense.highestCell + 1;
}

void fillAlarms(PackReport& report, const BmsSense& sense, const BmsGuard& guard,
                const TripSpec& trips) {
    report.highCellAlarm = alarmOf(guard.isOpen(Trip::OverVoltage),
                                   sense.highest_V > trips.overVoltage_V - kCellWarning_V);
    report.lowCellAlarm = alarmOf(guard.isOpen(Trip::UnderVoltage),
                                  sense.lowest_V < trips.underVoltage_V + kCellWarning_V);
    report.chargeCurrentAlarm =
        alarmOf(guard.isOpen(Trip::OverCharge), sense.current_A > trips.overCharge_A);
    report.dischargeCurrentAlarm =
        alarmOf(guard.isOpen(Trip::OverDischarge), -sense.current_A > trips.overDischarge_A);
}

const Fault* activeFault(const std::vector<Fault>& faults, double time_s) {
    const auto found = std::ranges::find_if(faults, [time_s](const Fault& fault) {
        return time_s >= fault.from.count() && time_s < fault.to.count();
    });
    return found == faults.end() ? nullptr : &*found;
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
    : spec_(std::move(spec)), step_s_(step.count()), random_(seed),
      count_Ah_(startCharge_Ah(spec_, pack)), nextReport_s_(spec_.reporting.phase.count()) {
    for (std::size_t k = 0; k < pack.size(); ++k)
        sense_.cellError_V.push_back(random_.normal(0.0, spec_.reporting.cellError_V));
    const double waiting =
        spec_.reporting.delay.count() / std::max(spec_.reporting.period.count(), step_s_);
    line_.start(static_cast<std::size_t>(waiting) + 2);
    sense_.cells_V.assign(pack.size(), 0.0);
    sense_.measure(pack, spec_.reporting.currentGain, spec_.reporting.currentOffset_A);
    limit(pack);
    PackReport first;
    fill(first, pack);
    first.number = ++reports_;
    first.online = true;
    line_.begin(first);
}

void Bms::chooseMode(const Pack& pack) {
    const bool isHigh = pack.voltage_V() >= spec_.limits.charge_V * kNearCvl;
    const bool hasTail =
        isHigh && sense_.current_A < kTail_C * spec_.capacity_Ah && sense_.current_A >= 0.0;
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
    own_.maxCharge_A = guard_.canCharge()
                           ? limits.charge_A * hot * factorOf(limits.highCell_V, sense_.highest_V) *
                                 factorOf(limits.coldCharge_C, coldest_C)
                           : 0.0;
    own_.maxDischarge_A = guard_.canDischarge() ? limits.discharge_A * hot *
                                                      factorOf(limits.lowCell_V, sense_.lowest_V)
                                                : 0.0;
}

void Bms::balance(Pack& pack) {
    const BalancerSpec& balancer = spec_.balancer;
    isBalancing_ = false;
    for (std::size_t k = 0; k < sense_.cells_V.size(); ++k) {
        const bool bleeds = balancer.current_A > 0.0 && sense_.cells_V[k] > balancer.from_V &&
                            sense_.cells_V[k] > sense_.lowest_V + balancer.diff_V;
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
        report.allowCharge = guard_.canCharge();
        report.allowDischarge = guard_.canDischarge();
    }
}

void Bms::fill(PackReport& report, const Pack& pack) {
    const ReportingSpec& how = spec_.reporting;
    const double current_A =
        stepped(sense_.current_A + random_.normal(0.0, how.currentNoise_A), how.currentStep_A);
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
        fillCells(report, sense_, how.cellStep_V);
    fillAlarms(report, sense_, guard_, spec_.trips);
    report.chargeMode = mode_;
    report.balancing = isBalancing_;
}

void Bms::enqueue(double time_s, const Pack& pack) {
    if (time_s < nextReport_s_)
        return;
    nextReport_s_ += spec_.reporting.period.count();
    PackReport* report = line_.add(time_s + spec_.reporting.delay.count());
    if (report == nullptr)
        return;
    fill(*report, pack);
    report->number = ++reports_;
    report->online = true;
}

void Bms::addFault(const Fault& fault) {
    std::erase_if(spec_.faults, [&fault](const Fault& old) { return old.to <= fault.from; });
    spec_.faults.push_back(fault);
}

void Bms::step(Seconds time, Pack& pack, std::optional<double> gap_V) {
    const ReportingSpec& how = spec_.reporting;
    sense_.measure(pack, how.currentGain, how.currentOffset_A);
    count_Ah_ = std::clamp(count_Ah_ + sense_.current_A * step_s_ / kSecondsPerHour, 0.0,
                           spec_.capacity_Ah);
    if (guard_.step(spec_.trips, sense_, gap_V, step_s_))
        count_Ah_ = 0.0;
    const Fault* fault = activeFault(spec_.faults, time.count());
    if (fault != nullptr && fault->kind == Fault::Kind::Blocked)
        guard_.block();
    chooseMode(pack);
    limit(pack);
    if (time.count() >= nextReport_s_)
        balance(pack);
    enqueue(time.count(), pack);
    line_.publish(time.count(), fault);
}

} // namespace busbar::sim
