// SPDX-License-Identifier: MIT
// Home Assistant's rules for discovery messages as tables, and the states that follow from them.
#include "support/ha_model.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <regex>
#include <system_error>
#include <utility>

namespace busbar::bench {

namespace {

using Json = rapidjson::Value;

enum class Kind : std::uint8_t { Text, Whole, Number, Bool, Texts, Topics };

struct Key {
    std::string_view name;
    Kind kind;
    bool isRequired = false;
};

// Of Home Assistant's integration of MQTT, schemas.py: an unknown key in one of these three refuses
// the whole message.
constexpr auto kDeviceKeys = std::to_array<Key>({
    {"identifiers", Kind::Texts, true},
    {"name", Kind::Text},
    {"manufacturer", Kind::Text},
    {"model", Kind::Text},
    {"model_id", Kind::Text},
    {"serial_number", Kind::Text},
    {"sw_version", Kind::Text},
    {"hw_version", Kind::Text},
    {"configuration_url", Kind::Text},
    {"suggested_area", Kind::Text},
    {"via_device", Kind::Text},
});
constexpr auto kOriginKeys = std::to_array<Key>({
    {"name", Kind::Text, true},
    {"sw_version", Kind::Text},
    {"support_url", Kind::Text},
});
constexpr auto kRootNames = std::to_array<std::string_view>(
    {"device", "origin", "components", "availability", "availability_mode", "state_topic",
     "command_topic", "qos", "encoding"});

constexpr auto kCommonKeys = std::to_array<Key>({
    {"platform", Kind::Text, true},
    {"unique_id", Kind::Text, true},
    {"default_entity_id", Kind::Text, true},
    {"name", Kind::Text, true}, // else users see unnamed entities
    {"icon", Kind::Text},
    {"entity_category", Kind::Text},
    {"enabled_by_default", Kind::Bool},
    {"availability", Kind::Topics},
    {"availability_mode", Kind::Text},
    {"json_attributes_topic", Kind::Text},
    {"json_attributes_template", Kind::Text},
    {"qos", Kind::Whole, true}, // that of the message is not theirs
});

struct PlatformRules {
    std::string_view name;
    bool hasState;
    std::vector<Key> keys;
};

const std::vector<PlatformRules>& platforms() { // NOLINT(readability-function-size): a table
    static const std::vector<PlatformRules> kPlatforms = {
        {"sensor",
         true,
         {{"state_topic", Kind::Text},
          {"value_template", Kind::Text},
          {"device_class", Kind::Text},
          {"state_class", Kind::Text},
          {"unit_of_measurement", Kind::Text},
          {"suggested_display_precision", Kind::Whole},
          {"options", Kind::Texts},
          {"expire_after", Kind::Whole},
          {"force_update", Kind::Bool}}},
        {"binary_sensor",
         true,
         {{"state_topic", Kind::Text},
          {"value_template", Kind::Text},
          {"device_class", Kind::Text},
          {"payload_on", Kind::Text},
          {"payload_off", Kind::Text},
          {"expire_after", Kind::Whole},
          {"off_delay", Kind::Whole},
          {"force_update", Kind::Bool}}},
        {"number",
         true,
         {{"state_topic", Kind::Text},
          {"value_template", Kind::Text},
          {"device_class", Kind::Text},
          {"unit_of_measurement", Kind::Text},
          {"command_topic", Kind::Text, true},
          {"command_template", Kind::Text},
          {"min", Kind::Number, true},
          {"max", Kind::Number, true},
          {"step", Kind::Number},
          {"mode", Kind::Text},
          {"optimistic", Kind::Bool},
          {"retain", Kind::Bool, true}}},
        {"switch",
         true,
         {{"state_topic", Kind::Text},
          {"value_template", Kind::Text},
          {"device_class", Kind::Text},
          {"command_topic", Kind::Text, true},
          {"payload_on", Kind::Text},
          {"payload_off", Kind::Text},
          {"state_on", Kind::Text},
          {"state_off", Kind::Text},
          {"optimistic", Kind::Bool},
          {"retain", Kind::Bool, true}}},
        {"button",
         false,
         {{"command_topic", Kind::Text, true},
          {"payload_press", Kind::Text},
          {"device_class", Kind::Text},
          {"retain", Kind::Bool, true}}},
        {"event",
         true,
         {{"state_topic", Kind::Text},
          {"value_template", Kind::Text},
          {"device_class", Kind::Text},
          {"event_types", Kind::Texts, true}}},
    };
    return kPlatforms;
}

// Of Home Assistant's sensors, const.py: units and state classes that go with a class.
struct SensorClass {
    std::string_view name, units, states;
};
constexpr auto kSensorClasses = std::to_array<SensorClass>({
    {"battery", " % ", " measurement "},
    {"voltage", " V mV µV kV MV ", " measurement "},
    {"current", " A mA ", " measurement "},
    {"power", " W kW MW GW TW mW ", " measurement "},
    {"temperature", " °C °F K ", " measurement "},
    {"energy", " Wh kWh MWh GWh TWh J kJ MJ GJ ", " total total_increasing "},
    {"energy_storage", " Wh kWh MWh GWh TWh J kJ MJ GJ ", " measurement "},
    {"duration", " d h min s ms ", " measurement total total_increasing "},
    {"enum", "", ""},
    {"timestamp", "", ""},
});
constexpr std::string_view kBinaryClasses =
    " battery battery_charging connectivity problem running ";
constexpr std::string_view kStateClasses = " measurement total total_increasing ";

bool isOneOf(const std::string& word, std::string_view list) {
    return !word.empty() && list.find(" " + word + " ") != std::string_view::npos;
}

bool fits(const Json& value, Kind kind) {
    switch (kind) {
    case Kind::Text:
        return value.IsString() && value.GetStringLength() > 0;
    case Kind::Whole:
        return value.IsUint();
    case Kind::Number:
        return value.IsNumber();
    case Kind::Bool:
        return value.IsBool();
    case Kind::Texts:
        return value.IsArray() && !value.Empty() &&
               std::ranges::all_of(value.GetArray(), [](const Json& v) {
                   return v.IsString() && v.GetStringLength() > 0;
               });
    case Kind::Topics:
        return value.IsArray() && !value.Empty() &&
               std::ranges::all_of(value.GetArray(), [](const Json& v) {
                   return v.IsObject() && v.HasMember("topic") && v["topic"].IsString();
               });
    }
    return false;
}

std::string asText(const Json& value) {
    if (value.IsString())
        return {value.GetString(), value.GetStringLength()};
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    value.Accept(writer);
    return buffer.GetString();
}

std::optional<double> asNumber(const std::string& text) {
    double value = 0.0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stop == end ? std::optional<double>(value) : std::nullopt;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool isPlainTopic(const std::string& topic) {
    return !topic.empty() && topic.find_first_of(std::string_view("+#\0", 3)) == std::string::npos;
}

bool hasOnly(const std::string& text, std::string_view punctuation, bool withCapitals) {
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               (withCapitals && c >= 'A' && c <= 'Z') ||
               punctuation.find(c) != std::string_view::npos;
    });
}

template <typename Keys>
void checkKeys(const Json& object, const Keys& keys, std::vector<std::string>& wrong) {
    for (const Key& key : keys) {
        const auto found = object.FindMember(std::string(key.name).c_str());
        if (found == object.MemberEnd() && key.isRequired)
            wrong.push_back(std::string(key.name) + " is missing");
        if (found != object.MemberEnd() && !fits(found->value, key.kind))
            wrong.push_back(std::string(key.name) + " is " + asText(found->value));
    }
}

template <typename Keys>
bool knows(const Keys& keys, std::string_view name) {
    return std::ranges::any_of(keys, [&](const Key& key) { return key.name == name; });
}

template <typename Keys>
std::vector<std::string> checkClosed(const Json& object, const Keys& keys) {
    std::vector<std::string> wrong;
    if (!object.IsObject())
        return {"is no object"};
    for (const auto& member : object.GetObject())
        if (!knows(keys, member.name.GetString()))
            wrong.push_back("unknown key " + asText(member.name));
    checkKeys(object, keys, wrong);
    return wrong;
}

using Options = std::map<std::string, std::string>;

std::string optionOf(const Options& options, const std::string& key) {
    const auto found = options.find(key);
    return found == options.end() ? "" : found->second;
}

void checkSensor(const Options& options, std::vector<std::string>& wrong) {
    const std::string deviceClass = optionOf(options, "device_class");
    const std::string state = optionOf(options, "state_class");
    const std::string unit = optionOf(options, "unit_of_measurement");
    if (!state.empty() && !isOneOf(state, kStateClasses))
        wrong.push_back("unknown state class " + state);
    const bool isEnum = deviceClass == "enum";
    if (isEnum != options.contains("options"))
        wrong.emplace_back("options belong to the class enum, and the other way round");
    if (isEnum && (!state.empty() || !unit.empty()))
        wrong.emplace_back("an enum has neither state class nor unit");
    if (state.starts_with("total") && options.contains("expire_after"))
        wrong.emplace_back("a total must not expire");
    if (deviceClass.empty())
        return;
    const auto* known = std::ranges::find(kSensorClasses, deviceClass, &SensorClass::name);
    if (known == kSensorClasses.end()) {
        wrong.push_back("unknown class " + deviceClass);
        return;
    }
    if (known->units.empty() ? !unit.empty() : !isOneOf(unit, known->units))
        wrong.push_back("unit \"" + unit + "\" with class " + deviceClass);
    if (!state.empty() && !isOneOf(state, known->states))
        wrong.push_back("state class " + state + " with class " + deviceClass);
}

void checkNumber(const Options& options, std::vector<std::string>& wrong) {
    const auto low = asNumber(optionOf(options, "min"));
    const auto high = asNumber(optionOf(options, "max"));
    if (!low || !high || *low >= *high)
        wrong.emplace_back("max is not above min");
    const auto step = asNumber(optionOf(options, "step"));
    if (step && *step < 0.001)
        wrong.emplace_back("step is too small");
    if (const auto mode = optionOf(options, "mode");
        !mode.empty() && !isOneOf(mode, " auto box slider "))
        wrong.push_back("mode " + mode);
}

void checkCommon(const Options& options, std::vector<std::string>& wrong) {
    const std::string category = optionOf(options, "entity_category");
    const bool isControl = options.contains("command_topic");
    if (!category.empty() && !isOneOf(category, " diagnostic config "))
        wrong.push_back("category " + category);
    if (category == "config" && !isControl)
        wrong.emplace_back("category config for something that cannot be set");
    if (optionOf(options, "retain") == "true")
        wrong.emplace_back("retained commands");
    if (!hasOnly(optionOf(options, "unique_id"), "_-", true))
        wrong.push_back("unique id " + optionOf(options, "unique_id"));
    for (const auto* const key : {"state_topic", "command_topic", "json_attributes_topic"})
        if (options.contains(key) && !isPlainTopic(optionOf(options, key)))
            wrong.push_back(std::string("topic ") + optionOf(options, key));
    if (const auto icon = optionOf(options, "icon"); !icon.empty() && !icon.starts_with("mdi:"))
        wrong.push_back("icon " + icon);
}

void checkPlatform(const std::string& platform, const Options& options,
                   std::vector<std::string>& wrong) {
    checkCommon(options, wrong);
    if (platform == "sensor")
        checkSensor(options, wrong);
    if (platform == "number")
        checkNumber(options, wrong);
    if (const auto c = optionOf(options, "device_class");
        platform == "binary_sensor" && !c.empty() && !isOneOf(c, kBinaryClasses))
        wrong.push_back("unknown class " + c);
}

bool isTimestamp(const std::string& text) {
    static const std::regex kIso(
        R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))"); // a zone is required
    return std::regex_match(text, kIso);
}

