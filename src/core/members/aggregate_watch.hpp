// SPDX-License-Identifier: MIT
// Recognises by its numbers a service that is the sum of others, so that no battery counts twice.
#pragma once

#include "core/members/bar_track.hpp"
#include "core/now.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace busbar {

struct MembershipSettings;
struct Verdict;

/// What one battery said in the last minute, one sample a second.
struct SumTrail {
    static constexpr std::size_t kLength = 64;
    std::array<double, kLength> current_A{}; ///< a ring
    std::size_t newest{0};
    std::size_t count{0};
    bool isWhole{true};     ///< only whole amperes so far: what it is rounded to
    bool isNew{false};      ///< changed with the last sample
    std::size_t openFor{0}; ///< samples in which it said last that it carries nothing, in a row
    SteadyTime moved{};     ///< when its current last changed
    SteadyTime sampled{};   ///< a gap begins anew
    double lowest_A{0.0};   ///< of all of it …
    double highest_A{0.0};
    double lateLow_A{0.0}; ///< … and of the last 20 s
    double lateHigh_A{0.0};

    /// 0 = the newest; `age` < count.
    [[nodiscard]] double at(std::size_t age) const {
        return current_A.at((newest + kLength - age) % kLength);
    }
};

/// One battery's current over the sum of others as it was some seconds earlier: a regression.
struct SumFit {
    double samples{0.0};      ///< old ones fade
    double weight{0.0};       ///< Σ weights: what is in motion shows little
    double weightSquare{0.0}; ///< Σ weights²
    double sum_A{0.0};        ///< mean
    double own_A{0.0};        ///< mean
    double sumSquare{0.0};
    double ownSquare{0.0};
    double both{0.0};
    double exact{0.0}; ///< part of the samples in which it was the sum to the digit, 0 … 1
};

/// Numbers of batteries as bits.
using SumSet = std::uint64_t;

/// How the current of one goes with the sum of the others.
struct SumComparison {
    std::vector<SumFit> fits; ///< by lag; empty until the currents are compared
    SteadyTime sampled{};
    bool isLate{false};  ///< what it says is old at times
    double carried{0.0}; ///< samples in which every part carried something
    double unequal{0.0}; ///< mean square of the parts less what capacities give them, A²
};

/// Levels of the load that the others carry.
struct SumLevels {
    std::optional<double> now_A;
    double lowest_A{0.0};
    double highest_A{0.0};
    double changes{0.0};
    SteadyTime left{}; ///< when the level was last left …
    SteadyTime step{}; ///< … and when that last counted
};

/// After how many changes it was the sum, and was not.
struct SumTally {
    double followed{0.0};
    double failed{0.0};
    SteadyTime counted{};
};

/// Whether its current can be the sum at all, whatever the lag.
struct SumApart {
    bool wasWithin{false};
    double within_s{0.0};              ///< how long it was the sum under load
    std::optional<SteadyTime> since;   ///< since when its current is not the sum …
    std::optional<SteadyTime> counted; ///< … and when that last counted as a failure
};

/// One battery beside some others that it may be the sum of, and what changes of load have shown.
struct SumPairing {
    std::size_t one{0}; ///< index into SumWatch::known
    SumSet parts{0};
    SumComparison compared;
    SumLevels levels;
    SumTally tally;
    SumApart apart;
    double idle_s{0.0};     ///< how long nothing flowed in it although much did in the parts
    double ownCell_s{0.0};  ///< how long it had a cell beyond those of its parts
    bool isBorneOut{false}; ///< by what chargers and inverters measure
    bool isSum{false};
    bool isOwn{false}; ///< it is a battery of its own
};

/// A battery that counts, or may count, what others count.
struct Suspect {
    std::vector<std::string> parts; ///< ids
    bool isProven{false};
};

/// What chargers and inverters measure against the batteries without those that may be sums, and
/// with them.
struct SumBalance {
    BarTrack without;
    BarTrack with;
    SumSet heard{0};
    SumSet doubtful{0};
};

/// Memory between cycles.
struct SumWatch {
    std::vector<std::string> known; ///< ids that have taken part
    std::vector<SumTrail> trails;   ///< as `known`
    std::vector<SumPairing> pairings;
    std::map<std::string, Suspect> suspects; ///< by id
    std::vector<std::string> present;        ///< ids that took part in the last cycle
    SumBalance balance;
    std::optional<SteadyTime> at; ///< of the last sample
};

struct SumInput {
    const MembershipSettings& settings;
    /// Into the busbar, by all chargers, inverters and meters; nothing = a piece lacks.
    std::optional<double> plant_A;
};

/// Once per cycle, after `judge`: a battery whose capacity and current can be the sum of others, or
/// another of its serial number once more, is out, `aggregate` (Verdict::maybeSum while that is not
/// decided). Only with `auto`: one that the owner has listed is what he says.
///
/// Doubt is cheap, because the smaller of both readings counts: a sum that has a sensor of its own,
/// is read late or seldom, or tells another capacity, is still one. It ends when the currents,
/// over several levels, differ by more than such a sum's could.
///
/// A proof takes a battery's word away. It needs either a sum to the digit, at one and the same
/// lag, over several levels, while every part carries something and the parts divide the load
/// unequally; or that chargers and inverters put in just what the others take without it. It is
/// none while the battery has a cell beyond those of its parts. Without a proof, nothing but what
/// the battery's own current shows ends the doubt: cells and charge are often a sum's own.
void watchSums(SumWatch& watch, std::vector<Verdict>& verdicts, const SumInput& input,
               const Now& now);

/// Ids of those that are proven to be sums.
[[nodiscard]] std::set<std::string> provenSums(const SumWatch& watch);

/// Somebody is suspected without a proof, so that it helps to know what chargers and inverters
/// measure.
[[nodiscard]] bool wantsWitness(const SumWatch& watch);

/// For the owner: which battery is, or may be, a sum of which, and what to exclude. Empty = none.
[[nodiscard]] std::string doubleCount(const SumWatch& watch, const std::vector<Verdict>& verdicts);

} // namespace busbar
