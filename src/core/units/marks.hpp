// SPDX-License-Identifier: MIT
// What a full publish or a read proves of one battery, and what it shows to be gone.
#pragma once

#include "core/units/ledger.hpp"

namespace busbar {

/// Its service has left: its values are held.
void markLeft(Battery& battery, const Ledger& ledger);

/// All of its values have arrived since the sweep began, or none will: what has no mark of it is
/// gone, and so is the battery if nothing has one.
void dropUnmarked(Battery& battery, const Ledger& ledger, const Now& now);

/// A read of it as a whole was answered completely; nothing if it has left.
void noteWholeRead(Battery& battery, const Ledger& ledger);

/// See Readings::wantsRead.
[[nodiscard]] bool wantsRead(const Battery& battery, const Freshness& freshness);

/// The sweep has marked its description (product name or instance).
[[nodiscard]] bool isDescribedIn(const Battery& battery, Sweep sweep);

} // namespace busbar
