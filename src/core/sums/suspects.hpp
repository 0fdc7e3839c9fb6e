// SPDX-License-Identifier: MIT
// Who may count what others count, by all pairings together.
#pragma once

#include "core/members/aggregate_watch.hpp"
#include "core/sums/party.hpp"

namespace busbar::sums {

/// Names the suspects anew; who is not there now stays what it was.
void judgeSums(SumWatch& watch, const Parties& all);

} // namespace busbar::sums
