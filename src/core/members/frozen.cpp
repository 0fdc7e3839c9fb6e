// SPDX-License-Identifier: MIT
// What should have moved, and did not.
#include "core/members/frozen.hpp"

#include "core/limits/direction.hpp"
#include "core/members/member.hpp"
#include "core/members/roster.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>
#include <cmath>

namespace busbar {

namespace {

using namespace std::chrono_literals;
using Seconds = std::chrono::duration<double>;

/// Of the capacity per hour: so much of the bank's current moves something in five minutes.
constexpr double kBankWorks = 0.02;
/// Of the others' capacity per hour, while their values move: half of it where cells are given,
/// because then some twenty values would have to stand still together.
constexpr double kOthersWork = 0.01;
constexpr double kOthersWorkByCells = 0.005;
constexpr std::size_t kManyCells = 4;
/// A longer gap between looks tells nothing.
constexpr auto kLongestLookGap = 10s;
/// Noise of others' voltage is smoothed away over this time, s.
constexpr double kSmoothing = 30.0;
/// CAN protocols give tenths to thousandths of a volt; where nothing is known, the coarsest.
constexpr double kCoarseStep_V = 0.1;
constexpr double kLeastStep_V = 0.001;
/// Bus voltage has moved: by so many of its own steps, and by so much of itself. A pack whose
/// switch is open stands at its own voltage, which moves with its temperature only.
constexpr double kSteps = 3.0;
constexpr double kOfVoltage = 0.002;
constexpr double kOfVoltageIfOpen = 0.01;
/// By so many steps it is no question of patience: slow drivers report once a minute, and near full
/// a cell needs no five (bench of losses: LTO, 2.69 to 2.80 V in 209 s).
constexpr double kManySteps = 9.0;
constexpr auto kSoon = 90s;

/// Most carry something, which is soon seen.
bool isCarrying(const Battery& battery) {
    const auto current_A = numberOf(battery, row("/Dc/0/Current"));
    return current_A && std::abs(*current_A) > offset_A(nominalCapacity_Ah(battery));
}

bool isOpenAndStill(const FrozenInput& input) {
    if (isCarrying(input.battery))
        return false;
    const Member member(input.battery, input.entry, false);
    return carriesNothing(member) &&
           (member.isBlocked(Direction::Charge) || member.isBlocked(Direction::Discharge));
}

void noteStep(FrozenTrack& track, const Battery& battery) {
    const auto own_V = numberOf(battery, row("/Dc/0/Voltage"));
    if (own_V && track.last_V && *own_V != *track.last_V) {
        const double step_V = std::max(std::abs(*own_V - *track.last_V), kLeastStep_V);
        track.step_V = std::min(track.step_V.value_or(step_V), step_V);
    }
    track.last_V = own_V;
}

void beginRest(FrozenTrack& track, const FrozenInput& input) {
    track.moved = input.battery.moved;
    track.worked = Seconds(0.0);
    track.mean_V.reset();
    track.frozenSince.reset();
}

void followVoltage(FrozenTrack& track, const Peers::Others& others, double span) {
    const auto voltage_V = others.voltage_V();
    const bool isSame = others.areThese(track.others);
    if (!isSame || !voltage_V)
        track.mean_V.reset();
    if (!isSame)
        track.others = others.instances();
    if (!voltage_V)
        return;
    if (!track.mean_V) {
        track.mean_V = track.lowest_V = track.highest_V = *voltage_V;
        return;
    }
    *track.mean_V += std::min(span / kSmoothing, 1.0) * (*voltage_V - *track.mean_V);
    track.lowest_V = std::min(track.lowest_V, *track.mean_V);
    track.highest_V = std::max(track.highest_V, *track.mean_V);
}

bool shouldMove(const FrozenState& state, const FrozenInput& input, const Peers::Others& others) {
    const double least = cellCount(input.battery) >= kManyCells ? kOthersWorkByCells : kOthersWork;
    const bool doOthersWork = others.areMoving() && others.load() > least;
    return (state.isBankWorking || doOthersWork) && !isOpenAndStill(input);
}

bool hasBusMoved(const FrozenTrack& track, const FrozenInput& input, double steps) {
    if (!track.mean_V)
        return false;
    const double part = isOpenAndStill(input) ? kOfVoltageIfOpen : kOfVoltage;
    return track.highest_V - track.lowest_V >
           std::max(steps * track.step_V.value_or(kCoarseStep_V), part * *track.mean_V);
}

bool contradictsItself(const FrozenInput& input, const SteepEnds& ends) {
    return mustMove(Member(input.battery, input.entry, false), ends);
}

/// It has stood still for too long, by what should have moved.
bool isFrozen(const FrozenTrack& track, const FrozenInput& input, const SteepEnds& ends,
              const Now& now) {
    const auto rest = now.steady - track.moved;
    if (rest >= kSteepRest && contradictsItself(input, ends))
        return true;
    if (rest >= input.after)
        return track.worked >= input.after || hasBusMoved(track, input, kSteps);
    return rest >= kSoon && !isOpenAndStill(input) && hasBusMoved(track, input, kManySteps);
}

} // namespace

std::optional<SteadyTime> step(FrozenState& state, const FrozenInput& input, const Now& now) {
    FrozenTrack& track = state.tracks[input.battery.instance];
    const auto gap = now.steady - track.at;
    const double span = gap <= kLongestLookGap ? Seconds(gap).count() : 0.0;
    track.at = now.steady;
    noteStep(track, input.battery);
    if (track.moved != input.battery.moved)
        beginRest(track, input);
    if (track.frozenSince)
        return track.frozenSince;
    const Peers::Others others(input.peers, input.battery);
    followVoltage(track, others, span);
    if (shouldMove(state, input, others))
        track.worked += Seconds(span);
    if (isFrozen(track, input, state.ends, now))
        track.frozenSince = now.steady;
    return track.frozenSince;
}

void noteWork(FrozenState& state, std::optional<double> current_A,
              std::optional<double> capacity_Ah) {
    state.isBankWorking =
        current_A && capacity_Ah && std::abs(*current_A) > kBankWorks * *capacity_Ah;
}

} // namespace busbar
