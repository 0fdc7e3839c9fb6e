// SPDX-License-Identifier: MIT
// Tables of Home Assistant entities, and what each row of the path table becomes.
#include "core/table/control_table.hpp"
#include "core/units/value_key.hpp"
#include "mqtt/ha/ha_entities.hpp"

#include <algorithm>
#include <array>

namespace busbar::mqtt {

namespace {

constexpr auto kMeasured = std::string_view("measurement");
constexpr auto kTotal = std::string_view("total_increasing");

// Classes, state classes and units that go together: Home Assistant's developer documentation of
// the sensor entity. Totals have no expiry, because statistics must not see them go away.
constexpr auto kBankEntities = std::to_array<Entity>({
    {.key = "energy",
     .name = "Stored energy",
     .source = "energy_kWh",
     .deviceClass = "energy_storage",
     .stateClass = kMeasured,
     .unit = "kWh",
     .precision = 2},
    {.key = "usable_soc",
     .name = "Usable state of charge",
     .source = "usable_soc_pct",
     .stateClass = kMeasured,
     .unit = "%",
     .precision = 1,
     .icon = "mdi:battery-check-outline"},
    {.key = "usable_energy",
     .name = "Usable energy",
     .source = "usable_energy_kWh",
     .deviceClass = "energy_storage",
     .stateClass = kMeasured,
     .unit = "kWh",
     .precision = 2},
    {.key = "capacity_energy",
     .name = "Capacity in energy",
     .source = "capacity_kWh",
     .deviceClass = "energy_storage",
     .stateClass = kMeasured,
     .unit = "kWh",
     .precision = 2,
     .category = Category::Diagnostic},
    {.key = "charge_power",
     .name = "Charge power",
     .source = "charge_power_W",
     .deviceClass = "power",
     .stateClass = kMeasured,
     .unit = "W",
     .precision = 0},
    {.key = "discharge_power",
     .name = "Discharge power",
     .source = "discharge_power_W",
     .deviceClass = "power",
     .stateClass = kMeasured,
     .unit = "W",
     .precision = 0},
    // Home Assistant's energy view counts what a battery gives as positive.
    {.key = "power_for_energy_view",
     .name = "Power for the energy view",
     .shape = Shape::Negated,
     .source = "power_W",
     .deviceClass = "power",
     .stateClass = kMeasured,
     .unit = "W",
     .precision = 0},
    {.key = "time_to_full",
     .name = "Time to full",
     .shape = Shape::Hours,
     .source = "time_to_full_s",
     .deviceClass = "duration",
     .stateClass = kMeasured,
     .unit = "h",
     .precision = 1},
    {.key = "charging",
     .name = "Charging",
     .platform = Platform::BinarySensor,
     .shape = Shape::Flag,
     .deviceClass = "battery_charging"},
    {.key = "charge_limit_cause",
     .name = "Charge limit cause",
     .shape = Shape::Word,
     .source = "limits.charge.cause",
     .deviceClass = "enum",
     .category = Category::Diagnostic,
     .words = Words::Cause,
     .attributes = "limits.charge"},
    {.key = "discharge_limit_cause",
     .name = "Discharge limit cause",
     .shape = Shape::Word,
     .source = "limits.discharge.cause",
     .deviceClass = "enum",
     .category = Category::Diagnostic,
     .words = Words::Cause,
     .attributes = "limits.discharge"},
    {.key = "charge_voltage_limit_cause",
     .name = "Charge voltage limit cause",
     .shape = Shape::Word,
     .source = "limits.charge_voltage.cause",
     .deviceClass = "enum",
     .category = Category::Diagnostic,
     .words = Words::Cause,
     .attributes = "limits.charge_voltage"},
    {.key = "stage",
     .name = "Stage",
     .shape = Shape::Word,
     .deviceClass = "enum",
     .category = Category::Diagnostic,
     .words = Words::Stage},
    {.key = "preset",
     .name = "Cell chemistry",
     .shape = Shape::Word,
     .deviceClass = "enum",
     .category = Category::Diagnostic,
     .words = Words::Preset},
    {.key = "batteries_online",
     .name = "Batteries online",
     .source = "online",
     .stateClass = kMeasured,
     .precision = 0,
     .category = Category::Diagnostic,
     .icon = "mdi:battery-check",
     .attributes = "batteries",
     .attributesAs = "batteries"},
    {.key = "batteries_total",
     .name = "Batteries in total",
     .source = "total",
     .stateClass = kMeasured,
     .precision = 0,
     .category = Category::Diagnostic,
     .icon = "mdi:battery-unknown"},
    {.key = "current_source",
     .name = "Current measured by",
     .shape = Shape::Word,
     .source = "current_source.source",
     .deviceClass = "enum",
     .category = Category::Diagnostic,
     .words = Words::CurrentSource,
     .attributes = "current_source"},
    {.key = "soc_source",
     .name = "State of charge from",
     .shape = Shape::Word,
     .source = "soc_source.source",
     .deviceClass = "enum",
     .category = Category::Diagnostic,
     .words = Words::SocSource,
     .attributes = "soc_source"},
    {.key = "balancing_stage",
     .name = "Balancing stage",
     .shape = Shape::Word,
     .source = "balance.state",
     .deviceClass = "enum",
     .category = Category::Diagnostic,
     .words = Words::BalancingStage},
    {.key = "balancing_result",
     .name = "Last balancing",
     .shape = Shape::Word,
     .source = "balance.last_result",
     .deviceClass = "enum",
     .category = Category::Diagnostic,
     .words = Words::BalancingResult},
    {.key = "balancing_obstacle",
     .name = "Balancing obstacle",
     .shape = Shape::Word,
     .source = "balance.obstacle",
     .deviceClass = "enum",
     .category = Category::Diagnostic,
     .words = Words::BalancingObstacle},
    {.key = "last_balanced",
     .name = "Last balanced",
     .shape = Shape::Text,
     .source = "balance.last_success",
     .deviceClass = "timestamp",
     .category = Category::Diagnostic,
     .isLasting = true},
    {.key = "last_full",
     .name = "Last full",
     .shape = Shape::Text,
     .deviceClass = "timestamp",
     .category = Category::Diagnostic,
     .isLasting = true},
    {.key = "advice",
     .name = "Advice",
     .shape = Shape::Advice,
     .deviceClass = "enum",
     .category = Category::Diagnostic,
     .words = Words::Advice,
     .attributes = "advice",
     .attributesAs = "advice"},
    {.key = "events",
     .name = "Events",
     .platform = Platform::Event,
     .shape = Shape::Event,
     .words = Words::EventTypes,
     .icon = "mdi:message-alert"},
    {.key = "choices_in_doubt",
     .name = "Choices in doubt",
     .platform = Platform::BinarySensor,
     .shape = Shape::Flag,
     .source = "controls.in_doubt",
     .deviceClass = "problem",
     .category = Category::Diagnostic},
});

/// Of banks and batteries alike: what Busbar has counted itself.
constexpr auto kMeterEntities = std::to_array<Entity>({
    {.key = "charged_energy",
     .name = "Charged energy",
     .source = "meters.charged_kWh",
     .deviceClass = "energy",
     .stateClass = kTotal,
     .unit = "kWh",
     .precision = 2,
     .isLasting = true},
    {.key = "discharged_energy",
     .name = "Discharged energy",
     .source = "meters.discharged_kWh",
     .deviceClass = "energy",
     .stateClass = kTotal,
     .unit = "kWh",
     .precision = 2,
     .isLasting = true},
    {.key = "charged_charge",
     .name = "Charged ampere hours",
     .source = "meters.charged_Ah",
     .stateClass = kTotal,
     .unit = "Ah",
     .precision = 0,
     .category = Category::Diagnostic,
     .icon = "mdi:battery-arrow-up",
     .isLasting = true},
    {.key = "discharged_charge",
     .name = "Discharged ampere hours",
     .source = "meters.discharged_Ah",
     .stateClass = kTotal,
     .unit = "Ah",
     .precision = 0,
     .category = Category::Diagnostic,
     .icon = "mdi:battery-arrow-down",
     .isLasting = true},
    {.key = "full_cycles",
     .name = "Full cycles",
     .source = "meters.full_cycles",
     .stateClass = kTotal,
     .unit = "cycles",
     .precision = 1,
     .category = Category::Diagnostic,
     .icon = "mdi:battery-sync",
     .isLasting = true},
});

constexpr auto kBatteryEntities = std::to_array<Entity>({
    {.key = "energy",
     .name = "Stored energy",
     .source = "energy_kWh",
     .deviceClass = "energy_storage",
     .stateClass = kMeasured,
     .unit = "kWh",
     .precision = 2},
    {.key = "charging",
     .name = "Charging",
     .platform = Platform::BinarySensor,
     .shape = Shape::Flag,
     .deviceClass = "battery_charging"},
    {.key = "takes_part",
     .name = "Takes part",
     .platform = Platform::BinarySensor,
     .shape = Shape::Flag,
     .category = Category::Diagnostic,
     .icon = "mdi:battery-check",
     .isLasting = true,
     .survives = true},
    {.key = "held",
     .name = "Last values held",
     .platform = Platform::BinarySensor,
     .shape = Shape::Flag,
     .category = Category::Diagnostic,
     .icon = "mdi:timer-sand",
     .isLasting = true,
     .survives = true},
    {.key = "reason",
     .name = "Reason not to take part",
     .shape = Shape::Word,
     .deviceClass = "enum",
     .category = Category::Diagnostic,
     .words = Words::Reason,
     .isLasting = true,
     .survives = true},
    {.key = "detail",
     .name = "Detail",
     .shape = Shape::Text,
     .category = Category::Diagnostic,
     .icon = "mdi:text",
     .isLasting = true,
     .survives = true},
    {.key = "connection",
     .name = "Communication",
     .platform = Platform::BinarySensor,
     .shape = Shape::None,
     .deviceClass = "connectivity",
     .category = Category::Diagnostic,
     .isLasting = true,
     .survives = true},
    {.key = "current_share",
     .name = "Share of the current",
     .source = "current_share_pct",
     .stateClass = kMeasured,
     .unit = "%",
     .precision = 0,
     .category = Category::Diagnostic,
     .icon = "mdi:chart-pie"},
    {.key = "resistance",
     .name = "Internal resistance",
     .source = "resistance_mOhm",
     .stateClass = kMeasured,
     .unit = "mΩ",
     .precision = 2,
     .category = Category::Diagnostic,
     .icon = "mdi:omega"},
    {.key = "counter_soc",
     .name = "Counted state of charge",
     .source = "counter_soc_pct",
     .stateClass = kMeasured,
     .unit = "%",
     .precision = 1,
     .category = Category::Diagnostic,
     .icon = "mdi:counter"},
    {.key = "soc_deviation",
     .name = "State of charge deviation",
     .source = "soc_deviation_pct",
     .stateClass = kMeasured,
     .unit = "%",
     .precision = 1,
     .category = Category::Diagnostic,
     .icon = "mdi:plus-minus-variant"},
    {.key = "measured_capacity",
     .name = "Measured capacity",
     .source = "measured_capacity_Ah",
     .stateClass = kMeasured,
     .unit = "Ah",
     .precision = 1,
     .category = Category::Diagnostic,
     .icon = "mdi:battery-sync"},
    {.key = "measured_soh",
     .name = "Measured state of health",
     .source = "measured_soh_pct",
     .stateClass = kMeasured,
     .unit = "%",
     .precision = 1,
     .category = Category::Diagnostic,
     .icon = "mdi:battery-heart-variant"},
    {.key = "weakest_cell",
     .name = "Weakest cell",
     .shape = Shape::Text,
     .category = Category::Diagnostic,
     .icon = "mdi:battery-low"},
    {.key = "highest_cell",
     .name = "Cell that is full first",
     .shape = Shape::Text,
     .category = Category::Diagnostic,
     .icon = "mdi:battery-high"},
});

constexpr Entity entityOf(const ControlRow& control) {
    Entity entity{.key = control.key,
                  .name = control.name,
                  .source = control.field,
                  .category = Category::Config,
                  .icon = control.icon,
                  .control = &control};
    switch (control.form) {
    case ControlForm::Ampere:
        entity.platform = Platform::Number;
        entity.shape = Shape::Bound;
        entity.deviceClass = "current";
        entity.unit = "A";
        break;
    case ControlForm::Percent:
        entity.platform = Platform::Number;
        entity.shape = Shape::Bound;
        entity.unit = "%";
        break;
    case ControlForm::Press:
        entity.platform = Platform::Button;
        entity.shape = Shape::None;
        break;
    case ControlForm::OnOff:
        entity.platform = Platform::Switch;
        entity.shape = Shape::Flag;
        entity.isLasting = true;
        entity.survives = control.of == ControlOf::Battery;
        break;
    case ControlForm::Name:
        break;
    }
    return entity;
}

constexpr bool isEntityOf(const ControlRow& control, ControlOf of) {
    return control.of == of && !control.key.empty();
}

/// Its own, its controls, what Busbar has counted for it.
template <ControlOf Of, std::size_t Count>
constexpr auto withControls(const std::array<Entity, Count>& own) {
    constexpr auto kMore = static_cast<std::size_t>(
        std::ranges::count_if(kControls, [](const ControlRow& c) { return isEntityOf(c, Of); }));
    std::array<Entity, Count + kMore + kMeterEntities.size()> all{};
    auto next = std::ranges::copy(own, all.begin()).out;
    for (const ControlRow& control : kControls)
        if (isEntityOf(control, Of))
            *next++ = entityOf(control);
    std::ranges::copy(kMeterEntities, next);
    return all;
}

constexpr auto kAllOfBank = withControls<ControlOf::Bank>(kBankEntities);
constexpr auto kAllOfBattery = withControls<ControlOf::Battery>(kBatteryEntities);

/// What a quantity's rows are where `kSpecialRows` says nothing else.
constexpr Entity ofQuantity(Quantity quantity) {
    switch (quantity) {
    case Quantity::Voltage:
        return {.deviceClass = "voltage", .stateClass = kMeasured, .unit = "V", .precision = 2};
    case Quantity::CellVoltage:
        return {.deviceClass = "voltage",
                .stateClass = kMeasured,
                .unit = "V",
                .precision = 3,
                .category = Category::Diagnostic};
    case Quantity::Current:
        return {.deviceClass = "current", .stateClass = kMeasured, .unit = "A", .precision = 1};
    case Quantity::Power:
        return {.deviceClass = "power", .stateClass = kMeasured, .unit = "W", .precision = 0};
    case Quantity::Temperature:
        return {
            .deviceClass = "temperature", .stateClass = kMeasured, .unit = "°C", .precision = 1};
    case Quantity::Percent:
        return {.stateClass = kMeasured,
                .unit = "%",
                .precision = 1,
                .category = Category::Diagnostic,
                .icon = "mdi:percent"};
    case Quantity::Charge:
        return {.stateClass = kMeasured, .unit = "Ah", .precision = 1, .icon = "mdi:battery"};
    case Quantity::Energy:
        return {.deviceClass = "energy",
                .stateClass = kTotal,
                .unit = "kWh",
                .precision = 2,
                .category = Category::Diagnostic,
                .isLasting = true};
    case Quantity::Duration:
        return {.shape = Shape::Hours,
                .deviceClass = "duration",
                .stateClass = kMeasured,
                .unit = "h",
                .precision = 1};
    case Quantity::Count:
        return {.stateClass = kMeasured,
                .precision = 0,
                .category = Category::Diagnostic,
                .icon = "mdi:counter"};
    case Quantity::Flag:
        return {.platform = Platform::BinarySensor,
                .shape = Shape::Flag,
                .category = Category::Diagnostic};
    case Quantity::Alarm:
        return {.platform = Platform::BinarySensor,
                .shape = Shape::Problem,
                .deviceClass = "problem",
                .category = Category::Diagnostic};
    case Quantity::Enum:
    case Quantity::Hex:
        return {.category = Category::Diagnostic, .icon = "mdi:identifier"};
    case Quantity::Text:
        break;
    }
    return {.shape = Shape::Text, .category = Category::Diagnostic, .icon = "mdi:text"};
}

constexpr Entity diagnostic(Entity entity) {
    entity.category = Category::Diagnostic;
    return entity;
}

/// The BMS's own meters: beside Busbar's, which is what the Energy dashboard should be given.
constexpr Entity byBms(std::string_view name) {
    Entity entity = ofQuantity(Quantity::Energy);
    entity.name = name;
    return entity;
}

struct SpecialRow {
    RowIndex index;
    Entity entity; ///< without a name: that of the path table
};

constexpr auto kSpecialRows = std::to_array<SpecialRow>({
    {row("/Soc"), {.deviceClass = "battery", .stateClass = kMeasured, .unit = "%", .precision = 1}},
    {row("/Soh"),
     {.stateClass = kMeasured,
      .unit = "%",
      .precision = 0,
      .category = Category::Diagnostic,
      .icon = "mdi:heart-pulse"}},
    {row("/Balancing"),
     {.platform = Platform::BinarySensor,
      .shape = Shape::Flag,
      .deviceClass = "running",
      .category = Category::Diagnostic}},
    {row("/Voltages/Diff"),
     {.shape = Shape::Milli,
      .deviceClass = "voltage",
      .stateClass = kMeasured,
      .unit = "mV",
      .precision = 0,
      .category = Category::Diagnostic}},
    {row("/History/ChargeCycles"),
     {.name = "Charge cycles by BMS",
      .stateClass = kTotal,
      .unit = "cycles",
      .precision = 1,
      .category = Category::Diagnostic,
      .icon = "mdi:battery-sync",
      .isLasting = true}},
    {row("/History/ChargedEnergy"), byBms("Charged energy by BMS")},
    {row("/History/DischargedEnergy"), byBms("Discharged energy by BMS")},
    // Victron counts it downwards from 0.
    {row("/History/TotalAhDrawn"),
     {.stateClass = "total",
      .unit = "Ah",
      .precision = 0,
      .category = Category::Diagnostic,
      .icon = "mdi:battery-arrow-down",
      .isLasting = true}},
    {row("/Info/BatteryLowVoltage"), diagnostic(ofQuantity(Quantity::Voltage))},
    {row("/System/MOSTemperature"), diagnostic(ofQuantity(Quantity::Temperature))},
    {row("/System/MaxCellTemperature"), diagnostic(ofQuantity(Quantity::Temperature))},
    {row("/System/MinCellTemperature"), diagnostic(ofQuantity(Quantity::Temperature))},
});

constexpr Entity kCell = ofQuantity(Quantity::CellVoltage);

constexpr Entity kAlarmLevel = {.shape = Shape::AlarmLevel,
                                .deviceClass = "enum",
                                .category = Category::Diagnostic,
                                .words = Words::AlarmLevel};

} // namespace

std::span<const Entity> bankEntities() {
    return kAllOfBank;
}

std::span<const Entity> batteryEntities() {
    return kAllOfBattery;
}

const Entity& cellEntity() {
    return kCell;
}

const Entity& alarmLevelEntity() {
    return kAlarmLevel;
}

std::optional<Entity> rowEntity(RowIndex index) {
    const Row& r = kRows.at(index);
    if (r.name.empty())
        return std::nullopt;
    const auto* special = std::ranges::find(kSpecialRows, index, &SpecialRow::index);
    Entity entity = special == kSpecialRows.end() ? ofQuantity(r.quantity) : special->entity;
    entity.key = keyOf(index);
    if (entity.name.empty())
        entity.name = r.name;
    return entity;
}

bool isReplacedInBank(RowIndex index) {
    return index == row("/Info/ChargeLimitation") || index == row("/Info/DischargeLimitation");
}

bool isAlwaysInBank(RowIndex index) {
    constexpr auto kAlways =
        std::to_array<RowIndex>({row("/Dc/0/Voltage"), row("/Dc/0/Current"), row("/Dc/0/Power"),
                                 row("/Soc"), row("/Alarms/BmsCable")});
    const bool isOwn =
        kRows.at(index).rule == Rule::Computed && index != row("/Voltages/Diff"); // needs cells
    return isOwn || std::ranges::find(kAlways, index) != kAlways.end();
}

} // namespace busbar::mqtt
