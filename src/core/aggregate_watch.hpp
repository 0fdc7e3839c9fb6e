// SPDX-License-Identifier: MIT
// Recognises by its numbers a service that is the sum of others, so that no battery counts twice.
#pragma once

#include "core/now.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

struct MembershipSettings;
struct Verdict;

/// What one battery said in the last seconds.
struct SumTrail {
    static constexpr std::size_t kLength = 7; ///< samples, one a second: BMSs report within 5 s
    std::array<double, kLength> current_A{};  ///< newest first
    std::size_t count{0};
    bool isWhole{true};   ///< only whole amperes so far: what it is rounded to
    SteadyTime moved{};   ///< when its current last changed
    SteadyTime sampled{}; ///< a gap begins anew
};

/// One battery beside some others that it may be the sum of, and what changes of load have shown.
struct SumPairing {
    std::vector<std::string> parts; ///< ids, sorted
    double followed{0.0};           ///< changes of load after which it was the sum …
    double failed{0.0};             ///< … and was not, although it had moved
    bool wasWithin{false};
    std::optional<SteadyTime> offSince;   ///< since when its current is not the sum …
    std::optional<SteadyTime> countedOff; ///< … and when that last counted as a failure
    std::optional<double> level_A;        ///< sum at the last change
    double lowest_A{0.0};                 ///< of the levels
    double highest_A{0.0};
    SteadyTime changed{}; ///< time of that change
    bool isChecked{true}; ///< what it has shown
    // Over the last minutes under load.
    double exact{0.0};   ///< part of the time in which it was the sum to the digit, 0 … 1
    double unequal{0.0}; ///< mean square of the parts less what capacities give them, A²
    double seconds{0.0}; ///< that those are of
    double own_s{0.0};   ///< how long it had a cell or a charge that none of the parts has, s
    bool isSum{false};
    bool isOwn{false}; ///< it is a battery of its own
};

/// A battery that counts, or may count, what others count.
struct Suspect {
    std::vector<std::string> parts; ///< ids
    bool isProven{false};
};

/// Memory between cycles, by battery id.
struct SumWatch {
    std::map<std::string, SumTrail> trails;
    std::map<std::string, std::vector<SumPairing>> pairings;
    std::map<std::string, Suspect> suspects;
    std::vector<std::string> known; ///< those that pairings were made for, sorted
    std::optional<SteadyTime> at;   ///< of the last sample
};

/// Once per cycle, after `judge`: a battery whose capacity and current can be the sum of two or
/// more others is put out with reason `aggregate` (Verdict::maybeSum while that is not decided).
/// Only with `auto`: one that the owner has listed is what he says.
///
/// It is decided that it is a sum after several changes of load if it is exact while its parts
/// divide the load unequally: real batteries that stand beside others of the same capacity together
/// carry as much only as exactly as all of them divide it. That it is none: if it moves and is not
/// the sum, several times; or if the currents cannot tell, and it has a cell or a charge beyond
/// those of all parts.
void watchSums(SumWatch& watch, std::vector<Verdict>& verdicts, const MembershipSettings& settings,
               const Now& now);

/// For the owner: which battery is, or may be, a sum of which, and what to exclude. Empty = none.
[[nodiscard]] std::string doubleCount(const SumWatch& watch, const std::vector<Verdict>& verdicts);

} // namespace busbar
