// SPDX-License-Identifier: MIT
// Tables of short texts in aligned columns.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace busbar {

/// The first row is the head. The first `left` columns are aligned to the left, the others to the
/// right; each line is indented by two blanks, columns are two apart, and nothing trails.
[[nodiscard]] std::string tableText(const std::vector<std::vector<std::string>>& rows,
                                    std::size_t left);

} // namespace busbar
