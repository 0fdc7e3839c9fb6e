// SPDX-License-Identifier: MIT
// What of a battery's readings is believed: a value that cannot be true is replaced by the last
// good one for some seconds, and is unknown from then on.
#pragma once

#include "core/now.hpp"
#include "core/table/row_index.hpp"
#include "core/units/battery.hpp"
#include "core/value.hpp"

#include <string>

namespace busbar {

/// A value arrives on a row, before it is put into its slot. `isOdd`: something came that is no
/// value of this path, so `value` is unknown.
void noteArrival(Battery& battery, RowIndex index, const Value& value, bool isOdd, const Now& now);

/// What the battery itself said last on a row, believed or not.
[[nodiscard]] const Value& saidOf(const Battery& battery, RowIndex index);

/// Once per cycle, when bursts are complete: looks at rows that the path table holds over
/// (OnOdd::HoldOver), each against the battery's own cells and charge voltage, and against what it
/// was before. Whatever closes a limit is not looked at: it acts at once. True if a value that is
/// shown changed by that.
bool sift(Battery& battery, const Now& now);

/// A voltage that a lithium cell can have, from deeply discharged LTO to overcharged NMC.
[[nodiscard]] bool isRealCell(double cell_V);

/// Nothing of what was known before counts: the battery left, or another came.
void forgetGood(Battery& battery);

/// A value is the last good one at the moment; only for some seconds.
[[nodiscard]] bool isHeldOver(const Battery& battery);

/// What is not believed now, and why, for the owner; empty = all is believed.
[[nodiscard]] std::string doubtText(const Battery& battery);

} // namespace busbar
