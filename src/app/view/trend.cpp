// SPDX-License-Identifier: MIT
// Samples that become fewer as they grow old, and their drawing.
#include "app/view/trend.hpp"

#include "core/table/named_rows.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace busbar {

namespace {

constexpr std::array<RowIndex, kTrends> kTrendRows = {rows::kCurrent, rows::kSoc,
                                                      rows::kCellSpread};
constexpr auto kHeights = std::to_array<std::string_view>({"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"});

/// Of those that are known.
std::optional<double> meanOf(std::span<const std::optional<double>> values) {
    double sum = 0.0;
    std::size_t count = 0;
    for (const auto& value : values) {
        sum += value.value_or(0.0);
        count += value ? 1U : 0U;
    }
    return count > 0 ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
}

/// So many parts of the time.
std::vector<std::optional<double>> inParts(std::span<const std::optional<double>> values,
                                           std::size_t columns) {
    const std::size_t count = std::min(values.size(), columns);
    std::vector<std::optional<double>> parts;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t from = i * values.size() / count;
        parts.push_back(meanOf(values.subspan(from, (i + 1) * values.size() / count - from)));
    }
    return parts;
}

std::string_view heightOf(double share) {
    const double step = share * static_cast<double>(kHeights.size());
    return kHeights.at(std::min(static_cast<std::size_t>(step), kHeights.size() - 1));
}

} // namespace

void Trend::note(const Snapshot& snapshot, const Now& now) {
    if (!samples_.empty() && now.steady < next_)
        return;
    next_ = now.steady + interval_;
    TrendSample sample;
    for (std::size_t i = 0; i < kTrends; ++i)
        sample.at(i) = snapshot[kTrendRows.at(i)].number();
    samples_.push_back(sample);
    if (samples_.size() >= kMost)
        halve();
}

std::chrono::seconds Trend::span() const {
    return interval_ * static_cast<std::chrono::seconds::rep>(samples_.size());
}

void Trend::halve() {
    for (std::size_t i = 0; i < samples_.size() / 2; ++i)
        for (std::size_t k = 0; k < kTrends; ++k) {
            const std::array pair = {samples_[2 * i].at(k), samples_[2 * i + 1].at(k)};
            samples_[i].at(k) = meanOf(pair);
        }
    samples_.resize(samples_.size() / 2);
    interval_ *= 2;
}

std::string sparkline(std::span<const std::optional<double>> values, std::size_t columns) {
    const auto parts = inParts(values, columns);
    std::optional<double> lowest;
    std::optional<double> highest;
    for (const auto& part : parts)
        if (part) {
            lowest = std::min(*part, lowest.value_or(*part));
            highest = std::max(*part, highest.value_or(*part));
        }
    std::string line;
    for (const auto& part : parts) {
        const double range = lowest && highest ? *highest - *lowest : 0.0;
        line += !part ? " " : heightOf(range > 0.0 ? (*part - *lowest) / range : 0.0);
    }
    return line;
}

} // namespace busbar
