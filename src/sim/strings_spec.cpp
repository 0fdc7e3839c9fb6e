// SPDX-License-Identifier: MIT
// "2x3" and back.
#include "sim/strings_spec.hpp"

#include <charconv>
#include <system_error>

namespace busbar::sim {

namespace {

/// A whole number from 1 on, with nothing around it; 0 = it is none.
int countOf(std::string_view text) {
    int count = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, count);
    const bool isFine = error == std::errc() && rest == end && count >= 1;
    return isFine && count <= StringsSpec::kMostPacks ? count : 0;
}

} // namespace

std::optional<StringsSpec> parseStrings(std::string_view text) {
    const auto times = text.find('x');
    if (times == std::string_view::npos)
        return std::nullopt;
    const StringsSpec spec{countOf(text.substr(0, times)), countOf(text.substr(times + 1))};
    const bool isFine = spec.strings >= 1 && spec.blocks >= 2 &&
                        spec.blocks <= StringsSpec::kMostBlocks &&
                        spec.strings * spec.blocks <= StringsSpec::kMostPacks;
    return isFine ? std::optional(spec) : std::nullopt;
}

std::string toText(const StringsSpec& spec) {
    return std::to_string(spec.strings) + "x" + std::to_string(spec.blocks);
}

} // namespace busbar::sim
