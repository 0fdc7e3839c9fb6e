// SPDX-License-Identifier: MIT
// Time to go.
#include "core/charge/time_to_go.hpp"

#include <algorithm>
#include <chrono>

namespace busbar {

namespace {

constexpr auto kWindow = std::chrono::minutes(3);
constexpr auto kTimeSpacing = std::chrono::seconds(1);
constexpr double kNoFlow_A = 0.1;
constexpr double kLongestTime_s = 864000.0; // s

double seconds(SteadyTime::duration span) {
    return std::chrono::duration<double>(span).count();
}

} // namespace

void MovingMean::add(std::optional<double> value, const Now& now) {
    if (!value) {
        samples_.clear();
        return;
    }
    if (samples_.empty()) {
        samples_.push_back({now.steady, *value, 0.0});
        return;
    }
    if (now.steady - samples_.back().at < kTimeSpacing)
        return;
    const Sample& last = samples_.back();
    const double integral =
        last.integral + (last.value + *value) / 2.0 * seconds(now.steady - last.at);
    samples_.push_back({now.steady, *value, integral});
    while (samples_.size() > 2 && now.steady - samples_[1].at >= kWindow)
        samples_.pop_front();
}

std::optional<double> MovingMean::mean() const {
    if (samples_.empty())
        return std::nullopt;
    const Sample& first = samples_.front();
    const Sample& last = samples_.back();
    const double span = seconds(last.at - first.at);
    return span > 0.0 ? (last.integral - first.integral) / span : first.value;
}

std::optional<double> timeToGo(std::optional<double> soc_pct, std::optional<double> stopSoc_pct,
                               std::optional<double> capacity_Ah,
                               std::optional<double> meanCurrent_A) {
    if (!soc_pct || !capacity_Ah || !meanCurrent_A || *meanCurrent_A >= -kNoFlow_A)
        return std::nullopt;
    const double usable_Ah =
        *capacity_Ah * std::max(0.0, *soc_pct - stopSoc_pct.value_or(0.0)) / 100.0;
    return std::min(usable_Ah / -*meanCurrent_A * 3600.0, kLongestTime_s);
}

std::optional<double> timeToFull(std::optional<double> soc_pct, std::optional<double> capacity_Ah,
                                 std::optional<double> meanCurrent_A) {
    if (!soc_pct || !capacity_Ah || !meanCurrent_A || *meanCurrent_A <= kNoFlow_A)
        return std::nullopt;
    const double missing_Ah = *capacity_Ah * std::max(0.0, 100.0 - *soc_pct) / 100.0;
    return std::min(missing_Ah / *meanCurrent_A * 3600.0, kLongestTime_s);
}

} // namespace busbar
