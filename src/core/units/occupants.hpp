// SPDX-License-Identifier: MIT
// What is held belongs to a battery and not to its instance: devices change places while a GX
// starts anew.
#pragma once

#include "core/units/ledger.hpp"

namespace busbar {

/// A value arrives on a row by which a service is recognised. If it shows that another has come to
/// the instance, that one begins anew, and the former is kept under a number of its own.
void noteOccupant(Battery& battery, RowIndex index, const Value& value, const Ledger& ledger);

/// What it was before it came to this instance: one with the same serial that has left, else
/// itself.
[[nodiscard]] const Battery& formerOf(const Battery& battery,
                                      const std::map<int, Battery>& batteries);

/// Once per cycle: those that are gone for good, or whom nobody misses.
void forgetGone(const Ledger& ledger, const Now& now);

} // namespace busbar
