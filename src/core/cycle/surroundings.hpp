// SPDX-License-Identifier: MIT
// What the program around a bank knows and the readings do not say.
#pragma once

#include "core/charge/take_over.hpp"
#include "core/gx/advice.hpp"
#include "core/gx/dvcc.hpp"
#include "core/made/correction_settings.hpp"
#include "core/members/roster.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

/// What describes the published battery; goes into the Fixed rows.
struct Identity {
    std::string productName = "Busbar";
    std::string customName;
    std::string serial;
    std::string version;
    std::string connection =
        "Virtual";     ///< must be valid, or the GX does not offer the battery as monitor
    int instance = -1; ///< −1 = not known yet
};

/// May change between two cycles.
struct Surroundings {
    Identity identity;
    /// Batteries that are never read back, because this process publishes them.
    OwnSerials ownSerials;
    /// How the limits reach the GX. A battery there that carries the own serial tells more about it
    /// by itself: published on that GX, and under which instance.
    Reach reach;
    /// The owner's DVCC limits, while the GX shows those that Busbar has written (dvcc.hpp);
    /// nothing = as the GX shows them.
    std::optional<DvccValues> ownersLimits;
    /// The /Battery/<n> that the GX's screen asks for: it is up to date with every cycle, the
    /// others every ten seconds. 0 = none yet.
    int page{0};
    OtherMemories otherMemories{}; ///< for batteries that come from there
    /// Of a bank that is a battery of others: what these know better of its batteries, where it
    /// says nothing of them itself; the nearest first.
    std::vector<BatteryCorrection> outerCorrections;
    std::chrono::seconds aheadOfUtc{0}; ///< local time where the batteries stand
    bool balanceNow{false};    ///< in the next cycle, without waiting for the day; taken back by it
    bool fullChargeNow{false}; ///< likewise, in spite of a target (charge/charge_target.hpp)
};

} // namespace busbar
