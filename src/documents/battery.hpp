// SPDX-License-Identifier: MIT
// What there is to say about a battery of a bank.
#pragma once

#include "documents/piece.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace busbar {
struct BankView;
struct Battery;
struct MemberReport;
struct Now;
} // namespace busbar

namespace busbar::documents {

/// True for a battery that gets topics of its own: it is on the GX, and the bank considers it.
/// Shunts, sums of other batteries, excluded ones and Busbar's own do not.
[[nodiscard]] bool hasDocument(const MemberReport& member);
/// True if its values are those of now, or were a moment ago (held), whether it takes part or not.
[[nodiscard]] bool isAvailable(const MemberReport& member);

/// A battery and where it is reported.
struct BatteryView {
    const MemberReport& report;
    std::string_view bank;           ///< id
    bool isInService;                ///< not switched off by the owner
    const Battery* battery{nullptr}; ///< what the GX says of it; nullptr if it has none
};

/// Who a battery is and what it does, in the bank's list as in its own document.
[[nodiscard]] std::span<const Field<BatteryView>> memberFields();

/// `view.report.members` has it.
[[nodiscard]] BatteryView viewOf(const BankView& view, const MemberReport& member);

/// What it is and says: only rows that the battery has.
void tellBattery(const BatteryView& battery, const Reader& reader);
/// What belongs to it but changes although nothing else does: `time` and `age_s`.
void tellBatteryStamp(const BatteryView& battery, const Now& now, const Reader& reader);
[[nodiscard]] std::vector<Line> batteryLines();

} // namespace busbar::documents
