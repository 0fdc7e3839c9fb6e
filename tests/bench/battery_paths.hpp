// SPDX-License-Identifier: MIT
// What the batteries of the benches publish: paths of a serial battery driver, with values of a 16
// cell LFP pack.
#pragma once

#include <array>
#include <string_view>

namespace busbar::bench {

inline constexpr int kCells = 16;
/// A moving value takes one of these, in the middle its base.
inline constexpr int kLevels = 7;
inline constexpr double kChargeLimit_A = 300.0; ///< of each battery at first

inline constexpr std::string_view kChargeLimitPath = "/Info/MaxChargeCurrent";
inline constexpr std::string_view kDischargeLimitPath = "/Info/MaxDischargeCurrent";

struct Number {
    std::string_view path;
    double base;
    double step = 0.0; ///< between two levels; 0 = does not move
};

struct Text {
    std::string_view path;
    std::string_view text;
};

// The paths of a battery with serial BMS under Venus OS (driver dbus-serialbattery).
inline constexpr auto kNumbers = std::to_array<Number>({
    {"/Dc/0/Current", 12.0, 0.1},
    {"/Dc/0/Voltage", 53.1, 0.01},
    {"/Dc/0/Power", 637.0, 5.0},
    {"/Dc/0/Temperature", 24.0},
    {"/Soc", 71.0, 0.1},
    {"/Soh", 99.0},
    {"/Capacity", 198.0, 0.1},
    {"/InstalledCapacity", 280.0},
    {"/ConsumedAmphours", -82.0, 0.1},
    {"/TimeToGo", 51000.0, 60.0},
    {"/CurrentAvg", 11.6, 0.1},
    {"/Voltages/Sum", 53.1, 0.001},
    {"/Voltages/Diff", 0.012, 0.001},
    {"/System/MinCellVoltage", 3.311, 0.001},
    {"/System/MaxCellVoltage", 3.322, 0.001},
    {"/System/MinCellTemperature", 23.0, 0.1},
    {"/System/MaxCellTemperature", 25.0, 0.1},
    {"/System/MOSTemperature", 29.0, 0.1},
    {"/System/Temperature1", 23.5, 0.1},
    {"/System/Temperature2", 24.5, 0.1},
    {"/System/NrOfCellsPerBattery", kCells},
    {"/System/NrOfModulesOnline", 1.0},
    {"/System/NrOfModulesOffline", 0.0},
    {"/System/NrOfModulesBlockingCharge", 0.0},
    {"/System/NrOfModulesBlockingDischarge", 0.0},
    {"/History/ChargedEnergy", 1200.0, 0.01},
    {"/History/DischargedEnergy", 1100.0, 0.01},
    {"/History/TotalAhDrawn", -21000.0, 0.1},
    {"/History/TimeSinceLastFullCharge", 9000.0, 1.0},
    {"/History/ChargeCycles", 81.0},
    {"/History/MinimumVoltage", 48.2},
    {"/History/MaximumVoltage", 55.9},
    {"/History/MinimumCellVoltage", 2.91},
    {"/History/MaximumCellVoltage", 3.51},
    {kChargeLimitPath, kChargeLimit_A},
    {kDischargeLimitPath, 250.0},
    {"/Info/MaxChargeVoltage", 55.2},
    {"/Info/BatteryLowVoltage", 46.4},
    {"/Io/AllowToCharge", 1.0},
    {"/Io/AllowToDischarge", 1.0},
    {"/Io/AllowToBalance", 1.0},
    {"/Balancing", 0.0},
    {"/Alarms/LowVoltage", 0.0},
    {"/Alarms/HighVoltage", 0.0},
    {"/Alarms/LowCellVoltage", 0.0},
    {"/Alarms/HighCellVoltage", 0.0},
    {"/Alarms/LowSoc", 0.0},
    {"/Alarms/HighChargeCurrent", 0.0},
    {"/Alarms/HighDischargeCurrent", 0.0},
    {"/Alarms/CellImbalance", 0.0},
    {"/Alarms/InternalFailure", 0.0},
    {"/Alarms/HighChargeTemperature", 0.0},
    {"/Alarms/LowChargeTemperature", 0.0},
    {"/Alarms/HighTemperature", 0.0},
    {"/Alarms/LowTemperature", 0.0},
    {"/Alarms/BmsCable", 0.0},
    {"/Alarms/HighInternalTemperature", 0.0},
    {"/State", 9.0},
    {"/ErrorCode", 0.0},
    {"/Connected", 1.0},
    {"/ProductId", 47727.0},
});

inline constexpr auto kTexts = std::to_array<Text>({
    {"/Mgmt/ProcessName", "dbus-serialbattery.py"},
    {"/Mgmt/ProcessVersion", "Python 3.12"},
    {"/ProductName", "SerialBattery"},
    {"/FirmwareVersion", "2.0"},
    {"/HardwareVersion", "JK-B2A24S20P"},
    {"/Info/ChargeMode", "Bulk"},
    {"/Info/ChargeLimitation", "None"},
    {"/Info/DischargeLimitation", "None"},
    {"/Manufacturer", "Jikong"},
    {"/System/MinTemperatureCellId", "Temp 1"},
    {"/System/MaxTemperatureCellId", "Temp 2"},
});

inline constexpr std::array<std::string_view, 2> kCellIds = {"/System/MinVoltageCellId",
                                                             "/System/MaxVoltageCellId"};

inline constexpr double kCell_V = 3.316;
inline constexpr double kCellStep_V = 0.001;

} // namespace busbar::bench
