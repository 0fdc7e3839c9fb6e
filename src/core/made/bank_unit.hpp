// SPDX-License-Identifier: MIT
// A bank as a battery of another bank.
#pragma once

#include "core/made/part.hpp"

namespace busbar {

class Bank;
class Readings;
struct Battery;

/// After the bank's evaluation, while its readings have not changed. Whole while one of its
/// members is heard; what they said last is held by the outer bank, as of any battery.
[[nodiscard]] Standing foldBank(Battery& made, const Bank& bank, const Readings& readings);

} // namespace busbar
