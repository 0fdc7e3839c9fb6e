// SPDX-License-Identifier: MIT
// Finds shunts that measure the whole bank and are not used.
#pragma once

#include "core/members/members.hpp"
#include "core/now.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

struct Verdict;

/// How well a shunt's current was that of all batteries together, while these worked.
struct ShuntTrack {
    double looked_s{0.0};
    double fits_s{0.0};
    double fitsInverted_s{0.0}; ///< with the other sign
    double least_A{0.0};        ///< of the batteries, since it is looked at
    double most_A{0.0};
};

struct ShuntWatch {
    std::map<int, ShuntTrack> tracks; ///< by instance
    std::optional<SteadyTime> at;     ///< last cycle
};

/// One cycle. Only shunts that are out because they are shunts are looked at, and only while every
/// member says what it carries.
void step(ShuntWatch& watch, const std::vector<Verdict>& verdicts, const Members& members,
          const Now& now);

/// Which shunt measures what all batteries carry together, with the lines that use it or end this.
/// Said after five minutes of work in which the current has changed by a tenth of the capacity an
/// hour, nine tenths of them within 5 % or 3 A. Empty = none.
[[nodiscard]] std::string
unusedShunts(const ShuntWatch& watch, const std::vector<Verdict>& verdicts, const Members& members);

} // namespace busbar
