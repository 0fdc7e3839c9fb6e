// SPDX-License-Identifier: MIT
// Device messages of Home Assistant's MQTT discovery, and when they are sent.
#include "mqtt/ha_discovery.hpp"

#include "core/battery.hpp"
#include "core/controls.hpp"
#include "core/events.hpp"
#include "core/report.hpp"
#include "core/snapshot.hpp"
#include "mqtt/ha_entities.hpp"
#include "mqtt/json_writing.hpp"
#include "mqtt/result_topics.hpp"
#include "mqtt/results_json.hpp"

#include <algorithm>
#include <utility>

namespace busbar::mqtt {

namespace {

constexpr std::string_view kProgram = "Busbar";
constexpr int kQos = 1; // a lost command or availability would not come again

void member(JsonWriter& json, std::string_view key, std::string_view value) {
    writeKey(json, key);
    writeText(json, value);
}

void memberIf(JsonWriter& json, std::string_view key, std::string_view value) {
    if (!value.empty())
        member(json, key, value);
}

/// Everything that the components of one message share.
class Document {
public:
    Document(const HaContext& context, const HaDevice& device)
        : ctx_(context), device_(device), topics_{context.base} {}

    std::string render() {
        json_.StartObject();
        writeDevice();
        writeOrigin();
        member(json_, "state_topic", stateTopic());
        writeAvailability(!device_.battery.empty());
        json_.Key("qos");
        json_.Int(kQos);
        json_.Key("components");
        json_.StartObject();
        writeComponents();
        json_.EndObject();
        json_.EndObject();
        return textOf(buffer_);
    }

private:
    [[nodiscard]] bool isBank() const { return device_.battery.empty(); }
    [[nodiscard]] std::string stateTopic() const {
        return isBank() ? topics_.bankState(device_.bank) : topics_.batteryState(device_.battery);
    }
    [[nodiscard]] std::string commandTopic(std::string_view what) const {
        return isBank() ? topics_.setBank(device_.bank, what)
                        : topics_.setBattery(device_.battery, what);
    }

    void writeDevice() {
        json_.Key("device");
        json_.StartObject();
        json_.Key("identifiers");
        json_.StartArray();
        writeText(json_, device_.deviceId);
        json_.EndArray();
        member(json_, "name", device_.name);
        memberIf(json_, "manufacturer", isBank() ? kProgram : std::string_view());
        memberIf(json_, "model", device_.model);
        memberIf(json_, "serial_number", device_.serial);
        memberIf(json_, "sw_version", device_.firmware);
        memberIf(json_, "hw_version", device_.hardware);
        memberIf(json_, "via_device", device_.viaDevice);
        json_.EndObject();
    }

    void writeOrigin() {
        json_.Key("origin");
        json_.StartObject();
        member(json_, "name", kProgram);
        memberIf(json_, "sw_version", ctx_.version);
        json_.EndObject();
    }

    void writeTopicOfAvailability(const std::string& of) {
        json_.StartObject();
        member(json_, "topic", of);
        member(json_, "payload_available", kOnline);
        member(json_, "payload_not_available", kOffline);
        json_.EndObject();
    }

    void writeAvailability(bool withBattery) {
        json_.Key("availability");
        json_.StartArray();
        writeTopicOfAvailability(topics_.status());
        if (withBattery)
            writeTopicOfAvailability(topics_.batteryStatus(device_.battery));
        json_.EndArray();
        member(json_, "availability_mode", "all");
    }

    void writeComponents() {
        for (RowIndex index = 0; index < kRowCount; ++index)
            if (device_.rows.test(index))
                writeRow(index);
        for (std::size_t cell = 0; cell < device_.cells; ++cell)
            writeCell(cell);
        for (const Entity& entity : isBank() ? bankEntities() : batteryEntities())
            if (isThere(entity.need))
                writeComponent(entity, expressionOf(sourceOf(entity)));
    }

    void writeRow(RowIndex index) {
        const auto entity = rowEntity(index);
        if (!entity || (isBank() && isReplacedInBank(index)))
            return;
        const std::string expression = expressionOf(entity->key);
        writeComponent(*entity, expression);
        if (kRows.at(index).quantity != Quantity::Alarm)
            return;
        const std::string key = std::string(entity->key) + "_level";
        const std::string name = std::string(entity->name) + " level";
        Entity level = alarmLevelEntity();
        level.key = key;
        level.name = name;
        level.isEnabled = index == row("/Alarms/Alarm");
        writeComponent(level, expression);
    }

    void writeCell(std::size_t cell) {
        const std::string digits = std::to_string(cell + 1);
        const std::string key = "cell_" + digits;
        const std::string name = "Cell " + digits;
        Entity entity = cellEntity();
        entity.key = key;
        entity.name = name;
        writeComponent(entity, "(value_json.cells | default([]))[" + std::to_string(cell) + "]");
    }

