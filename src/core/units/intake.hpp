// SPDX-License-Identifier: MIT
// One value of a battery arrives.
#pragma once

#include "core/units/ledger.hpp"

namespace busbar {

/// What came: unknown for null and for what was not plausible; `isOdd` tells the latter.
struct Arrival {
    Place place;
    Value& value; ///< moved from, because this is for each message
    bool isOdd{false};
};

/// The battery of an instance; a new one is as if it had been away. Nothing for a new one if there
/// are too many: then a full publish is wished for, which shows which of them exist.
[[nodiscard]] Battery* findOrMake(int instance, const Ledger& ledger, const Now& now);

/// Puts the value where it belongs and notes what it changes.
void take(Battery& battery, const Arrival& arrival, const Ledger& ledger, const Now& now);

} // namespace busbar
