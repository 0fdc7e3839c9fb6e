// SPDX-License-Identifier: MIT
// Counts what flows in and out of one member, and sees when it is really full or empty: a part of
// soc.hpp.
#pragma once

#include "core/charge/soc.hpp"

#include <cmath>
#include <optional>

namespace busbar {

/// Of the capacity: what is not proven full never shows 100 %, but 99.9.
inline constexpr double kTopUnproven = 0.999;

/// Unknown where it is not finite …
[[nodiscard]] inline std::optional<double> known(std::optional<double> value) {
    return value && std::isfinite(*value) ? value : std::nullopt;
}
/// … or not above 0.
[[nodiscard]] inline std::optional<double> positive(std::optional<double> value) {
    return known(value) && *value > 0.0 ? value : std::nullopt;
}

/// What the BMS says now, %.
[[nodiscard]] inline std::optional<double> fresh_pct(const SocMember& member) {
    return member.isHeld ? std::nullopt : known(member.soc_pct);
}

/// Another capacity keeps the percentage: it was corrected, nothing flowed. Ah, > 0.
void setCapacity(Counter& counter, double capacity_Ah);

/// One cycle of one member; nothing is counted before its capacity is known. `current_A`: of it,
/// from wherever it is measured. True if it turned out to be full in this cycle.
bool countMember(SocMemberState& entry, const SocMember& member, const SocInput& input,
                 std::optional<double> current_A, const SocSettings& settings, const Now& now);

} // namespace busbar
