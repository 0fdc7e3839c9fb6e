// SPDX-License-Identifier: MIT
// Measurements step by step.
#include "sim/meter.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ratio>

namespace busbar::sim {

namespace {

constexpr double kOverLimit = 1.02;
constexpr double kOverLimit_A = 0.2; ///< what a limit of 0 is allowed: leakage and equalising
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
    : packs_(twin.size()), began_h_(hoursOf(twin)), book_(twin.book()), trips_(tripsOf(twin)),
      step_s_(std::chrono::duration<double>(twin.stepLength()).count()), shares_(twin.size()) {
    for (std::size_t i = 0; i < twin.size(); ++i)
        conductances_.push_back(1.0 / coldResistance_Ohm(twin.pack(i)));
}

Meter::Trips Meter::tripsOf(const Twin& twin) {
    Trips trips;
    for (std::size_t i = 0; i < twin.size(); ++i) {
        trips.whileCharging += twin.bms(i).tripsWhileCharging();
        for (std::size_t k = 0; k < kTripCount; ++k)
            trips.all += twin.bms(i).trips(static_cast<Trip>(k));
    }
    return trips;
}

void Meter::addCells(const PackTruth& truth) {
    metrics_.maxCell_V =
        hasCells_ ? std::max(metrics_.maxCell_V, truth.maxCell_V) : truth.maxCell_V;
    metrics_.minCell_V =
        hasCells_ ? std::min(metrics_.minCell_V, truth.minCell_V) : truth.minCell_V;
    hasCells_ = true;
}

/// What part of a change of the bank's current each pack takes at once: by conductance, of those
/// whose switches are closed.
void Meter::shareOut(const Twin& twin) {
    double total = 0.0;
    for (std::size_t i = 0; i < twin.size(); ++i) {
        const bool isClosed = twin.bms(i).canCharge() && twin.bms(i).canDischarge();
        shares_[i] = isClosed ? conductances_[i] : 0.0;
        total += shares_[i];
    }
    for (double& share : shares_)
        share /= total > 0.0 ? total : 1.0;
}

/// `atZero_A`: what the pack would carry with the bank at 0.
void Meter::addLimit(PackMeter& meter, const PackTruth& truth, double atZero_A,
                     const LimitSpec& largest) {
    const bool charges = truth.current_A > 0.0;
    const double sign = charges ? 1.0 : -1.0;
    const double current_A = std::abs(truth.current_A);
    const double limit_A = charges ? truth.ownLimit.maxCharge_A : truth.ownLimit.maxDischarge_A;
    const double allowed_A = std::max(limit_A * kOverLimit, limit_A + kOverLimit_A);
    if (current_A <= allowed_A || sign * atZero_A > allowed_A) {
        meter.over_s = 0.0;
        return;
    }
    meter.over_s += step_s_;
    if (meter.over_s <= kOverLimitTime_s)
        return;
    const double excess_A = current_A - limit_A;
    const double most_A = charges ? largest.charge_A : largest.discharge_A;
    metrics_.overLimit_s += step_s_;
    metrics_.worstExcess_A = std::max(metrics_.worstExcess_A, excess_A);
    metrics_.worstExcess_pct = std::max(metrics_.worstExcess_pct, 100.0 * excess_A / most_A);
}

bool Meter::hasTail(PackMeter& meter, const PackTruth& truth, double capacity_Ah) const {
    const bool isNow = truth.voltage_V >= truth.ownLimit.maxCharge_V * kMeterNearCvl &&
                       truth.current_A >= 0.0 && truth.current_A < kMeterTail_C * capacity_Ah;
    meter.tail_s = isNow ? meter.tail_s + step_s_ : 0.0;
    return meter.tail_s >= kMeterTailTime_s;
}

void Meter::addRoom(double weakest_pct, double bank_pct) {
    if (bank_pct >= leastRoom_pct_)
        return;
    leastRoom_pct_ = bank_pct;
    metrics_.unusedWeakest_pct = weakest_pct;
    metrics_.unusedBank_pct = bank_pct;
}

void Meter::add(const Twin& twin, const Limits& limits) {
    const bool isIdle = twin.chargerCurrent_A() < kIdle_A && twin.loadCurrent_A() < kIdle_A;
    shareOut(twin);
    bool allTail = true;
    bool oneIsFull = false;
    double room_Ah = 0.0;
    double usable_Ah = 0.0;
    double weakest_Ah = 0.0;
    double weakestRoom_Ah = 0.0;
    for (std::size_t i = 0; i < twin.size(); ++i) {
        const PackTruth truth = twin.truth(i);
        const BmsSpec& bms = twin.pack(i).bms;
        const double own_Ah = truth.remaining_Ah + truth.room_Ah;
        addCells(truth);
        if (isIdle)
            packs_[i].over_s = 0.0;
        else
            addLimit(packs_[i], truth, truth.current_A - shares_[i] * twin.busCurrent_A(),
                     bms.limits);
        allTail = hasTail(packs_[i], truth, bms.capacity_Ah) && allTail;
        oneIsFull = oneIsFull || truth.room_Ah < kFullRoom * own_Ah;
        room_Ah += truth.room_Ah;
        usable_Ah += own_Ah;
        if (i == 0 || own_Ah < weakest_Ah) {
            weakest_Ah = own_Ah;
            weakestRoom_Ah = truth.room_Ah;
        }
    }
    addRoom(100.0 * weakestRoom_Ah / weakest_Ah, 100.0 * room_Ah / usable_Ah);
    if (!metrics_.full_h && (allTail || oneIsFull))
        metrics_.full_h = hoursOf(twin) - began_h_;
    largestCcl_A_ = std::max(largestCcl_A_, limits.ccl_A.value_or(0.0));
    cvl_.add(limits.cvl_V, kCvlStep_V);
    ccl_.add(limits.ccl_A, kCclStep * largestCcl_A_);
    metrics_.charged_Ah += std::max(0.0, twin.busCurrent_A()) * step_s_ / 3600.0;
}

Metrics Meter::result(const Twin& twin) const {
    Metrics metrics = metrics_;
    const Trips trips = tripsOf(twin);
    metrics.hours = hoursOf(twin) - began_h_;
    metrics.trips = trips.all - trips_.all;
    metrics.tripsWhileCharging = trips.whileCharging - trips_.whileCharging;
    metrics.cvlTurns_per_h = cvl_.turns() / std::max(metrics.hours, 1.0);
    metrics.cclTurns_per_h = ccl_.turns() / std::max(metrics.hours, 1.0);
    metrics.unserved_Wh = twin.book().unserved_Wh - book_.unserved_Wh;
    metrics.curtailed_Wh = twin.book().curtailed_Wh - book_.curtailed_Wh;
    return metrics;
}

} // namespace busbar::sim
