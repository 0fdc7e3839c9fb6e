// SPDX-License-Identifier: MIT
// Sun and consumption, step by step.
#include "sim/weather.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace busbar::sim {

namespace {

constexpr double kDay_s = 86400.0;
constexpr double kHour_s = 3600.0;
/// A cloud's edge takes about this long to cross an array.
constexpr double kEdge_s = 8.0;

double clearSky(const SunSpec& spec, double second) {
    const double hour = second / kHour_s;
    if (hour <= spec.rise_h || hour >= spec.set_h)
        return 0.0;
    const double course = (hour - spec.rise_h) / (spec.set_h - spec.rise_h);
    return spec.peak_W * std::sin(std::numbers::pi * course);
}

} // namespace

Sun::Sun(const SunSpec& spec, std::uint64_t seed) : spec_(spec), random_(seed) {}

/// Days differ: some clear, some overcast, most around the average.
void Sun::newDay() {
    cloudiness_ = std::clamp(random_.normal(spec_.cloudiness, spec_.cloudiness / 2.0), 0.0, 0.95);
}

double Sun::step(double time_s, double step_s) {
    const double day = std::floor(time_s / kDay_s);
    if (day != day_) {
        day_ = day;
        newDay();
    }
    // Lengths of clouds and gaps are memoryless; their ratio gives the day's cloudiness.
    const double meanGap_s = spec_.cloudTime_s * (1.0 - cloudiness_) / std::max(cloudiness_, 1e-6);
    const double changes = step_s / (behindCloud_ ? spec_.cloudTime_s : meanGap_s);
    if (random_.chance(std::min(changes, 1.0)))
        behindCloud_ = !behindCloud_;
    const double wanted = behindCloud_ ? spec_.throughClouds : 1.0;
    factor_ += (wanted - factor_) * std::min(1.0, step_s / kEdge_s);
    return spec_.constant_W.value_or(clearSky(spec_, time_s - day * kDay_s) * factor_);
}

Load::Load(LoadSpec spec, std::uint64_t seed) : random_(seed) {
    set(std::move(spec));
}

void Load::set(LoadSpec spec) {
    spec_ = std::move(spec);
    on_.assign(spec_.appliances.size(), false);
}

double Load::step(double step_s) {
    double sum_W = spec_.base_W * random_.normal(1.0, spec_.noise);
    for (std::size_t i = 0; i < on_.size(); ++i) {
        const Appliance& appliance = spec_.appliances[i];
        if (random_.chance(step_s / (on_[i] ? appliance.on_s : appliance.off_s)))
            on_[i] = !on_[i];
        sum_W += on_[i] ? appliance.power_W : 0.0;
    }
    return std::max(0.0, sum_W);
}

} // namespace busbar::sim