std::string eventTypeOf(const std::string& payload) {
    rapidjson::Document document;
    document.Parse(payload.c_str(), payload.size());
    if (document.HasParseError() || !document.IsObject() || !document.HasMember("event_type") ||
        !document["event_type"].IsString())
        return "";
    return document["event_type"].GetString();
}

std::vector<std::string> checkRoot(const rapidjson::Document& root,
                                   const std::map<std::string, std::string>& devices) {
    std::vector<std::string> wrong;
    for (const auto& member : root.GetObject())
        if (std::ranges::find(kRootNames, asText(member.name)) == kRootNames.end())
            wrong.push_back("unknown key " + asText(member.name));
    for (const auto* const key : {"device", "origin"})
        if (!root.HasMember(key) || !root[key].IsObject())
            return {std::string(key) + " is missing"};
    for (const auto& what : checkClosed(root["device"], kDeviceKeys))
        wrong.push_back("device: " + what);
    for (const auto& what : checkClosed(root["origin"], kOriginKeys))
        wrong.push_back("origin: " + what);
    const auto& device = root["device"];
    if (device.HasMember("configuration_url") &&
        !asText(device["configuration_url"]).starts_with("http"))
        wrong.emplace_back("configuration_url is no address");
    if (device.HasMember("via_device") && !devices.contains(asText(device["via_device"])))
        wrong.emplace_back("via_device is not known yet");
    return wrong;
}

