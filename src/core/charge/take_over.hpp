// SPDX-License-Identifier: MIT
// What a battery has counted belongs to the battery: it goes along from bank to bank.
#pragma once

#include "core/members/members.hpp"

#include <vector>

namespace busbar {

struct BankMemory;
struct Upkeep;

/// What the other banks of the GX remember, also those that are not configured any more. Valid as
/// long as the banks.
using OtherMemories = std::vector<const BankMemory*>;

/// Of batteries that have come into the bank since the cycle before (all of them in the first):
/// where another bank has counted more of the same battery, its meters, own count, statistics and
/// learned resistance are taken from there. More charge has gone through the meters = the newer
/// memory, because they never run backwards. The same battery is the one with its serial, or, of
/// one without, the one that shows the same of itself; where two look alike, none is.
///
/// `members`: those that take part, which the bank's book knows. Before they are counted.
void takeOver(Upkeep& upkeep, const Members& members, const OtherMemories& others);

} // namespace busbar
