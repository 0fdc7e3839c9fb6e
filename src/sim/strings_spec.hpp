// SPDX-License-Identifier: MIT
// How many strings of how many blocks a bank has, and how that is written.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace busbar::sim {

/// Strings in parallel, blocks of each in series: such a bank has the voltage of a bank of packs.
struct StringsSpec {
    static constexpr int kMostBlocks = 4; ///< of four LFP cells (12.8 V) each
    static constexpr int kMostPacks = 26; ///< in all
    int strings = 1;
    int blocks = 2;
};

/// "2x3": two strings of three blocks. Nothing if it is no such text, or of more packs or blocks
/// than that, or of less than two blocks.
[[nodiscard]] std::optional<StringsSpec> parseStrings(std::string_view text);
[[nodiscard]] std::string toText(const StringsSpec& spec);

} // namespace busbar::sim
