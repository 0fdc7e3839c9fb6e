// SPDX-License-Identifier: MIT
// What is looked at and written down while one battery of a GX is worked on.
#pragma once

#include "core/made/made_key.hpp"
#include "core/units/battery.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>

namespace busbar {

class Freshness;
struct Slacks;

/// What has changed since somebody looked. Plain data.
struct Changes {
    std::uint64_t rosterVersion{1}; ///< who is there, a name or another identifying value
    bool isAny{false};
    bool isUrgent{false};                 ///< it may cut a limit: evaluate without waiting
    bool wantsSweep{false};               ///< only a full publish can repair it
    std::set<int> members;                ///< instances of those that take part in some bank
    std::shared_ptr<const Slacks> slacks; ///< of them, by the last evaluation; null: of nobody
};

/// Urgent, if it takes part: what nobody counts cuts nothing.
inline void noteUrgent(Changes& changes, const Unit& unit) {
    changes.isUrgent = changes.isUrgent || changes.members.contains(unit.instance);
}

/// A GX has a few batteries; bounds what hostile topics can take.
inline constexpr std::size_t kMostBatteries = 256;
/// Numbers for former occupants of an instance, downwards.
inline constexpr int kFirstFormer = -2;

/// Part of a map, for loops and algorithms; std::ranges::subrange is nothing that clang 14 can do.
template <class Iterator>
struct Stretch {
    Iterator first;
    Iterator last;

    [[nodiscard]] Iterator begin() const { return first; }
    [[nodiscard]] Iterator end() const { return last; }
};

/// Those of the GX, without made ones, which stand last: `batteries` is a std::map by instance.
[[nodiscard]] auto foundOf(auto& batteries) {
    return Stretch<decltype(batteries.begin())>{batteries.begin(),
                                                batteries.lower_bound(kMadeFrom)};
}

/// References only; made for one call.
struct Ledger {
    std::map<int, Battery>& batteries; ///< Readings::batteries
    const Freshness& freshness;
    Changes& changes;
};

} // namespace busbar
