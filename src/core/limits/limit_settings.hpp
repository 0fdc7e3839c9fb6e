// SPDX-License-Identifier: MIT
// The owner's wishes for the limits of a bank.
#pragma once

#include "core/limits/curve_settings.hpp"
#include "core/limits/cvl_settings.hpp"
#include "core/limits/share_settings.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace busbar {

/// Whose limits count: the members' (Bms), the curves (Own), or the smaller of both. Ceilings and
/// blocks always do.
enum class LimitMode : std::uint8_t { Both, Bms, Own };

struct LimitSettings {
    Share share = Share::Adaptive;
    OnBlock onBlock = OnBlock::Reduce;
    LimitMode mode = LimitMode::Both;
    CvlSettings cvl;
    std::array<CurveChoice, kCurveCount> curves;
    /// Limit while a curve that the owner gave, or that has worked before, lacks its data.
    double fallback_A = 0.0;
    std::optional<double> maxCharge_A; ///< owner's ceiling; nothing = none
    std::optional<double> maxDischarge_A;
    double ramp_A = 10.0; ///< increases per second; 0 = at once
};

} // namespace busbar