std::string viaOf(const rapidjson::Document& root) {
    const bool hasVia = root.HasMember("device") && root["device"].IsObject() &&
                        root["device"].HasMember("via_device");
    return hasVia ? asText(root["device"]["via_device"]) : std::string();
}

bool isInCircles(const std::string& id, const std::map<std::string, std::string>& devices) {
    auto above = devices.find(id);
    for (std::size_t steps = 0; above != devices.end(); ++steps) {
        if (steps > devices.size())
            return true;
        above = devices.find(above->second);
    }
    return false;
}

/// A component has what stands in front of all of them, unless it says otherwise itself.
void inherit(rapidjson::Document& root, Json& component) {
    auto& allocator = root.GetAllocator();
    for (const auto* const shared : {"state_topic", "availability", "availability_mode"})
        if (!component.HasMember(shared) && root.HasMember(shared))
            component.AddMember(Json(shared, allocator), Json(root[shared], allocator), allocator);
}

/// A component that is named by its platform alone is forgotten.
bool isRemoval(const Json& component) {
    return component.IsObject() && component.MemberCount() == 1 &&
           component.HasMember("platform") &&
           std::ranges::find(platforms(), asText(component["platform"]), &PlatformRules::name) !=
               platforms().end();
}

std::vector<std::string> wordsOf(const Json& component) {
    std::vector<std::string> words;
    for (const auto* const list : {"options", "event_types"})
        if (component.HasMember(list) && component[list].IsArray())
            for (const Json& word : component[list].GetArray())
                words.push_back(asText(word));
    return words;
}

} // namespace

