// SPDX-License-Identifier: MIT
// Finds the known key that somebody probably meant.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::config {

/// Fewest letters to insert, delete, replace or swap with their neighbour; capitals count as small
/// letters.
[[nodiscard]] std::size_t editDistance(std::string_view a, std::string_view b);

/// What editDistance cannot be below: the letters that one has more than the other.
[[nodiscard]] constexpr std::size_t leastDistance(std::string_view a, std::string_view b) {
    return a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
}

/// The most similar of the dotted keys, or nothing if none is similar (more than a third of the
/// letters differ, or longer than 64). A key whose last part fits but that stands in another group
/// is found as well.
[[nodiscard]] std::optional<std::string_view>
nearestKey(std::string_view wrong, const std::vector<std::string_view>& known);

/// "; did you mean made:s1?" for the nearest, with what stands in front of each; empty if none is
/// similar.
[[nodiscard]] std::string suggestion(std::string_view wrong,
                                     const std::vector<std::string_view>& known,
                                     std::string_view front = {});

/// "a, b, c": what there is where none is similar.
template <class Texts>
[[nodiscard]] std::string listOf(const Texts& texts) {
    std::string list;
    for (const auto& text : texts)
        list.append(list.empty() ? "" : ", ").append(text);
    return list;
}

} // namespace busbar::config
