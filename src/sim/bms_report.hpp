// SPDX-License-Identifier: MIT
// What a BMS says, and how it fails to.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace busbar::sim {

using Seconds = std::chrono::duration<double>;

/// Things that go wrong from a moment to another, counted from the twin's start.
struct Fault {
    enum class Kind : std::uint8_t {
        Silent, ///< nothing arrives any more, the service included
        Frozen, ///< the service stays, its values do not move
        /// As serialbattery does it (mqtt/VENUS.md): after 10 s no voltage, current, power;
        /// limits, SoC and cells stay for a minute; then the service is gone.
        BmsLost,
        NoCells, ///< cell voltages and extremes missing
        Left,    ///< the service leaves the bus
        Blocked, ///< nothing of the data: the switch opens both ways, and says so
    };
    Kind kind = Kind::Silent;
    Seconds from{0.0};
    Seconds to{0.0};
};

enum class ChargeMode : std::uint8_t { Bulk, Absorption, Float };
[[nodiscard]] std::string_view toText(ChargeMode mode);

/// What a BMS says. Unknown where it says nothing. Charging positive.
struct PackReport {
    bool online = false;    ///< the service is on the bus
    bool silent = false;    ///< … but nothing arrives from it
    std::uint64_t number{}; ///< grows with each report
    std::optional<double> voltage_V, current_A, power_W;
    std::optional<double> soc_pct, capacity_Ah, remaining_Ah, consumed_Ah; ///< consumed ≤ 0
    std::optional<double> temperature_C, minTemperature_C, maxTemperature_C;
    std::vector<double> cells_V; ///< empty = unknown
    std::optional<double> minCell_V, maxCell_V;
    int minCell = 0, maxCell = 0; ///< counted from 1; 0 = unknown
    std::optional<double> maxCharge_V, maxCharge_A, maxDischarge_A;
    std::optional<bool> allowCharge, allowDischarge;
    ChargeMode chargeMode = ChargeMode::Bulk;
    bool balancing = false;
    int highCellAlarm = 0, lowCellAlarm = 0; ///< 0 none, 1 warning, 2 alarm
    int chargeCurrentAlarm = 0, dischargeCurrentAlarm = 0, cableAlarm = 0;
};

} // namespace busbar::sim
