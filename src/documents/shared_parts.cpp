// SPDX-License-Identifier: MIT
// What banks and batteries have in common: rows, meters.
#include "documents/shared_parts.hpp"

#include "core/table/path_table.hpp"
#include "core/table/quantity.hpp"
#include "core/units/value_key.hpp"
#include "documents/row_names.hpp"

#include <algorithm>
#include <array>

namespace busbar::documents {

namespace {

constexpr auto kMeterFields = std::to_array<Field<MetersView>>({
    {{"charged_kWh", Form::Number, 2, "kWh", "energy that went in since counting began"},
     [](const MetersView& m) { return Value(m.totals.charged_Wh / 1000.0); }},
    {{"discharged_kWh", Form::Number, 2, "kWh", "energy that came out"},
     [](const MetersView& m) { return Value(m.totals.discharged_Wh / 1000.0); }},
    {{"charged_Ah", Form::Number, 1, "Ah", "charge that went in"},
     [](const MetersView& m) { return Value(m.totals.charged_Ah); }},
    {{"discharged_Ah", Form::Number, 1, "Ah", "charge that came out"},
     [](const MetersView& m) { return Value(m.totals.discharged_Ah); }},
    {{"full_cycles", Form::Number, 2, "", "equivalent full cycles"},
     [](const MetersView& m) { return Value(m.cycles); }},
});

constexpr auto kLayoutFields = std::to_array<Field<int>>({
    {{kLayoutName, Form::Number, 0, "", "2; grows when a key or its meaning changes"},
     [](const int& layout) { return whole(layout); }},
});

constexpr auto kStampFields = std::to_array<Field<StampView>>({
    {{"time", Form::Time, 0, "", "when this was said, UTC; unknown while the clock is not set"},
     [](const StampView& s) { return clock(s.now); }},
    {{"age_s", Form::Number, 1, "s",
      "since the battery said anything last; of a bank, of those that take part the one that has "
      "been silent longest"},
     [](const StampView& s) {
         return s.heard ? Value(std::chrono::duration<double>(s.now.steady - *s.heard).count())
                        : Value();
     }},
});

Form formOf(Quantity quantity) {
    switch (quantity) {
    case Quantity::Text:
        return Form::Text;
    case Quantity::Flag:
        return Form::Truth;
    default:
        return Form::Number;
    }
}

} // namespace

void tellStamp(const Reader& reader, const StampView* stamp) {
    tellFields<StampView>(reader, kStampFields, stamp);
}

void tellLayout(const Reader& reader) {
    tellFields<int>(reader, kLayoutFields, &kLayout);
}

void tellRow(const Reader& reader, RowIndex index, const Value& value) {
    const Row& r = kRows.at(index);
    const QuantitySpec& quantity = spec(r.quantity);
    reader({Step::Field,
            {.name = rowName(index),
             .form = formOf(r.quantity),
             .decimals = quantity.decimals,
             .unit = unitText(quantity.unit),
             .meaning = r.name,
             .path = r.path,
             .before = keyOf(index)},
            value});
}

void tellMeters(const Reader& reader, const MetersView* meters) {
    tellObject<MetersView>(reader, "meters", kMeterFields, meters);
}

Value isCharging(std::optional<double> current_A) {
    const auto shown_A = rounded(Quantity::Current, current_A).number();
    return shown_A ? truth(*shown_A > 0.0) : Value();
}

Value flow(std::optional<double> number, double sign) {
    return number ? Value(std::max(0.0, sign * *number)) : Value();
}

Value storedEnergy(std::optional<double> charge_Ah, std::optional<double> voltage_V) {
    return charge_Ah && voltage_V ? Value(*charge_Ah * *voltage_V / 1000.0) : Value();
}

} // namespace busbar::documents
