// SPDX-License-Identifier: MIT
// Makes a text readable in which single numbers are none.
#pragma once

#include <string>

namespace busbar {

/// Puts what is neither a word of JSON nor a number that a double holds (NaN, -Infinity, 1e999)
/// into quotes: the parser would refuse the whole text for one of them.
[[nodiscard]] std::string withoutWrongNumbers(const std::string& text);

} // namespace busbar
