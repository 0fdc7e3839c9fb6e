// SPDX-License-Identifier: MIT
// The owner's wishes for meters.hpp and for how often they are saved.
#pragma once

#include <chrono>

namespace busbar {

struct MeterSettings {
    std::chrono::milliseconds maxGap = std::chrono::seconds(30); ///< longer ones are not bridged
    std::chrono::milliseconds saveEvery = std::chrono::hours(1); ///< flash wears out
};

} // namespace busbar
