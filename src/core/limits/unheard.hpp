// SPDX-License-Identifier: MIT
// Batteries that fell silent and may still hang on the busbar: what they had to say stays in force.
#pragma once

#include "core/held.hpp"
#include "core/limits/direction.hpp"
#include "core/limits/last_word.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/limit_settings.hpp"
#include "core/limits/preset.hpp"
#include "core/limits/unheard_settings.hpp"
#include "core/now.hpp"

#include <map>
#include <optional>
#include <string>

namespace busbar {

/// A battery takes more and more of the bank's current while it is behind the others in charge or
/// warms up, and nobody sees it: on the twin (bench with losses) by 7 % within hours, near empty
/// by 20 % in 20 minutes (seed 104). What was its limits' is divided by this, the rest is the
/// margin of 5 % that BMSs leave.
inline constexpr double kShareGrows = 1.15;

/// What one that cannot be counted says all the same, its voltage or current being none: it makes
/// its last word no milder.
struct StillSaid {
    std::optional<double> charge_A; ///< its own limits, ≥ 0
    std::optional<double> discharge_A;
    std::optional<double> lowestCell_V;
    std::optional<double> highestCell_V;
};

/// One that is lost: it was a member, was not taken out of service, and is not heard.
struct Unheard {
    LastWord word;
    StillSaid still;
    bool isStopped{false}; ///< its estimated lowest cell has come to the discharge stop
    Held calm;             ///< that cell is comfortable again
    bool isOff{false};     ///< proven: nothing flows in it (off_proof.hpp); no say meanwhile
    bool isIdle{false};    ///< it carried nothing while the others worked enough to tell
    bool saysOff{false};   ///< it talks, and says that nothing flows in it; no say meanwhile
    int lostAs{0};         ///< 1, 2, …: in the order of their losses; 0 = before this run
};

[[nodiscard]] inline bool hasSay(const Unheard& one) {
    return !one.isOff && !one.saysOff;
}

/// Where and when somebody was last heard in this run.
struct HeardAt {
    int instance = -1;
    SteadyTime at{};
    SteadyTime moved{}; ///< when one of its values last changed
};

/// By battery id.
struct UnheardState {
    std::map<std::string, LastWord> words; ///< of all that were heard and may be lost one day
    std::map<std::string, HeardAt> heardAt;
    std::map<std::string, Unheard> lost;
};

struct UnheardInput {
    const UnheardSettings& settings;
    const LimitSettings& limits; ///< for the owner's curves
    const PresetValues& preset;
    std::optional<double> bank_V; ///< measured by those that are heard
    /// Current of those that are heard, A, positive = charging.
    std::optional<double> bank_A;
    std::optional<double> cells;     ///< in series, of those that are heard
    std::optional<double> soc_pct{}; ///< mean state of charge of those that are heard
    /// What flows from one to another of those that are heard, A, ≥ 0: those that are lost may have
    /// a part in it besides that in the bank's current.
    double among_A{0.0};
};

/// Notes what a battery says and what the bank allows while it does. `word.name` and all else are
/// as of now.
void noteWord(UnheardState& state, const std::string& id, LastWord word);

/// One that is held, not heard, takes more of the current if others are counted no more.
void growShare(UnheardState& state, const std::string& id, double share);

/// It is heard again, or the owner said that it is none of the bank's: it has no say any more.
void forget(UnheardState& state, const std::string& id);

/// It is not heard any more. One that has never been heard has nothing to say.
void noteLost(UnheardState& state, const std::string& id);

/// Lowest cell of those that are lost and have a say, as estimated, V; 0 for one whose discharge is
/// stopped or whose cells cannot be estimated. Nothing if none is lost.
[[nodiscard]] std::optional<double> lowestUnheard_V(const UnheardState& state,
                                                    const UnheardInput& input);

/// Estimates the cells of those that are lost; once per cycle, before limits are asked for.
void estimate(UnheardState& state, const UnheardInput& input, const Now& now);

/// The charge voltage that so many cells in series bear unseen, V; nothing without a preset that
/// knows.
[[nodiscard]] std::optional<double> unseenString_V(double cells, const UnheardInput& input);

/// The most that the bank may take or give for the sake of those that are lost, A: not more than
/// while they were heard, not more than their own last limit by their last share, taken for larger
/// as if the others that are lost were off (for one behind an open switch what it bears if that has
/// closed again, LastWord::againCharge_A), both less what
/// their share may grow by and what flows among the others, and what the
/// preset's curves leave of it for the cells as estimated: voltage of the busbar by cells, as far
/// below and above it as their extremes were when last heard, and further below near the end.
/// Without cells or a curve for them, discharging goes by its state of charge, which moves with
/// that of the others; where that is not known either, it ends. Nothing if none is lost.
[[nodiscard]] std::optional<Limit> unheardLimit(Direction direction, const UnheardState& state,
                                                const UnheardInput& input);

/// The charge voltage for the sake of those that are lost, V: not above `wanted`, nor above what it
/// was while they were heard, nor above what cells bear that nobody looks at.
[[nodiscard]] Limit unheardVoltage(Limit wanted, const UnheardState& state,
                                   const UnheardInput& input);

} // namespace busbar
