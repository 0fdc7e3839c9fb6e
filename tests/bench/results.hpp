// SPDX-License-Identifier: MIT
// The bench's figures as a table.
#pragma once

#include "bench/measurement.hpp"

#include <string>
#include <vector>

namespace busbar::bench {

/// Markdown: a row per figure, a column per number of batteries, and what the figure should be.
[[nodiscard]] std::string table(const std::vector<Result>& results);

} // namespace busbar::bench