    [[nodiscard]] static std::string_view sourceOf(const Entity& entity) {
        return entity.source.empty() ? entity.key : entity.source;
    }

    [[nodiscard]] bool isThere(Need need) const {
        switch (need) {
        case Need::Always:
            return true;
        case Need::Commands:
            return ctx_.takesCommands;
        case Need::Charge:
            return ctx_.takesCommands && device_.mostCharge_A > 0.0;
        case Need::Discharge:
            return ctx_.takesCommands && device_.mostDischarge_A > 0.0;
        case Need::Balancing:
            return ctx_.takesCommands && device_.hasBalancing;
        case Need::Counter:
            return ctx_.takesCommands && device_.hasCounter;
        }
        return false;
    }

    void writeComponent(const Entity& entity, const std::string& expression) {
        writeKey(json_, entity.key);
        json_.StartObject();
        writeIdentity(entity);
        writeClasses(entity);
        writeState(entity, expression);
        writeCommand(entity);
        if (entity.survives)
            writeAvailability(false);
        json_.EndObject();
    }

    void writeIdentity(const Entity& entity) {
        const std::string platform(toText(entity.platform));
        member(json_, "platform", platform);
        member(json_, "unique_id", uniqueId(entity.key));
        member(json_, "default_entity_id",
               platform + "." + slugOf(device_.deviceId) + "_" + std::string(entity.key));
        member(json_, "name", entity.name);
    }

    /// Neither ids of banks and batteries nor keys contain '-', so no two devices can come to the
    /// same text, as "a" + "max_voltage" and "a_max" + "voltage" would with '_'.
    [[nodiscard]] std::string uniqueId(std::string_view key) const {
        return device_.deviceId + "-" + std::string(key);
    }

