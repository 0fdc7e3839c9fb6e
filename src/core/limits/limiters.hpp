// SPDX-License-Identifier: MIT
// The independent reasons that hold a limit down; the smallest wins. To add one: a function, and a
// line in the list.
#pragma once

#include "core/limits/curves.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/replaced.hpp"
#include "core/limits/share.hpp"
#include "core/limits/still.hpp"
#include "core/limits/unheard.hpp"
#include "core/members/agreement.hpp"
#include "core/members/members.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace busbar {

struct LimitSettings;
struct PresetValues;

/// What a limiter may look at.
struct LimitInput {
    const Members& members; ///< those that take part; not empty
    const LimitSettings& settings;
    int minBatteries = 1;
    const PresetValues& preset;
    SocSpan soc;
    std::optional<double> gxCharge_A; ///< owner's limit in the GX's settings; nothing = none
    int lost = 0;                     ///< members that should take part and do not
    /// Ceilings that the owner gave at run time; count beside the configured ones.
    std::optional<double> ownersCharge_A{};
    std::optional<double> ownersDischarge_A{};
    UnheardInput unheard;
    /// The link to the GX is lost, and nothing has come from there for a while: charging stops
    /// with so much, A, because nobody knows what it does; nothing = it is not.
    std::optional<double> silentCharge_A{};
    std::optional<Agreement> agreement{}; ///< of batteries and plant; nothing = not known
    bool isUnrecognised = false;          ///< see NeedsInput
    StillLimits still{};
    ReplacedLimits replaced{}; ///< in the place of what the members give
};

/// What limiters remember.
struct LimitState {
    ShareState share;
    CurveState curves;
    UnheardState unheard;
};

/// The owner's ceiling for a direction, A: the smaller of the configured one and that of the
/// controls. In mode Own, where nothing else says what one member bears, it is meant for the whole
/// bank: members that are lost or block take their part of it away.
[[nodiscard]] std::optional<double> ceilingOf(Direction direction, const LimitInput& input);

[[nodiscard]] CurveInput curveInput(const LimitInput& input);

/// All that holds the CCL or DCL of the bank down, A, ≥ 0, in the order of their list: the smallest
/// is the limit, and of equal ones the first (`strictest`).
[[nodiscard]] std::vector<Limiter> limitersOf(Direction direction, const LimitInput& input,
                                              LimitState& state);

} // namespace busbar
