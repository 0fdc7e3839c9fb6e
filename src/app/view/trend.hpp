// SPDX-License-Identifier: MIT
// How a bank's values went while it was watched, as lines of eight heights.
#pragma once

#include "core/now.hpp"
#include "core/snapshot.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace busbar {

/// Current, state of charge, spread of the cells.
inline constexpr std::size_t kTrends = 3;
/// Unknown is a gap.
using TrendSample = std::array<std::optional<double>, kTrends>;

/// From the first look on, however long that is: when it is full, two samples become one and the
/// interval doubles. All of it belongs to the view.
class Trend {
public:
    static constexpr std::size_t kMost = 120;

    /// As often as one likes; a sample is taken when one is due, every second at first.
    void note(const Snapshot& snapshot, const Now& now);
    /// The oldest first.
    [[nodiscard]] const std::vector<TrendSample>& samples() const { return samples_; }
    /// What they cover.
    [[nodiscard]] std::chrono::seconds span() const;

private:
    void halve();

    std::vector<TrendSample> samples_{};
    std::chrono::seconds interval_{1};
    SteadyTime next_{};
};

/// A character for each of at most `columns` parts of the time, from ▁ at the lowest value to █ at
/// the highest, a blank where nothing is known. One value alone is ▁.
[[nodiscard]] std::string sparkline(std::span<const std::optional<double>> values,
                                    std::size_t columns);

} // namespace busbar
