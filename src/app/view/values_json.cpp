// SPDX-License-Identifier: MIT
// JSON of what a bank says.
#include "app/view/values_json.hpp"

#include "core/table/path_table.hpp"
#include "documents/battery.hpp"
#include "documents/limits.hpp"
#include "documents/measured.hpp"
#include "mqtt/results/json_writing.hpp"
#include "mqtt/results/results_json.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace busbar {

namespace {

using mqtt::JsonWriter;
using mqtt::textOf;
using mqtt::writeDouble;
using mqtt::writeKey;
using mqtt::writeText;
using mqtt::writeTyped;

void number(JsonWriter& writer, std::string_view name, const std::optional<double>& v) {
    writeKey(writer, name);
    writeDouble(writer, v);
}

void limit(JsonWriter& writer, std::string_view name, const Limit& l) {
    writeKey(writer, name);
    writer.StartObject();
    number(writer, "value", l.value);
    writeKey(writer, "cause");
    writeText(writer, toText(l.cause));
    writeKey(writer, "member");
    writeText(writer, l.member);
    writer.EndObject();
}

constexpr auto kMemberNames = std::to_array<std::string_view>(
    {"id", "name", "reason", "detail", "instance", "takes_part", "held"});
constexpr std::array kMemberNumbers = {documents::measured("voltage_V"),
                                       documents::measured("current_A"),
                                       documents::measured("soc_pct")};

void member(JsonWriter& writer, const MemberReport& m) {
    const documents::BatteryView view{.report = m, .bank = {}, .isInService = true};
    const auto fields = documents::memberFields();
    writer.StartObject();
    for (const std::string_view name : kMemberNames) {
        const auto field =
            std::ranges::find(fields, name, [](const auto& each) { return each.about.name; });
        mqtt::writeField(writer, field->about, field->get(view));
    }
    for (const documents::Measured& one : kMemberNumbers)
        number(writer, one.name, m.*one.value);
    writer.EndObject();
}

void changedLine(std::string& lines, const LineHead& head, std::string_view path, Quantity quantity,
                 const Value& v) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    writer.Key("t");
    writer.Double(static_cast<double>(head.t.count()) / 1000.0);
    if (!head.site.empty()) {
        writer.Key("site");
        writeText(writer, head.site);
        writer.Key("bank");
        writeText(writer, head.bank);
    }
    writer.Key("path");
    writeText(writer, path);
    writer.Key("value");
    writeTyped(writer, quantity, v);
    writer.EndObject();
    lines += textOf(buffer);
    lines += '\n';
}

} // namespace

std::string changedLines(const LineHead& head, const Snapshot& before, const Snapshot& after) {
    std::string lines;
    for (std::size_t i = 0; i < kRowCount; ++i)
        if (isPublished(kRows[i]) && before.rows[i] != after.rows[i])
            changedLine(lines, head, kRows[i].path, kRows[i].quantity, after.rows[i]);
    for (const Item& item : after.extras)
        if (!std::ranges::binary_search(before.extras, item.path, {}, &Item::path) ||
            *std::ranges::lower_bound(before.extras, item.path, {}, &Item::path) != item)
            changedLine(lines, head, item.path, item.quantity, item.value);
    for (const Item& item : before.extras)
        if (!std::ranges::binary_search(after.extras, item.path, {}, &Item::path))
            changedLine(lines, head, item.path, item.quantity, Value());
    return lines;
}

std::string finalDocument(const Snapshot& snapshot, const BankReport& report) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    for (std::size_t i = 0; i < kRowCount; ++i) {
        if (!isPublished(kRows[i]))
            continue;
        writeKey(writer, kRows[i].path);
        writeTyped(writer, kRows[i].quantity, snapshot.rows[i]);
    }
    for (const Item& item : snapshot.extras) {
        writeKey(writer, item.path);
        writeTyped(writer, item.quantity, item.value);
    }
    writer.Key("limits");
    writer.StartObject();
    for (const documents::LimitName& name : documents::kLimits)
        if (const Limit* known = name.of(report))
            limit(writer, name.name, *known);
    writer.EndObject();
    writer.Key("members");
    writer.StartArray();
    for (const MemberReport& m : report.members)
        member(writer, m);
    writer.EndArray();
    writer.EndObject();
    return textOf(buffer) + "\n";
}

} // namespace busbar
