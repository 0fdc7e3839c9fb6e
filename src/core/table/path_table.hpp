// SPDX-License-Identifier: MIT
// Every D-Bus path of a battery that Busbar knows: how batteries combine, its kind, its plausible
// range, its name.
#pragma once

#include "core/table/quantity.hpp"
#include "core/table/row_index.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace busbar {

/// How the value of a whole comes from its parts: of a bank from its members, of a string from its
/// blocks. *Known* = over the members that
/// take part and have a value; a member without one never changes the others' result.
enum class Rule : std::uint8_t {
    Sum,            ///< sum of known
    WholeSum,       ///< sum; unknown if that of one member is: a part of it would be wrong
    Mean,           ///< mean of known
    MeanByCapacity, ///< mean of known, weighted by installed capacity; unweighted if one of them
                    ///< has none
    Min,            ///< smallest of known
    Max,            ///< largest of known; also "worst" for alarms and "any" for flags
    WholeMin,       ///< smallest; unknown if that of one member is
    WholeMax,       ///< largest, likewise
    All, ///< smallest of what each says, or said last: what forbids goes on if it falls silent
    Any, ///< largest, likewise
    LeastLeft,   ///< the value of the member with the least charge left; where one does not say
                 ///< how much that is, the smallest
    LeastJoined, ///< a state of one that is not joined to the busbar, else the largest
    Companion,   ///< the value of the member that won the row `companionOf`
    Computed,    ///< made by a module of the core (limits, membership, alarms), not folded
    Fixed,       ///< describes the published battery itself: name, version, product id
    Input,       ///< read from members, not published
    None,        ///< says nothing about the whole
};

/// What a value that cannot be true does, or one that is outside of the plausible range.
enum class OnOdd : std::uint8_t {
    Act,      ///< what is in range acts at once, however odd; what is not is unknown at once
    HoldOver, ///< the last good value stands for some seconds (sieve.hpp): its loss would close
              ///< more than a single bad sample is worth
};

struct Row {
    std::string_view path;
    Rule rule;     ///< in parallel: of a bank
    Rule inSeries; ///< of a string of blocks
    Quantity quantity;
    double lowest; ///< plausible range, both ends included; outside = unknown. Not used for texts.
    double highest;
    std::string_view name;        ///< entity name in Home Assistant; empty = no entity
    std::string_view companionOf; ///< for Rule::Companion: the row whose winner decides
    OnOdd onOdd = OnOdd::Act;
};

