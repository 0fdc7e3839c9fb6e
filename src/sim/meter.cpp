// SPDX-License-Identifier: MIT
// Measurements step by step.
#include "sim/meter.hpp"

#include "sim/series.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <ratio>

namespace busbar::sim {

namespace {

constexpr double kOverLimit = 1.02;
constexpr double kOverLimit_A = 0.2; ///< what a limit of 0 is allowed: leakage and equalising
constexpr double kOverLast = 1.05;   ///< of the last known limit, issue's bound for lost packs
/// What no sensor shows: below, nobody can tell current from an offset (kCarries_A of
/// share_basis.hpp).
constexpr double kOverLast_A = 1.0;
constexpr double kOverLimitTime_s = 10.0;
constexpr double kIdle_A = 0.01;
constexpr double kFullRoom = 0.01;
constexpr double kMeterNearCvl = 0.997;
constexpr double kMeterTail_C = 0.02;
constexpr double kMeterTailTime_s = 60.0;
constexpr double kCvlStep_V = 0.02;
constexpr double kCclStep = 0.01;

double hoursOf(const Twin& twin) {
    return std::chrono::duration<double, std::ratio<3600>>(twin.time()).count();
}

} // namespace

int sumOf(const TripCounts& trips) {
    return std::accumulate(trips.begin(), trips.end(), 0);
}

void TurnCounter::add(std::optional<double> value, double step) {
    if (!value)
        return;
    const double move = hasAnchor_ ? *value - anchor_ : 0.0;
    if (!hasAnchor_ || move * direction_ > 0.0) {
        anchor_ = *value; // the furthest in this direction
        hasAnchor_ = true;
        return;
    }
    if (std::abs(move) <= step)
        return;
    if (direction_ != 0.0)
        ++turns_;
    direction_ = move > 0.0 ? 1.0 : -1.0;
    anchor_ = *value;
}

Meter::Meter(const Twin& twin)
    : packs_(twin.size()), began_h_(hoursOf(twin)), book_(twin.book()),
      step_s_(std::chrono::duration<double>(twin.spec().step).count()), shares_(stringCount(twin)),
      tails_s_(stringCount(twin)) {
    for (std::size_t s = 0; s < stringCount(twin); ++s)
        conductances_.push_back(1.0 / stringColdResistance_Ohm(twin, s));
    for (std::size_t i = 0; i < twin.size(); ++i) {
        packs_[i].trips = tripsOf(twin.bms(i));
        hear(packs_[i], twin.bms(i));
    }
    shareOut(twin);
}

TripCounts Meter::tripsOf(const Bms& bms) {
    TripCounts trips{};
    for (std::size_t k = 0; k < kTripCount; ++k)
        trips.at(k) = bms.trips(static_cast<Trip>(k));
    return trips;
}

void Meter::addCells(const PackTruth& truth) {
    metrics_.maxCell_V =
        hasCells_ ? std::max(metrics_.maxCell_V, truth.maxCell_V) : truth.maxCell_V;
    metrics_.minCell_V =
        hasCells_ ? std::min(metrics_.minCell_V, truth.minCell_V) : truth.minCell_V;
    hasCells_ = true;
}

/// What part of a change of the bank's current each string takes at once: by conductance, of those
/// whose switches are closed.
void Meter::shareOut(const Twin& twin) {
    double total = 0.0;
    for (std::size_t s = 0; s < stringCount(twin); ++s) {
        const bool isClosed = canCharge(twin, s) && canDischarge(twin, s);
        shares_[s] = isClosed ? conductances_[s] : 0.0;
        total += shares_[s];
    }
    for (double& share : shares_)
        share /= total > 0.0 ? total : 1.0;
}

/// Notes the limits that a pack has published for as long as it is heard. One whose switch is open
/// publishes 0 A, which says nothing of what it bears when it comes back by itself: those of before
/// count.
void Meter::hear(PackMeter& meter, const Bms& bms) {
    const bool isUnheard = bms.isUnheard();
    const bool isOn = bms.canCharge() || bms.canDischarge();
    if (!isUnheard && !meter.isUnheard && isOn) {
        meter.lastCharge_A = bms.published().maxCharge_A;
        meter.lastDischarge_A = bms.published().maxDischarge_A;
    }
    meter.isUnheard = isUnheard;
}

/// Over-voltage counts while current flows in, be it from packs that are fuller: a limit of voltage
/// keeps room for that. The others count unless the pack rests, or equalising alone does it.
void Meter::addTrips(PackMeter& meter, const PackStep& step, const Bms& bms) {
    const TripCounts now = tripsOf(bms);
    if (now == meter.trips)
        return;
    const PackTruth& truth = step.truth;
    const std::array isByFlow = {truth.current_A > 0.0, truth.current_A < 0.0 && !step.isIdle,
                                 !step.isIdle && step.atZero_A <= step.largest.charge_A,
                                 !step.isIdle && -step.atZero_A <= step.largest.discharge_A};
    for (std::size_t k = 0; k < kTripCount; ++k) {
        const int count = now.at(k) - meter.trips.at(k);
        metrics_.trips += count;
        metrics_.tripsByFlow.at(k) += isByFlow.at(k) ? count : 0;
    }
    meter.trips = now;
}

void Meter::addLimit(PackMeter& meter, const PackStep& step) {
    const PackTruth& truth = step.truth;
    const bool charges = truth.current_A > 0.0;
    const double sign = charges ? 1.0 : -1.0;
    const double current_A = std::abs(truth.current_A);
    const double limit_A = charges ? truth.ownLimit.maxCharge_A : truth.ownLimit.maxDischarge_A;
    const double allowed_A = std::max(limit_A * kOverLimit, limit_A + kOverLimit_A);
    if (step.isIdle || current_A <= allowed_A || sign * step.atZero_A > allowed_A) {
        meter.over_s = 0.0;
        return;
    }
    meter.over_s += step_s_;
    if (meter.over_s <= kOverLimitTime_s)
        return;
    const double excess_A = current_A - limit_A;
    const double excess_pct =
        100.0 * excess_A / (charges ? step.largest.charge_A : step.largest.discharge_A);
    metrics_.overLimit_s += step_s_;
    metrics_.worstExcess_A = std::max(metrics_.worstExcess_A, excess_A);
    metrics_.worstExcess_pct = std::max(metrics_.worstExcess_pct, excess_pct);
    if (meter.isUnheard)
        return;
    metrics_.heard.total_s += step_s_;
    metrics_.heard.worst_pct = std::max(metrics_.heard.worst_pct, excess_pct);
}

void Meter::addLastLimit(PackMeter& meter, const PackStep& step) {
    const bool charges = step.truth.current_A > 0.0;
    const double sign = charges ? 1.0 : -1.0;
    const double current_A = std::abs(step.truth.current_A);
    const auto& limit_A = charges ? meter.lastCharge_A : meter.lastDischarge_A;
    const double allowed_A =
        std::max(limit_A.value_or(0.0) * kOverLast, limit_A.value_or(0.0) + kOverLast_A);
    if (step.isIdle || !meter.isUnheard || !limit_A || current_A <= allowed_A ||
        sign * step.atZero_A > allowed_A) {
        meter.overLast_s = 0.0;
        return;
    }
    meter.overLast_s += step_s_;
    if (meter.overLast_s <= kOverLimitTime_s)
        return;
    const double most_A = charges ? step.largest.charge_A : step.largest.discharge_A;
    metrics_.unheard.total_s += step_s_;
    metrics_.unheard.worst_pct =
        std::max(metrics_.unheard.worst_pct, 100.0 * (current_A - *limit_A) / most_A);
}

bool Meter::hasTail(double& tail_s, const PackTruth& truth, double capacity_Ah) const {
    const bool isNow = truth.voltage_V >= truth.ownLimit.maxCharge_V * kMeterNearCvl &&
                       truth.current_A >= 0.0 && truth.current_A < kMeterTail_C * capacity_Ah;
    tail_s = isNow ? tail_s + step_s_ : 0.0;
    return tail_s >= kMeterTailTime_s;
}

void Meter::addRoom(double weakest_pct, double bank_pct) {
    if (bank_pct >= leastRoom_pct_)
        return;
    leastRoom_pct_ = bank_pct;
    metrics_.unusedWeakest_pct = weakest_pct;
    metrics_.unusedBank_pct = bank_pct;
}

void Meter::addPack(const Twin& twin, std::size_t i, const PackTruth& truth, bool isIdle) {
    addCells(truth);
    const double share = shares_[stringOf(twin, i)];
    const PackStep step{truth, truth.current_A - share * twin.bus().battery_A, isIdle,
                        twin.pack(i).bms.limits};
    hear(packs_[i], twin.bms(i));
    addTrips(packs_[i], step, twin.bms(i));
    addLimit(packs_[i], step);
    addLastLimit(packs_[i], step);
}

PackTruth Meter::addBlocks(const Twin& twin, std::size_t string, bool isIdle) {
    const Blocks blocks = blocksOf(twin, string);
    PackTruth whole;
    for (std::size_t i = blocks.first; i < blocks.end; ++i) {
        const PackTruth truth = twin.truth(i);
        addPack(twin, i, truth, isIdle);
        whole = i == blocks.first ? truth : inSeries(whole, truth);
    }
    return whole;
}

void Meter::addString(Sum& sum, const Twin& twin, std::size_t string, const PackTruth& truth) {
    const double own_Ah = truth.remaining_Ah + truth.room_Ah;
    sum.allTail = hasTail(tails_s_[string], truth, stringNominal_Ah(twin, string)) && sum.allTail;
    sum.oneIsFull = sum.oneIsFull || truth.room_Ah < kFullRoom * own_Ah;
    sum.room_Ah += truth.room_Ah;
    sum.usable_Ah += own_Ah;
    if (string == 0 || own_Ah < sum.weakest_Ah) {
        sum.weakest_Ah = own_Ah;
        sum.weakestRoom_Ah = truth.room_Ah;
    }
}

void Meter::add(const Twin& twin, const Limits& limits) {
    const bool isIdle = twin.bus().charger_A < kIdle_A && twin.bus().load_A < kIdle_A;
    Sum sum;
    for (std::size_t s = 0; s < stringCount(twin); ++s)
        addString(sum, twin, s, addBlocks(twin, s, isIdle));
    shareOut(twin); // of the next step: a switch that opens now has carried this one's current
    addRoom(100.0 * sum.weakestRoom_Ah / sum.weakest_Ah, 100.0 * sum.room_Ah / sum.usable_Ah);
    if (!metrics_.full_h && (sum.allTail || sum.oneIsFull))
        metrics_.full_h = hoursOf(twin) - began_h_;
    largestCcl_A_ = std::max(largestCcl_A_, limits.ccl_A.value_or(0.0));
    cvl_.add(limits.cvl_V, kCvlStep_V);
    ccl_.add(limits.ccl_A, kCclStep * largestCcl_A_);
    metrics_.cclAtZero_h += limits.ccl_A.value_or(0.0) > 0.0 ? 0.0 : step_s_ / 3600.0;
    metrics_.dclAtZero_h += limits.dcl_A.value_or(0.0) > 0.0 ? 0.0 : step_s_ / 3600.0;
    metrics_.charged_Ah += std::max(0.0, twin.bus().battery_A) * step_s_ / 3600.0;
}

Metrics Meter::result(const Twin& twin) const {
    Metrics metrics = metrics_;
    metrics.hours = hoursOf(twin) - began_h_;
    metrics.cvlTurns_per_h = cvl_.turns() / std::max(metrics.hours, 1.0);
    metrics.cclTurns_per_h = ccl_.turns() / std::max(metrics.hours, 1.0);
    metrics.unserved_Wh = twin.book().unserved_Wh - book_.unserved_Wh;
    metrics.curtailed_Wh = twin.book().curtailed_Wh - book_.curtailed_Wh;
    return metrics;
}

} // namespace busbar::sim
