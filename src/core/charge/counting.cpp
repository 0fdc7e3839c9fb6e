// SPDX-License-Identifier: MIT
// Counting, and the proofs of full and empty.
#include "core/charge/counting.hpp"

#include <algorithm>
#include <chrono>

namespace busbar {

namespace {

/// Rounding of doubles, far below what a battery can tell: 16 · 3.45 is not 55.2.
constexpr double kRounding_V = 1e-6;
/// Without cell voltages: a BMS that reads 0.15 V of 55.2 V low is still seen full (issue
/// 85 of dbus-aggregate-batteries: 0.05 V).
constexpr double kReadingError_V = 0.01;
/// What a resting battery may seem to discharge: Victron's shunts take less than this for 0 A.
constexpr double kResting_A = 0.1;
constexpr auto kEmptyHold = std::chrono::seconds(5); // a load's inrush is over
/// Where cells are nearly empty, their voltage falls so fast that what half a capacity per hour
/// takes off it is 1 to 2 % of the capacity.
constexpr double kGentle_C = 0.5;
constexpr double kFullUntil = 0.99; // of the capacity

bool reaches(double value, double level) {
    return value >= level - kRounding_V;
}

std::optional<double> meanCell_V(const SocMember& member) {
    if (!member.voltage_V || !member.cells || *member.cells <= 0)
        return std::nullopt;
    return *member.voltage_V / *member.cells;
}

/// Where only the extreme cells are known, the lowest stands in for the mean: it is never above.
bool isAtFullVoltage(const SocMember& member, double full_V, double spread_V) {
    const auto mean = meanCell_V(member);
    if (!member.highestCell_V)
        return mean && reaches(*mean, full_V - kReadingError_V);
    const auto rest = mean ? mean : member.lowestCell_V;
    return reaches(*member.highestCell_V, full_V) && rest && reaches(*rest, full_V - spread_V);
}

bool looksFull(const SocMember& member, double capacity_Ah, const SocInput& input, double tail_C) {
    const auto& full_V = input.fullCell_V;
    return full_V && member.current_A && *member.current_A >= -kResting_A &&
           *member.current_A <= tail_C * capacity_Ah &&
           isAtFullVoltage(member, *full_V, input.fullSpread_V);
}

bool looksEmpty(const SocMember& member, const SocInput& input) {
    return input.emptyCell_V && member.lowestCell_V &&
           *member.lowestCell_V <= *input.emptyCell_V + kRounding_V;
}

/// A heavy load pulls the voltage down long before the battery is empty.
bool isDrawnGently(const SocMember& member, double capacity_Ah) {
    return member.current_A && std::abs(*member.current_A) <= kGentle_C * capacity_Ah;
}

void clampCharge(Counter& counter) {
    const double top_Ah = *counter.capacity_Ah * (counter.isFull ? 1.0 : kTopUnproven);
    counter.charge_Ah = std::clamp(*counter.charge_Ah, 0.0, top_Ah);
}

/// Call with a known capacity.
void count(Counter& counter, const Flow& flow, std::optional<double> bms_pct, double efficiency) {
    if (!known(counter.charge_Ah)) {
        counter.charge_Ah.reset();
        if (const auto pct = known(bms_pct))
            counter.charge_Ah = *counter.capacity_Ah * *pct / 100.0;
    } else {
        *counter.charge_Ah += flow.in * efficiency - flow.out;
    }
    if (counter.charge_Ah)
        clampCharge(counter);
}

/// What the voltages of a member prove in a cycle.
struct Proof {
    bool isFull = false;
    bool isEmpty = false;
    bool becameFull = false; ///< and was not before
};

/// Call with a known capacity.
Proof prove(SocMemberState& state, const SocMember& member, const SocInput& input,
            const SocSettings& settings, const Now& now) {
    Counter& counter = state.counter;
    const bool wasFull = counter.isFull;
    Proof proof;
    proof.isFull =
        holds(state.full, looksFull(member, *counter.capacity_Ah, input, settings.tail_pct / 100.0),
              settings.fullHold, input.maxGap, now);
    if (proof.isFull) {
        counter.charge_Ah = counter.capacity_Ah;
        counter.isFull = true;
    }
    proof.isEmpty = holds(state.empty, looksEmpty(member, input), kEmptyHold, input.maxGap, now);
    if (proof.isEmpty && settings.resetAtEmpty)
        counter.charge_Ah = 0.0;
    if (!counter.charge_Ah || *counter.charge_Ah < kFullUntil * *counter.capacity_Ah)
        counter.isFull = false;
    proof.becameFull = counter.isFull && !wasFull;
    return proof;
}

/// What may have flowed since the last sample, which was too long ago to tell; Ah.
double unseen_Ah(const Trapezoid& current, std::optional<double> now_A,
                 std::chrono::milliseconds maxGap, const Now& now) {
    if (!current.last || !now_A)
        return 0.0;
    const auto gap = now.steady - current.last->at;
    if (gap <= maxGap)
        return 0.0;
    const double most_A = std::max(std::abs(current.last->value), std::abs(*now_A));
    return most_A * std::chrono::duration<double, std::ratio<3600>>(gap).count();
}

/// What is left since full is what it is, whatever the capacity turned out to be.
void measure(SocMemberState& state, const MeasuringInput& seen, const Now& now) {
    const auto left_Ah = step(state.measured, state.measuring, seen, now);
    state.isRemeasured = left_Ah && state.counter.charge_Ah;
    if (!state.isRemeasured)
        return;
    state.counter.capacity_Ah = usable_Ah(state.measured, seen.nominal_Ah);
    state.counter.charge_Ah = std::min(*left_Ah, *state.counter.capacity_Ah);
}

} // namespace

void setCapacity(Counter& counter, double capacity_Ah) {
    if (counter.capacity_Ah == capacity_Ah)
        return;
    if (counter.charge_Ah && counter.capacity_Ah)
        *counter.charge_Ah *= capacity_Ah / *counter.capacity_Ah;
    counter.capacity_Ah = capacity_Ah;
}

bool countMember(SocMemberState& entry, const SocMember& member, const SocInput& input,
                 std::optional<double> current_A, const SocSettings& settings, const Now& now) {
    entry.isRemeasured = false;
    MeasuringInput seen;
    seen.unseen_Ah = unseen_Ah(entry.current, current_A, input.maxGap, now);
    seen.flow = advance(entry.current, current_A, input.maxGap, now);
    seen.efficiency = settings.efficiency_pct / 100.0;
    if (!entry.counter.capacity_Ah)
        return false;
    count(entry.counter, seen.flow, fresh_pct(member),
          entry.measured.efficiency.value_or(seen.efficiency));
    const Proof proof = prove(entry, member, input, settings, now);
    seen.isFull = proof.isFull;
    seen.isEmpty = proof.isEmpty && isDrawnGently(member, *entry.counter.capacity_Ah);
    seen.nominal_Ah = positive(member.capacity_Ah).value_or(0.0);
    if (seen.nominal_Ah > 0.0)
        measure(entry, seen, now);
    return proof.becameFull;
}

} // namespace busbar
