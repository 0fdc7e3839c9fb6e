// SPDX-License-Identifier: MIT
// The ladder of lost data: normal, no data, off the bus; and what may still flow on each step.
#pragma once

#include "core/now.hpp"
#include "core/stage.hpp"

#include <optional>

namespace busbar {

struct Limit;
struct LossSettings;

/// What the ladder remembers of better days.
struct LossState {
    Stage stage{Stage::Starting};
    bool wasNormal{false};              ///< data was complete at least once
    std::optional<SteadyTime> awaited;  ///< first step without data; for Starting
    SteadyTime since{};                 ///< when data was lost; for NoData and Left
    bool ridesThrough{false};           ///< the discharge stop was far away at that moment
    double discharge_A{0.0};            ///< DCL of the last complete evaluation
    std::optional<double> lowestCell_V; ///< of the last complete evaluation, as is
    std::optional<double> soc_pct;
    /// Of the preset; unless one is known, LFP's: on the flat part of its curve, about 20 % or
    /// more.
    double comfortCell_V{3.2};
};

/// Lowest cell and SoC were far from where discharging ends; unknown is not.
[[nodiscard]] bool isComfortable(const LossState& state, const LossSettings& settings);

/// Moves the ladder: `usable` = at least one member takes part in this cycle. What has never been
/// there is lost when it was awaited for the link's timeout; then nothing rides through.
void step(LossState& state, bool usable, const LossSettings& settings, const Now& now);

/// Whether there is something to publish: not before data was complete once, nor when it has been
/// lost for long.
[[nodiscard]] bool wantsBus(const LossState& state);

/// Limits while data is lost (stages NoData and Left).
[[nodiscard]] Limit lostCharge(const LossSettings& settings);
[[nodiscard]] Limit lostDischarge(const LossState& state, const LossSettings& settings,
                                  const Now& now);

} // namespace busbar
