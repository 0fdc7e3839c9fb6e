// SPDX-License-Identifier: MIT
// What the three forms of a comparison have in common.
#pragma once

#include "app/compare/comparison.hpp"

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace busbar {

/// "45 s", "3 min 5 s", "2 h 5 min".
[[nodiscard]] std::string spanText(std::chrono::milliseconds span);

/// Somebody has ever said something here.
[[nodiscard]] bool isSaidByAny(const RowTally& row);

/// By time, then by name.
[[nodiscard]] std::vector<std::pair<std::string, std::chrono::milliseconds>>
longestFirst(const std::map<std::string, std::chrono::milliseconds>& spans);

} // namespace busbar
