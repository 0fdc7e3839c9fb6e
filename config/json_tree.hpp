// SPDX-License-Identifier: MIT
// JSON with comments and trailing commas, as a small tree in which everything knows its place in
// the text.
#pragma once

#include "config/issue.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::config {

/// Bounds that keep memory, stack and time small whatever the text is. The largest sensible file
/// (16 banks, every option, long lists) has about 2000 nodes, a depth of 5, and less than 200 kB.
inline constexpr std::size_t kMaxTextBytes = 1U << 20U;
inline constexpr std::size_t kMaxNodes = 5000;
inline constexpr std::size_t kMaxDepth = 16;

struct Node {
    enum class Type : std::uint8_t { Null, Flag, Number, Text, List, Object };

    Type type = Type::Null;
    Position at;
    bool flag = false;
    double number = 0.0; ///< always finite
    std::string text;    ///< of a text; of a number: as it was written
    std::vector<Node>
        children;    ///< entries of a list, members of an object in the order of the text
    std::string key; ///< in an object
    Position keyAt;
};

struct ParsedJson {
    std::optional<Node> root;
    Issue problem; ///< if there is no root
};

/// Any JSON value. Accepts a UTF-8 byte-order mark; refuses other encodings, NUL bytes, invalid
/// UTF-8 in texts, NaN, infinities, numbers beyond a double, and anything beyond the bounds above.
/// Keeps duplicate keys.
[[nodiscard]] ParsedJson parseJson(std::string_view text);

} // namespace busbar::config
