// SPDX-License-Identifier: MIT
// What stands in a peer's file, before anybody knows what it means.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::migrate {

/// One option as it was written. Lists of several lines are joined by '\n'.
struct PeerValue {
    std::string name;
    std::string text;
    std::string file;     ///< its name without folder
    std::size_t line = 0; ///< from 1
};

struct PeerFile {
    std::vector<PeerValue> values; ///< in the order of the file; names may come twice
    std::vector<std::string> mistakes;
};

/// A text that can be read: UTF-8, lines end in '\n', no byte-order mark.
struct ReadableText {
    std::string text;
    std::string error; ///< empty, or why it cannot be read: "is UTF-16, not UTF-8: …"
    std::vector<std::string> mistakes;
};
/// `file`: its name, for messages.
[[nodiscard]] ReadableText readable(std::string_view bytes, std::string_view file);

/// config.ini, in the form that Python's ConfigParser takes, read by libinih. What that library
/// cannot do, and what is done about it, says README.md of this folder. Only `[DEFAULT]` counts.
[[nodiscard]] PeerFile readIni(std::string_view text, const std::string& file);

/// settings.py: assignments of plain values to names in capitals, and sums of them. It is never
/// executed.
[[nodiscard]] PeerFile readPython(std::string_view text, const std::string& file);

/// Without blanks at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);
/// In small letters (ASCII).
[[nodiscard]] std::string lowered(std::string_view text);
/// The lines of a text, without their ends.
[[nodiscard]] std::vector<std::string_view> linesOf(std::string_view text);

} // namespace busbar::migrate
