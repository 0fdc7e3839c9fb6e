// SPDX-License-Identifier: MIT
// Balancing: a full charge at a raised voltage from time to time, until all cells are equal.
#pragma once

#include "core/charge/balancing_descent.hpp"
#include "core/held.hpp"
#include "core/now.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

struct BalancingSettings;

/// Words are published and kept in the state file.
enum class BalancingStage : std::uint8_t {
    Idle,
    Raised,  ///< charge voltage is raised, the goal is not reached
    Holding, ///< goal reached, must last
    Done,    ///< over; comes down with the bank (balancing_descent.hpp) to the regular voltage
};
inline constexpr std::array<std::string_view, 4> kBalancingStageTexts = {"idle", "raised",
                                                                         "holding", "done"};
[[nodiscard]] constexpr std::string_view toText(BalancingStage stage) {
    return kBalancingStageTexts.at(static_cast<std::size_t>(stage));
}

enum class BalancingResult : std::uint8_t { None, Succeeded, Failed };
inline constexpr std::array<std::string_view, 3> kBalancingResultTexts = {"none", "succeeded",
                                                                          "failed"};
[[nodiscard]] constexpr std::string_view toText(BalancingResult result) {
    return kBalancingResultTexts.at(static_cast<std::size_t>(result));
}

/// Why the voltage is not raised even if it were time, why the goal is not reached, or, after an
/// attempt, why it was not. Texts are published.
enum class BalancingObstacle : std::uint8_t {
    None,
    Disabled,
    NotHigher,  ///< the raised voltage is not above the regular one
    NoSettings, ///< regular or raised voltage, cell count or spread limit unknown
    NoData,     ///< bank's voltage or cell voltages unknown
    NoClock,    ///< the wall clock has not been set, or has jumped a moment ago
    Capped,     ///< a battery asks for no more than the regular voltage, or than what is full
    Held,       ///< a high cell held the voltage down, and the others did not come up to it
    Unequal,    ///< the goal's voltage was there, but cells stayed unequal
    NotFull,    ///< the bank did not come to the goal's voltage
};
inline constexpr std::array<std::string_view, 10> kBalancingObstacleTexts = {
    "",         "disabled", "not_higher", "no_settings", "no_data",
    "no_clock", "capped",   "held",       "unequal",     "not_full"};
[[nodiscard]] constexpr std::string_view toText(BalancingObstacle obstacle) {
    return kBalancingObstacleTexts.at(static_cast<std::size_t>(obstacle));
}

/// What is in the way, and who.
struct BalancingTrouble {
    BalancingObstacle obstacle = BalancingObstacle::None;
    std::string detail; ///< "Pack A at 55.5 V", "Pack C/C6", "0.08V apart, most of
                        ///< all Pack A/C3"; may be empty

    friend bool operator==(const BalancingTrouble&, const BalancingTrouble&) = default;
};

/// Survives a restart. Stamps are whole seconds, so that they come back from a file as they went.
struct BalancingMemory {
    BalancingStage stage = BalancingStage::Idle; ///< never Holding: holding starts anew
    BalancingResult lastResult = BalancingResult::None;
    std::optional<WallTime> firstSeen;   ///< when the bank was first run; stands in for a success
    std::optional<WallTime> lastSuccess; ///< when the goal had lasted
    std::optional<WallTime> raisedAt;    ///< start of the attempt that runs
    std::optional<WallTime> failedAt;    ///< end of the last failed attempt; gone after a success
    /// Attempts in a row that were full and did not make cells more equal than the one before.
    std::optional<int> failures;
    /// Mean spread of an attempt, the smallest of all failed ones since a success.
    std::optional<double> spread_V;
    BalancingTrouble failedBy; ///< what was in the way of the attempt that failed last

    friend bool operator==(const BalancingMemory&, const BalancingMemory&) = default;
};

/// Whether the calendar can be believed: a wall clock goes as the one that does not jump.
struct ClockTrust {
    std::optional<WallTime::duration> ahead; ///< of the steady clock, when it was last believed
    std::optional<SteadyTime> doubted;       ///< since when it is another
};

/// What kept the charge voltage of the last cycle below what balancing, or the regular voltage,
/// asked for.
struct BalancingHold {
    double voltage_V = 0.0; ///< what the bank got instead
    bool isPeak = false;    ///< a high cell is held, else a battery's own charge voltage counts
    std::string who;        ///< "Pack A", "Pack C/C6"
};

/// How far cells of a member are apart at the goal's voltage, over the looks at it.
struct SpreadAtTop {
    int looks = 0;
    double sum_V = 0.0;
};

struct BalancingState {
    BalancingMemory memory;              ///< to be set from the file before the first step
    std::optional<SteadyTime> raisedFor; ///< since when, on the clock that does not jump
    Held goal;
    BalancingDescent descent; ///< after it
    Held ahead;               ///< some stamp lies in the future
    ClockTrust clock;
    SpreadAtTop atTop;                     ///< of this attempt
    BalancingTrouble trouble;              ///< of this attempt, or of the last that failed
    std::optional<SteadyTime> wantedSince; ///< the button was pressed and could not act yet
};

/// Resolved from settings and preset. Unknown = balancing does not raise anything.
struct BalancingInput {
    std::optional<double> voltage_V; ///< of the bank
    std::optional<double> spread_V;  ///< highest minus lowest cell of all members
    /// The same within one member, the worst of them: what only its own balancer mends, so what
    /// tells whether an attempt brought anything. Unknown = `spread_V`.
    std::optional<double> ownSpread_V;
    std::optional<int> cells;            ///< in series
    std::optional<double> regularCell_V; ///< charge voltage otherwise
    std::optional<double> raisedCell_V;
    std::optional<double> cellDiffMax_V; ///< cells are equal below this
    /// A cell of a full battery; unknown = full is what the regular voltage gives. Below it, equal
    /// cells prove nothing: a half full LFP bank has them, too.
    std::optional<double> fullCell_V;
    std::optional<BalancingHold> held;
    std::string odd;                    ///< cell that is farthest from the mean, "Pack A/C3"
    bool isRequested = false;           ///< the button, pressed since the last step
    std::chrono::milliseconds maxGap{}; ///< longest pause between two looks at the goal
};

enum class BalancingEvent : std::uint8_t { Started, Succeeded, Failed };
[[nodiscard]] constexpr std::string_view toText(BalancingEvent event) {
    constexpr std::array<std::string_view, 3> kTexts = {"started", "succeeded", "failed"};
    return kTexts.at(static_cast<std::size_t>(event));
}

struct BalancingOutput {
    std::optional<double> cell_V; ///< charge voltage of a cell to use; unknown if the regular is
    bool isRaised = false;
    BalancingStage stage = BalancingStage::Idle;
    BalancingResult lastResult = BalancingResult::None;
    BalancingObstacle obstacle = BalancingObstacle::None;
    std::string detail; ///< of the obstacle
    int failures = 0;   ///< see BalancingMemory
    std::optional<WallTime> lastSuccess;
    std::optional<int> daysSince; ///< whole days since the last success; unknown if never
    std::vector<BalancingEvent> events;
};

/// One cycle. Changes `state.memory` only together with an event or the end of a stage, when first
/// run, and when a stamp in the future is corrected.
[[nodiscard]] BalancingOutput step(BalancingState& state, const BalancingInput& input,
                                   const BalancingSettings& settings, const Now& now);

} // namespace busbar