void HaModel::problem(const std::string& where, const std::string& what) {
    problems_.push_back(where + ": " + what);
}

void HaModel::publish(const std::string& topic, const std::string& payload) {
    const std::string begin = prefix_ + "/device/";
    const std::string end = "/config";
    if (!topic.starts_with(begin)) {
        if (!topic.ends_with("/event"))
            retained_[topic] = payload;
        takeEvent(topic, payload);
        return;
    }
    const auto id = topic.substr(begin.size(), topic.size() - begin.size() - end.size());
    if (!topic.ends_with(end) || !hasOnly(id, "_-", true))
        problem(topic, "no discovery topic");
    if (!payload.empty())
        return discover(id, payload);
    (void)forget(id);
    devices_.erase(id);
}

/// Keys of its components.
std::set<std::string> HaModel::forget(const std::string& deviceId) {
    std::set<std::string> keys;
    for (const auto& [id, entity] : entities_)
        if (entity.device == deviceId)
            keys.insert(entity.key);
    std::erase_if(entities_, [&](const auto& e) { return e.second.device == deviceId; });
    std::erase_if(uniqueIds_, [&](const auto& u) { return !entities_.contains(u.second); });
    return keys;
}

void HaModel::discover(const std::string& deviceId, const std::string& payload) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseValidateEncodingFlag>(payload.c_str(), payload.size());
    if (document.HasParseError() || !document.IsObject())
        return problem(deviceId, "no JSON object");
    for (const auto& what : checkRoot(document, devices_))
        problem(deviceId, what);
    if (!document.HasMember("components") || !document["components"].IsObject())
        return problem(deviceId, "no components");
    devices_[deviceId] = viaOf(document);
    if (isInCircles(deviceId, devices_))
        problem(deviceId, "via_device leads back to it");
    std::set<std::string> left = forget(deviceId);
    std::set<std::string> names;
    std::vector<std::string> levels;
    auto& components = document["components"];
    for (rapidjson::SizeType i = 0; i < components.MemberCount(); ++i) {
        auto& member = *(components.MemberBegin() + static_cast<std::ptrdiff_t>(i));
        const std::string key = asText(member.name);
        left.erase(key);
        if (isRemoval(member.value))
            continue;
        std::vector<std::string> wrong;
        if (auto entity = readComponent(document, member.value, wrong)) {
            entity->device = deviceId;
            entity->key = key;
            const auto& options = entity->options;
            if (!names.insert(optionOf(options, "name")).second)
                wrong.push_back("a second \"" + optionOf(options, "name") + "\"");
            if (entity->platform == "sensor" && optionOf(options, "device_class") == "battery")
                levels.push_back(key);
            add(std::move(*entity), wrong);
        }
        if (!hasOnly(key, "_-", true))
            wrong.emplace_back("component key");
        const std::string place = std::string(deviceId).append(" ").append(key);
        for (const auto& what : wrong)
            problem(place, what);
    }
    if (levels.size() > 1)
        problem(deviceId, "more than one battery level");
    for (const std::string& key : left)
        problem(std::string(deviceId).append(" ").append(key),
                "went without a word, and stays as a dead entity");
}

