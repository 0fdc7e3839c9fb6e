// SPDX-License-Identifier: MIT
// A day's sun with passing clouds, and a household's consumption.
#pragma once

#include "sim/random.hpp"

#include <optional>
#include <vector>

namespace busbar::sim {

struct SunSpec {
    double peak_W = 5000.0;
    double rise_h = 6.0;
    double set_h = 20.0;
    double cloudiness = 0.3;     ///< share of the time behind clouds, 0 … 1, on an average day
    double cloudTime_s = 180.0;  ///< mean length of a cloud
    double throughClouds = 0.25; ///< what is left behind a cloud
    std::optional<double> constant_W; ///< instead of all that
};

/// Available power of the array.
class Sun {
public:
    Sun(const SunSpec& spec, std::uint64_t seed);
    /// For the step that begins at `time_s` (0 = midnight of the first day), W.
    double step(double time_s, double step_s);
    void setConstant(std::optional<double> constant_W) { spec_.constant_W = constant_W; }

private:
    void newDay();

    SunSpec spec_;
    Random random_;
    double day_{-1.0};
    double cloudiness_{0.0};
    bool behindCloud_{false};
    double factor_{1.0};
};

/// Something that is switched on now and then.
struct Appliance {
    double power_W = 1000.0;
    double on_s = 1200.0;  ///< mean
    double off_s = 7200.0; ///< mean
};

struct LoadSpec {
    double base_W = 300.0;
    double noise = 0.05; ///< of the base, standard deviation
    std::vector<Appliance> appliances;
};

class Load {
public:
    Load(LoadSpec spec, std::uint64_t seed);
    /// Wanted power in the coming step, W, ≥ 0.
    double step(double step_s);
    void set(LoadSpec spec);

private:
    LoadSpec spec_;
    Random random_;
    std::vector<bool> on_;
};

} // namespace busbar::sim
