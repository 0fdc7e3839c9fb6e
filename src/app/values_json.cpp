// SPDX-License-Identifier: MIT
// JSON of what a bank says.
#include "app/values_json.hpp"

#include "core/path_table.hpp"
#include "mqtt/json_writing.hpp"

#include <algorithm>
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

void member(JsonWriter& writer, const MemberReport& m) {
    writer.StartObject();
    for (const auto& [name, content] : {std::pair<std::string_view, std::string_view>{"id", m.id},
                                        {"name", m.name},
                                        {"reason", toText(m.reason)},
                                        {"detail", m.detail}}) {
        writeKey(writer, name);
        writeText(writer, content);
    }
    writeKey(writer, "instance");
    writer.Int(m.instance);
    writeKey(writer, "takes_part");
    writer.Bool(m.takesPart);
    writeKey(writer, "held");
    writer.Bool(m.held);
    number(writer, "voltage_V", m.voltage_V);
    number(writer, "current_A", m.current_A);
    number(writer, "soc_pct", m.soc_pct);
    writer.EndObject();
}

void changedLine(std::string& lines, std::chrono::milliseconds t, std::string_view path,
                 Quantity quantity, const Value& v) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    writer.Key("t");
    writer.Double(static_cast<double>(t.count()) / 1000.0);
    writer.Key("path");
    writeText(writer, path);
    writer.Key("value");
    writeTyped(writer, quantity, v);
    writer.EndObject();
    lines += textOf(buffer);
    lines += '\n';
}

} // namespace

std::string changedLines(std::chrono::milliseconds t, const Snapshot& before,
                         const Snapshot& after) {
    std::string lines;
    for (std::size_t i = 0; i < kRowCount; ++i)
        if (isPublished(kRows[i]) && before.rows[i] != after.rows[i])
            changedLine(lines, t, kRows[i].path, kRows[i].quantity, after.rows[i]);
    for (const Item& item : after.extras)
        if (!std::ranges::binary_search(before.extras, item.path, {}, &Item::path) ||
            *std::ranges::lower_bound(before.extras, item.path, {}, &Item::path) != item)
            changedLine(lines, t, item.path, item.quantity, item.value);
    for (const Item& item : before.extras)
        if (!std::ranges::binary_search(after.extras, item.path, {}, &Item::path))
            changedLine(lines, t, item.path, item.quantity, Value());
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
    limit(writer, "charge", report.charge);
    limit(writer, "discharge", report.discharge);
    if (report.chargeVoltage)
        limit(writer, "charge_voltage", *report.chargeVoltage);
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
