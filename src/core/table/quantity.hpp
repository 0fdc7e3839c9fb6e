// SPDX-License-Identifier: MIT
// Kinds of values: unit, decimals, wire type and Home Assistant's classes, and the text made from
// them.
#pragma once

#include "core/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace busbar {

enum class Quantity : std::uint8_t {
    Voltage,
    CellVoltage,
    Current,
    Power,
    Temperature,
    Percent,
    Charge,
    Energy,
    Duration,
    Count,
    Flag,
    Alarm,
    Enum,
    Hex,
    Text,
};

/// How a number goes over D-Bus: int32 for enums, flags, counts and alarms, double for
/// measurements.
enum class WireType : std::uint8_t { Int, Double, Text };

struct QuantitySpec {
    std::string_view unit; ///< as D-Bus text shows it: "V"; empty = none
    int decimals;          ///< digits that are published and shown
    WireType wire;
    std::string_view deviceClass; ///< Home Assistant; empty = none
    std::string_view stateClass;  ///< Home Assistant; empty = none
};

[[nodiscard]] const QuantitySpec& spec(Quantity quantity);

/// The value as it is published: numbers rounded to the quantity's decimals (no negative zero), the
/// rest unchanged.
[[nodiscard]] Value rounded(Quantity quantity, const Value& value);

/// Display text, as velib has it (dbus/VENUS.md): "52.81V", "-8.0A", "0xA3E5"; unknown gives
/// "---".
[[nodiscard]] std::string displayText(Quantity quantity, const Value& value);

} // namespace busbar
