// SPDX-License-Identifier: MIT
// The owner's wishes for meters.hpp and for how often they are saved.
#pragma once

#include <chrono>

namespace busbar {

struct MeterSettings {
    std::chrono::milliseconds maxGap = std::chrono::seconds(30); ///< longer ones are not bridged
    /// 0 = every 5 minutes, every hour where the state lies on flash, which wears out.
    std::chrono::milliseconds saveEvery{0};
};

} // namespace busbar
