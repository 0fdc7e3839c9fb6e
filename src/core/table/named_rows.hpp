// SPDX-License-Identifier: MIT
// Rows of the path table that others than the core speak of, by name.
#pragma once

#include "core/table/path_table.hpp"

#include <algorithm>
#include <array>

namespace busbar::rows {

inline constexpr RowIndex kVoltage = row("/Dc/0/Voltage");
inline constexpr RowIndex kCurrent = row("/Dc/0/Current");
inline constexpr RowIndex kPower = row("/Dc/0/Power");
inline constexpr RowIndex kTemperature = row("/Dc/0/Temperature");
inline constexpr RowIndex kSoc = row("/Soc");
inline constexpr RowIndex kTimeToGo = row("/TimeToGo");
inline constexpr RowIndex kCapacity = row("/Capacity"); ///< what is left
inline constexpr RowIndex kInstalledCapacity = row("/InstalledCapacity");

inline constexpr RowIndex kMaxChargeVoltage = row("/Info/MaxChargeVoltage");
inline constexpr RowIndex kMaxChargeCurrent = row("/Info/MaxChargeCurrent");
inline constexpr RowIndex kMaxDischargeCurrent = row("/Info/MaxDischargeCurrent");

inline constexpr RowIndex kMinCell = row("/System/MinCellVoltage");
inline constexpr RowIndex kMinCellId = row("/System/MinVoltageCellId");
inline constexpr RowIndex kMaxCell = row("/System/MaxCellVoltage");
inline constexpr RowIndex kMaxCellId = row("/System/MaxVoltageCellId");
inline constexpr RowIndex kCellsPerBattery = row("/System/NrOfCellsPerBattery");
inline constexpr RowIndex kCellSpread = row("/Voltages/Diff");

inline constexpr RowIndex kAnyAlarm = row("/Alarms/Alarm");

inline constexpr RowIndex kDeviceInstance = row("/DeviceInstance");
inline constexpr RowIndex kCustomName = row("/CustomName");
inline constexpr RowIndex kProductName = row("/ProductName");
inline constexpr RowIndex kSerial = row("/Serial");
inline constexpr RowIndex kFirmwareVersion = row("/FirmwareVersion");
inline constexpr RowIndex kHardwareVersion = row("/HardwareVersion");

/// CCL, DCL, CVL.
inline constexpr std::array kLimits = {kMaxChargeCurrent, kMaxDischargeCurrent, kMaxChargeVoltage};
[[nodiscard]] constexpr bool isLimit(RowIndex index) {
    return std::ranges::find(kLimits, index) != kLimits.end();
}

} // namespace busbar::rows
