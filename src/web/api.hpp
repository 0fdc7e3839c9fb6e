// SPDX-License-Identifier: MIT
// What is answered to which path.
#pragma once

#include "web/request.hpp"

#include <string>
#include <string_view>

namespace busbar::web {

class Board;

/// It can only be answered with documents of now (Board::isFresh).
[[nodiscard]] bool needsDocuments(std::string_view path);

/// `files`: the assets; a page that is not built in is the plain one.
[[nodiscard]] Answer answerTo(const Request& request, const Board& board);

/// What is behind `api/v1/state`, in one line.
[[nodiscard]] std::string stateJson(const Board& board);

} // namespace busbar::web
