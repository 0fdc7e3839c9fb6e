// SPDX-License-Identifier: MIT
// Which texts from outside may be the name of something.
#pragma once

#include <string>
#include <string_view>

namespace busbar {

/// Bytes. Names go into texts, topics, files and entities; one line of a GX's screen shows about
/// half of it, and Home Assistant and localsettings take more.
inline constexpr std::size_t kLongestName = 64;

/// Bytes. Any other text of a battery: serials, connections, versions. Identities are remembered
/// with as much (identity_book.hpp).
inline constexpr std::size_t kLongestText = 128;

/// UTF-8 of at most kLongestName bytes without control characters. The empty text is a name: none.
[[nodiscard]] bool isName(std::string_view text);

/// What is left of a text to be a name: control characters and what is not UTF-8 are left out, and
/// it ends before the character that does not fit any more.
[[nodiscard]] std::string fittedName(std::string_view text);
/// The same with at most kLongestText bytes.
[[nodiscard]] std::string fittedText(std::string_view text);

} // namespace busbar
