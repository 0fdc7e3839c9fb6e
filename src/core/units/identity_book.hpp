// SPDX-License-Identifier: MIT
// Which battery has which id, remembered over restarts, renames and swapped BMSs.
#pragma once

#include "core/now.hpp"
#include "core/units/selector_match.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace busbar {

struct MembershipSettings;
struct RosterEntry;

/// A battery as it last took part. Survives a restart.
struct RememberedBattery {
    std::string serial;
    std::string connection;
    std::string name; ///< custom name
    std::string product;
    std::optional<int> instance;
    std::optional<WallTime> lastSeen; ///< whole days; the longest unseen is forgotten first
    std::string wantedName{};         ///< what it was to be called when it got the next two
    std::string givenName{};          ///< under which it is shown, unique in the book
    std::string pathName{};           ///< of it, for D-Bus paths; unique, too

    friend bool operator==(const RememberedBattery&, const RememberedBattery&) = default;
};

/// By id. An id that is in the book is never given to another battery, only handed on with a pack
/// whose BMS was swapped; nor is its name, until it wants another.
using IdentityBook = std::map<std::string, RememberedBattery>;

/// Longest text that is remembered, bytes; a longer one is cut, here and when it is compared.
inline constexpr std::size_t kLongestRemembered = 128;

/// The id of each battery that the book knows, empty for a new one. No id twice: those further in
/// front choose first. A battery is known by its serial, whatever else changed; where several share
/// a serial, connection, name and instance decide. One without a serial is the remembered one
/// without that looks the same. One whose serial is not in the book, or that has none, is the
/// remembered one with the same connection and the same custom name, if nobody else is that one
/// (its BMS was swapped); or the one of its instance without a serial that nothing it shows
/// contradicts (it was noted before all of it had come).
[[nodiscard]] std::vector<std::string> knownIds(const IdentityBook& book,
                                                std::span<const BatteryTexts> batteries);

/// Notes how this battery looks now and that it is there (to the day). An unknown text leaves the
/// remembered one; a battery that says nothing of itself is not remembered.
void remember(IdentityBook& book, const std::string& id, const BatteryTexts& texts, const Now& now);

/// Notes how a remembered battery is called.
void rememberName(IdentityBook& book, const RosterEntry& entry);

/// Nothing is known by which it could be found again.
[[nodiscard]] bool isUnrecognisable(const RememberedBattery& battery);

/// Above kMostRemembered, drops those that were not seen for longest.
void forgetOldest(IdentityBook& book);

/// This configuration still wants that battery: `auto` does not exclude it, or an entry of the list
/// picks it. An instance that is not remembered counts as the one of the list and as none that is
/// excluded: nothing is given up for want of knowledge.
[[nodiscard]] bool isConfigured(const RememberedBattery& battery,
                                const MembershipSettings& settings);

} // namespace busbar
