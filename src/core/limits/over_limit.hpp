// SPDX-License-Identifier: MIT
// Members that are measured above their own limit: they take more than their share was thought to
// be.
#pragma once

#include "core/now.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace busbar {

class Member;
enum class Direction : std::uint8_t;

/// By member id, in one direction.
struct OverLimit {
    struct Seen {
        double share = 0.0; ///< of the bank's current, while it was over; above 1: others pushed
        SteadyTime at{};    ///< when it last was
    };
    std::map<std::string, Seen> seen;
    std::map<std::string, double> now; ///< shares of those that are over in this cycle
};

/// Notes who is over now, with what it takes of all that flows. It counts for an hour after: the
/// limit that it has lowered is what holds the current down. What others push into a member counts
/// only while it lasts, and so does a leap that nothing bears out (current_leap.hpp). Held values
/// are of another moment.
void noteOverLimit(OverLimit& state, const std::vector<const Member*>& members, Direction direction,
                   SteadyTime now);

/// The share that a member was seen to take, or the one given, whichever is larger.
[[nodiscard]] double atLeastSeen(const OverLimit& state, const std::string& id, double share);

} // namespace busbar
