// SPDX-License-Identifier: MIT
// Every option that DAB has had since 2022, and what becomes of it.
#include "migrate/dab.hpp"
#include "migrate/dab_options.hpp"

#include <array>

namespace busbar::migrate {

namespace {

constexpr std::string_view kNeverExits =
    "not needed: the batteries are looked for as long as the program runs, and it never ends for "
    "want of one. One that is lost is held hold_s and dropped; the bank goes on with the others, "
    "and "
    "what the lost one had to say about limits stays in force";
constexpr std::string_view kNoStages = "there are no stages of absorption and float: the charge "
                                       "voltage is one (limits.cvl.cell_V), and "
                                       "balancing raises it from time to time";
constexpr std::string_view kLogPeriod =
    "the log tells changes, not states; `busbar watch` shows the bank live";
constexpr std::string_view kByStages =
    "steps of the charge current are not taken over: the preset's curve of the highest cell "
    "stands, "
    "and peak control lowers the voltage before a cell is too high";

// clang-format off
constexpr auto kRows = std::to_array<DabRow>({
    // Who takes part.
    {"NR_OF_BATTERIES", DabKind::Whole, "-1", DabUse::Always, takeCount},
    {"NR_OF_CELLS_PER_BATTERY", DabKind::Whole, "-1", DabUse::Always, takeCells},
    {"BATTERY_PRODUCT_NAME", DabKind::Text, "SerialBattery", DabUse::Always, takeProduct},
    {"BATTERY_PRODUCT_NAME_PATH", DabKind::Text, "/ProductName", DabUse::Always, takeNamePath},
    {"BATTERY_INSTANCE_NAME_PATH", DabKind::Text, "/Serial", DabUse::Always, takeNamePath},
    {"BATTERY_SERVICE_NAME", DabKind::Text, "com.victronenergy.battery", DabUse::Always, takeServiceClass},
    {"DCLOAD_SERVICE_NAME", DabKind::Text, "com.victronenergy.dcload", DabUse::Always, takeServiceClass},
    {"SERVICE_KEY_WORD", DabKind::Text, "com.victronenergy", DabUse::Always, takeServiceClass},
    {"SEARCH_TRIALS", DabKind::Whole, "10", DabUse::Always, nullptr, Part::NoCounterpart, kNeverExits},
    {"SCAN_TRIALS", DabKind::Whole, "10", DabUse::Always, nullptr, Part::NoCounterpart, kNeverExits},
    {"READ_TRIALS", DabKind::Whole, "10", DabUse::Always, nullptr, Part::NoCounterpart, kNeverExits},
    {"TIME_BEFORE_RESTART", DabKind::Whole, "15", DabUse::Always, nullptr, Part::NoCounterpart, kNeverExits},
    {"UPDATE_INTERVAL_FIND_DEVICES", DabKind::Whole, "1", DabUse::Always, nullptr, Part::NoCounterpart,
     "not needed: the GX says at once when a battery comes or goes"},
    {"UPDATE_INTERVAL_DATA", DabKind::Number, "1", DabUse::Always, takeInterval},
    // Where the current is measured.
    {"CURRENT_FROM_VICTRON", DabKind::Flag, "False", DabUse::Always, takeVictron},
    {"NR_OF_MPPTS", DabKind::Whole, "-1", DabUse::Victron, takeMppts},
    {"MULTI_KEYWORD", DabKind::Text, "com.victronenergy.vebus", DabUse::Victron, takeMultiWord},
    {"MPPT_KEYWORD", DabKind::Text, "com.victronenergy.solarcharger", DabUse::Victron, takeServiceClass},
    {"USE_SMARTSHUNTS", DabKind::Text, "False", DabUse::Victron, takeShunts},
    {"SMARTSHUNT_AS_BATTERY_CURRENT", DabKind::Flag, "False", DabUse::Victron, takeShuntAlone},
    {"INVERT_SMARTSHUNTS", DabKind::Flag, "False", DabUse::Victron, takeInvert},
    {"DC_LOADS", DabKind::Text, "False", DabUse::Victron, takeDcLoads},
    {"INVERT_SMARTSHUNT", DabKind::Flag, "False", DabUse::Victron, nullptr, Part::TakenOver, "with DC_LOADS: current.invert"},
    {"SMARTSHUNT_NAME_KEYWORD", DabKind::Text, "SmartShunt", DabUse::Victron, nullptr, Part::TakenOver, "with USE_SMARTSHUNTS: the selector in current.shunts"},
    {"SMARTSHUNT_INSTANCE_NAME_PATH", DabKind::Text, "/CustomName", DabUse::Victron, takeNamePath},
    {"IGNORE_SMARTSHUNT_ABSENCE", DabKind::Flag, "False", DabUse::Victron, takeAbsence},
    {"SMARTSHUNT_CURRENT_THRESHOLD", DabKind::Number, "0", DabUse::Victron, nullptr, Part::NoCounterpart, "small currents of a shunt count as they are"},
    // State of charge.
    {"OWN_SOC", DabKind::Flag, "False", DabUse::Always, takeOwnSoc},
    {"ZERO_SOC", DabKind::Flag, "False", DabUse::OwnSoc, takeZeroSoc},
    {"MAX_CELL_VOLTAGE_SOC_FULL", DabKind::Number, "3.45", DabUse::OwnSoc, takeFullCell},
    {"MIN_CELL_VOLTAGE_SOC_EMPTY", DabKind::Number, "2.90", DabUse::OwnSoc, takeEmptyCell},
    {"CHARGE_SAVE_PRECISION", DabKind::Number, "0.0025", DabUse::OwnSoc, takeSaveStep},
    {"BATTERY_EFFICIENCY", DabKind::Number, "0.98", DabUse::OwnSoc, takeEfficiency},
    // Limits.
    {"OWN_CHARGE_PARAMETERS", DabKind::Flag, "False", DabUse::Always, takeOwnLimits},
    {"CAN_batteries", DabKind::Flag, "False", DabUse::Always, takeCan},
    {"KEEP_MAX_CVL", DabKind::Flag, "False", DabUse::BmsLimits, takeKeepMax},
    {"MAX_CHARGE_CURRENT", DabKind::Number, "200", DabUse::OwnLimits, takeCeiling},
    {"MAX_DISCHARGE_CURRENT", DabKind::Number, "200", DabUse::OwnLimits, takeCeiling},
    {"MAX_CELL_VOLTAGE", DabKind::Number, "3.45", DabUse::OwnLimits, takeCellMax},
    {"CELL_DIFF_MAX", DabKind::Number, "0.025", DabUse::OwnLimits, takeCellDiff},
    {"CHARGE_VOLTAGE_LIST", DabKind::Numbers, "3.55, 3.50, 3.50, 3.45, 3.40, 3.40, 3.40, 3.40, 3.45, 3.50, 3.50, 3.55", DabUse::OwnLimits, takeMonths},
    {"BALANCING_VOLTAGE", DabKind::Number, "3.40", DabUse::OwnLimits, takeBalancingCell},
    {"BALANCING_REPETITION", DabKind::Whole, "10", DabUse::OwnLimits, takeRepetition},
    {"CELL_CHARGE_LIMITING_VOLTAGE", DabKind::Numbers, "", DabUse::OwnLimits, takeChargeCurve},
    {"CELL_CHARGE_LIMITED_CURRENT", DabKind::Numbers, "0.2, 1, 1, 0.1, 0", DabUse::OwnLimits, nullptr, Part::TakenOver, "factors of the charge curve: limits.curves.high_cell_V, low_cell_charge_V"},
    {"CELL_DISCHARGE_LIMITING_VOLTAGE", DabKind::Numbers, "", DabUse::OwnLimits, takeDischargeCurve},
    {"CELL_DISCHARGE_LIMITED_CURRENT", DabKind::Numbers, "0, 0.05, 1", DabUse::OwnLimits, nullptr, Part::TakenOver, "factors of the discharge curve: limits.curves.low_cell_V"},
    {"MIN_CELL_VOLTAGE", DabKind::Number, "2.90", DabUse::OwnLimits, nullptr, Part::TakenOver, "where limits.curves.low_cell_V ends, and with OWN_SOC soc.empty_cell_V"},
    {"MIN_CELL_HYSTERESIS", DabKind::Number, "0.1", DabUse::OwnLimits, nullptr, Part::TakenOver, "limits.curves.low_cell_release_V = MIN_CELL_VOLTAGE + this"},
    {"DISCHARGE_VOLTAGE", DabKind::Number, "0", DabUse::OwnLimits, takePackStop},
    {"ABSORPTION_VOLTAGE", DabKind::Number, "0", DabUse::Always, nullptr, Part::NoCounterpart, kNoStages},
    {"ABSORBTION_TIME_M", DabKind::Number, "0", DabUse::Always, nullptr, Part::NoCounterpart, kNoStages},
    {"ABSORBTION_RESTART_H", DabKind::Number, "0", DabUse::Always, nullptr, Part::NoCounterpart, kNoStages},
    {"FLOAT_VOLTAGE", DabKind::Number, "0", DabUse::Always, nullptr, Part::NoCounterpart, kNoStages},
    {"RE_BULK_VOLTAGE", DabKind::Number, "0", DabUse::Always, nullptr, Part::NoCounterpart, kNoStages},
    {"CV1", DabKind::Number, "0", DabUse::Always, nullptr, Part::NoCounterpart, kByStages},
    {"CV2", DabKind::Number, "0", DabUse::Always, nullptr, Part::NoCounterpart, kByStages},
    {"MAX_CHARGE_CURRENT_ABOVE_CV1", DabKind::Number, "0", DabUse::Always, nullptr, Part::NoCounterpart, kByStages},
    {"MAX_CHARGE_CURRENT_ABOVE_CV2", DabKind::Number, "0", DabUse::Always, nullptr, Part::NoCounterpart, kByStages},
    {"BALANCING_CVL_ENABLED", DabKind::Flag, "False", DabUse::Always, nullptr, Part::NoCounterpart, "no version of the old program looked at it; balancing.enabled is its name here"},
    {"VOLTAGE_SET_PRECISION", DabKind::Number, "0", DabUse::Always, nullptr, Part::NoCounterpart, "peak control keeps a distance of its own from limits.cvl.cell_max_V"},
    // The rest.
    {"SEND_CELL_VOLTAGES", DabKind::Whole, "0", DabUse::Always, takeSendCells},
    {"LOGGING", DabKind::Text, "INFO", DabUse::Always, takeLogging},
    {"LOG_PERIOD", DabKind::Number, "300", DabUse::Always, nullptr, Part::NoCounterpart, kLogPeriod},
    {"LOG_VOLTAGE_CHANGE", DabKind::Number, "0", DabUse::Always, nullptr, Part::NoCounterpart, kLogPeriod},
    {"LOG_CURRENT_CHANGE", DabKind::Number, "0", DabUse::Always, nullptr, Part::NoCounterpart, kLogPeriod},
});

constexpr auto kAliases = std::to_array<DabAlias>({
    {"MULTI_KEY_WORD", "MULTI_KEYWORD"},
    {"MPPT_KEY_WORD", "MPPT_KEYWORD"},
    {"SMARTSHUNT_NAME_KEY_WORD", "SMARTSHUNT_NAME_KEYWORD"},
    {"BATTERY_NAME_PATH", "BATTERY_INSTANCE_NAME_PATH"},
    {"PRODUCT_NAME_KEY_WORD", "BATTERY_PRODUCT_NAME"},
    {"BATTERY_NAME_KEY_WORD", "BATTERY_PRODUCT_NAME"},
    {"BATTERY_KEY_WORD", "BATTERY_PRODUCT_NAME"},
    {"CHARGE_VOLTAGE", "CHARGE_VOLTAGE_LIST"},
    {"CELL_FULL_LIMITING_VOLTAGE", "CELL_CHARGE_LIMITING_VOLTAGE"},
    {"CELL_FULL_LIMITED_CURRENT", "CELL_CHARGE_LIMITED_CURRENT"},
    {"CELL_EMPTY_LIMITING_VOLTAGE", "CELL_DISCHARGE_LIMITING_VOLTAGE"},
    {"CELL_EMPTY_LIMITED_CURRENT", "CELL_DISCHARGE_LIMITED_CURRENT"},
    {"MULTIPLE_SMARTSHUNTS", "USE_SMARTSHUNTS"},
    {"CURRENT_FROM_SMARTSHUNT", "SMARTSHUNT_AS_BATTERY_CURRENT"},
});
// clang-format on

} // namespace

std::span<const DabRow> dabRows() {
    return kRows;
}

std::span<const DabAlias> dabAliases() {
    return kAliases;
}

std::vector<std::string_view> dabOptionNames() {
    std::vector<std::string_view> names;
    names.reserve(std::size(kRows) + std::size(kAliases));
    for (const DabRow& row : kRows)
        names.push_back(row.name);
    for (const DabAlias& alias : kAliases)
        names.push_back(alias.old);
    return names;
}

} // namespace busbar::migrate
