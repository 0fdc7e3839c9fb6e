// SPDX-License-Identifier: MIT
// Which battery is compared with which sets of others.
#pragma once

#include "core/members/aggregate_watch.hpp"

#include <vector>

namespace busbar::sums {

/// New batteries are numbered and paired; with those that are gone, what was known of them goes.
void makePairings(SumWatch& watch, std::vector<Verdict>& verdicts);

} // namespace busbar::sums
