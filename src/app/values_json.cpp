// SPDX-License-Identifier: MIT
// JSON of what a bank says.
#include "app/values_json.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>

namespace busbar {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void text(Writer& writer, std::string_view value) {
    writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void key(Writer& writer, std::string_view name) {
    writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}

void value(Writer& writer, Quantity quantity, const Value& v) {
    if (const std::string* string = v.text())
        text(writer, *string);
    else if (!v.number())
        writer.Null();
    else if (spec(quantity).wire == WireType::Int && std::abs(*v.number()) < 9e15)
        writer.Int64(static_cast<std::int64_t>(*v.number()));
    else
        writer.Double(*v.number());
}

void number(Writer& writer, std::string_view name, const std::optional<double>& v) {
    key(writer, name);
    v ? writer.Double(*v) : writer.Null();
}

void limit(Writer& writer, std::string_view name, const Limit& l) {
    key(writer, name);
    writer.StartObject();
    number(writer, "value", l.value);
    key(writer, "cause");
    text(writer, toText(l.cause));
    key(writer, "member");
    text(writer, l.member);
    writer.EndObject();
}

void member(Writer& writer, const MemberReport& m) {
    writer.StartObject();
    for (const auto& [name, content] : {std::pair<std::string_view, std::string_view>{"id", m.id},
                                        {"name", m.name},
                                        {"reason", toText(m.reason)},
                                        {"detail", m.detail}}) {
        key(writer, name);
        text(writer, content);
    }
    key(writer, "instance");
    writer.Int(m.instance);
    key(writer, "takes_part");
    writer.Bool(m.takesPart);
    key(writer, "held");
    writer.Bool(m.held);
    number(writer, "voltage_V", m.voltage_V);
    number(writer, "current_A", m.current_A);
    number(writer, "soc_pct", m.soc_pct);
    writer.EndObject();
}

std::string textOf(const rapidjson::StringBuffer& buffer) {
    return {buffer.GetString(), buffer.GetSize()};
}

void changedLine(std::string& lines, std::chrono::milliseconds t, std::string_view path,
                 Quantity quantity, const Value& v) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    writer.Key("t");
    writer.Double(static_cast<double>(t.count()) / 1000.0);
    writer.Key("path");
    text(writer, path);
    writer.Key("value");
    value(writer, quantity, v);
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
    Writer writer(buffer);
    writer.StartObject();
    for (std::size_t i = 0; i < kRowCount; ++i) {
        if (!isPublished(kRows[i]))
            continue;
        key(writer, kRows[i].path);
        value(writer, kRows[i].quantity, snapshot.rows[i]);
    }
    for (const Item& item : snapshot.extras) {
        key(writer, item.path);
        value(writer, item.quantity, item.value);
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