void HaModel::add(EntityModel entity, std::vector<std::string>& wrong) {
    const std::string id = optionOf(entity.options, "default_entity_id");
    const std::string unique = optionOf(entity.options, "unique_id");
    const auto dot = id.find('.');
    if (dot == std::string::npos || id.substr(0, dot) != entity.platform ||
        !hasOnly(id.substr(dot + 1), "_", false))
        wrong.push_back("default_entity_id " + id);
    if (!uniqueIds_.emplace(unique, id).second)
        wrong.push_back("unique id twice: " + unique);
    if (!entities_.emplace(id, std::move(entity)).second)
        wrong.push_back("entity id twice: " + id);
}

std::optional<HaModel::EntityModel> HaModel::readComponent(rapidjson::Document& root,
                                                           rapidjson::Value& component,
                                                           std::vector<std::string>& wrong) {
    const std::string platform = component.IsObject() && component.HasMember("platform")
                                     ? asText(component["platform"])
                                     : "";
    const auto rules = std::ranges::find(platforms(), platform, &PlatformRules::name);
    if (rules == platforms().end()) {
        wrong.push_back("unknown platform \"" + platform + "\"");
        return std::nullopt;
    }
    std::vector<Key> keys(kCommonKeys.begin(), kCommonKeys.end());
    keys.insert(keys.end(), rules->keys.begin(), rules->keys.end());
    wrong = checkClosed(component, keys);
    inherit(root, component);
    if (rules->hasState && !component.HasMember("state_topic"))
        wrong.emplace_back("no state topic");

    EntityModel entity;
    entity.platform = platform;
    for (const auto& option : std::as_const(component).GetObject())
        entity.options[asText(option.name)] = asText(option.value);
    checkPlatform(platform, entity.options, wrong);
    entity.words = wordsOf(component);
    if (std::set<std::string>(entity.words.begin(), entity.words.end()).size() !=
        entity.words.size())
        wrong.emplace_back("a word twice");
    if (!component.HasMember("availability") || !fits(component["availability"], Kind::Topics))
        wrong.emplace_back("nothing says whether it is available");
    else
        for (const Json& topic : component["availability"].GetArray())
            entity.availability.push_back({asText(topic["topic"]),
                                           asText(topic["payload_available"]),
                                           asText(topic["payload_not_available"])});
    if (entity.availability.size() > 1 && optionOf(entity.options, "availability_mode") != "all")
        wrong.emplace_back("only the latest of several topics counts");
    return entity;
}

void HaModel::takeEvent(const std::string& topic, const std::string& payload) {
    for (auto& [id, entity] : entities_) {
        if (entity.platform != "event" || optionOf(entity.options, "state_topic") != topic)
            continue;
        const auto rendered = renderTemplate(optionOf(entity.options, "value_template"), payload);
        for (const auto& what : rendered.problems)
            problem(id, what);
        if (rendered.text.empty())
            continue;
        const std::string type = eventTypeOf(rendered.text);
        if (std::ranges::find(entity.words, type) == entity.words.end())
            problem(id, "event type \"" + type + "\"");
        else
            retained_["event of " + id] = type;
    }
}

bool HaModel::isAvailable(const EntityModel& entity) const {
    return std::ranges::all_of(entity.availability, [&](const Topic& topic) {
        const auto found = retained_.find(topic.topic);
        return found != retained_.end() && found->second == topic.online;
    });
}

