// SPDX-License-Identifier: MIT
// The owner's wishes for advice.hpp.
#pragma once

namespace busbar {

/// Says what to change in the settings of the GX (advice.hpp).
struct AdviceSettings {
    bool isEnabled = true;
};

} // namespace busbar
