// SPDX-License-Identifier: MIT
// What the owner sets while the bank runs, beside the configuration.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace busbar {

/// The highest ceiling that can be given, A; as the option `limits.max_charge_A`.
inline constexpr double kHighestCeiling_A = 5000.0;

/// A charge target that is none, and the lowest there is: as the option `charge_target.soc_pct`.
inline constexpr double kNoTarget_pct = 100.0;
inline constexpr double kLeastTarget_pct = 20.0;

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
    std::optional<double> chargeTarget_pct{}; ///< charged no further; nothing = as configured

    friend bool operator==(const Controls&, const Controls&) = default;
};

/// A ceiling that the owner may give, and how it is kept.
struct Ceiling {
    std::string_view key;      ///< in the files of choices
    std::string_view stateKey; ///< in the state file, which held the choices alone up to 0.3
    std::optional<double> Controls::*value_A;
    bool ControlsDoubt::*isUnknown;
};
inline constexpr Ceiling kChargeCeiling = {"max_charge_A", "ceiling_charge_A",
                                           &Controls::maxCharge_A, &ControlsDoubt::isChargeUnknown};
inline constexpr Ceiling kDischargeCeiling = {"max_discharge_A", "ceiling_discharge_A",
                                              &Controls::maxDischarge_A,
                                              &ControlsDoubt::isDischargeUnknown};
inline constexpr std::array kCeilings = {&kChargeCeiling, &kDischargeCeiling};

/// The ceiling in force. One that the owner may have given and nobody can read could have been any,
/// so it is 0; and where it is not known which battery shall not take part, it may be any of them,
/// so nothing flows at all until the owner has said so.
[[nodiscard]] inline std::optional<double> ceilingInForce_A(const Controls& controls,
                                                            const Ceiling& ceiling) {
    const bool isClosed = controls.doubt.*ceiling.isUnknown || controls.doubt.isServiceUnknown;
    return isClosed ? 0.0 : controls.*ceiling.value_A;
}

/// The ceiling of the CCL in force.
[[nodiscard]] inline std::optional<double> chargeCeiling_A(const Controls& controls) {
    return ceilingInForce_A(controls, kChargeCeiling);
}

/// The same of the DCL.
[[nodiscard]] inline std::optional<double> dischargeCeiling_A(const Controls& controls) {
    return ceilingInForce_A(controls, kDischargeCeiling);
}

/// The owner gives a ceiling, A: what it was does not matter any more.
inline void setCeiling(Controls& controls, const Ceiling& ceiling, double value_A) {
    controls.*ceiling.value_A = value_A;
    controls.doubt.*ceiling.isUnknown = false;
}

/// Of two records of the same choices, neither of which is sure: the smaller ceiling, and every
/// battery that one of them keeps out. Unknown is only what both do not know.
[[nodiscard]] inline Controls strictest(const Controls& a, const Controls& b) {
    const auto smaller = [](std::optional<double> x, std::optional<double> y) {
        return x && y ? std::min(*x, *y) : (x ? x : y);
    };
    Controls both;
    for (const Ceiling* ceiling : kCeilings) {
        both.*ceiling->value_A = smaller(a.*ceiling->value_A, b.*ceiling->value_A);
        both.doubt.*ceiling->isUnknown = a.doubt.*ceiling->isUnknown && b.doubt.*ceiling->isUnknown;
    }
    both.chargeTarget_pct = smaller(a.chargeTarget_pct, b.chargeTarget_pct);
    both.outOfService = a.outOfService;
    both.outOfService.insert(b.outOfService.begin(), b.outOfService.end());
    both.doubt.isServiceUnknown = a.doubt.isServiceUnknown && b.doubt.isServiceUnknown;
    both.doubt.isUnconfirmed = a.doubt.isUnconfirmed || b.doubt.isUnconfirmed;
    return both;
}

} // namespace busbar
