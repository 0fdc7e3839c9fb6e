// SPDX-License-Identifier: MIT
// The state of charge: a Coulomb counter for each member, and what the bank shows.
#pragma once

#include "core/held.hpp"
#include "core/meters.hpp"
#include "core/now.hpp"
#include "core/soc_settings.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

/// At most this many members are remembered per bank, present or gone; far above any bank, so that
/// a flood of batteries cannot take memory or flash.
inline constexpr std::size_t kMostRemembered = 64;

/// What one member holds by its own count. Survives a restart.
struct Counter {
    std::optional<double> charge_Ah;   ///< 0 … capacity_Ah; unknown until the BMS said a SoC once
    std::optional<double> capacity_Ah; ///< nominal one that `charge_Ah` belongs to, > 0
    bool isFull = false; ///< was really full, and 1 % of the capacity has not come out since

    friend bool operator==(const Counter&, const Counter&) = default;
};

/// 0 … 100 %; unknown while the counter is.
[[nodiscard]] std::optional<double> counted_pct(const Counter& counter);

/// A member as the counter needs it. Unknown where the battery gives none, and for values that are
/// only held.
struct SocMember {
    std::string id;                  ///< as in MemberReport
    bool takesPart = true;           ///< false: is counted, but not part of the bank's SoC
    std::optional<double> current_A; ///< what the member itself measures
    std::optional<double> voltage_V;
    std::optional<double> highestCell_V;
    std::optional<double> lowestCell_V;
    std::optional<double> soc_pct;     ///< what its BMS says
    std::optional<double> capacity_Ah; ///< nominal
    std::optional<int> cells;          ///< in series
};

struct SocInput {
    std::vector<SocMember> members;
    /// The bank's current where it is measured elsewhere (shunt, Victron's chargers). What the
    /// members' own currents lack of it is spread over those without one, else over all, by
    /// capacity; not while somebody who took part within a day is missing, because the rest may be
    /// theirs. Unknown = the members' own currents count.
    std::optional<double> elsewhere_A;
    std::optional<double> batteries_pct; ///< fold of the members' SoC
    std::optional<double> battery_pct;   ///< SoC of the selected battery, for SocSource::Battery
    std::optional<double> fullCell_V;    ///< resolved from settings and preset; unknown = no reset
    double fullSpread_V = 0.03;          ///< the mean cell may be this much below `fullCell_V`
    std::optional<double> emptyCell_V;
    std::chrono::milliseconds maxGap{}; ///< MeterSettings::maxGap
};

/// What remains of a member between cycles.
struct SocMemberState {
    Counter counter;
    Trapezoid current;
    Held full;
    Held empty;
    SteadyTime seen{};                  ///< last time it was among the members
    std::optional<SteadyTime> tookPart; ///< last time it took part
};

/// `members[id].counter` is to be set from memory before the first step.
struct SocState {
    std::map<std::string, SocMemberState> members;
    /// Who and what made up the true SoC last time; a change is slewed.
    std::set<std::string> contributors;
    std::optional<SocSource> source;
    std::optional<double> visible_pct;
    double offset_pct = 0.0; ///< what is shown minus the true one
    SteadyTime at{};
};

/// Why the SoC does not come from where the owner wanted it. Texts are published.
enum class SocFallback : std::uint8_t {
    None,
    NoBattery, ///< the selected battery is away or says no SoC
    NoCounter, ///< no member has a count yet: capacity or first SoC unknown
};
[[nodiscard]] constexpr std::string_view toText(SocFallback why) {
    constexpr std::array<std::string_view, 3> kTexts = {"", "no_battery", "no_counter"};
    return kTexts.at(static_cast<std::size_t>(why));
}

struct SocMemberOutput {
    std::string id;
    std::optional<double> counter_pct;
    std::optional<double> deviation_pct; ///< the BMS's own SoC minus the counter's
    bool isFull = false;                 ///< see Counter
};

struct SocOutput {
    std::optional<double> soc_pct;      ///< to show, 0 … 100; unknown if no source knows
    std::optional<double> remaining_Ah; ///< of the shown SoC, over members with a known capacity
    std::optional<double> consumed_Ah;  ///< ≤ 0: remaining minus capacity
    std::optional<double> counter_pct;  ///< Σ charge / Σ capacity of those that take part
    SocSource source = SocSource::Batteries; ///< really used
    SocFallback fallback = SocFallback::None;
    bool isSlewing = false;               ///< shown SoC still on its way to the true one
    bool areAllFull = false;              ///< every member that takes part is proven full
    bool becameFull = false;              ///< … and the last of them was proven in this cycle
    std::vector<SocMemberOutput> members; ///< in the input's order
};

/// The next shown SoC is the true one, not slewed.
void follow(SocState& state);

/// One cycle. Counters always run, whatever the source.
[[nodiscard]] SocOutput step(SocState& state, const SocInput& input, const SocSettings& settings,
                             const Now& now);

} // namespace busbar