namespace detail {

// clang-format off
// Meaning, unit and sign of each path: Victron's D-Bus wiki and what its own services send. Ranges: wide enough for any
// battery on a Venus system bus (up to 1000 V, 10 kA: the bounds of systemcalc's own settings), narrow enough to stop
// nonsense. What is held over: measurements whose loss closes or empties something; limits, switches, states and alarms
// act at once. Energies and Ah of /History add up over parallel batteries, extremes stay extremes; ages and counts of
// events take the largest.
// In series: voltages add up, the current is one, the block with the least limits all.
inline constexpr auto kUnsortedRows = std::to_array<Row>({
    // path                                 rule                  in series          quantity               lowest    highest   name, companion of, on odd
    {"/Alarms/Alarm",                       Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "Any alarm", ""},
    {"/Alarms/BatteryTemperatureSensor",    Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "Temperature sensor alarm", ""},
    {"/Alarms/BmsCable",                    Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "BMS connection alarm", ""},
    {"/Alarms/CellImbalance",               Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "Cell imbalance alarm", ""},
    {"/Alarms/ChargeBlocked",               Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "", ""},
    {"/Alarms/Contactor",                   Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "Contactor alarm", ""},
    {"/Alarms/DischargeBlocked",            Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "", ""},
    {"/Alarms/FirmwareUpdateFailure",       Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "", ""},
    {"/Alarms/FuseBlown",                   Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "Fuse alarm", ""},
    {"/Alarms/HighCellVoltage",             Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "High cell voltage alarm", ""},
    {"/Alarms/HighChargeCurrent",           Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "High charge current alarm", ""},
    {"/Alarms/HighChargeTemperature",       Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "High charge temperature alarm", ""},
    {"/Alarms/HighCurrent",                 Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "High current alarm", ""},
    {"/Alarms/HighDischargeCurrent",        Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "High discharge current alarm", ""},
    {"/Alarms/HighFusedVoltage",            Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "", ""},
    {"/Alarms/HighInternalTemperature",     Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "High internal temperature alarm", ""},
    {"/Alarms/HighStarterVoltage",          Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "", ""},
    {"/Alarms/HighTemperature",             Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "High temperature alarm", ""},
    {"/Alarms/HighVoltage",                 Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "High voltage alarm", ""},
    {"/Alarms/InternalFailure",             Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "Internal failure alarm", ""},
    {"/Alarms/LowCellVoltage",              Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "Low cell voltage alarm", ""},
    {"/Alarms/LowChargeTemperature",        Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "Low charge temperature alarm", ""},
    {"/Alarms/LowFusedVoltage",             Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "", ""},
    {"/Alarms/LowSoc",                      Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "Low state of charge alarm", ""},
    {"/Alarms/LowStarterVoltage",           Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "", ""},
    {"/Alarms/LowTemperature",              Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "Low temperature alarm", ""},
    {"/Alarms/LowVoltage",                  Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "Low voltage alarm", ""},
    {"/Alarms/MidVoltage",                  Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "", ""},
    {"/Alarms/ParallelBmsLost",             Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "", ""},
    {"/Alarms/StateOfHealth",               Rule::Max,            Rule::Any,         Quantity::Alarm,            0,        2, "State of health alarm", ""},

    {"/Balancer/Status",                    Rule::Max,            Rule::Max,         Quantity::Enum,             0,        3, "", ""},
    {"/Balancing",                          Rule::Max,            Rule::Max,         Quantity::Flag,             0,        1, "Balancing", ""},
    {"/Capacity",                           Rule::WholeSum,       Rule::WholeMin,    Quantity::Charge,           0,   100000, "Remaining capacity", "", OnOdd::HoldOver},
    {"/Connected",                          Rule::Computed,       Rule::None,        Quantity::Flag,             0,        1, "", ""},
    {"/ConsumedAmphours",                   Rule::WholeSum,       Rule::WholeMin,    Quantity::Charge,     -100000,   100000, "Consumed charge", "", OnOdd::HoldOver},
    {"/CurrentAvg",                         Rule::Sum,            Rule::Mean,        Quantity::Current,     -10000,    10000, "", ""},
    {"/CustomName",                         Rule::Fixed,          Rule::None,        Quantity::Text,             0,        0, "", ""},
    {"/Dc/0/Current",                       Rule::Sum,            Rule::Mean,        Quantity::Current,     -10000,    10000, "Current", "", OnOdd::HoldOver},
    {"/Dc/0/Power",                         Rule::Sum,            Rule::WholeSum,    Quantity::Power,     -1000000,  1000000, "Power", "", OnOdd::HoldOver},
    {"/Dc/0/Temperature",                   Rule::Mean,           Rule::Mean,        Quantity::Temperature,   -100,      200, "Temperature", "", OnOdd::HoldOver},
    {"/Dc/0/Voltage",                       Rule::Mean,           Rule::WholeSum,    Quantity::Voltage,          0,     1000, "Voltage", "", OnOdd::HoldOver},
    {"/DeviceInstance",                     Rule::Fixed,          Rule::None,        Quantity::Count,            0,   100000, "", ""},
    {"/ErrorCode",                          Rule::Max,            Rule::Max,         Quantity::Enum,             0,    65535, "Error code", ""},
    {"/FirmwareVersion",                    Rule::Fixed,          Rule::None,        Quantity::Text,             0,        0, "", ""},
    {"/HardwareVersion",                    Rule::Fixed,          Rule::None,        Quantity::Text,             0,        0, "", ""},
    {"/Heating",                            Rule::Max,            Rule::Max,         Quantity::Flag,             0,        1, "", ""},

    {"/History/AutomaticSyncs",             Rule::Max,            Rule::Max,         Quantity::Count,            0,  1000000, "", ""},
    {"/History/AverageDischarge",           Rule::Sum,            Rule::Mean,        Quantity::Charge,     -100000,   100000, "", ""},
    {"/History/ChargeCycles",               Rule::Max,            Rule::Max,         Quantity::Count,            0,  1000000, "Charge cycles", ""},
    {"/History/ChargedEnergy",              Rule::Sum,            Rule::WholeSum,    Quantity::Energy,           0, 10000000, "Charged energy", ""},
    {"/History/DeepestDischarge",           Rule::Sum,            Rule::Min,         Quantity::Charge,     -100000,   100000, "", ""},
    {"/History/DischargedEnergy",           Rule::Sum,            Rule::WholeSum,    Quantity::Energy,           0, 10000000, "Discharged energy", ""},
    {"/History/FullDischarges",             Rule::Max,            Rule::Max,         Quantity::Count,            0,  1000000, "", ""},
    {"/History/HighFusedVoltageAlarms",     Rule::Max,            Rule::Max,         Quantity::Count,            0,  1000000, "", ""},
    {"/History/HighStarterVoltageAlarms",   Rule::Max,            Rule::Max,         Quantity::Count,            0,  1000000, "", ""},
    {"/History/HighVoltageAlarms",          Rule::Max,            Rule::Max,         Quantity::Count,            0,  1000000, "", ""},
    {"/History/LastDischarge",              Rule::Sum,            Rule::Mean,        Quantity::Charge,     -100000,   100000, "", ""},
    {"/History/LowFusedVoltageAlarms",      Rule::Max,            Rule::Max,         Quantity::Count,            0,  1000000, "", ""},
    {"/History/LowStarterVoltageAlarms",    Rule::Max,            Rule::Max,         Quantity::Count,            0,  1000000, "", ""},
    {"/History/LowVoltageAlarms",           Rule::Max,            Rule::Max,         Quantity::Count,            0,  1000000, "", ""},
    {"/History/MaximumCellVoltage",         Rule::Max,            Rule::Max,         Quantity::CellVoltage,      0,       10, "", ""},
    {"/History/MaximumFusedVoltage",        Rule::Max,            Rule::None,        Quantity::Voltage,          0,     1000, "", ""},
    {"/History/MaximumStarterVoltage",      Rule::Max,            Rule::None,        Quantity::Voltage,          0,     1000, "", ""},
    {"/History/MaximumTemperature",         Rule::Max,            Rule::Max,         Quantity::Temperature,   -100,      200, "", ""},
    {"/History/MaximumVoltage",             Rule::Max,            Rule::None,        Quantity::Voltage,          0,     1000, "", ""},
    {"/History/MinimumCellVoltage",         Rule::Min,            Rule::Min,         Quantity::CellVoltage,      0,       10, "", ""},
    {"/History/MinimumFusedVoltage",        Rule::Min,            Rule::None,        Quantity::Voltage,          0,     1000, "", ""},
    {"/History/MinimumStarterVoltage",      Rule::Min,            Rule::None,        Quantity::Voltage,          0,     1000, "", ""},
    {"/History/MinimumTemperature",         Rule::Min,            Rule::Min,         Quantity::Temperature,   -100,      200, "", ""},
    {"/History/MinimumVoltage",             Rule::Min,            Rule::None,        Quantity::Voltage,          0,     1000, "", ""},
    {"/History/TimeSinceLastFullCharge",    Rule::Max,            Rule::Max,         Quantity::Duration,         0, 4000000000.0, "", ""},
    {"/History/TotalAhDrawn",               Rule::Sum,            Rule::Mean,        Quantity::Charge,  -100000000, 100000000, "Total charge drawn", ""},

    {"/Info/BatteryLowVoltage",             Rule::Max,            Rule::WholeSum,    Quantity::Voltage,          0,     1000, "Low voltage limit", ""},
    {"/Info/ChargeLimitation",              Rule::Computed,       Rule::None,        Quantity::Text,             0,        0, "Charge limit cause", ""},
    {"/Info/ChargeMode",                    Rule::Computed,       Rule::None,        Quantity::Text,             0,        0, "Charge mode", ""},
    {"/Info/ChargeRequest",                 Rule::Max,            Rule::Max,         Quantity::Flag,             0,        1, "Charge request", ""},
    {"/Info/DischargeLimitation",           Rule::Computed,       Rule::None,        Quantity::Text,             0,        0, "Discharge limit cause", ""},
    {"/Info/FullChargeRequest",             Rule::Max,            Rule::Max,         Quantity::Flag,             0,        1, "", ""},
    {"/Info/HeatingCurrent",                Rule::Sum,            Rule::Mean,        Quantity::Current,     -10000,    10000, "", ""},
    {"/Info/HeatingPower",                  Rule::Sum,            Rule::Sum,         Quantity::Power,     -1000000,  1000000, "", ""},
    {"/Info/MaxChargeCurrent",              Rule::Computed,       Rule::WholeMin,    Quantity::Current,          0,    10000, "Charge current limit", ""},
    {"/Info/MaxChargeVoltage",              Rule::Computed,       Rule::WholeSum,    Quantity::Voltage,          0,     1000, "Charge voltage limit", ""},
    {"/Info/MaxDischargeCurrent",           Rule::Computed,       Rule::WholeMin,    Quantity::Current,          0,    10000, "Discharge current limit", ""},
    {"/InstalledCapacity",                  Rule::WholeSum,       Rule::WholeMin,    Quantity::Charge,           0,   100000, "Installed capacity", "", OnOdd::HoldOver},
    {"/Io/AllowToBalance",                  Rule::Max,            Rule::Max,         Quantity::Flag,             0,        1, "", ""},
    {"/Io/AllowToCharge",                   Rule::Computed,       Rule::All,         Quantity::Flag,             0,        1, "Charging allowed", ""},
    {"/Io/AllowToDischarge",                Rule::Computed,       Rule::All,         Quantity::Flag,             0,        1, "Discharging allowed", ""},
    {"/Io/AllowToHeat",                     Rule::Max,            Rule::Max,         Quantity::Flag,             0,        1, "", ""},
    {"/Mgmt/Connection",                    Rule::Fixed,          Rule::None,        Quantity::Text,             0,        0, "", ""},
    {"/Mgmt/ProcessName",                   Rule::Fixed,          Rule::None,        Quantity::Text,             0,        0, "", ""},
    {"/Mgmt/ProcessVersion",                Rule::Fixed,          Rule::None,        Quantity::Text,             0,        0, "", ""},
    {"/NumberOfBmses",                      Rule::Input,          Rule::None,        Quantity::Text,             0,        0, "", ""},
    {"/ProductId",                          Rule::Fixed,          Rule::None,        Quantity::Hex,              0,    65535, "", ""},
    {"/ProductName",                        Rule::Fixed,          Rule::None,        Quantity::Text,             0,        0, "", ""},
    {"/Serial",                             Rule::Fixed,          Rule::None,        Quantity::Text,             0,        0, "", ""},
    {"/Soc",                                Rule::MeanByCapacity, Rule::LeastLeft,   Quantity::Percent,          0,      105, "State of charge", "", OnOdd::HoldOver},
    {"/Soh",                                Rule::MeanByCapacity, Rule::Min,         Quantity::Percent,          0,      105, "State of health", "", OnOdd::HoldOver},
    {"/State",                              Rule::Computed,       Rule::LeastJoined, Quantity::Enum,             0,      255, "", ""},

    {"/System/BatteriesParallel",           Rule::Computed,       Rule::None,        Quantity::Count,            0,     1000, "", ""},
    {"/System/BatteriesSeries",             Rule::Computed,       Rule::Computed,    Quantity::Count,            0,     1000, "", ""},
    {"/System/MOSTemperature",              Rule::Max,            Rule::Max,         Quantity::Temperature,   -100,      200, "MOS temperature", ""},
    {"/System/MaxCellTemperature",          Rule::Max,            Rule::Max,         Quantity::Temperature,   -100,      200, "Hottest cell", "", OnOdd::HoldOver},
    {"/System/MaxCellVoltage",              Rule::Max,            Rule::WholeMax,    Quantity::CellVoltage,      0,       10, "Highest cell", "", OnOdd::HoldOver},
    {"/System/MaxTemperatureCellId",        Rule::Companion,      Rule::Companion,   Quantity::Text,             0,        0, "Hottest cell id", "/System/MaxCellTemperature"},
    {"/System/MaxVoltageCellId",            Rule::Companion,      Rule::Companion,   Quantity::Text,             0,        0, "Highest cell id", "/System/MaxCellVoltage"},
    {"/System/MinCellTemperature",          Rule::Min,            Rule::Min,         Quantity::Temperature,   -100,      200, "Coldest cell", "", OnOdd::HoldOver},
    {"/System/MinCellVoltage",              Rule::Min,            Rule::WholeMin,    Quantity::CellVoltage,      0,       10, "Lowest cell", "", OnOdd::HoldOver},
    {"/System/MinTemperatureCellId",        Rule::Companion,      Rule::Companion,   Quantity::Text,             0,        0, "Coldest cell id", "/System/MinCellTemperature"},
    {"/System/MinVoltageCellId",            Rule::Companion,      Rule::Companion,   Quantity::Text,             0,        0, "Lowest cell id", "/System/MinCellVoltage"},
    {"/System/NrOfBatteries",               Rule::Computed,       Rule::None,        Quantity::Count,            0,     1000, "", ""},
    {"/System/NrOfCellsPerBattery",         Rule::Max,            Rule::WholeSum,    Quantity::Count,            0,     1000, "", ""},
    {"/System/NrOfModulesBlockingCharge",   Rule::Computed,       Rule::Any,         Quantity::Count,            0,     1000, "Modules blocking charge", ""},
    {"/System/NrOfModulesBlockingDischarge",Rule::Computed,       Rule::Any,         Quantity::Count,            0,     1000, "Modules blocking discharge", ""},
    {"/System/NrOfModulesOffline",          Rule::Computed,       Rule::Any,         Quantity::Count,            0,     1000, "Modules offline", ""},
    {"/System/NrOfModulesOnline",           Rule::Computed,       Rule::All,         Quantity::Count,            0,     1000, "Modules online", ""},
    {"/System/Temperature1",                Rule::Input,          Rule::None,        Quantity::Temperature,   -100,      200, "Temperature 1", ""},
    {"/System/Temperature2",                Rule::Input,          Rule::None,        Quantity::Temperature,   -100,      200, "Temperature 2", ""},
    {"/System/Temperature3",                Rule::Input,          Rule::None,        Quantity::Temperature,   -100,      200, "Temperature 3", ""},
    {"/System/Temperature4",                Rule::Input,          Rule::None,        Quantity::Temperature,   -100,      200, "Temperature 4", ""},
    {"/TimeToGo",                           Rule::Computed,       Rule::Min,         Quantity::Duration,         0, 4000000000.0, "Time to go", ""},
    {"/Voltages/Diff",                      Rule::Computed,       Rule::None,        Quantity::CellVoltage,      0,       10, "Cell spread", ""},
    {"/Voltages/Sum",                       Rule::Mean,           Rule::WholeSum,    Quantity::Voltage,          0,     1000, "", "", OnOdd::HoldOver},
});
// clang-format on

consteval auto sortedRows() {
    auto rows = kUnsortedRows;
    std::ranges::sort(rows, {}, &Row::path);
    return rows;
}

} // namespace detail

/// The table, sorted by path (bytewise).
inline constexpr auto kRows = detail::sortedRows();
static_assert(kRows.size() == kRowCount);

/// The row of a path, or nothing for a path that the table does not have.
[[nodiscard]] constexpr std::optional<RowIndex> findRow(std::string_view path) {
    const auto* found = std::ranges::lower_bound(kRows, path, {}, &Row::path);
    if (found == kRows.end() || found->path != path)
        return std::nullopt;
    return static_cast<RowIndex>(found - kRows.begin());
}

/// The row of a path that must exist; a misspelt one does not compile.
[[nodiscard]] consteval RowIndex row(std::string_view path) {
    return findRow(path).value();
}

/// False for rows that are only read.
[[nodiscard]] constexpr bool isPublished(const Row& r) {
    return r.rule != Rule::Input;
}

/// The value if it fits its row: a number (finite, inside the range, no "not available" pattern)
/// where the row holds numbers, a text where it holds texts; a number for a text row becomes its
/// text. Everything else is unknown.
[[nodiscard]] Value plausible(const Row& r, Value value);

} // namespace busbar
