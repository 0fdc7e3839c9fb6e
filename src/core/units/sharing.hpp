// SPDX-License-Identifier: MIT
// Two services that take turns on one instance: found, and forgiven once only one is seen.
#pragma once

#include "core/units/freshness.hpp"
#include "core/units/ledger.hpp"

namespace busbar {

/// True while two services seem to share the instance.
[[nodiscard]] bool isDuplicate(const Battery& battery, const Freshness& freshness);

/// A value arrives on a row by which a service is recognised.
void noteWord(Battery& battery, RowIndex index, const Value& value, const Ledger& ledger);

/// A value arrives on a slot: whether the sweep that is open has brought one before. Inline,
/// because this is for each message.
inline void noteTwice(Slot& slot, bool isNew, const Freshness& freshness) {
    const bool isAgain = slot.present && freshness.isOfOpenSweep(slot.sweep);
    slot.cameTwice = isAgain;
    slot.differed = isAgain && (slot.differed || isNew);
}

/// A sweep is about to be complete. One service answers a full publish once, so services without
/// serial and name are told apart not by what they are, but by being two.
void noteDoubled(const Ledger& ledger);

/// A sweep is complete. Who is still under suspicion is looked at again soon.
void forgiveDuplicates(const Ledger& ledger);

} // namespace busbar
