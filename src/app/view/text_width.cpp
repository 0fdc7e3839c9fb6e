// SPDX-License-Identifier: MIT
// Column widths of Unicode characters.
#include "app/view/text_width.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace busbar {

namespace {

struct Range {
    char32_t first, last;
};

// clang-format off
// Combining marks, joiners and selectors (general categories Mn, Me, Cf) of the scripts that terminals draw, from the Unicode
// character database, version 15.
constexpr auto kZeroWidth = std::to_array<Range>({
    {0x00AD, 0x00AD}, {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x05BF, 0x05BF}, {0x05C1, 0x05C2},
    {0x05C4, 0x05C5}, {0x05C7, 0x05C7}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0670, 0x0670}, {0x06D6, 0x06DC},
    {0x06DF, 0x06E4}, {0x06E7, 0x06E8}, {0x06EA, 0x06ED}, {0x0900, 0x0902}, {0x093A, 0x093A}, {0x093C, 0x093C},
    {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0951, 0x0957}, {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},
    {0x1160, 0x11FF}, {0x1AB0, 0x1ACE}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D}, {0x2060, 0x2064}, {0x20D0, 0x20F0},
    {0x302A, 0x302D}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
});

// East Asian Width W and F of the same version, neighbours joined.
constexpr auto kDoubleWidth = std::to_array<Range>({
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},   {0x23F0, 0x23F0},
    {0x23F3, 0x23F3},   {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x267F, 0x267F},
    {0x2693, 0x2693},   {0x26A1, 0x26A1},   {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},
    {0x26CE, 0x26CE},   {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},
    {0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},   {0x2728, 0x2728},
    {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},
    {0x27B0, 0x27B0},   {0x27BF, 0x27BF},   {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},
    {0x2E80, 0x303E},   {0x3041, 0x3247},   {0x3250, 0x4DBF},   {0x4E00, 0xA4C6},   {0xA960, 0xA97C},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6B},   {0xFF01, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B2FF}, {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF},
    {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F200, 0x1F320}, {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C},
    {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0}, {0x1F3F4, 0x1F3F4},
    {0x1F3F8, 0x1F43E}, {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F54E},
    {0x1F550, 0x1F567}, {0x1F57A, 0x1F57A}, {0x1F595, 0x1F596}, {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F},
    {0x1F680, 0x1F6C5}, {0x1F6CC, 0x1F6CC}, {0x1F6D0, 0x1F6D2}, {0x1F6D5, 0x1F6D7}, {0x1F6DC, 0x1F6DF},
    {0x1F6EB, 0x1F6EC}, {0x1F6F4, 0x1F6FC}, {0x1F7E0, 0x1F7F0}, {0x1F90C, 0x1F93A}, {0x1F93C, 0x1F945},
    {0x1F947, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
});

// C0 and DEL, C1, line and paragraph separator, everything that changes the direction of text, language tags.
constexpr auto kHarmful = std::to_array<Range>({
    {0x0000, 0x001F}, {0x007F, 0x009F}, {0x061C, 0x061C}, {0x200E, 0x200F}, {0x2028, 0x202E},
    {0x2066, 0x206F}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
});
// clang-format on

constexpr bool isSorted(std::span<const Range> ranges) {
    for (std::size_t i = 0; i < ranges.size(); ++i)
        if (ranges[i].first > ranges[i].last || (i > 0 && ranges[i - 1].last >= ranges[i].first))
            return false;
    return true;
}
static_assert(isSorted(kZeroWidth) && isSorted(kDoubleWidth) && isSorted(kHarmful));

bool isIn(std::span<const Range> ranges, char32_t character) {
    const auto next = std::ranges::upper_bound(ranges, character, {}, &Range::first);
    return next != ranges.begin() && character <= std::prev(next)->last;
}

struct AsciiLike {
    char32_t character;
    char ascii;
};
constexpr auto kAsciiLikes = std::to_array<AsciiLike>({{U'─', '-'},
                                                       {U'…', '~'},
                                                       {U'▓', '#'},
                                                       {U'░', '.'},
                                                       {U'▁', '_'},
                                                       {U'▂', '.'},
                                                       {U'▃', ':'},
                                                       {U'▄', '-'},
                                                       {U'▅', '='},
                                                       {U'▆', '+'},
                                                       {U'▇', '*'},
                                                       {U'█', '#'}});

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "…";
constexpr std::string_view kZeroWidthJoiner = "\xE2\x80\x8D";

} // namespace

std::size_t columnsOf(char32_t character) {
    if (character < 0x300)
        return character == 0xAD ? 0 : 1;
    if (isIn(kZeroWidth, character))
        return 0;
    return isIn(kDoubleWidth, character) ? 2 : 1;
}

std::string harmless(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const auto first = firstCodePoint(text);
        const bool isBad = !first.isValid || isIn(kHarmful, first.value);
        result.append(isBad ? kReplacement : text.substr(0, first.size));
        text.remove_prefix(first.size);
    }
    return result;
}

std::size_t columnsOf(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const auto first = firstCodePoint(text);
        columns += columnsOf(first.value);
        text.remove_prefix(first.size);
    }
    return columns;
}

std::string cut(std::string_view text, std::size_t columns) {
    if (columnsOf(text) <= columns)
        return std::string(text);
    if (columns == 0)
        return {};
    std::size_t bytes = 0;
    std::size_t used = 1; // the ellipsis
    while (bytes < text.size()) {
        const auto next = firstCodePoint(text.substr(bytes));
        used += columnsOf(next.value);
        if (used > columns)
            break;
        bytes += next.size;
    }
    std::string_view kept = text.substr(0, bytes);
    while (kept.ends_with(kZeroWidthJoiner))
        kept.remove_suffix(kZeroWidthJoiner.size());
    return std::string(kept).append(kEllipsis);
}

std::string asciiOf(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const auto first = firstCodePoint(text);
        const auto like = std::ranges::find(kAsciiLikes, first.value, &AsciiLike::character);
        if (first.value < 0x80)
            result += static_cast<char>(first.value);
        else if (like != kAsciiLikes.end())
            result += like->ascii;
        else
            result.append(columnsOf(first.value), '?');
        text.remove_prefix(first.size);
    }
    return result;
}

bool isAsciiLocale(std::string_view name) {
    std::string letters;
    for (const char c : name)
        if (c != '-')
            letters += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return !letters.empty() && letters.find("utf8") == std::string::npos;
}

std::string fitted(std::string_view text, std::size_t columns, Align align) {
    std::string result = cut(text, columns);
    const std::size_t missing = columns - columnsOf(result);
    result.insert(align == Align::Left ? result.size() : 0, missing, ' ');
    return result;
}

} // namespace busbar
