// SPDX-License-Identifier: MIT
// The batteries of one cycle as the watch over sums compares them.
#pragma once

#include "core/members/aggregate_watch.hpp"
#include "core/table/row_index.hpp"

#include <bit>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace busbar::sums {

/// Capacities that may be meant to be the same: rounding; a sum's is typed in, or aged, by 1 to 7
/// %.
inline constexpr double kSameCapacity = 0.08;

[[nodiscard]] constexpr SumSet bitOf(std::size_t index) {
    return SumSet{1} << index;
}

/// Calls `f` with the number of each battery of the set.
template <class F>
void forEach(SumSet set, F f) {
    for (; set != 0; set &= set - 1)
        f(static_cast<std::size_t>(std::countr_zero(set)));
}

/// A battery of this cycle; one that does not take part has no verdict.
struct Party {
    Verdict* verdict = nullptr;
    double current_A = 0.0;
    double installed_Ah = 0.0; ///< 0 = unknown
    double remaining_Ah = 0.0; ///< what drivers mean by it differs; 0 = unknown
    std::optional<double> lowestCell_V;
    std::optional<double> highestCell_V;

    [[nodiscard]] bool isFresh() const; ///< takes part, and is not held
    [[nodiscard]] double nominal_Ah() const {
        return installed_Ah > 0.0 ? installed_Ah : remaining_Ah;
    }
};
using Parties = std::vector<Party>;

/// What it says of a row, or said last while it is held.
[[nodiscard]] std::optional<double> shownOf(const Verdict& verdict, RowIndex index);

/// It takes part and has a current.
[[nodiscard]] bool isCompared(const Verdict& verdict);

/// Its number in SumWatch::known.
[[nodiscard]] std::optional<std::size_t> indexOf(const SumWatch& watch, const std::string& id);

/// By number.
[[nodiscard]] Parties partiesOf(const SumWatch& watch, std::vector<Verdict>& verdicts);

/// Sorted.
[[nodiscard]] std::vector<std::string> idsOf(const SumWatch& watch, SumSet set);

} // namespace busbar::sums
