// SPDX-License-Identifier: MIT
// Every key of the objects that stand in lists: key, member, bounds and help, as in the option
// table.
#pragma once

#include "config/entry_access.hpp"
#include "config/option.hpp"
#include "core/made/correction_settings.hpp"
#include "core/made/made_settings.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::config {

/// What a source of a merged battery may be wanted for; `/Voltages` = its cells.
[[nodiscard]] bool isMergedPath(std::string_view path);
/// What may be written.
[[nodiscard]] bool isWrittenPath(std::string_view path);
/// What a service may say in the place of a bank.
[[nodiscard]] bool isReplacedPath(std::string_view path);

// Sources of bounds: currents, voltages and capacities as plausible in the path table; a gain of
// ten is a shunt of another size, more is another unit. 16 parts are a string of 16 blocks, more
// than any bank of 12 V blocks below 120 V has; 64 made batteries as many as a bank takes.
// clang-format off
template <>
inline constexpr auto kFields<BatteryCorrection> = std::to_array<Field<BatteryCorrection>>({
    {"match",           field<&BatteryCorrection::match>(),          1,    256, "",   Format::Any, "Which battery; the first entry that matches counts."},
    {"max_charge_A",    field<&BatteryCorrection::maxCharge_A>(),    0,   5000, "A",  Format::Any, "Its charge current limit where it gives none; where it does, the smaller counts. 0 keeps the bank from charging while its BMS does not block."},
    {"max_discharge_A", field<&BatteryCorrection::maxDischarge_A>(), 0,   5000, "A",  Format::Any, "Its discharge current limit, likewise."},
    {"cvl_V",           field<&BatteryCorrection::maxCharge_V>(),    1,   1000, "V",  Format::Any, "Its charge voltage limit, likewise."},
    {"capacity_Ah",     field<&BatteryCorrection::capacity_Ah>(),  0.1, 100000, "Ah", Format::Any, "Its installed capacity, whatever it says."},
    {"invert_current",  field<&BatteryCorrection::invertsCurrent>(), 0,      0, "",   Format::Any, "It counts discharge as positive."},
    {"current_gain",    field<&BatteryCorrection::currentGain>(),  0.1,     10, "",   Format::Any, "What its current and power have to be multiplied by."},
});

template <>
inline constexpr auto kFields<Replacement> = std::to_array<Field<Replacement>>({
    {"match", field<&Replacement::match>(),                      1, 256, "", Format::Any, "Which service: any battery or shunt, in the bank or not."},
    {"paths", pathsField<&Replacement::paths>(&isReplacedPath),  0,  64, "", Format::Any, "Which of its values are taken, such as `/Soc`; empty = all that it gives."},
});

template <>
inline constexpr auto kFields<MergedSource> = std::to_array<Field<MergedSource>>({
    {"match", field<&MergedSource::match>(),                     1, 256, "", Format::Any, "Which service."},
    {"paths", pathsField<&MergedSource::paths>(&isMergedPath),   0,  64, "", Format::Any, "Which of its values are taken, such as `/Soc`; `/Voltages` = its cells; empty = all that it gives."},
});

template <>
inline constexpr auto kFields<WritableGroup> = std::to_array<Field<WritableGroup>>({
    {"paths",    pathsField<&WritableGroup::paths>(&isWrittenPath), 1,    64, "",  Format::Any, "Which values, such as `/Info/MaxChargeVoltage`."},
    {"expire_s", field<&WritableGroup::expire>(),                   1, 86400, "s", Format::Any, "When one of them was not written again for this long, or none was, the fail-safe values count; null = never."},
});
// clang-format on

constexpr FieldWay<WritableSettings> groupsField() {
    return {fieldAccess(Kind::Objects, fieldRows<WritableGroup>()),
            [](const WritableSettings& writable) { return toRecords(writable.groups); },
            [](WritableSettings& writable, const Setting& setting) {
                writable.groups = fromRecords<WritableGroup>(setting);
            }};
}

// clang-format off
template <>
inline constexpr auto kFields<WritableSettings> = std::to_array<Field<WritableSettings>>({
    {"expire_s",  field<&WritableSettings::expire>(),   1, 86400, "s", Format::Any, "When nothing good was written for this long, or a limit (`/Info/Max…`, `/Io/AllowTo…`) was written and not again, the fail-safe values count; what is measured is unknown when it was not written again; null = never."},
    {"groups",    groupsField(),                        0,    16, "",  Format::Any, "Values that have a time of their own, in place of `expire_s`; see below."},
    {"values",    field<&WritableSettings::values>(),   0,   128, "",  Format::Any, "Values by path before anything is written to it, such as `{\"/Soc\": 50}`; null = unknown. They do not expire."},
    {"fail_safe", field<&WritableSettings::failSafe>(), 0,   128, "",  Format::Any, "Values by path after `expire_s`, beside limits of 0 and the alarm `/Alarms/InternalFailure` 1."},
    {"publish",   field<&WritableSettings::publish>(),  0,     0, "",  Format::Any, "Publish it as a battery of its own on D-Bus."},
    {"persist",   field<&WritableSettings::persist>(),  0,     0, "",  Format::Any, "What was written outlives a restart."},
});

