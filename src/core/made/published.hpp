// SPDX-License-Identifier: MIT
// A made battery as it is published by itself, whether a bank counts it or not.
#pragma once

#include "core/members/loss.hpp"
#include "core/now.hpp"
#include "core/snapshot.hpp"

namespace busbar {

struct Battery;
struct Identity;

/// One that is published, between cycles. It stands on the ladder of losses as a bank of the
/// standard settings does that has it alone: held, then closed, then off the bus.
struct PublishedState {
    LossState loss;
};

/// What it says itself, in the rows of a bank: no curve, no ceiling of a bank is in it. Limits name
/// the part that sets them. What has no BMS has no limits; one that has, and does not give its
/// limit, is closed. `identity` says whose it is.
[[nodiscard]] Snapshot publishedSnapshot(PublishedState& state, const Battery& made,
                                         const Identity& identity, const Now& now);

} // namespace busbar
