// SPDX-License-Identifier: MIT
// GX devices for programs.
#include "app/commands/discovery.hpp"
#include "mqtt/results/json_writing.hpp"

#include <functional>

namespace busbar {

namespace {

using mqtt::JsonWriter;

void writeMember(JsonWriter& json, std::string_view key, std::string_view text) {
    mqtt::writeKey(json, key);
    mqtt::writeText(json, text);
}

/// One object for each element.
template <class List, class Body>
void writeObjects(JsonWriter& json, std::string_view key, const List& list, Body&& body) {
    mqtt::writeKey(json, key);
    json.StartArray();
    for (const auto& one : list) {
        json.StartObject();
        body(one);
        json.EndObject();
    }
    json.EndArray();
}

void writeFound(JsonWriter& json, const FoundColumn& column, const Value& value) {
    mqtt::writeKey(json, column.key);
    if (!value.isKnown())
        json.Null();
    else
        mqtt::writeTyped(json, column.quantity, rounded(column.quantity, value));
}

void writeBattery(JsonWriter& json, const FoundBattery& battery) {
    for (std::size_t i = 0; i < kBatteryColumns.size(); ++i)
        writeFound(json, kBatteryColumns.at(i), battery.values.at(i));
    const OutReasonRow& why = rowOf(battery.reason);
    mqtt::writeKey(json, "takes_part");
    json.Bool(battery.reason == OutReason::None);
    mqtt::writeKey(json, "may_be_sum");
    json.Bool(battery.maybeSum);
    writeMember(json, "reason", why.word);
    writeMember(json, "meaning", why.meaning);
    writeMember(json, "detail", battery.detail);
    writeMember(json, "remedy", why.remedy);
    writeMember(json, "selector", battery.selector);
    mqtt::writeKey(json, "instance_above_247");
    json.Bool(battery.isInstanceTooHigh);
    mqtt::writeKey(json, "sums");
    json.StartArray();
    for (const std::string& part : battery.sums)
        mqtt::writeText(json, part);
    json.EndArray();
}

void writeProblem(JsonWriter& json, const Discovery& found) {
    mqtt::writeKey(json, "problem");
    const ChainFinding* broken = firstBroken(found.chain);
    if (broken == nullptr)
        return (void)json.Null();
    json.StartObject();
    writeMember(json, "link", toText(broken->link));
    writeMember(json, "what", broken->what);
    writeMember(json, "remedy", broken->remedy);
    json.EndObject();
}

void writeSettings(JsonWriter& json, const Discovery& found) {
    mqtt::writeKey(json, "settings");
    json.StartObject();
    for (const FoundSetting& setting : found.settings) {
        mqtt::writeKey(json, setting.key);
        if (setting.text.empty())
            json.Null();
        else
            mqtt::writeText(json, setting.text);
    }
    json.EndObject();
}

void writeDiscovery(JsonWriter& json, const Discovery& found) {
    writeMember(json, "portal_id", found.portalId);
    mqtt::writeKey(json, "complete");
    json.Bool(found.isComplete);
    writeProblem(json, found);
    writeObjects(json, "batteries", found.batteries,
                 [&json](const FoundBattery& battery) { writeBattery(json, battery); });
    writeObjects(json, "devices", found.devices, [&json](const FoundDevice& device) {
        writeMember(json, "name", device.name);
        mqtt::writeKey(json, "current_A");
        mqtt::writeShort(json, device.current_A, 1);
    });
    writeSettings(json, found);
    writeMember(json, "obeys", found.obeys);
    writeObjects(json, "advice", found.advice, [&json](const Advice& advice) {
        writeMember(json, "code", toText(advice.code));
        writeMember(json, "text", advice.text);
    });
}

} // namespace

std::string discoveriesJson(std::string_view url, const std::vector<Discovery>& all) {
    rapidjson::StringBuffer buffer;
    JsonWriter json(buffer);
    json.StartObject();
    writeMember(json, "url", url);
    writeObjects(json, "gx", all, [&json](const Discovery& found) { writeDiscovery(json, found); });
    json.EndObject();
    return mqtt::textOf(buffer) + "\n";
}

} // namespace busbar
