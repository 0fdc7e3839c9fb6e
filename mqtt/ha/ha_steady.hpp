// SPDX-License-Identifier: MIT
// Values for Home Assistant, which stores every change: they move when they have really moved.
#pragma once

#include "documents/field.hpp"
#include "mqtt/results/said_names.hpp"

#include <optional>
#include <unordered_map>

namespace busbar::mqtt {

/// Of one device. What was said last stays until a value is further away from it than noise, which
/// is a few steps of what sensors tell; a limit that falls is always said as it is.
class HaSteady {
public:
    /// What is to be said of the field at `place`.
    [[nodiscard]] Value keep(SaidNames::Place place, const documents::About& about,
                             const Value& value);

    /// While it is on, nothing moves but limits: a cut goes at once, the rest in its turn.
    void hold(bool isOn) { isHeld_ = isOn; }

    /// Charging begins at 0.5 A and ends below 0.2 A: at rest a current sensor flickers around 0.
    [[nodiscard]] Value charging(std::optional<double> current_A);

private:
    std::unordered_map<SaidNames::Place, double> said_;
    bool isCharging_{false};
    bool isHeld_{false};
};

} // namespace busbar::mqtt