    [[nodiscard]] static std::string slugOf(std::string id) {
        for (char& c : id)
            c = c == '-' ? '_' : (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
        return id;
    }

    void writeClasses(const Entity& entity) {
        memberIf(json_, "device_class", entity.deviceClass);
        memberIf(json_, "state_class", entity.stateClass);
        memberIf(json_, "unit_of_measurement", entity.unit);
        memberIf(json_, "icon", entity.icon);
        if (entity.precision >= 0) {
            json_.Key("suggested_display_precision");
            json_.Int(entity.precision);
        }
        if (entity.words != Words::None)
            writeWords(entity);
        if (entity.category != Category::Main)
            member(json_, "entity_category",
                   entity.category == Category::Config ? "config" : "diagnostic");
        if (!entity.isEnabled) {
            json_.Key("enabled_by_default");
            json_.Bool(false);
        }
    }

    void writeWords(const Entity& entity) {
        json_.Key(entity.platform == Platform::Event ? "event_types" : "options");
        json_.StartArray();
        for (const std::string_view word : wordsOf(entity.words))
            writeText(json_, word);
        json_.EndArray();
    }

    void writeState(const Entity& entity, const std::string& expression) {
        if (entity.shape == Shape::Event)
            member(json_, "state_topic", topics_.event());
        if (entity.deviceClass == "connectivity")
            writeConnectivity();
        memberIf(json_, "value_template", templateOf(entity, expression, device_.bank));
        const bool isMeasured =
            entity.platform == Platform::Sensor || entity.platform == Platform::BinarySensor;
        if (isMeasured && !entity.isLasting) {
            json_.Key("expire_after");
            json_.Int64(ctx_.expireAfter.count());
        }
        if (!entity.attributes.empty())
            writeAttributes(entity);
    }

    void writeConnectivity() {
        member(json_, "state_topic", topics_.batteryStatus(device_.battery));
        member(json_, "payload_on", kOnline);
        member(json_, "payload_off", kOffline);
    }

    void writeAttributes(const Entity& entity) {
        const std::string part = expressionOf(entity.attributes);
        member(json_, "json_attributes_topic", stateTopic());
        if (entity.attributesAs.empty())
            member(json_, "json_attributes_template",
                   "{{ " + part + " | default({}, true) | tojson }}");
        else
            member(json_, "json_attributes_template",
                   "{{ {'" + std::string(entity.attributesAs) + "': " + part +
                       " | default([], true)} | tojson }}");
    }

    void writeCommand(const Entity& entity) {
        if (entity.command.empty())
            return;
        member(json_, "command_topic", commandTopic(entity.command));
        json_.Key("retain");
        json_.Bool(false);
        if (entity.platform == Platform::Button) {
            member(json_, "payload_press", "PRESS");
            return;
        }
        json_.Key("optimistic");
        json_.Bool(false);
        if (entity.platform == Platform::Switch)
            writeSwitch();
        if (entity.platform == Platform::Number)
            writeRange(entity.need == Need::Charge ? device_.mostCharge_A
                                                   : device_.mostDischarge_A);
    }

    void writeSwitch() {
        for (const std::string_view key : {"payload_on", "state_on"})
            member(json_, key, "ON");
        for (const std::string_view key : {"payload_off", "state_off"})
            member(json_, key, "OFF");
    }

    void writeRange(double highest) {
        json_.Key("min");
        json_.Int(0);
        json_.Key("max");
        writeShort(json_, highest, 1);
        json_.Key("step");
        json_.Int(1);
        member(json_, "mode", "box");
    }

    const HaContext& ctx_;
    const HaDevice& device_;
    ResultTopics topics_;
    rapidjson::StringBuffer buffer_;
    JsonWriter json_{buffer_};
};

std::bitset<kRowCount> rowsOf(const Battery& battery) {
    std::bitset<kRowCount> rows;
    for (RowIndex index = 0; index < kRowCount; ++index)
        rows.set(index, battery.slot(index).present && !kRows.at(index).name.empty());
    return rows;
}

std::bitset<kRowCount> rowsOf(const Snapshot& snapshot) {
    std::bitset<kRowCount> rows;
    for (RowIndex index = 0; index < kRowCount; ++index)
        rows.set(index, !kRows.at(index).name.empty() &&
                            (isAlwaysInBank(index) || snapshot[index].isKnown()));
    return rows;
}

const Battery* batteryBehind(const BankView& view, const MemberReport& member) {
    const auto found = view.batteries.find(member.key.value_or(member.instance));
    return found == view.batteries.end() ? nullptr : &found->second;
}

/// What both have; the rest is as in `now`. Descriptions stay while the battery is away.
HaDevice merged(const HaDevice& before, HaDevice now) {
    now.rows |= before.rows;
    now.cells = std::max(now.cells, before.cells);
    for (auto text :
         {&HaDevice::model, &HaDevice::serial, &HaDevice::firmware, &HaDevice::hardware})
        if ((now.*text).empty())
            now.*text = before.*text;
    return now;
}

} // namespace

std::string bankDeviceId(const HaContext& context, std::string_view bank) {
    return "busbar_" + context.site + "_" + std::string(bank);
}

std::string batteryDeviceId(const HaContext& context, std::string_view battery) {
    const bool isTaken = std::ranges::find(context.bankIds, battery) != context.bankIds.end();
    return "busbar_" + context.site + "_" + std::string(battery) + (isTaken ? "-battery" : "");
}

bool hasDevice(const MemberReport& member) {
    return hasDocument(member) && !member.id.empty();
}

HaDevice bankDevice(const HaContext& context, const BankView& view) {
    HaDevice device;
    device.bank = view.settings.id;
    device.deviceId = bankDeviceId(context, device.bank);
    device.name = view.settings.name;
    device.model = "Battery bank";
    device.firmware = context.version;
    device.rows = rowsOf(view.snapshot);
    for (const MemberReport& member : view.report.members)
        if (const Battery* battery = batteryBehind(view, member);
            battery != nullptr && hasDevice(member))
            device.rows |= rowsOf(*battery);
    device.mostCharge_A = view.settings.limits.maxCharge_A.value_or(kHighestCeiling_A);
    device.mostDischarge_A = view.settings.limits.maxDischarge_A.value_or(kHighestCeiling_A);
    device.hasBalancing = view.hasBalancing;
    device.hasCounter = view.hasCounter;
    return device;
}

HaDevice batteryDevice(const HaContext& context, const BankView& view, const MemberReport& member) {
    HaDevice device;
    device.bank = view.settings.id;
    device.battery = member.id;
    device.deviceId = batteryDeviceId(context, member.id);
    device.viaDevice = bankDeviceId(context, view.settings.id);
    device.name = member.name;
    const Battery* battery = batteryBehind(view, member);
    if (battery == nullptr)
        return device;
    device.model = textOf(*battery, row("/ProductName"));
    device.serial = textOf(*battery, row("/Serial"));
    device.firmware = textOf(*battery, row("/FirmwareVersion"));
    device.hardware = textOf(*battery, row("/HardwareVersion"));
    device.rows = rowsOf(*battery);
    device.cells = cellCount(*battery);
    return device;
}

std::string discoveryDocument(const HaContext& context, const HaDevice& device) {
    return Document(context, device).render();
}

std::string bankDiscovery(const HaContext& context, const BankView& view) {
    return discoveryDocument(context, bankDevice(context, view));
}

std::string batteryDiscovery(const HaContext& context, const BankView& view,
                             const MemberReport& member) {
    return discoveryDocument(context, batteryDevice(context, view, member));
}

HaDiscovery::HaDiscovery(HaSettings settings, HaContext context, std::set<std::string> announced,
                         Publish publish)
    : settings_(std::move(settings)), context_(std::move(context)),
      announced_(std::move(announced)), publish_(std::move(publish)) {}

void HaDiscovery::connected() {
    isConnected_ = true;
    queue_.clear();
    takeBackAgain();
    enqueueAll();
}

void HaDiscovery::takeBackAgain() {
    retired_.merge(emptied_.takeDoubtful());
}

void HaDiscovery::takeBirth(std::string_view payload, const Now& now) {
    if (payload != "online" || !settings_.isEnabled)
        return;
    const auto soonest = lastBirth_ ? std::max(now.steady, *lastBirth_ + kBirthPause) : now.steady;
    if (!birthDue_)
        birthDue_ = soonest + jitter();
}

/// Differs from site to site, so that not all Busbars of a house speak in the same moment.
std::chrono::milliseconds HaDiscovery::jitter() const {
    constexpr std::uint32_t kPrime = 31;
    std::uint32_t hash = 0;
    for (const char c : context_.site)
        hash = hash * kPrime + static_cast<unsigned char>(c);
    return std::chrono::milliseconds(500 + hash % 2000);
}

void HaDiscovery::update(std::span<const BankView> banks, const IsWanted& isWanted) {
    reported_.clear();
    if (settings_.isEnabled) {
        std::set<std::string_view> taken;
        std::vector<HaDevice> batteries;
        for (const BankView& view : banks) {
            for (const MemberReport& member : view.report.members)
                if (context_.hasBatteries && hasDevice(member) && taken.insert(member.id).second)
                    batteries.push_back(batteryDevice(context_, view, member));
            note(bankDevice(context_, view), view.report.isUnheard);
        }
        for (HaDevice& battery : batteries)
            note(std::move(battery), false);
    }
    retire(isWanted);
}

/// What an earlier run has announced is more than a bank without data can tell.
void HaDiscovery::note(HaDevice device, bool isUnheard) {
    reported_.insert(device.deviceId);
    const bool isGone = emptied_.contains(device.deviceId);
    if (isUnheard && announced_.contains(device.deviceId) && !isGone)
        return;
    emptied_.forget(device.deviceId);
    if (retired_.erase(device.deviceId) > 0)
        enqueue(device.deviceId);
    const auto known = devices_.find(device.deviceId);
    if (known == devices_.end()) {
        if (devices_.size() >= kMostDevices)
            return;
        enqueue(device.deviceId);
        devices_.emplace(device.deviceId, std::move(device));
        return;
    }
    HaDevice next = merged(known->second, std::move(device));
    if (next == known->second)
        return;
    known->second = std::move(next);
    enqueue(known->first);
}

/// Devices that were announced, now or in an earlier run, and that nothing reports any more.
void HaDiscovery::retire(const IsWanted& isWanted) {
    for (const std::string& id : announced_) {
        const bool keep =
            settings_.isEnabled && (reported_.contains(id) || !isWanted || isWanted(id));
        if (keep || retired_.contains(id) || emptied_.contains(id))
            continue;
        retired_.insert(id);
        enqueue(id);
    }
}

void HaDiscovery::enqueue(const std::string& deviceId) {
    if (std::ranges::find(queue_, deviceId) == queue_.end())
        queue_.push_back(deviceId);
}

/// Banks first: batteries refer to them.
void HaDiscovery::enqueueAll() {
    for (const bool isBank : {true, false})
        for (const auto& [id, device] : devices_)
            if (device.battery.empty() == isBank)
                enqueue(id);
    for (const std::string& id : retired_)
        enqueue(id);
}

bool HaDiscovery::send(const std::string& deviceId, const Now& now) {
    const std::string topic = settings_.prefix + "/device/" + deviceId + "/config";
    if (retired_.contains(deviceId)) {
        if (!publish_(topic, ""))
            return false;
        retired_.erase(deviceId);
        emptied_.note(deviceId, now);
        devices_.erase(deviceId);
        return true;
    }
    const auto device = devices_.find(deviceId);
    if (device == devices_.end())
        return true;
    if (!publish_(topic, discoveryDocument(context_, device->second)))
        return false;
    announced_.insert(deviceId);
    return true;
}

void HaDiscovery::tick(const Now& now) {
    if (!isConnected_)
        return;
    if (birthDue_ && now.steady >= *birthDue_) {
        lastBirth_ = now.steady;
        birthDue_.reset();
        enqueueAll();
    }
    for (const std::string& id : emptied_.takeDelivered(now))
        announced_.erase(id);
    const std::size_t most = std::min(kPerTick, queue_.size());
    for (std::size_t tried = 0; tried < most; ++tried) {
        std::string id = std::move(queue_.front());
        queue_.pop_front();
        if (!send(id, now))
            queue_.push_back(std::move(id));
    }
}

} // namespace busbar::mqtt
