// SPDX-License-Identifier: MIT
// Bounds on what is remembered of batteries that come and go.
#pragma once

#include "core/charge/soc.hpp"
#include "core/members/member.hpp"
#include "core/members/members.hpp"

#include <algorithm>

namespace busbar {

/// For what is remembered by member id: above as many as are remembered at all, only of those that
/// are there, because batteries that come and go must not take memory for ever.
template <class Map>
void boundMemory(Map& map, const Members& members) {
    if (map.size() <= kMostRemembered + members.size())
        return;
    std::erase_if(map, [&members](const auto& entry) {
        return std::ranges::none_of(
            members, [&entry](const Member& member) { return member.entry().id == entry.first; });
    });
}

} // namespace busbar
