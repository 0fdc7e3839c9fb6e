// SPDX-License-Identifier: MIT
// The owner's wishes for dvcc.hpp.
#pragma once

#include <chrono>

namespace busbar {

/// The bank's limits are written into the GX's own DVCC settings (dvcc.hpp): for a bank that is not
/// on the GX's D-Bus.
struct DvccSettings {
    bool isEnabled = false; ///< the owner allows Busbar to change these settings of the GX
    double deadBand_A = 2.0;
    double deadBand_V = 0.1;
    std::chrono::seconds interval{30}; ///< between writes that are not urgent
};

} // namespace busbar
