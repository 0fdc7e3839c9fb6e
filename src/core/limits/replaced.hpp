// SPDX-License-Identifier: MIT
// Limits that another service gives in the place of the members.
#pragma once

#include "core/limits/limit.hpp"

#include <optional>

namespace busbar {

/// What is not replaced is nothing.
struct ReplacedLimits {
    std::optional<Limit> charge;        ///< CCL, A
    std::optional<Limit> discharge;     ///< DCL, A
    std::optional<Limit> chargeVoltage; ///< CVL, V
};

} // namespace busbar
