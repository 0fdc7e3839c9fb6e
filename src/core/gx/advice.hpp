// SPDX-License-Identifier: MIT
// Finds out when a GX or a battery is set up so that the bank does not control it, and says what
// to change where.
#pragma once

#include "core/gx/obedience.hpp"
#include "core/members/roster.hpp"
#include "core/now.hpp"
#include "core/table/advice_code.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

class Readings;

/// One thing to change, in force now.
struct Advice {
    AdviceCode code{AdviceCode::DvccOff};
    std::string text; ///< one sentence: what is so, and what to change where

    friend bool operator==(const Advice&, const Advice&) = default;
};

/// How the bank's limits reach the GX that it reads.
struct Reach {
    bool isOnGx{false};          ///< published on that GX's own D-Bus …
    std::optional<int> instance; ///< … under this device instance; nothing = not known yet
    /// By another way: Busbar writes the GX's DVCC settings, or a driver there takes the limits.
    bool isIndirect{false};
};

/// What has been found about batteries, as texts; empty = nothing.
struct PackFindings {
    std::string lostMembers{};    ///< names of those that are lost and have a say (unheard.hpp)
    std::string unequalCharge{};  ///< pack_advice.hpp
    std::string noLimits{};       ///< the same
    std::string currentDiffers{}; ///< "12 % more" (agreement.hpp)
    std::string series{};         ///< who measures what (voltage_guard.hpp); empty = not in series
    std::string seriesLines{};    ///< made/suggestion.hpp
    std::string sameSerial{};     ///< the same
    std::string doubleCount{};    ///< aggregate_watch.hpp
    std::string unbelievable{};   ///< names (limits/belief.hpp)
    std::string balancing{};      ///< balance_advice.hpp
    std::string clockUnset{};     ///< what is not done without a calendar
    std::string unusedShunts{};   ///< shunt_advice.hpp
};

struct AdviceInput {
    const Readings& readings;
    const OwnSerials& ownSerials; ///< of all batteries that this process publishes
    Reach reach{};
    bool isWorking{false}; ///< the bank's values and limits are those of its batteries
    std::optional<double> current_A{};
    std::optional<double> maxCharge_A{}; ///< as published; nothing = not published
    std::optional<double> maxDischarge_A{};
    std::optional<double> voltage_V{};
    std::optional<double> maxCharge_V{}; ///< as published likewise
    bool needsFeedInOff{false};          ///< as the bank says (Bank::wantsFeedInOff)
    bool mayWriteFeedIn{false};          ///< Busbar switches feed-in off by itself
    PackFindings packs{};
};

/// Memory between cycles.
struct AdviceState {
    struct Item {
        bool isSaid{false};
        std::string text;
        std::optional<SteadyTime> since; ///< since when the opposite of `isSaid` has been found
    };
    std::array<Item, kAdviceCount> items;  ///< by AdviceCode
    std::optional<SteadyTime> provenSince; ///< since when everything that is looked at is proven
    std::optional<SteadyTime> last;        ///< step
    ObedienceState obedience;
};

/// One cycle; what is in force, in order of code. A finding must last before it is said (settings
/// and batteries 60 s, ignored limits and unequal charge 30 s, none in the first 60 s after start
/// or reconnection), and its end before it is withdrawn (10 s; unequal charge 1 min, ignored limits
/// 10 min without). What is unknown is no finding; while the link is down or in doubt, or the bank
/// has no data, what was said stays; but that they are in series, which ends a bank, is said then.
///
/// Where the limits do not reach the GX at all, nothing is said but of batteries, and of limits
/// that nobody keeps to; where they reach it indirectly, nothing about monitor, BMS and instance,
/// because which service stands for the bank there is not known. A battery on the GX that carries
/// one of the own serials counts as this bank's side.
[[nodiscard]] std::vector<Advice> step(AdviceState& state, const AdviceInput& input,
                                       const Now& now);

/// What this moment alone shows, for somebody who looks once: no patience, and nothing of what
/// has to last to be a finding at all (limits that are not kept to, currents that differ).
[[nodiscard]] std::vector<Advice> findNow(const AdviceInput& input, SteadyTime now);

} // namespace busbar
