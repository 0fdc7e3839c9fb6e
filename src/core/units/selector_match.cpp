// SPDX-License-Identifier: MIT
// Matching of selectors.
#include "core/units/selector_match.hpp"

#include "core/made/made_key.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "core/units/selector.hpp"

#include <string>

namespace busbar {

namespace {

bool wholeWord(std::string_view text, std::string_view word) {
    const auto isWordChar = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '_';
    };
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const bool startsWord = at == 0 || !isWordChar(text[at - 1]);
        const auto end = at + word.size();
        if (startsWord && (end == text.size() || !isWordChar(text[end])))
            return true;
    }
    return false;
}

} // namespace

BatteryTexts textsOf(const Unit& unit) {
    return {unit.instance, textOf(unit, row("/Serial")), textOf(unit, row("/Mgmt/Connection")),
            textOf(unit, row("/CustomName")), textOf(unit, row("/ProductName"))};
}

BatteryTexts textsOfOther(const Battery& battery) {
    BatteryTexts texts = textsOf(battery);
    const auto take = [&battery](RowIndex index, std::string_view& text) {
        const auto found = battery.sharing->other.find(index);
        if (found == battery.sharing->other.end())
            return;
        const std::string* said = found->second.text();
        text = said == nullptr ? std::string_view() : std::string_view(*said);
    };
    take(row("/Serial"), texts.serial);
    take(row("/Mgmt/Connection"), texts.connection);
    take(row("/CustomName"), texts.name);
    take(row("/ProductName"), texts.product);
    return texts;
}

bool globMatches(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t afterStar = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            afterStar = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++afterStar;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

bool matches(const Selector& selector, const BatteryTexts& texts) {
    if (isMade(texts.instance) != (selector.kind == Selector::Kind::Made))
        return false;
    switch (selector.kind) {
    case Selector::Kind::Instance:
        return selector.text == std::to_string(texts.instance);
    case Selector::Kind::Name:
        return texts.name == selector.text;
    case Selector::Kind::Made: // its id stands in its serial (made/composition.cpp)
    case Selector::Kind::Serial:
        return texts.serial == selector.text;
    case Selector::Kind::Product:
    case Selector::Kind::Products:
        return globMatches(selector.text, texts.product);
    case Selector::Kind::Connection:
        return wholeWord(texts.connection, selector.text);
    }
    return false;
}

bool matches(const Selector& selector, const Unit& unit) {
    return matches(selector, textsOf(unit));
}

} // namespace busbar