// clang-format on

constexpr FieldWay<MadeSettings> mergedField() {
    return {fieldAccess(Kind::SelectorsOrObjects, fieldRows<MergedSource>()),
            [](const MadeSettings& made) { return toRecords(made.sources); },
            [](MadeSettings& made, const Setting& setting) {
                made.kind = MadeKind::Merged;
                made.sources = fromRecords<MergedSource>(setting);
            }};
}

constexpr FieldWay<MadeSettings> seriesField() {
    return {fieldAccess(Kind::Selectors),
            [](const MadeSettings& made) {
                return Setting(made.kind == MadeKind::Series ? made.parts
                                                             : std::vector<Selector>());
            },
            [](MadeSettings& made, const Setting& setting) {
                made.kind = MadeKind::Series;
                made.parts = std::get<std::vector<Selector>>(setting);
            }};
}

constexpr FieldWay<MadeSettings> remainderField() {
    return {fieldAccess(Kind::Selector),
            [](const MadeSettings& made) {
                return made.shunt ? Codec<Selector>::wrap(*made.shunt) : Setting();
            },
            [](MadeSettings& made, const Setting& setting) {
                made.kind = MadeKind::Remainder;
                made.shunt = Codec<Selector>::unwrap(setting);
            }};
}

constexpr FieldWay<MadeSettings> minusField() {
    return {fieldAccess(Kind::AutoOrSelectors),
            [](const MadeSettings& made) {
                return made.subtractsAll ? Setting(std::string("auto")) : Setting(made.parts);
            },
            [](MadeSettings& made, const Setting& setting) {
                const auto* list = std::get_if<std::vector<Selector>>(&setting);
                made.subtractsAll = list == nullptr;
                if (list != nullptr)
                    made.parts = *list;
            }};
}

/// The options themselves are those of the bank of this id.
constexpr FieldWay<MadeSettings> bankField() {
    return {fieldAccess(Kind::BankOptions),
            [](const MadeSettings& made) { return Setting(made.kind == MadeKind::Bank); },
            [](MadeSettings& made, const Setting&) { made.kind = MadeKind::Bank; }};
}

constexpr FieldWay<MadeSettings> writableField() {
    return {fieldAccess(Kind::Object, fieldRows<WritableSettings>()),
            [](const MadeSettings& made) {
                if (made.kind != MadeKind::Writable)
                    return Setting();
                return Setting(std::vector<Record>{toRecord(made.writable)});
            },
            [](MadeSettings& made, const Setting& setting) {
                made.kind = MadeKind::Writable;
                made.writable = fromRecords<WritableSettings>(setting).front();
            }};
}

// clang-format off
template <>
inline constexpr auto kFields<MadeSettings> = std::to_array<Field<MadeSettings>>({
    {"id",           field<&MadeSettings::id>(),             1,     32, "",   Format::Id,  "Short name in topics, names and files, and in the selector `made:ID`; different for every made battery and bank."},
    {"name",         field<&MadeSettings::name>(),           1,     64, "",   Format::Any, "Its name as people see it; not given = the id."},
    {"merged",       mergedField(),                          1,     16, "",   Format::Any, "Services that are one battery, say its BMS by CAN and by RS485: for each value the first in this order that has one."},
    {"series",       seriesField(),                          2,     16, "",   Format::Any, "Blocks in series."},
    {"remainder_of", remainderField(),                       1,    256, "",   Format::Any, "A shunt: the battery is what it measures without the others."},
    {"minus",        minusField(),                           1,     16, "",   Format::Any, "For `remainder_of`, what is subtracted: `auto` = all other batteries of its bank."},
    {"capacity_Ah",  field<&MadeSettings::capacity_Ah>(),  0.1, 100000, "Ah", Format::Any, "For `remainder_of`: installed capacity."},
    {"bank",         bankField(),                            0,      0, "",   Format::Any, "A bank as a member of another: options as in an entry of `banks`, without `id` and `name`. It takes nothing from above, `batteries` must be a list, and it is not on D-Bus unless `dbus.bus` is given."},
    {"writable",     writableField(),                        0,      0, "",   Format::Any, "Values that somebody writes, by D-Bus or MQTT."},
    {"publish",      field<&MadeSettings::publish>(),        0,      0, "",   Format::Any, "For `merged`, `series` and `remainder_of`: it is a battery of its own, too, on D-Bus as `com.victronenergy.battery.busbar_ID`, and in the layout of a GX. No curve or ceiling of a bank holds for it."},
});
// clang-format on

inline constexpr std::size_t kMaxMade = 64;

} // namespace busbar::config
