// SPDX-License-Identifier: MIT
// The page without scripts: tables, made anew by the server for each reader.
#pragma once

#include <string>
#include <string_view>

namespace busbar::web {

class Board;

/// Whole HTML; loads itself again every 10 s. Links are relative.
[[nodiscard]] std::string plainPage(const Board& board);

/// With `<`, `>`, `&` and quotes as entities.
[[nodiscard]] std::string escapedHtml(std::string_view text);

} // namespace busbar::web
