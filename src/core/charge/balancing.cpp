// SPDX-License-Identifier: MIT
// The stages of balancing and the stamps that outlive clock jumps.
#include "core/charge/balancing.hpp"

#include "core/calendar.hpp"
#include "core/charge/balancing_failures.hpp"
#include "core/charge/balancing_settings.hpp"
#include "core/table/quantity.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace busbar {

namespace {

/// Rounding of doubles, far below what a battery can tell: 24 · 2.45 is 58.800000000000004.
constexpr double kSpreadRounding_V = 1e-6;
/// An attempt gets at least a whole day, so that some sun falls into it; the local day is not known
/// here.
constexpr auto kAttempt = std::chrono::hours(24);
/// Of a bank that is not discharged to the regular voltage in a night: two days of sun.
constexpr auto kLongestAttempt = std::chrono::hours(48);
/// A stamp that has been in the future for so long was made by a wrong clock, not the other way
/// round: a clock that is wrong after boot is set within that time.
constexpr auto kClockBelieved = std::chrono::hours(24);
constexpr auto kDay = std::chrono::hours(24);
/// So long the button waits for data, or for a battery that asks for more: some sun falls into it.
constexpr auto kWanted = std::chrono::hours(24);
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

void lookAtClock(BalancingState& state, const BalancingInput& input, const Now& now) {
    look(state.clock, now);
    if (!state.memory.firstSeen)
        state.memory.firstSeen = stampOf(now);
    correctStamps(state, input, now);
}

/// What there is to compare, once everything is known.
struct Levels {
    double regular_V = 0.0;
    double goal_V = 0.0;
    double voltage_V = 0.0;
    double spread_V = 0.0;
    double ownSpread_V = 0.0; ///< within a member
    bool areCellsEqual = false;
};

/// The lowest at which equal cells prove anything.
double leastCell_V(const BalancingInput& input) {
    return std::min(input.fullCell_V.value_or(*input.regularCell_V), *input.raisedCell_V);
}

/// The raised voltage, or what the bank gets of it: what a battery does not ask for, or a high cell
/// does not bear, cannot be reached.
double reachableCell_V(const BalancingInput& input) {
    if (!input.held)
        return *input.raisedCell_V;
    return std::clamp(input.held->voltage_V / *input.cells, leastCell_V(input),
                      *input.raisedCell_V);
}

std::optional<Levels> levelsOf(const BalancingInput& input, double tolerance_V) {
    if (!input.voltage_V || !input.spread_V)
        return std::nullopt;
    const double cells = *input.cells;
    return Levels{cells * *input.regularCell_V,
                  cells * (reachableCell_V(input) - tolerance_V),
                  *input.voltage_V,
                  *input.spread_V,
                  input.ownSpread_V.value_or(*input.spread_V),
                  *input.spread_V < *input.cellDiffMax_V - kSpreadRounding_V};
}

bool isAtTop(const Levels& levels) {
    return levels.voltage_V >= levels.goal_V - kSpreadRounding_V;
}

bool isGoal(const Levels& levels) {
    return isAtTop(levels) && levels.areCellsEqual;
}

/// A battery asks for no more than the regular voltage: raising it changes nothing.
bool isCapped(const BalancingInput& input) {
    return input.held && !input.held->isPeak &&
           input.held->voltage_V <= *input.cells * *input.regularCell_V + kSpreadRounding_V;
}

/// Such that a text does not change with every reading.
std::string coarse(double voltage_V, double perVolt) {
    return displayText(Quantity::Voltage, Value(std::round(voltage_V * perVolt) / perVolt));
}

BalancingTrouble capped(const BalancingHold& held) {
    return {BalancingObstacle::Capped, held.who + " at " + coarse(held.voltage_V, 10.0)};
}

BalancingTrouble unequal(const BalancingInput& input, const Levels& levels) {
    const std::string apart = coarse(levels.spread_V, 100.0) + " apart";
    return {BalancingObstacle::Unequal,
            input.odd.empty() ? apart : apart + ", most of all " + input.odd};
}

/// What is in the way now; nothing = the bank is on its way up.
std::optional<BalancingTrouble> troubleOf(const BalancingInput& input, const Levels& levels) {
    if (input.held && input.held->isPeak)
        return BalancingTrouble{BalancingObstacle::Held, input.held->who};
    if (input.held && input.held->voltage_V < *input.cells * leastCell_V(input))
        return capped(*input.held);
    if (isAtTop(levels) && !levels.areCellsEqual)
        return unequal(input, levels);
    return std::nullopt;
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
        return ageOf(*memory.failedAt, now) >= retryAfter(memory, settings);
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
    state.wantedSince.reset();
    state.goal.since.reset();
    state.atTop = {};
    state.trouble = {BalancingObstacle::NotFull, ""};
    output.events.push_back(BalancingEvent::Started);
}

/// Without a clock the stamp stays as it was: balancing comes too early rather than never.
void succeed(BalancingState& state, BalancingOutput& output, const Now& now) {
    BalancingMemory& memory = state.memory;
    memory.lastResult = BalancingResult::Succeeded;
    memory.failedAt.reset();
    memory.failures.reset();
    memory.spread_V.reset();
    memory.failedBy = {};
    state.trouble = {};
    if (isClockSet(now.wall))
        memory.lastSuccess = stampOf(now);
    output.events.push_back(BalancingEvent::Succeeded);
}

void fail(BalancingState& state, BalancingOutput& output, const Now& now) {
    rest(state);
    countFailure(state);
    state.memory.lastResult = BalancingResult::Failed;
    state.memory.failedAt = stampOf(now);
    state.memory.failedBy = state.trouble;
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

/// Not back at once: see balancing_descent.hpp.
void end(BalancingState& state, const BalancingInput& input, const Now& now) {
    rest(state);
    state.memory.stage = BalancingStage::Done;
    state.descent = {input.raisedCell_V, now.steady};
}

void tryGoal(BalancingState& state, const Levels& levels, const BalancingInput& input,
             const BalancingSettings& settings, BalancingOutput& output, const Now& now) {
    if (isAtTop(levels))
        addSpread(state.atTop, levels.ownSpread_V);
    if (const auto trouble = troubleOf(input, levels))
        state.trouble = *trouble;
    if (holds(state.goal, isGoal(levels), settings.hold, input.maxGap, now)) {
        succeed(state, output, now);
        end(state, input, now);
    } else if (const auto passed = now.steady - *state.raisedFor;
               passed >= kAttempt && isDischarged(levels)) {
        fail(state, output, now);
    } else if (passed >= kLongestAttempt && !isAtTop(levels)) {
        fail(state, output, now);
        end(state, input, now);
    }
}

/// True when it is over.
bool isDown(BalancingState& state, const Levels& levels, const BalancingInput& input,
            const Now& now) {
    const double cells = *input.cells;
    const double now_V =
        comeDown(state.descent, levels.voltage_V / cells, *input.raisedCell_V, now);
    return isDischarged(levels) || cells * now_V <= levels.regular_V + kSpreadRounding_V;
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
        succeed(state, output, now);
}

/// Nothing to raise while a battery asks for no more: a full charge at what it asks for counts.
void waitCapped(BalancingState& state, const BalancingInput& input,
                const BalancingSettings& settings, BalancingOutput& output, const Now& now) {
    noteRegular(state, input, settings, output, now);
    const BalancingTrouble trouble = capped(*input.held);
    output.obstacle = trouble.obstacle;
    output.detail = trouble.detail;
    if (state.wantedSince)
        output.detail += "; raise the charge voltage in its BMS, the start waits a day for it";
}

/// What the last attempt failed by is said until the next, also after a restart.
void stayIdle(BalancingState& state, BalancingOutput& output, const Now& now) {
    state.trouble = state.memory.failedAt ? state.memory.failedBy : BalancingTrouble{};
    if (!isCalendarGood(state, now))
        output.obstacle = BalancingObstacle::NoClock;
}

/// The button, until it could act; not for ever.
void want(BalancingState& state, const BalancingInput& input, const Now& now) {
    if (input.isRequested)
        state.wantedSince = now.steady;
    else if (state.wantedSince && now.steady - *state.wantedSince >= kWanted)
        state.wantedSince.reset();
}

void act(BalancingState& state, const Levels& levels, const BalancingInput& input,
         const BalancingSettings& settings, BalancingOutput& output, const Now& now) {
    const bool isWanted = state.wantedSince.has_value();
    switch (state.memory.stage) {
    case BalancingStage::Idle:
        if (isCapped(input))
            waitCapped(state, input, settings, output, now);
        else if (isWanted || isDue(state, settings, now))
            raise(state, output, now);
        else
            stayIdle(state, output, now);
        break;
    case BalancingStage::Raised:
    case BalancingStage::Holding:
        state.wantedSince.reset();
        tryGoal(state, levels, input, settings, output, now);
        break;
    case BalancingStage::Done:
        if (isWanted)
            raise(state, output, now);
        else if (isDown(state, levels, input, now))
            rest(state);
        break;
    }
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
    if (output.isRaised && memory.stage == BalancingStage::Done && state.descent.cell_V)
        output.cell_V = state.descent.cell_V;
    if (memory.lastSuccess && isClockSet(now.wall))
        output.daysSince = static_cast<int>(ageOf(*memory.lastSuccess, now) / kDay);
    output.failures = memory.failures.value_or(0);
    const bool isOnItsWay = memory.stage == BalancingStage::Raised &&
                            (isHolding || state.trouble.obstacle == BalancingObstacle::NotFull);
    if (output.obstacle != BalancingObstacle::None || isOnItsWay)
        return;
    output.obstacle = state.trouble.obstacle;
    output.detail = state.trouble.detail;
}

} // namespace

BalancingOutput step(BalancingState& state, const BalancingInput& input,
                     const BalancingSettings& settings, const Now& now) {
    BalancingOutput output;
    output.obstacle = obstacleOf(input, settings);
    want(state, input, now);
    if (isClockSet(now.wall))
        lookAtClock(state, input, now);
    resume(state, now);
    switch (output.obstacle) {
    case BalancingObstacle::Disabled:
        rest(state);
        state.wantedSince.reset();
        break;
    case BalancingObstacle::NotHigher: {
        const Held goal = state.goal;
        rest(state);
        state.goal = goal;
        state.wantedSince.reset();
        noteRegular(state, input, settings, output, now);
        break;
    }
    case BalancingObstacle::NoSettings:
        state.wantedSince.reset();
        state.goal.since.reset();
        break;
    case BalancingObstacle::NoData:
    case BalancingObstacle::NoClock:
        state.goal.since.reset();
        break;
    case BalancingObstacle::Capped:
    case BalancingObstacle::Held:
    case BalancingObstacle::Unequal:
    case BalancingObstacle::NotFull: // only come out of an attempt
    case BalancingObstacle::None:
        act(state, *levelsOf(input, settings.tolerance_V), input, settings, output, now);
        break;
    }
    fill(output, state, input, now);
    return output;
}

} // namespace busbar
