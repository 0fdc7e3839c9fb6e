// SPDX-License-Identifier: MIT
// All that a cycle has worked out, for those who only look at it.
#pragma once

#include "core/report.hpp"

#include <string>

namespace busbar {

struct BankLimits;
struct BankSettings;
struct ChargeStageState;
struct EvidenceState;
struct LimitStageState;
struct LossState;
struct Measured;
struct Parts;
struct PartsState;
struct RowsState;
struct Snapshot;
struct Surroundings;

struct CycleView {
    const BankSettings& settings;
    const Surroundings& surroundings;
    const Parts& parts;
    const PartsState& partsState;
    const Measured& measured;
    const EvidenceState& evidence;
    const ChargeStageState& charge;
    const LimitStageState& limitState;
    const BankLimits& limits;
    const LossState& loss;
    const RowsState& rows;
    const Snapshot& snapshot;
};

/// Only while the readings that the cycle was given have not changed.
[[nodiscard]] BankReport reportOf(const CycleView& view);

/// What becomes of feed-in of the GX: the CCL has no effect while it is on.
struct FeedInNeeds {
    /// Charging is blocked, peak control acts, or the bank or a member is charged with more than
    /// its limit.
    bool wantsOff = false;
    bool mayReturn = false; ///< all cells are known to be below their maximum, and close together
};
[[nodiscard]] FeedInNeeds feedInNeeds(const CycleView& view);

/// A battery that is lost and whose last word counts, also when the GX shows nothing of it.
[[nodiscard]] bool isLost(const CycleView& view, const std::string& id);

/// The bank should be on the bus: data was complete once, and is not lost for too long.
[[nodiscard]] bool wantsBus(const CycleView& view);

} // namespace busbar
