// SPDX-License-Identifier: MIT
// The stages of balancing and the stamps that outlive clock jumps.
#include "core/charge/balancing.hpp"

#include "core/calendar.hpp"
#include "core/charge/balancing_settings.hpp"

#include <algorithm>
#include <utility>

namespace busbar {

namespace {

/// Rounding of doubles, far below what a battery can tell: 24 · 2.45 is 58.800000000000004.
constexpr double kSpreadRounding_V = 1e-6;
/// An attempt gets at least a whole day, so that some sun falls into it; the local day is not known
/// here.
constexpr auto kAttempt = std::chrono::hours(24);
/// A failure is found after a day, when the bank has been discharged: half a day later the next
/// day's sun lies ahead, whatever the hour.
constexpr auto kRetryAfter = std::chrono::hours(12);
/// A stamp that has been in the future for so long was made by a wrong clock, not the other way
/// round: a clock that is wrong after boot is set within that time.
constexpr auto kClockBelieved = std::chrono::hours(24);
constexpr auto kDay = std::chrono::hours(24);
/// A schedule of days does not mind so much; a clock that is set by more has jumped.
constexpr auto kLeastJump = std::chrono::hours(1);

/// A clock that has jumped is believed again when it is back, or has gone on from there for long.
void look(ClockTrust& clock, const Now& now) {
    const auto ahead = std::chrono::duration_cast<WallTime::duration>(
        now.wall.time_since_epoch() - now.steady.time_since_epoch());
    const bool isAsBefore = !clock.ahead || std::chrono::abs(ahead - *clock.ahead) <= kLeastJump;
    if (isAsBefore || (clock.doubted && now.steady - *clock.doubted >= kClockBelieved))
        clock = {ahead, std::nullopt};
    else if (!clock.doubted)
        clock.doubted = now.steady;
}

bool isCalendarGood(const BalancingState& state, const Now& now) {
    return isClockSet(now.wall) && !state.clock.doubted;
}

WallTime stampOf(const Now& now) {
    return std::chrono::floor<std::chrono::seconds>(now.wall);
}

/// Since a stamp; one in the future counts as now.
WallTime::duration ageOf(WallTime stamp, const Now& now) {
    return std::max(now.wall - stamp, WallTime::duration::zero());
}

void correctStamps(BalancingState& state, const BalancingInput& input, const Now& now) {
    BalancingMemory& memory = state.memory;
    const auto stamps = {&memory.firstSeen, &memory.lastSuccess, &memory.raisedAt,
                         &memory.failedAt};
    const bool isAhead =
        std::ranges::any_of(stamps, [&](const auto* stamp) { return *stamp > now.wall; });
    if (!holds(state.ahead, isAhead, kClockBelieved, input.maxGap, now))
        return;
    for (auto* stamp : stamps)
        if (*stamp > now.wall)
            *stamp = stampOf(now);
}

/// What there is to compare, once everything is known.
struct Levels {
    double regular_V = 0.0;
    double goal_V = 0.0;
    double voltage_V = 0.0;
    bool areCellsEqual = false;
};

std::optional<Levels> levelsOf(const BalancingInput& input, double tolerance_V) {
    if (!input.voltage_V || !input.spread_V)
        return std::nullopt;
    const double cells = *input.cells;
    return Levels{cells * *input.regularCell_V, cells * (*input.raisedCell_V - tolerance_V),
                  *input.voltage_V, *input.spread_V < *input.cellDiffMax_V - kSpreadRounding_V};
}

bool isGoal(const Levels& levels) {
    return levels.voltage_V >= levels.goal_V - kSpreadRounding_V && levels.areCellsEqual;
}

bool isDischarged(const Levels& levels) {
    return levels.voltage_V <= levels.regular_V + kSpreadRounding_V;
}

/// Not about the clock, which only the schedule needs.
BalancingObstacle obstacleOf(const BalancingInput& input, const BalancingSettings& settings) {
    if (!settings.isEnabled)
        return BalancingObstacle::Disabled;
    if (!input.cells || *input.cells <= 0 || !input.regularCell_V || !input.raisedCell_V ||
        !input.cellDiffMax_V)
        return BalancingObstacle::NoSettings;
    if (*input.raisedCell_V <= *input.regularCell_V + kSpreadRounding_V)
        return BalancingObstacle::NotHigher;
    if (!input.voltage_V || !input.spread_V)
        return BalancingObstacle::NoData;
    return BalancingObstacle::None;
}

bool isDue(const BalancingState& state, const BalancingSettings& settings, const Now& now) {
    const BalancingMemory& memory = state.memory;
    if (!isCalendarGood(state, now))
        return false;
    if (memory.failedAt)
        return ageOf(*memory.failedAt, now) >= kRetryAfter;
    const auto& base = memory.lastSuccess ? memory.lastSuccess : memory.firstSeen;
    return base && ageOf(*base, now) >= settings.every;
}

void rest(BalancingState& state) {
    state.memory.stage = BalancingStage::Idle;
    state.memory.raisedAt.reset();
    state.raisedFor.reset();
    state.goal.since.reset();
}

void raise(BalancingState& state, BalancingOutput& output, const Now& now) {
    state.memory.stage = BalancingStage::Raised;
    state.memory.raisedAt = stampOf(now);
    state.raisedFor = now.steady;
    state.goal.since.reset();
    output.events.push_back(BalancingEvent::Started);
}

/// Without a clock the stamp stays as it was: balancing comes too early rather than never.
void succeed(BalancingMemory& memory, BalancingOutput& output, const Now& now) {
    memory.lastResult = BalancingResult::Succeeded;
    memory.failedAt.reset();
    if (isClockSet(now.wall))
        memory.lastSuccess = stampOf(now);
    output.events.push_back(BalancingEvent::Succeeded);
}

void fail(BalancingState& state, BalancingOutput& output, const Now& now) {
    rest(state);
    state.memory.lastResult = BalancingResult::Failed;
    state.memory.failedAt = stampOf(now);
    output.events.push_back(BalancingEvent::Failed);
}

/// An attempt that was under way before a restart has its time so far counted from its stamp.
void resume(BalancingState& state, const Now& now) {
    if (state.memory.stage == BalancingStage::Holding)
        state.memory.stage = BalancingStage::Raised;
    if (state.memory.stage != BalancingStage::Raised || state.raisedFor)
        return;
    const auto before =
        state.memory.raisedAt ? ageOf(*state.memory.raisedAt, now) : WallTime::duration::zero();
    state.raisedFor = now.steady - std::chrono::duration_cast<std::chrono::milliseconds>(
                                       std::min<WallTime::duration>(before, kAttempt));
}

void tryGoal(BalancingState& state, const Levels& levels, const BalancingInput& input,
             const BalancingSettings& settings, BalancingOutput& output, const Now& now) {
    if (holds(state.goal, isGoal(levels), settings.hold, input.maxGap, now)) {
        succeed(state.memory, output, now);
        state.memory.stage = BalancingStage::Done;
        state.memory.raisedAt.reset();
        state.raisedFor.reset();
    } else if (now.steady - *state.raisedFor >= kAttempt && isDischarged(levels)) {
        fail(state, output, now);
    }
}

void act(BalancingState& state, const Levels& levels, const BalancingInput& input,
         const BalancingSettings& settings, BalancingOutput& output, const Now& now) {
    const bool isWanted = std::exchange(state.isWanted, false);
    switch (state.memory.stage) {
    case BalancingStage::Idle:
        if (isWanted || isDue(state, settings, now))
            raise(state, output, now);
        else if (!isCalendarGood(state, now))
            output.obstacle = BalancingObstacle::NoClock;
        break;
    case BalancingStage::Raised:
    case BalancingStage::Holding:
        tryGoal(state, levels, input, settings, output, now);
        break;
    case BalancingStage::Done:
        if (isWanted)
            raise(state, output, now);
        else if (isDischarged(levels))
            rest(state);
        break;
    }
}

/// The regular voltage is high enough by itself: a full charge that meets the goal is noted, once a
/// day.
void noteRegular(BalancingState& state, const BalancingInput& input,
                 const BalancingSettings& settings, BalancingOutput& output, const Now& now) {
    const auto levels = levelsOf(input, settings.tolerance_V);
    const bool isHeld =
        holds(state.goal, levels && isGoal(*levels), settings.hold, input.maxGap, now);
    const auto& last = state.memory.lastSuccess;
    if (isHeld && isClockSet(now.wall) && (!last || ageOf(*last, now) >= kDay))
        succeed(state.memory, output, now);
}

void fill(BalancingOutput& output, const BalancingState& state, const BalancingInput& input,
          const Now& now) {
    const BalancingMemory& memory = state.memory;
    const bool isHolding = memory.stage == BalancingStage::Raised && state.goal.since;
    output.stage = isHolding ? BalancingStage::Holding : memory.stage;
    output.lastResult = memory.lastResult;
    output.lastSuccess = memory.lastSuccess;
    output.isRaised =
        output.obstacle == BalancingObstacle::None && memory.stage != BalancingStage::Idle;
    output.cell_V = output.isRaised ? input.raisedCell_V : input.regularCell_V;
    if (memory.lastSuccess && isClockSet(now.wall))
        output.daysSince = static_cast<int>(ageOf(*memory.lastSuccess, now) / kDay);
}

} // namespace

BalancingOutput step(BalancingState& state, const BalancingInput& input,
                     const BalancingSettings& settings, const Now& now) {
    BalancingOutput output;
    output.obstacle = obstacleOf(input, settings);
    state.isWanted = state.isWanted || input.isRequested;
    if (isClockSet(now.wall)) {
        look(state.clock, now);
        if (!state.memory.firstSeen)
            state.memory.firstSeen = stampOf(now);
        correctStamps(state, input, now);
    }
    resume(state, now);
    switch (output.obstacle) {
    case BalancingObstacle::Disabled:
        rest(state);
        state.isWanted = false;
        break;
    case BalancingObstacle::NotHigher: {
        const Held goal = state.goal;
        rest(state);
        state.goal = goal;
        state.isWanted = false;
        noteRegular(state, input, settings, output, now);
        break;
    }
    case BalancingObstacle::NoSettings:
        state.isWanted = false;
        state.goal.since.reset();
        break;
    case BalancingObstacle::NoData:
    case BalancingObstacle::NoClock:
        state.goal.since.reset();
        break;
    case BalancingObstacle::None:
        act(state, *levelsOf(input, settings.tolerance_V), input, settings, output, now);
        break;
    }
    fill(output, state, input, now);
    return output;
}

} // namespace busbar
