// SPDX-License-Identifier: MIT
// What a BMS measures, and the switch that it opens by that.
#pragma once

#include "sim/bms_report.hpp"
#include "sim/pack.hpp"
#include "sim/random.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace busbar::sim {

/// What opens when the BMS trips.
enum class Switch : std::uint8_t {
    Contactor, ///< both directions at once
    Fets,      ///< one of two transistors; its body diode carries the other direction
};

struct TripSpec {
    Switch kind = Switch::Fets;
    double overVoltage_V = 3.65; ///< cell
    double overRelease_V = 3.45;
    double underVoltage_V = 2.6;
    double underRelease_V = 3.0;
    Seconds voltageDelay{2.0};
    double overCharge_A = 130.0;
    double overDischarge_A = 150.0;
    Seconds currentDelay{10.0};
    Seconds reconnectDelay{30.0};
    /// A contactor closes only if pack and bus differ by no more than this.
    double reconnectWithin_V = 1.0;
};

/// Why a BMS opened.
enum class Trip : std::uint8_t { OverVoltage, UnderVoltage, OverCharge, OverDischarge };
inline constexpr std::size_t kTripCount = 4;

/// A trip's detector and latch.
struct TripState {
    bool isOpen = false;
    double over_s = 0.0;   ///< for how long the threshold has been passed
    double closed_s = 0.0; ///< for how long release has been possible
    int count = 0;
};

/// Cell voltages and current, with the errors of its sensors.
struct BmsSense {
    std::vector<double> cellError_V;
    std::vector<double> cells_V;
    double lowest_V = 0.0;
    double highest_V = 0.0;
    int lowestCell = 0; ///< counted from 0
    int highestCell = 0;
    double current_A = 0.0;

    /// `gain` and `offset_A` are those of the current's sensor.
    void measure(const Pack& pack, double gain, double offset_A);
};

class BmsGuard {
public:
    /// One step of time with what was measured. `gap_V`, what is across an open contactor, decides
    /// whether it may close; nothing = a dead bus. True if it has tripped for under-voltage just
    /// now.
    [[nodiscard]] bool step(const TripSpec& spec, const BmsSense& sense,
                            std::optional<double> gap_V, double step_s);
    /// Opens both ways, until the next step.
    void block() { canCharge_ = canDischarge_ = false; }

    [[nodiscard]] bool canCharge() const { return canCharge_; }
    [[nodiscard]] bool canDischarge() const { return canDischarge_; }
    [[nodiscard]] bool isOpen(Trip which) const {
        return trips_.at(static_cast<std::size_t>(which)).isOpen;
    }
    /// How often it tripped.
    [[nodiscard]] int count(Trip which) const {
        return trips_.at(static_cast<std::size_t>(which)).count;
    }

private:
    std::array<TripState, kTripCount> trips_;
    bool canCharge_{true};
    bool canDischarge_{true};
};

} // namespace busbar::sim
