// SPDX-License-Identifier: MIT
// What the owner sets while the bank runs, beside the configuration.
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string>

namespace busbar {

/// The highest ceiling that can be given, A; as the option `limits.max_charge_A`.
inline constexpr double kHighestCeiling_A = 5000.0;

/// Which of the owner's choices could not be read at a start, and were not confirmed since.
struct ControlsDoubt {
    bool isUnconfirmed{false}; ///< what holds is the strictest that is known; an alarm
    bool isChargeUnknown{false};
    bool isDischargeUnknown{false};
    bool isServiceUnknown{false}; ///< which batteries shall not take part

    friend bool operator==(const ControlsDoubt&, const ControlsDoubt&) = default;
};

/// Nothing is known of what the owner chose.
inline constexpr ControlsDoubt kAllInDoubt = {true, true, true, true};

/// Survives restarts. Only ever narrows what the configuration allows.
struct Controls {
    std::optional<double> maxCharge_A;    ///< ceiling of the CCL, ≥ 0; nothing = none but the
                                          ///< configured one
    std::optional<double> maxDischarge_A; ///< the same for the DCL
    std::set<std::string> outOfService;   ///< ids of batteries that shall not take part
    ControlsDoubt doubt{};

    friend bool operator==(const Controls&, const Controls&) = default;
};

/// The ceiling of the CCL in force. A ceiling that the owner may have given and nobody can read
/// could have been any, so it is 0; and where it is not known which battery shall not take part,
/// it may be any of them, so nothing flows at all until the owner has said so.
[[nodiscard]] inline std::optional<double> chargeCeiling_A(const Controls& controls) {
    const bool isClosed = controls.doubt.isChargeUnknown || controls.doubt.isServiceUnknown;
    return isClosed ? 0.0 : controls.maxCharge_A;
}

/// The same of the DCL.
[[nodiscard]] inline std::optional<double> dischargeCeiling_A(const Controls& controls) {
    const bool isClosed = controls.doubt.isDischargeUnknown || controls.doubt.isServiceUnknown;
    return isClosed ? 0.0 : controls.maxDischarge_A;
}

/// The owner gives a ceiling, A: what it was does not matter any more.
inline void setChargeCeiling(Controls& controls, std::optional<double> ceiling_A) {
    controls.maxCharge_A = ceiling_A;
    controls.doubt.isChargeUnknown = false;
}
inline void setDischargeCeiling(Controls& controls, std::optional<double> ceiling_A) {
    controls.maxDischarge_A = ceiling_A;
    controls.doubt.isDischargeUnknown = false;
}

/// Of two records of the same choices, neither of which is sure: the smaller ceiling, and every
/// battery that one of them keeps out. Unknown is only what both do not know.
[[nodiscard]] inline Controls strictest(const Controls& a, const Controls& b) {
    const auto smaller = [](std::optional<double> x, std::optional<double> y) {
        return x && y ? std::min(*x, *y) : (x ? x : y);
    };
    Controls both{smaller(a.maxCharge_A, b.maxCharge_A),
                  smaller(a.maxDischarge_A, b.maxDischarge_A),
                  a.outOfService,
                  {}};
    both.outOfService.insert(b.outOfService.begin(), b.outOfService.end());
    both.doubt = {a.doubt.isUnconfirmed || b.doubt.isUnconfirmed,
                  a.doubt.isChargeUnknown && b.doubt.isChargeUnknown,
                  a.doubt.isDischargeUnknown && b.doubt.isDischargeUnknown,
                  a.doubt.isServiceUnknown && b.doubt.isServiceUnknown};
    return both;
}

} // namespace busbar
