// SPDX-License-Identifier: MIT
// Keeps files that cannot be used, beside those that take their place.
#pragma once

#include <string>

namespace busbar {

/// So many are kept of each file: the first ones for ever, because the first that went bad is most
/// likely to hold what the owner misses; the last name is given again and again.
inline constexpr int kMostAside = 5;

/// True if something has this name, whatever it is and whoever may read it; also if that cannot be
/// told.
[[nodiscard]] bool isThere(const std::string& path);

/// `<path>.bad-1` … `<path>.bad-5`: the first free one, else the last.
[[nodiscard]] std::string asideName(const std::string& path);

struct SetAside {
    std::string name;  ///< what it is called now
    std::string error; ///< empty = done, else what failed; then it is where it was
};
/// Gives the file the name of `asideName`. Needs no right to read it, only to write the folder.
[[nodiscard]] SetAside setAside(const std::string& path);

} // namespace busbar
