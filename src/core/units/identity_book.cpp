// SPDX-License-Identifier: MIT
// Recognising batteries, and keeping the book of them.
#include "core/units/identity_book.hpp"

#include "core/charge/soc.hpp"
#include "core/members/membership_settings.hpp"
#include "core/members/roster.hpp"
#include "core/units/battery.hpp"
#include "core/units/display_name.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace busbar {

namespace {

static_assert(kLongestText <= kLongestRemembered, "what is remembered tells batteries apart");

/// Never in the middle of a character.
std::string_view cut(std::string_view text) {
    const auto isInside = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    std::size_t size = std::min(text.size(), kLongestRemembered);
    while (size < text.size() && size > 0 && isInside(text[size]))
        --size;
    return text.substr(0, size);
}

bool isSame(std::string_view remembered, std::string_view shown) {
    return !remembered.empty() && remembered == cut(shown);
}

bool hasSerial(const RememberedBattery& battery, const BatteryTexts& texts) {
    return isSame(battery.serial, texts.serial);
}
bool hasConnection(const RememberedBattery& battery, const BatteryTexts& texts) {
    return isSame(battery.connection, texts.connection);
}
bool hasName(const RememberedBattery& battery, const BatteryTexts& texts) {
    return isSame(battery.name, texts.name);
}

/// All that there is to recognise a battery by, for want of a serial.
bool isAllAlike(const RememberedBattery& b, const BatteryTexts& t) {
    return b.serial.empty() && t.serial.empty() && b.connection == cut(t.connection) &&
           b.name == cut(t.name) && b.product == cut(t.product);
}

bool hasInstance(const RememberedBattery& b, const BatteryTexts& t) {
    return b.instance == t.instance;
}

/// It was noted while its burst was still coming in: what it had said by then is what it says now.
bool isNotedHalfway(const RememberedBattery& b, const BatteryTexts& t) {
    const auto agrees = [](std::string_view remembered, std::string_view shown) {
        return remembered.empty() || remembered == cut(shown);
    };
    return b.serial.empty() && hasInstance(b, t) && agrees(b.connection, t.connection) &&
           agrees(b.name, t.name) && agrees(b.product, t.product);
}

/// What makes a battery the remembered one, the surest first. From kFirstGuess on one of the known
/// serials is nobody else: a swapped BMS, one that was noted halfway.
using Likeness = bool (*)(const RememberedBattery&, const BatteryTexts&);
constexpr std::size_t kFirstGuess = 7;
constexpr std::array<Likeness, 9> kLikenesses = {
    [](const RememberedBattery& b, const BatteryTexts& t) {
        return hasSerial(b, t) && hasConnection(b, t) && hasName(b, t) && hasInstance(b, t);
    },
    [](const RememberedBattery& b, const BatteryTexts& t) {
        return hasSerial(b, t) && hasConnection(b, t) && hasName(b, t);
    },
    [](const RememberedBattery& b, const BatteryTexts& t) {
        return hasSerial(b, t) && hasConnection(b, t);
    },
    [](const RememberedBattery& b, const BatteryTexts& t) {
        return hasSerial(b, t) && hasName(b, t);
    },
    hasSerial,
    [](const RememberedBattery& b, const BatteryTexts& t) {
        return isAllAlike(b, t) && hasInstance(b, t);
    },
    isAllAlike,
    [](const RememberedBattery& b, const BatteryTexts& t) {
        return hasConnection(b, t) && hasName(b, t);
    },
    isNotedHalfway,
};

/// A clock that was never set says 1970; days before 2020 are not kept (memory.cpp).
constexpr WallTime kFirstDay{std::chrono::seconds(1577836800)};

bool isSerialKnown(const IdentityBook& book, const BatteryTexts& texts) {
    return std::ranges::any_of(book,
                               [&](const auto& entry) { return hasSerial(entry.second, texts); });
}

void note(std::string& remembered, std::string_view shown) {
    if (!shown.empty() && remembered != cut(shown))
        remembered = cut(shown);
}

bool mayMatch(const Selector& selector, const RememberedBattery& battery, bool ifUnknown) {
    if (selector.kind == Selector::Kind::Instance && !battery.instance)
        return ifUnknown;
    return matches(selector, {battery.instance.value_or(-1), battery.serial, battery.connection,
                              battery.name, battery.product});
}

} // namespace

std::vector<std::string> knownIds(const IdentityBook& book,
                                  std::span<const BatteryTexts> batteries) {
    std::vector<std::string> ids(batteries.size());
    std::set<std::string_view> taken;
    for (std::size_t like = 0; like < kLikenesses.size(); ++like) {
        for (std::size_t i = 0; i < batteries.size(); ++i) {
            if (!ids[i].empty() || (like >= kFirstGuess && isSerialKnown(book, batteries[i])))
                continue;
            const auto found = std::ranges::find_if(book, [&](const auto& entry) {
                return !taken.contains(entry.first) &&
                       kLikenesses[like](entry.second, batteries[i]);
            });
            if (found == book.end())
                continue;
            ids[i] = found->first;
            taken.insert(found->first);
        }
    }
    return ids;
}

void remember(IdentityBook& book, const std::string& id, const BatteryTexts& texts,
              const Now& now) {
    if (texts.serial.empty() && texts.connection.empty() && texts.name.empty() &&
        texts.product.empty())
        return;
    RememberedBattery& battery = book[id];
    note(battery.serial, texts.serial);
    note(battery.connection, texts.connection);
    note(battery.name, texts.name);
    note(battery.product, texts.product);
    if (texts.instance >= 0)
        battery.instance = texts.instance;
    if (now.wall >= kFirstDay)
        battery.lastSeen = std::chrono::floor<std::chrono::days>(now.wall);
}

void rememberName(IdentityBook& book, const RosterEntry& entry) {
    const auto found = book.find(entry.id);
    const bool isShort = entry.wanted.size() <= kLongestRemembered &&
                         entry.name.size() <= kLongestRemembered &&
                         entry.pathName.size() <= kLongestRemembered;
    if (found == book.end() || !isShort)
        return;
    found->second.wantedName = entry.wanted;
    found->second.givenName = entry.name;
    found->second.pathName = entry.pathName;
}

bool isUnrecognisable(const RememberedBattery& battery) {
    return battery.serial.empty() && battery.connection.empty() && battery.name.empty() &&
           battery.product.empty();
}

void forgetOldest(IdentityBook& book) {
    while (book.size() > kMostRemembered)
        book.erase(std::ranges::min_element(
            book, {}, [](const auto& entry) { return entry.second.lastSeen; }));
}

bool isConfigured(const RememberedBattery& battery, const MembershipSettings& settings) {
    const auto& selectors = settings.takeAll ? settings.excluded : settings.selected;
    const bool isPicked = std::ranges::any_of(selectors, [&](const Selector& selector) {
        return mayMatch(selector, battery, !settings.takeAll);
    });
    return isPicked != settings.takeAll;
}

} // namespace busbar
