// SPDX-License-Identifier: MIT
// Tables of what a battery is and does, and their order.
#include "documents/battery.hpp"

#include "core/bank_view.hpp"
#include "core/made/made_key.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/table/controls.hpp"
#include "core/table/named_rows.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "documents/names.hpp"
#include "documents/shared_parts.hpp"

namespace busbar::documents {

namespace {

const Value* slotOf(const BatteryView& view, const Slot& slot) {
    return view.battery->valueOf(slot, view.report.held);
}

std::optional<double> rowOf(const BatteryView& view, RowIndex index) {
    if (view.battery == nullptr)
        return std::nullopt;
    const Value* value = slotOf(view, view.battery->slot(index));
    return value != nullptr ? value->number() : std::nullopt;
}

constexpr auto kMemberFields = std::to_array<Field<BatteryView>>({
    {{"id", Form::Text, 0, "", "stable over restarts; part of topics"},
     [](const BatteryView& b) { return text(b.report.id); }},
    {{"name", Form::Text, 0, "", "as the GX calls it"},
     [](const BatteryView& b) { return text(b.report.name); }},
    {{"instance", Form::Number, 0, "", "on the GX; -1 = not there, or made of others"},
     [](const BatteryView& b) {
         return whole(isMade(b.report.instance) ? -1 : b.report.instance);
     }},
    {{"takes_part", Form::Truth, 0, "", "counts in the bank"},
     [](const BatteryView& b) { return truth(b.report.takesPart); }},
    {{"held", Form::Truth, 0, "", "counts with its last values, lost a moment ago"},
     [](const BatteryView& b) { return truth(b.report.held); }},
    {{"in_service", Form::Truth, 0, "", "false = switched off by the owner"},
     [](const BatteryView& b) { return truth(b.isInService); }},
    {{"reason", Form::Text, 0, "",
      "why it does not take part, or is held: one word of a fixed list"},
     [](const BatteryView& b) { return text(toText(b.report.reason)); }},
    {{"detail", Form::Text, 0, "", "what to look at"},
     [](const BatteryView& b) { return text(b.report.detail); }},
    {{"part_of", Form::Text, 0, "", "id of the battery that is made of it"},
     [](const BatteryView& b) { return text(b.report.within); }},
});

constexpr auto kBatteryFields = std::to_array<Field<BatteryView>>({
    {{"bank", Form::Text, 0, "",
      "id of its bank; of all that count it, with commas, where several do"},
     [](const BatteryView& b) {
         const bool isShared = b.battery != nullptr && !b.battery->banks.empty();
         return text(isShared ? std::string_view(b.battery->banks) : b.bank);
     }},
    {{"parts", Form::Text, 0, "", "names of what it is made of"},
     [](const BatteryView& b) { return text(b.battery != nullptr ? b.battery->parts : ""); }},
    {{"energy_kWh", Form::Number, 2, "kWh", "stored: remaining capacity times voltage"},
     [](const BatteryView& b) {
         return storedEnergy(rowOf(b, rows::kCapacity), b.report.voltage_V);
     }},
    {{"capacity_kWh", Form::Number, 2, "kWh", "nominal capacity times voltage"},
     [](const BatteryView& b) { return storedEnergy(b.report.capacity_Ah, b.report.voltage_V); }},
    {{"charge_power_W", Form::Number, 0, "W", "what goes in; 0 while it comes out"},
     [](const BatteryView& b) { return flow(b.report.power_W, 1.0); }},
    {{"discharge_power_W", Form::Number, 0, "W", "what comes out; 0 while it goes in"},
     [](const BatteryView& b) { return flow(b.report.power_W, -1.0); }},
    {{"charging", Form::Truth, 0, "", "current flows in"},
     [](const BatteryView& b) { return isCharging(b.report.current_A); }},
    {{"current_share_pct", Form::Number, 1, "%", "of the bank's current, mean of the last minutes"},
     [](const BatteryView& b) { return Value(scaled(b.report.share, 100.0)); }},
    {{"resistance_mOhm", Form::Number, 2, "mOhm", "learned"},
     [](const BatteryView& b) { return Value(scaled(b.report.resistance_Ohm, 1000.0)); }},
    {{"counter_soc_pct", Form::Number, 1, "%", "state of charge by Busbar's own counter", "",
      "counter_soc"},
     [](const BatteryView& b) { return Value(b.report.counter_pct); }},
    {{"soc_deviation_pct", Form::Number, 1, "%", "its own state of charge minus the counter's", "",
      "soc_deviation"},
     [](const BatteryView& b) { return Value(b.report.deviation_pct); }},
    {{"measured_capacity_Ah", Form::Number, 1, "Ah",
      "comes out from full to empty, by Busbar's own count"},
     [](const BatteryView& b) { return Value(b.report.measured.capacity_Ah); }},
    {{"measured_spread_Ah", Form::Number, 1, "Ah", "uncertainty of it: one standard deviation"},
     [](const BatteryView& b) { return Value(b.report.measured.spread_Ah); }},
    {{"measured_soh_pct", Form::Number, 1, "%", "measured capacity, of the nominal one", "",
      "measured_soh"},
     [](const BatteryView& b) { return Value(health_pct(b.report.measured)); }},
    {{"measured_at", Form::Time, 0, "", "day on which it was last measured"},
     [](const BatteryView& b) { return time(b.report.measured.at); }},
    {{"charge_efficiency_pct", Form::Number, 1, "%",
      "charge that comes out of what goes in, learned from full to full", "", "charge_efficiency"},
     [](const BatteryView& b) { return Value(scaled(b.report.measured.efficiency, 100.0)); }},
    {{"weakest_cell", Form::Text, 0, "", "lowest under discharge, most of the time"},
     [](const BatteryView& b) { return text(b.report.weakestCell); }},
    {{"highest_cell", Form::Text, 0, "", "highest under charge, most of the time"},
     [](const BatteryView& b) { return text(b.report.highestCell); }},
});

About cellAbout() {
    const QuantitySpec& quantity = spec(Quantity::CellVoltage);
    return {
        .decimals = quantity.decimals, .unit = quantity.unit, .meaning = "each cell in its order"};
}

// An object may not hold a name twice.
static_assert(areNotRows(kMemberFields) && areNotRows(kBatteryFields) && !isRow("layout") &&
              !isRow("meters") && !isRow("cells") && !isRow("time") && !isRow("age_s"));

Value valueOf(const BatteryView& view, const Slot& slot) {
    const Value* value = slotOf(view, slot);
    return value != nullptr ? *value : Value();
}

void tellBatteryRows(const Reader& reader, const BatteryView* view) {
    for (RowIndex i = 0; i < kRowCount; ++i) {
        if (view == nullptr)
            tellRow(reader, i, {});
        else if (view->battery != nullptr && view->battery->slot(i).present)
            tellRow(reader, i, valueOf(*view, view->battery->slot(i)));
    }
}

void tellCells(const Reader& reader, const BatteryView* view) {
    const About about = cellAbout();
    tellStep(reader, Step::List, "cells");
    if (view == nullptr)
        reader({Step::Field, about, Value()});
    else if (view->battery != nullptr)
        for (std::size_t n = 0; n < cellCount(*view->battery); ++n)
            reader({Step::Field, about, valueOf(*view, view->battery->cells[n])});
    tellStep(reader, Step::EndList);
}

void tellWholeBattery(const Reader& reader, const BatteryView* view) {
    tellLayout(reader);
    tellFields<BatteryView>(reader, kMemberFields, view);
    tellFields<BatteryView>(reader, kBatteryFields, view);
    tellBatteryRows(reader, view);
    if (view == nullptr) {
        tellMeters(reader, nullptr);
    } else {
        const MetersView meters{view->report.meters, view->report.fullCycles};
        tellMeters(reader, &meters);
    }
    tellCells(reader, view);
}

const Battery* batteryOf(const BankView& view, const MemberReport& member) {
    const auto found = view.batteries.find(member.key.value_or(member.instance));
    return found != view.batteries.end() ? &found->second : nullptr;
}

} // namespace

bool hasDocument(const MemberReport& member) {
    const bool isOurs =
        member.maybeSum || member.reason == OutReason::PartOf || !isForeign(member.reason);
    return member.instance >= 0 && isOurs;
}

bool isAvailable(const MemberReport& member) {
    if (member.held || member.takesPart)
        return true;
    switch (member.reason) {
    case OutReason::None:
    case OutReason::Joining:
    case OutReason::OutOfService:
    case OutReason::Pending:
    case OutReason::VoltageMismatch:
        return member.instance >= 0;
    case OutReason::PartOf:
        return member.isHeard;
    default:
        return false;
    }
}

std::span<const Field<BatteryView>> memberFields() {
    return kMemberFields;
}

BatteryView viewOf(const BankView& view, const MemberReport& member) {
    return {.report = member,
            .bank = view.settings.id,
            .isInService = !view.controls.outOfService.contains(member.id),
            .battery = batteryOf(view, member)};
}

void tellBattery(const BatteryView& battery, const Reader& reader) {
    tellWholeBattery(reader, &battery);
}

void tellBatteryStamp(const BatteryView& battery, const Now& now, const Reader& reader) {
    const StampView stamp{now, battery.report.heard};
    tellStamp(reader, &stamp);
}

std::vector<Line> batteryLines() {
    return linesOf([](const Reader& reader) {
        tellWholeBattery(reader, nullptr);
        tellStamp(reader, nullptr);
    });
}

} // namespace busbar::documents
