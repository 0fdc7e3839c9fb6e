// SPDX-License-Identifier: MIT
// Which entities are switched on for everybody.
#include "core/table/control_table.hpp"
#include "mqtt/ha/ha_entities.hpp"

#include <algorithm>
#include <array>

namespace busbar::mqtt {

namespace {

// What a person looks at on a phone: about 25 of a bank, 12 of a battery.
constexpr auto kEnabledOfBank = std::to_array<std::string_view>({"soc",
                                                                 "voltage",
                                                                 "current",
                                                                 "power",
                                                                 "power_for_energy_view",
                                                                 "energy",
                                                                 "charging",
                                                                 "time_to_go",
                                                                 "time_to_full",
                                                                 "temperature",
                                                                 "min_cell_voltage",
                                                                 "max_cell_voltage",
                                                                 "voltages_diff",
                                                                 "max_charge_current",
                                                                 "max_discharge_current",
                                                                 "max_charge_voltage",
                                                                 "charge_limit_cause",
                                                                 "discharge_limit_cause",
                                                                 "batteries_online",
                                                                 "alarm_alarm",
                                                                 "alarm_bms_cable",
                                                                 "advice",
                                                                 "events",
                                                                 "choices_in_doubt",
                                                                 "charged_energy",
                                                                 "discharged_energy",
                                                                 "max_charge",
                                                                 "max_discharge",
                                                                 "balance_now",
                                                                 "confirm_choices"});
constexpr auto kEnabledOfBattery = std::to_array<std::string_view>(
    {"soc", "voltage", "current", "power", "temperature", "voltages_diff", "current_share",
     "takes_part", "reason", "connection", "alarm_alarm", "in_service"});

} // namespace

bool isEnabled(ControlOf of, std::string_view key) {
    return of == ControlOf::Bank
               ? std::ranges::find(kEnabledOfBank, key) != kEnabledOfBank.end()
               : std::ranges::find(kEnabledOfBattery, key) != kEnabledOfBattery.end();
}

} // namespace busbar::mqtt
