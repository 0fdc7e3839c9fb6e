// SPDX-License-Identifier: MIT
// Which batteries a selector picks, by what they say of themselves or said when they were last
// there.
#pragma once

#include <string_view>

namespace busbar {

struct Battery;
struct Selector;
struct Unit;

/// What a battery is recognised by. The texts belong to whoever made it.
struct BatteryTexts {
    int instance = -1; ///< −1 = unknown
    std::string_view serial;
    std::string_view connection;
    std::string_view name; ///< custom name
    std::string_view product;
};

/// Of a battery of the GX; held texts where it has no present ones, so that a lost one is still
/// recognised.
[[nodiscard]] BatteryTexts textsOf(const Unit& unit);

/// Of the other one of two that share an instance (Battery::sharing must be there).
[[nodiscard]] BatteryTexts textsOfOther(const Battery& battery);

/// True if the selector picks this battery.
[[nodiscard]] bool matches(const Selector& selector, const BatteryTexts& texts);
[[nodiscard]] bool matches(const Selector& selector, const Unit& unit);

/// `*` any text, `?` any one character, everything else itself; the whole text must match.
[[nodiscard]] bool globMatches(std::string_view pattern, std::string_view text);

} // namespace busbar
