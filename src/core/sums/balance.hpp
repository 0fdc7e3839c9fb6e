// SPDX-License-Identifier: MIT
// Kirchhoff: what chargers and inverters give is what the batteries take, without sums.
#pragma once

#include "core/members/aggregate_watch.hpp"
#include "core/now.hpp"
#include "core/sums/party.hpp"

#include <vector>

namespace busbar::sums {

/// Only while nobody of the bank is lost: what is missing would be his.
void weigh(SumWatch& watch, const Parties& all, const std::vector<Verdict>& verdicts,
           const SumInput& input, const Now& now);

} // namespace busbar::sums
