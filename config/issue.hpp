// SPDX-License-Identifier: MIT
// What is wrong with a configuration, and where.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::config {

/// A place in the text, counted as editors do: from 1, columns in characters, a byte-order mark not
/// counted. Line 0 = not in the text (file as a whole, environment, default).
struct Position {
    std::size_t line = 0;
    std::size_t column = 0;

    friend bool operator==(const Position&, const Position&) = default;
};

enum class Severity : std::uint8_t { Error, Warning };

struct Issue {
    Severity severity = Severity::Error;
    Position at;
    /// `banks[1].limits.max_charge_A`; the variable's name if the environment is to blame; empty =
    /// the whole file.
    std::string path;
    /// For people; never holds a secret and never a control character.
    std::string message;
};

/// One line each, as compilers write it: `file.json:12:5: limits.max_charge_A: 9000 is outside
/// 0…5000 A`.
[[nodiscard]] std::string formatIssues(std::string_view fileName, const std::vector<Issue>& issues);

/// Text from outside as it may be shown: at most 100 bytes, control characters as `?`.
[[nodiscard]] std::string printable(std::string_view text);

} // namespace busbar::config
