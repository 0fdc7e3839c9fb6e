// SPDX-License-Identifier: MIT
// Renders a device message of Home Assistant's MQTT discovery.
#include "mqtt/ha/ha_message.hpp"

#include "core/table/control_table.hpp"
#include "core/table/named_rows.hpp"
#include "documents/row_names.hpp"
#include "mqtt/ha/ha_entities.hpp"
#include "mqtt/results/json_writing.hpp"
#include "mqtt/results/result_topics.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

namespace busbar::mqtt {

namespace {

constexpr std::string_view kProgram = "Busbar";
constexpr int kQos = 1; // a lost command or availability would not come again

/// Everything that the components of one message share.
struct Message {
    const HaContext& ctx;
    const HaDevice& device;
    ResultTopics topics;
    JsonWriter& json;
};

void member(JsonWriter& json, std::string_view key, std::string_view value) {
    writeKey(json, key);
    writeText(json, value);
}

void memberIf(JsonWriter& json, std::string_view key, std::string_view value) {
    if (!value.empty())
        member(json, key, value);
}

bool isBank(const Message& m) {
    return m.device.battery.empty();
}
std::string stateTopic(const Message& m) {
    return haStateTopic(m.ctx, m.device.deviceId);
}
std::string commandTopic(const Message& m, std::string_view what) {
    return isBank(m) ? m.topics.setBank(m.device.bank, what)
                     : m.topics.setBattery(m.device.battery, what);
}

/// Neither ids of banks and batteries nor keys contain '-', so no two devices can come to the
/// same text, as "a" + "max_voltage" and "a_max" + "voltage" would with '_'.
std::string uniqueId(const Message& m, std::string_view key) {
    return m.device.deviceId + "-" + std::string(key);
}

std::string slugOf(std::string id) {
    for (char& c : id)
        c = c == '-' ? '_' : (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    return id;
}

std::string_view sourceOf(const Entity& entity) {
    return entity.source.empty() ? entity.key : entity.source;
}

/// Nothing for what is no control, or one that the device does not have.
std::optional<double> highestOf(const Message& m, const Entity& entity) {
    return entity.control != nullptr
               ? m.device.controls.at(static_cast<std::size_t>(entity.control->kind))
               : std::nullopt;
}

/// A battery's device has controls only for what is its own.
bool isThere(const HaContext& context, const HaDevice& device, const Entity& entity) {
    if (entity.control == nullptr)
        return true;
    const auto highest = device.controls.at(static_cast<std::size_t>(entity.control->kind));
    return context.takesCommands && highest && *highest > entity.control->least;
}

std::span<const Entity> entitiesOf(const HaDevice& device) {
    return device.battery.empty() ? bankEntities() : batteryEntities();
}

void writeTopicOfAvailability(const Message& m, const std::string& of) {
    m.json.StartObject();
    member(m.json, "topic", of);
    member(m.json, "payload_available", kOnline);
    member(m.json, "payload_not_available", kOffline);
    m.json.EndObject();
}

void writeAvailability(const Message& m, bool withBattery) {
    m.json.Key("availability");
    m.json.StartArray();
    writeTopicOfAvailability(m, m.topics.status());
    if (withBattery)
        writeTopicOfAvailability(m, m.topics.batteryStatus(m.device.battery));
    m.json.EndArray();
    member(m.json, "availability_mode", "all");
}

void writeDevice(const Message& m) {
    m.json.Key("device");
    m.json.StartObject();
    m.json.Key("identifiers");
    m.json.StartArray();
    writeText(m.json, m.device.deviceId);
    m.json.EndArray();
    member(m.json, "name", m.device.name);
    memberIf(m.json, "manufacturer", isBank(m) ? kProgram : std::string_view());
    memberIf(m.json, "model", m.device.model);
    memberIf(m.json, "serial_number", m.device.serial);
    memberIf(m.json, "sw_version", m.device.firmware);
    memberIf(m.json, "hw_version", m.device.hardware);
    memberIf(m.json, "via_device", m.device.viaDevice);
    memberIf(m.json, "configuration_url", m.ctx.pageUrl);
    m.json.EndObject();
}

void writeOrigin(const Message& m) {
    m.json.Key("origin");
    m.json.StartObject();
    member(m.json, "name", kProgram);
    memberIf(m.json, "sw_version", m.ctx.version);
    m.json.EndObject();
}

void writeIdentity(const Message& m, const Entity& entity) {
    const std::string platform(toText(entity.platform));
    member(m.json, "platform", platform);
    member(m.json, "unique_id", uniqueId(m, entity.key));
    member(m.json, "default_entity_id",
           platform + "." + slugOf(m.device.deviceId) + "_" + std::string(entity.key));
    member(m.json, "name", entity.name);
    m.json.Key("qos"); // the message's own is not for its components
    m.json.Int(kQos);
}

void writeWords(const Message& m, const Entity& entity) {
    m.json.Key(entity.platform == Platform::Event ? "event_types" : "options");
    m.json.StartArray();
    for (const std::string_view word : wordsOf(entity.words))
        writeText(m.json, word);
    m.json.EndArray();
}

void writeClasses(const Message& m, const Entity& entity) {
    memberIf(m.json, "device_class", entity.deviceClass);
    memberIf(m.json, "state_class", entity.stateClass);
    memberIf(m.json, "unit_of_measurement", entity.unit);
    memberIf(m.json, "icon", entity.icon);
    if (entity.precision >= 0) {
        m.json.Key("suggested_display_precision");
        m.json.Int(entity.precision);
    }
    if (entity.words != Words::None)
        writeWords(m, entity);
    if (entity.category != Category::Main)
        member(m.json, "entity_category",
               entity.category == Category::Config ? "config" : "diagnostic");
    if (!isEnabled(isBank(m) ? ControlOf::Bank : ControlOf::Battery, entity.key)) {
        m.json.Key("enabled_by_default");
        m.json.Bool(false);
    }
}

void writeConnectivity(const Message& m) {
    member(m.json, "state_topic", m.topics.batteryStatus(m.device.battery));
    member(m.json, "payload_on", kOnline);
    member(m.json, "payload_off", kOffline);
}

void writeAttributes(const Message& m, const Entity& entity) {
    const std::string part = expressionOf(entity.attributes);
    member(m.json, "json_attributes_topic", stateTopic(m));
    if (entity.attributesAs.empty())
        member(m.json, "json_attributes_template",
               "{{ " + part + " | default({}, true) | tojson }}");
    else
        member(m.json, "json_attributes_template",
               "{{ {'" + std::string(entity.attributesAs) + "': " + part +
                   " | default([], true)} | tojson }}");
}

void writeState(const Message& m, const Entity& entity, const std::string& expression) {
    if (entity.shape == Shape::Event)
        member(m.json, "state_topic", m.topics.event());
    if (entity.deviceClass == "connectivity")
        writeConnectivity(m);
    memberIf(m.json, "value_template",
             templateOf(entity, expression, m.device.bank, highestOf(m, entity).value_or(0.0)));
    const bool isMeasured =
        entity.platform == Platform::Sensor || entity.platform == Platform::BinarySensor;
    if (isMeasured && !entity.isLasting) {
        m.json.Key("expire_after");
        m.json.Int64(m.ctx.expireAfter.count());
    }
    if (!entity.attributes.empty())
        writeAttributes(m, entity);
}

void writeSwitch(const Message& m) {
    for (const std::string_view key : {"payload_on", "state_on"})
        member(m.json, key, "ON");
    for (const std::string_view key : {"payload_off", "state_off"})
        member(m.json, key, "OFF");
}

void writeRange(const Message& m, double least, std::optional<double> highest) {
    m.json.Key("min");
    writeShort(m.json, least, 1);
    m.json.Key("max");
    writeShort(m.json, highest, 1);
    m.json.Key("step");
    m.json.Int(1);
    member(m.json, "mode", "box");
}

void writeCommand(const Message& m, const Entity& entity) {
    if (entity.control == nullptr)
        return;
    member(m.json, "command_topic", commandTopic(m, entity.control->word));
    m.json.Key("retain");
    m.json.Bool(false);
    if (entity.platform == Platform::Button) {
        member(m.json, "payload_press", "PRESS");
        return;
    }
    m.json.Key("optimistic");
    m.json.Bool(false);
    if (entity.platform == Platform::Switch)
        writeSwitch(m);
    if (entity.platform == Platform::Number)
        writeRange(m, entity.control->least, highestOf(m, entity));
}

void writeComponent(const Message& m, const Entity& entity, const std::string& expression) {
    writeKey(m.json, entity.key);
    m.json.StartObject();
    writeIdentity(m, entity);
    writeClasses(m, entity);
    writeState(m, entity, expression);
    writeCommand(m, entity);
    if (entity.survives)
        writeAvailability(m, false);
    m.json.EndObject();
}

void writeCell(const Message& m, std::size_t cell) {
    const std::string digits = std::to_string(cell + 1);
    const std::string key = "cell_" + digits;
    const std::string name = "Cell " + digits;
    Entity entity = cellEntity();
    entity.key = key;
    entity.name = name;
    writeComponent(m, entity, "(value_json.cells | default([]))[" + std::to_string(cell) + "]");
}

void writeRow(const Message& m, RowIndex index) {
    const auto entity = rowEntity(index);
    if (!entity || (isBank(m) && isReplacedInBank(index)))
        return;
    const std::string expression = expressionOf(documents::rowName(index));
    writeComponent(m, *entity, expression);
    if (kRows.at(index).quantity != Quantity::Alarm)
        return;
    const std::string key = std::string(entity->key) + "_level";
    const std::string name = std::string(entity->name) + " level";
    Entity level = alarmLevelEntity();
    level.key = key;
    level.name = name;
    writeComponent(m, level, expression);
}

/// With anything else in it, it would be a component.
void writeRemoval(const Message& m, const Entity& entity) {
    writeKey(m.json, entity.key);
    m.json.StartObject();
    member(m.json, "platform", toText(entity.platform));
    m.json.EndObject();
}

void writeComponents(const Message& m, Absent absent) {
    for (RowIndex index = 0; index < kRowCount; ++index)
        if (m.device.rows.test(index))
            writeRow(m, index);
    for (std::size_t cell = 0; cell < m.device.cells; ++cell)
        writeCell(m, cell);
    if (m.device.hasParts)
        writeComponent(m, partsEntity(), expressionOf(partsEntity().key));
    for (const Entity& entity : entitiesOf(m.device))
        if (isThere(m.ctx, m.device, entity))
            writeComponent(m, entity, expressionOf(sourceOf(entity)));
        else if (absent == Absent::Removed)
            writeRemoval(m, entity);
}

} // namespace

bool lacksControls(const HaContext& context, const HaDevice& device) {
    return std::ranges::any_of(entitiesOf(device), [&](const Entity& entity) {
        return !isThere(context, device, entity);
    });
}

std::string discoveryDocument(const HaContext& context, const HaDevice& device, Absent absent) {
    rapidjson::StringBuffer buffer;
    JsonWriter json(buffer);
    const Message m{context, device, {context.base}, json};
    json.StartObject();
    writeDevice(m);
    writeOrigin(m);
    member(json, "state_topic", stateTopic(m));
    writeAvailability(m, !isBank(m));
    json.Key("qos");
    json.Int(kQos);
    json.Key("components");
    json.StartObject();
    writeComponents(m, absent);
    json.EndObject();
    json.EndObject();
    return textOf(buffer);
}

std::string bankDiscovery(const HaContext& context, const BankView& view) {
    return discoveryDocument(context, bankDevice(context, view));
}

std::string batteryDiscovery(const HaContext& context, const BankView& view,
                             const MemberReport& member) {
    return discoveryDocument(context, batteryDevice(context, view, member));
}

} // namespace busbar::mqtt
