// SPDX-License-Identifier: MIT
// The state of charge: a Coulomb counter for each member, and what the bank shows.
#pragma once

#include "core/charge/handed_over.hpp"
#include "core/charge/measured_capacity.hpp"
#include "core/charge/meters.hpp"
#include "core/charge/shown_soc.hpp"
#include "core/charge/soc_settings.hpp"
#include "core/held.hpp"
#include "core/now.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
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
    std::optional<double> capacity_Ah; ///< that `charge_Ah` belongs to, > 0: measured, else nominal
    bool isFull = false; ///< was really full, and 1 % of the capacity has not come out since

    friend bool operator==(const Counter&, const Counter&) = default;
};

/// 0 … 100 %; unknown while the counter is.
[[nodiscard]] std::optional<double> counted_pct(const Counter& counter);

/// A member as the counter needs it. Unknown where the battery gives none, and, but for SoC and
/// capacity, for values that are only held.
struct SocMember {
    std::string id;                  ///< as in MemberReport
    bool takesPart = true;           ///< false: is counted, but not part of the bank's SoC
    std::optional<double> current_A; ///< what the member itself measures
    std::optional<double> voltage_V;
    std::optional<double> highestCell_V;
    std::optional<double> lowestCell_V;
    bool isHeld = false;               ///< `soc_pct` is the last one that came
    std::optional<double> soc_pct;     ///< what its BMS says
    std::optional<double> capacity_Ah; ///< nominal
    std::optional<int> cells;          ///< in series
};

/// The one battery that SocSource::Battery looks at.
struct SelectedSoc {
    std::string id; ///< another one is another source
    double soc_pct = 0.0;
};

struct SocInput {
    std::vector<SocMember> members;
    /// The bank's current where it is measured elsewhere (shunt, Victron's chargers). What the
    /// members' own currents lack of it is spread over those without one, else over all, by
    /// capacity; not while somebody who took part within a day is missing, because the rest may be
    /// theirs. Unknown = the members' own currents count.
    std::optional<double> elsewhere_A;
    std::optional<SelectedSoc> selected; ///< for SocSource::Battery; unknown = away or without SoC
    /// Members come in one by one after a start: the first SoC of each is shown at once.
    bool isGathering = false;
    std::optional<double> fullCell_V; ///< resolved from settings and preset; unknown = no reset
    double fullSpread_V = 0.03;       ///< the mean cell may be this much below `fullCell_V`
    std::optional<double> emptyCell_V;
    std::chrono::milliseconds maxGap{}; ///< MeterSettings::maxGap
};

/// What remains of a member between cycles.
struct SocMemberState {
    Counter counter;
    MeasuredCapacity measured;
    MeasuringState measuring;
    Trapezoid current;
    Held full;
    Held empty;
    SteadyTime seen{};                  ///< last time it was among the members
    std::optional<SteadyTime> tookPart; ///< last time it took part
    bool isNew = true;                  ///< did not take part in the cycle before
    bool wasFull = false;               ///< in the cycle before
    bool isRemeasured = false; ///< its count begins anew in this cycle: what is left was measured
};

/// `counter` and `measured` of members, and `handedOver`, are to be set from memory before the
/// first step.
struct SocState {
    std::map<std::string, SocMemberState> members;
    ShownSoc shown;
    HandedOver handedOver; ///< until it is taken, or dropped
    SteadyTime at{};       ///< of the last cycle
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
    MeasuredCapacity measured;           ///< of a battery with a nominal capacity
};

struct SocOutput {
    std::optional<double> soc_pct;  ///< to show, 0 … 100; unknown if no source knows
    std::optional<double> true_pct; ///< what the shown one is on its way to; known if that is
    /// Of the shown SoC; unknown if the capacity of a member is.
    std::optional<double> remaining_Ah;
    std::optional<double> consumed_Ah;       ///< ≤ 0: remaining minus capacity
    std::optional<double> counter_pct;       ///< Σ charge / Σ capacity of those that take part
    SocSource source = SocSource::Batteries; ///< really used
    SocFallback fallback = SocFallback::None;
    bool isSlewing = false;               ///< shown SoC still on its way to the true one
    bool areAllFull = false;              ///< every member that takes part is proven full
    bool becameFull = false;              ///< … and the last of them was proven in this cycle
    std::vector<SocMemberOutput> members; ///< in the input's order
};

/// The lower and the higher of the shown and the true SoC: what looks at one for safety's sake
/// takes the one that allows less.
[[nodiscard]] std::optional<double> lowest_pct(const SocOutput& soc);
[[nodiscard]] std::optional<double> highest_pct(const SocOutput& soc);

/// Nobody takes part in this cycle: what is there afterwards is approached from the last value.
void pause(SocState& state, const Now& now);

/// One cycle. Counters always run, whatever the source.
[[nodiscard]] SocOutput step(SocState& state, const SocInput& input, const SocSettings& settings,
                             const Now& now);

} // namespace busbar