/// What the state topic's template gives, checked against what the platform takes.
std::string HaModel::raw(const std::string& id, const EntityModel& entity) {
    const auto document = retained_.find(optionOf(entity.options, "state_topic"));
    if (document == retained_.end())
        return "None";
    const std::string source = optionOf(entity.options, "value_template");
    if (source.empty())
        return document->second;
    const auto rendered = renderTemplate(source, document->second);
    for (const auto& what : rendered.problems)
        problem(id, std::string(what).append(" in ").append(source));
    return rendered.text;
}

bool HaModel::isAllowed(const EntityModel& entity, const std::string& value) {
    const auto option = [&](const std::string& key, const std::string& otherwise) {
        const auto given = optionOf(entity.options, key);
        return given.empty() ? otherwise : given;
    };
    const std::string deviceClass = optionOf(entity.options, "device_class");
    const auto number = asNumber(value);
    if (entity.platform == "binary_sensor" || entity.platform == "switch")
        return value == option("payload_on", "ON") || value == option("payload_off", "OFF");
    if (entity.platform == "number")
        return number && *number >= *asNumber(option("min", "1")) &&
               *number <= *asNumber(option("max", "100"));
    if (deviceClass == "enum")
        return std::ranges::find(entity.words, value) != entity.words.end();
    if (deviceClass == "timestamp")
        return isTimestamp(value);
    const bool isNumeric = !deviceClass.empty() || entity.options.contains("state_class") ||
                           entity.options.contains("unit_of_measurement");
    return isNumeric ? number.has_value() : characters(value) > 0 && characters(value) <= 255;
}

std::optional<std::string> HaModel::state(const std::string& entityId) {
    const auto found = entities_.find(entityId);
    if (found == entities_.end())
        return std::nullopt;
    const EntityModel& entity = found->second;
    if (!isAvailable(entity))
        return "unavailable";
    if (entity.platform == "button")
        return "unknown";
    if (entity.platform == "event") {
        const auto last = retained_.find("event of " + entityId);
        return last == retained_.end() ? "unknown" : last->second;
    }
    const std::string value = raw(entityId, entity);
    if (value == "None")
        return "unknown";
    if (!isAllowed(entity, value))
        problem(entityId, "takes no \"" + value + "\"");
    return value;
}

std::string HaModel::attributes(const std::string& entityId) {
    const auto found = entities_.find(entityId);
    if (found == entities_.end())
        return "";
    const auto& options = found->second.options;
    const auto document = retained_.find(optionOf(options, "json_attributes_topic"));
    if (document == retained_.end())
        return "";
    const auto rendered =
        renderTemplate(optionOf(options, "json_attributes_template"), document->second);
    for (const auto& what : rendered.problems)
        problem(entityId, what + " in its attributes");
    rapidjson::Document parsed;
    parsed.Parse(rendered.text.c_str(), rendered.text.size());
    if (parsed.HasParseError() || !parsed.IsObject())
        problem(entityId, "attributes are no object: " + rendered.text);
    return rendered.text;
}

void HaModel::checkStates() {
    for (const std::string& id : entityIds()) {
        (void)state(id);
        (void)attributes(id);
    }
}

std::set<std::string> HaModel::entityIds() const {
    std::set<std::string> ids;
    for (const auto& [id, entity] : entities_)
        ids.insert(id);
    return ids;
}

std::set<std::string> HaModel::enabledIds() const {
    std::set<std::string> ids;
    for (const auto& [id, entity] : entities_)
        if (optionOf(entity.options, "enabled_by_default") != "false")
            ids.insert(id);
    return ids;
}

std::set<std::string> HaModel::devices() const {
    std::set<std::string> ids;
    for (const auto& [id, via] : devices_)
        ids.insert(id);
    return ids;
}

std::string HaModel::via(const std::string& deviceId) const {
    const auto found = devices_.find(deviceId);
    return found == devices_.end() ? std::string() : found->second;
}

std::optional<std::string> HaModel::option(const std::string& entityId,
                                           const std::string& key) const {
    const auto found = entities_.find(entityId);
    if (found == entities_.end() || !found->second.options.contains(key))
        return std::nullopt;
    return found->second.options.at(key);
}

} // namespace busbar::bench
