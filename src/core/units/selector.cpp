// SPDX-License-Identifier: MIT
// Selectors and their texts.
#include "core/units/selector.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace busbar {

namespace {

constexpr std::array<std::pair<Selector::Kind, std::string_view>, 7> kKinds = {{
    {Selector::Kind::Instance, "instance:"},
    {Selector::Kind::Name, "name:"},
    {Selector::Kind::Serial, "serial:"},
    {Selector::Kind::Product, "product:"},
    {Selector::Kind::Products, "products:"},
    {Selector::Kind::Connection, "connection:"},
    {Selector::Kind::Made, "made:"},
}};

bool isInstance(std::string_view text) {
    return text.size() <= 9 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Those in front of the last digit.
std::size_t leadingZeros(std::string_view digits) {
    return std::min(digits.find_first_not_of('0'), digits.size() - 1);
}

} // namespace

std::string toText(const Selector& selector) {
    const auto* kind =
        std::ranges::find(kKinds, selector.kind, [](const auto& pair) { return pair.first; });
    return std::string(kind->second) + selector.text;
}

bool picksMany(const Selector& selector) {
    return selector.kind == Selector::Kind::Products;
}

std::optional<Selector> parseSelector(std::string_view text) {
    for (const auto& [kind, head] : kKinds) {
        if (!text.starts_with(head) || text.size() == head.size())
            continue;
        const std::string_view argument = text.substr(head.size());
        if (kind == Selector::Kind::Instance && !isInstance(argument))
            return std::nullopt;
        const auto zeros = kind == Selector::Kind::Instance ? leadingZeros(argument) : 0;
        return Selector{kind, std::string(argument.substr(zeros))};
    }
    return std::nullopt;
}

} // namespace busbar
