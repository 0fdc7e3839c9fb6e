// SPDX-License-Identifier: MIT
// What the owner sets while the bank runs, beside the configuration.
#pragma once

#include <optional>
#include <set>
#include <string>

namespace busbar {

/// The highest ceiling that can be given, A; as the option `limits.max_charge_A`.
inline constexpr double kHighestCeiling_A = 5000.0;

/// Survives restarts. Only ever narrows what the configuration allows.
struct Controls {
    std::optional<double> maxCharge_A;    ///< ceiling of the CCL, ≥ 0; nothing = none but the
                                          ///< configured one
    std::optional<double> maxDischarge_A; ///< the same for the DCL
    std::set<std::string> outOfService;   ///< ids of batteries that shall not take part

    friend bool operator==(const Controls&, const Controls&) = default;
};

} // namespace busbar
