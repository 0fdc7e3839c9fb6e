// SPDX-License-Identifier: MIT
// Scenarios: the words of their JSON, and the comparison.
#include "support/scenario.hpp"

#include "config/option_table.hpp"
#include "config/reader.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "support/gx_bench.hpp"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <stdexcept>

namespace busbar::bench {

namespace {

using Json = rapidjson::Value;
using std::chrono::milliseconds;

constexpr double kSame = 1e-6; // values are compared as published, that is rounded

std::string_view textOf(const Json& json) {
    if (!json.IsString())
        throw std::runtime_error("expected a text");
    return {json.GetString(), json.GetStringLength()};
}

double numberOf(const Json& json) {
    if (!json.IsNumber())
        throw std::runtime_error("expected a number");
    return json.GetDouble();
}

bool flagOf(const Json& json) {
    if (!json.IsBool())
        throw std::runtime_error("expected true or false");
    return json.GetBool();
}

milliseconds secondsOf(const Json& json) {
    return milliseconds(std::llround(numberOf(json) * 1000.0));
}

std::string written(const Json& json) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    if (!json.Accept(writer))
        throw std::runtime_error("a value that cannot be written");
    return buffer.GetString();
}

const Json* find(const Json& object, const char* key) {
    const auto found = object.FindMember(key);
    return found == object.MemberEnd() ? nullptr : &found->value;
}

// ---- settings, by the key names of the configuration file

/// Limits that can be worked out in one's head: a scenario that is about a share, a preset or a
/// ramp says so itself.
const config::Environment kPlain = {{config::variableName("limits.share"), "count"},
                                    {config::variableName("preset"), "none"}};

// clang-format off
struct MoodKey {
    std::string_view word;
    void (*take)(BridgeMood& mood);
};

constexpr auto kMoods = std::to_array<MoodKey>({
    {"healthy",       [](BridgeMood& m) { m = {}; }},
    {"silent",        [](BridgeMood& m) { m.isSilent = true; }},
    {"refuses full",  [](BridgeMood& m) { m.refusesFull = true; }},
    {"aborts full",   [](BridgeMood& m) { m.abortsFull = true; }},
    {"no echo",       [](BridgeMood& m) { m.hasEcho = false; }},
    {"no heartbeat",  [](BridgeMood& m) { m.hasHeartbeat = false; }},
    {"no completion", [](BridgeMood& m) { m.hasCompletion = false; }},
});
// clang-format on

BankSettings settingsOf(const Json& json) {
    config::Environment given = kPlain;
    for (const auto& member : json.GetObject()) {
        const std::string key(textOf(member.name));
        if (!config::findOption(key))
            throw std::runtime_error("unknown setting " + key);
        given[config::variableName(key)] =
            member.value.IsString() ? std::string(textOf(member.value)) : written(member.value);
    }
    const config::ReadResult result = config::readConfig("{}", given);
    if (!result.config)
        throw std::runtime_error(config::formatIssues("settings", result.issues));
    return result.config->banks.front().bank;
}

void setMoods(BridgeMood& mood, const Json& json) {
    if (!json.IsArray())
        throw std::runtime_error("bridge is a list of words");
    for (const Json& word : json.GetArray()) {
        const auto* known = std::ranges::find(kMoods, textOf(word), &MoodKey::word);
        if (known == kMoods.end())
            throw std::runtime_error("unknown mood of the bridge " + written(word));
        known->take(mood);
    }
}

// ---- batteries

/// What a battery has unless the scenario says otherwise: eight LFP cells, 100 Ah, charging with 10
/// A.
struct Default {
    std::string_view path;
    std::string_view json;
    bool ofBms; ///< a shunt has it not
};

// clang-format off
constexpr auto kDefaults = std::to_array<Default>({
    {"/ProductName",              "\"Test battery\"", false},
    {"/Mgmt/ProcessName",         "\"/opt/driver/driver.py\"", false},
    {"/Dc/0/Voltage",             "26.4",  false},
    {"/Dc/0/Current",             "10.0",  false},
    {"/Dc/0/Power",               "264.0", false},
    {"/Dc/0/Temperature",         "20.0",  false},
    {"/Soc",                      "60.0",  false},
    {"/ConsumedAmphours",         "-40.0", false},
    {"/InstalledCapacity",        "100.0", true},
    {"/Capacity",                 "60.0",  true},
    {"/Info/MaxChargeVoltage",    "28.4",  true},
    {"/Info/MaxChargeCurrent",    "50.0",  true},
    {"/Info/MaxDischargeCurrent", "80.0",  true},
    {"/Io/AllowToCharge",         "1",     true},
    {"/Io/AllowToDischarge",      "1",     true},
    {"/System/MinCellVoltage",    "3.29",  true},
    {"/System/MaxCellVoltage",    "3.31",  true},
    {"/System/MinVoltageCellId",  "\"C2\"", true},
    {"/System/MaxVoltageCellId",  "\"C7\"", true},
    {"/Alarms/LowVoltage",        "0",     true},
});
// clang-format on

std::string payloadOf(std::string_view json) {
    return R"({"value":)" + std::string(json) + "}";
}

std::string inQuotes(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

FakeService defaultService(int key, int instance, bool isShunt) {
    FakeService service{key, instance, {}};
    for (const Default& row : kDefaults)
        if (!isShunt || !row.ofBms)
            service.payloads[std::string(row.path)] = payloadOf(row.json);
    const std::string number = std::to_string(key);
    service.payloads["/DeviceInstance"] = payloadOf(std::to_string(instance));
    service.payloads["/Serial"] = payloadOf(inQuotes("S" + number));
    service.payloads["/CustomName"] = payloadOf(inQuotes("B" + number));
    service.payloads["/Mgmt/Connection"] = payloadOf(inQuotes("ttyS" + number));
    return service;
}

void describeService(FakeService& service, const std::string& key, const Json& value) {
    if (key == "without") {
        for (const Json& path : value.GetArray())
            if (service.payloads.erase(std::string(textOf(path))) == 0)
                throw std::runtime_error("is without " + written(path) + " anyway");
    } else if (key == "name") {
        service.payloads["/CustomName"] = payloadOf(written(value));
    } else if (key == "serial") {
        service.payloads["/Serial"] = payloadOf(written(value));
    } else if (key.starts_with('/')) {
        service.payloads[key] = payloadOf(written(value));
    } else if (key != "battery" && key != "instance" && key != "kind" && key != "t" &&
               key != "appears") {
        throw std::runtime_error("unknown key of a battery: " + key);
    }
}

FakeService serviceOf(const Json& json, const char* keyName) {
    const Json* key = find(json, keyName);
    if (key == nullptr)
        throw std::runtime_error("a battery without number");
    const int number = static_cast<int>(numberOf(*key));
    const Json* instance = find(json, "instance");
    const Json* kind = find(json, "kind");
    const bool isShunt = kind != nullptr && textOf(*kind) == "shunt";
    if (kind != nullptr && !isShunt)
        throw std::runtime_error("the only kind is shunt");
    FakeService service = defaultService(
        number, instance == nullptr ? number : static_cast<int>(numberOf(*instance)), isShunt);
    for (const auto& member : json.GetObject())
        describeService(service, std::string(textOf(member.name)), member.value);
    return service;
}

// ---- events

/// `every` and `until` make a row of events out of one; -1 if none of them is due.
int turnOf(const Json& event, milliseconds t) {
    const milliseconds first = secondsOf(event["t"]);
    const Json* every = find(event, "every");
    if (every == nullptr)
        return t == first ? 0 : -1;
    const Json* until = find(event, "until");
    const milliseconds step = secondsOf(*every);
    if (until == nullptr || step < milliseconds(1))
        throw std::runtime_error("every without until, or too often");
    const bool isDue =
        t >= first && t <= secondsOf(*until) && (t - first) % step == milliseconds(0);
    return isDue ? static_cast<int>((t - first) / step) : -1;
}

/// Of a list of values, the one whose turn it is.
const Json& valueInTurn(const Json& value, int turn) {
    if (!value.IsArray())
        return value;
    return value[static_cast<rapidjson::SizeType>(turn) % value.Size()];
}

void changeService(FakeBridge& bridge, const Json& event, int turn) {
    const int key = static_cast<int>(numberOf(*find(event, "battery")));
    if (const Json* path = find(event, "path")) {
        const Json* payload = find(event, "payload");
        if (payload == nullptr)
            throw std::runtime_error("path without payload");
        bridge.set(key, textOf(*path), std::string(textOf(*payload)));
        return;
    }
    for (const auto& member : event.GetObject()) {
        const std::string_view name = textOf(member.name);
        if (name.starts_with('/'))
            bridge.set(key, name, payloadOf(written(valueInTurn(member.value, turn))));
        else if (name != "t" && name != "battery" && name != "every" && name != "until")
            throw std::runtime_error("unknown key of a change: " + std::string(name));
    }
}

void switchLink(GxBench& bench, const Json& value) {
    if (textOf(value) == "up")
        bench.connect();
    else if (textOf(value) == "down")
        bench.disconnect();
    else
        throw std::runtime_error("link is up or down");
}

/// `{"message": topic, "payload": text, "retained": true}`; `~` in the topic stands for the portal
/// id. Of a list of payloads, each has its turn.
void injectMessage(GxBench& bench, const Json& event, int turn) {
    std::string topic(textOf(*find(event, "message")));
    if (const auto at = topic.find('~'); at != topic.npos)
        topic.replace(at, 1, kPortal);
    const Json* payload = find(event, "payload");
    const Json* retained = find(event, "retained");
    bench.deliver(topic,
                  payload == nullptr ? std::string_view() : textOf(valueInTurn(*payload, turn)),
                  retained != nullptr && flagOf(*retained));
}

/// `{"battery": 1, "path": "/Soc", "long": 1000000}`: a text of that many letters.
void sendLong(GxBench& bench, const Json& event) {
    const Json* path = find(event, "path");
    if (path == nullptr)
        throw std::runtime_error("long without path");
    const auto size = static_cast<std::size_t>(numberOf(*find(event, "long")));
    bench.bridge().set(static_cast<int>(numberOf(*find(event, "battery"))), textOf(*path),
                       payloadOf(inQuotes(std::string(size, 'x'))));
}

void happen(GxBench& bench, const Json& event, int turn) {
    if (const Json* link = find(event, "link"))
        switchLink(bench, *link);
    else if (const Json* words = find(event, "bridge"))
        setMoods(bench.bridge().mood, *words);
    else if (const Json* gone = find(event, "gone"))
        bench.bridge().remove(static_cast<int>(numberOf(*gone)));
    else if (find(event, "appears") != nullptr)
        bench.bridge().add(serviceOf(event, "appears"));
    else if (find(event, "message") != nullptr)
        injectMessage(bench, event, turn);
    else if (find(event, "long") != nullptr)
        sendLong(bench, event);
    else if (find(event, "battery") != nullptr)
        changeService(bench.bridge(), event, turn);
    else if (const Json* hung = find(event, "hung"))
        bench.bridge().mood.hung.insert(static_cast<int>(numberOf(*hung)));
    else if (const Json* answers = find(event, "answers"))
        bench.bridge().mood.hung.erase(static_cast<int>(numberOf(*answers)));
    else if (find(event, "reboot") != nullptr)
        bench.bridge().reboot();
    else if (find(event, "overflow") != nullptr)
        bench.overflow();
    else
        throw std::runtime_error("nothing happens in " + written(event));
}

// ---- expectations

std::string shown(const Value& value) {
    if (const auto number = value.number())
        return std::to_string(*number);
    return value.text() != nullptr ? inQuotes(*value.text()) : "unknown";
}

bool isSame(const Value& value, const Json& wanted, double tolerance) {
    if (wanted.IsNull())
        return !value.isKnown();
    if (wanted.IsString())
        return value.text() != nullptr && *value.text() == textOf(wanted);
    return value.number() && std::abs(*value.number() - numberOf(wanted)) <= tolerance + kSame;
}

Value publishedValue(const Snapshot& snapshot, std::string_view path) {
    if (const auto index = findRow(path))
        return snapshot[*index];
    const auto item = std::ranges::find(snapshot.extras, path, &Item::path);
    if (item == snapshot.extras.end())
        return {};
    return item->value;
}

std::string statusOf(const MemberReport& member) {
    std::string text = member.takesPart ? (member.held ? "held " : "in") : "";
    return text + std::string(toText(member.reason));
}

class Player {
public:
    Player(const Json& scenario, mqtt::GxReading reading);

    std::vector<std::string> play();

private:
    void checkAll();
    void check(const Json& expectation);
    void checkKey(const std::string& key, const Json& wanted, double tolerance);
    void checkMembers(const Json& wanted, std::string_view what);
    void checkEvents(const Json& wanted, bool mustBe);
    void same(const std::string& what, const std::string& is, const std::string& wanted);
    void fail(const std::string& text);
    [[nodiscard]] bool isDue(const Json& expectation) const;

    const Json& scenario_;
    GxBench bench_;
    milliseconds t_{0};
    std::vector<std::string> events_; ///< since the last cycle
    std::set<const Json*> checked_;
    std::set<const Json*> broken_; ///< the first fault of a span says enough
    std::vector<std::string> faults_;
};

BankSettings settingsIn(const Json& scenario) {
    const Json* settings = find(scenario, "settings");
    const Json none(rapidjson::kObjectType);
    return settingsOf(settings == nullptr ? none : *settings);
}

mqtt::GxSettings gxIn(const Json& scenario, mqtt::GxReading reading) {
    mqtt::GxSettings gx;
    gx.reading = reading;
    if (const Json* portal = find(scenario, "portal_id"))
        gx.portalId = textOf(*portal);
    else
        gx.portalId = std::string(kPortal);
    return gx;
}

Player::Player(const Json& scenario, mqtt::GxReading reading)
    : scenario_(scenario), bench_(settingsIn(scenario), gxIn(scenario, reading)) {
    if (const Json* own = find(scenario, "own_serial"))
        bench_.bank().surroundings().ownSerials = {std::string(textOf(*own))};
    if (const Json* words = find(scenario, "bridge"))
        setMoods(bench_.bridge().mood, *words);
    for (const Json& battery : scenario["given"].GetArray())
        bench_.bridge().add(serviceOf(battery, "battery"));
    bench_.onCycle = [this] { checkAll(); };
}

void Player::fail(const std::string& text) {
    faults_.push_back("t=" + std::to_string(static_cast<double>(t_.count()) / 1000.0) + ": " +
                      text);
}

void Player::same(const std::string& what, const std::string& is, const std::string& wanted) {
    if (is != wanted)
        fail(what + " is " + is + ", expected " + wanted);
}

bool Player::isDue(const Json& expectation) const {
    if (const Json* at = find(expectation, "t"))
        return secondsOf(*at) == t_;
    const Json* from = find(expectation, "from");
    const Json* to = find(expectation, "to");
    return from != nullptr && to != nullptr && secondsOf(*from) <= t_ && t_ <= secondsOf(*to);
}

/// Runs after each cycle, also those of seconds in which nothing happens.
void Player::checkAll() {
    t_ = std::chrono::duration_cast<milliseconds>(bench_.now().steady.time_since_epoch() -
                                                  std::chrono::hours(1000));
    events_ = bench_.takeEvents();
    for (const Json& expectation : scenario_["expect"].GetArray()) {
        if (!isDue(expectation) || broken_.contains(&expectation))
            continue;
        checked_.insert(&expectation);
        const std::size_t before = faults_.size();
        check(expectation);
        if (faults_.size() > before)
            broken_.insert(&expectation);
    }
}

void Player::check(const Json& expectation) {
    const Json* tolerance = find(expectation, "tolerance");
    for (const auto& member : expectation.GetObject()) {
        const std::string key(textOf(member.name));
        if (key != "t" && key != "from" && key != "to" && key != "tolerance" && key != "about")
            checkKey(key, member.value, tolerance == nullptr ? 0.0 : numberOf(*tolerance));
    }
}

void Player::checkKey(const std::string& key, const Json& wanted, double tolerance) {
    const Bank& bank = bench_.bank();
    const BankReport report = bank.report();
    if (key.starts_with('/')) {
        const Value value = publishedValue(bank.snapshot(), key);
        if (!isSame(value, wanted, tolerance))
            fail(key + " is " + shown(value) + ", expected " + written(wanted));
    } else if (key == "stage") {
        same(key, std::string(toText(report.stage)), std::string(textOf(wanted)));
    } else if (key == "counters") {
        same(key, std::to_string(report.online) + "/" + std::to_string(report.total),
             std::string(textOf(wanted)));
    } else if (key == "members" || key == "details") {
        checkMembers(wanted, key);
    } else if (key == "event" || key == "no_event") {
        checkEvents(wanted, key == "event");
    } else if (key == "rejected") {
        same(key, std::to_string(bench_.source().counters().rejected), written(wanted));
    } else {
        throw std::runtime_error("unknown key of an expectation: " + key);
    }
}

void Player::checkMembers(const Json& wanted, std::string_view what) {
    const BankReport report = bench_.bank().report();
    for (const auto& pair : wanted.GetObject()) {
        const std::string name(textOf(pair.name));
        const std::string expected(textOf(pair.value));
        const auto member = std::ranges::find(report.members, name, &MemberReport::name);
        if (member == report.members.end()) {
            same("member " + name, "absent", expected);
        } else if (what == "members") {
            same("member " + name, statusOf(*member), expected);
        } else if (member->detail.find(expected) == std::string::npos) {
            fail("detail of " + name + " is " + inQuotes(member->detail) + ", expected " +
                 inQuotes(expected) + " in it");
        }
    }
}

void Player::checkEvents(const Json& wanted, bool mustBe) {
    const auto isThere = [this](std::string_view start) {
        return std::ranges::any_of(events_,
                                   [&](const std::string& e) { return e.starts_with(start); });
    };
    std::string all;
    for (const std::string& event : events_)
        all += "\n    " + event;
    if (isThere(textOf(wanted)) != mustBe)
        fail((mustBe ? "no event " : "unwanted event ") + written(wanted) + " in:" + all);
}

/// Every moment at which something happens or is expected, once.
std::set<milliseconds> momentsOf(const Json& scenario) {
    std::set<milliseconds> moments;
    for (const char* list : {"events", "expect"}) {
        const Json* entries = find(scenario, list);
        if (entries == nullptr)
            continue;
        for (const Json& entry : entries->GetArray()) {
            for (const char* key : {"t", "from", "to"})
                if (const Json* at = find(entry, key))
                    moments.insert(secondsOf(*at));
            if (const Json* every = find(entry, "every"))
                for (auto at = secondsOf(entry["t"]); at <= secondsOf(entry["until"]);
                     at += std::max(secondsOf(*every), milliseconds(1)))
                    moments.insert(at);
        }
    }
    return moments;
}

std::vector<std::string> Player::play() {
    const Json* link = find(scenario_, "link");
    if (link == nullptr || textOf(*link) == "up")
        bench_.connect();
    for (const milliseconds moment : momentsOf(scenario_)) {
        bench_.advanceTo(moment);
        if (const Json* events = find(scenario_, "events"))
            for (const Json& event : events->GetArray())
                if (const int turn = turnOf(event, moment); turn >= 0)
                    happen(bench_, event, turn);
        bench_.cycle();
    }
    if (checked_.size() != scenario_["expect"].Size())
        fail("not every expectation was looked at");
    return std::move(faults_);
}

void checkShape(const Json& scenario) {
    if (!scenario.IsObject())
        throw std::runtime_error("not an object");
    constexpr std::array kKeys = {"about",  "settings", "own_serial", "portal_id", "link",
                                  "bridge", "given",    "events",     "expect"};
    for (const auto& member : scenario.GetObject())
        if (std::ranges::find(kKeys, textOf(member.name)) == kKeys.end())
            throw std::runtime_error("unknown key " + written(member.name));
    for (const char* list : {"given", "expect"})
        if (find(scenario, list) == nullptr || !scenario[list].IsArray())
            throw std::runtime_error(std::string(list) + " must be a list");
    if (find(scenario, "about") == nullptr || scenario["expect"].Empty())
        throw std::runtime_error("about and expect must not be empty");
    if (const Json* events = find(scenario, "events"))
        for (const Json& event : events->GetArray())
            if (find(event, "t") == nullptr)
                throw std::runtime_error("an event without t: " + written(event));
}

} // namespace

std::vector<std::string> playScenario(std::string_view json, mqtt::GxReading reading) {
    constexpr unsigned kFlags = rapidjson::kParseCommentsFlag |
                                rapidjson::kParseTrailingCommasFlag |
                                rapidjson::kParseFullPrecisionFlag;
    rapidjson::Document document;
    document.Parse<kFlags>(json.data(), json.size());
    if (document.HasParseError())
        return {std::string("not JSON: ") + rapidjson::GetParseError_En(document.GetParseError()) +
                " at byte " + std::to_string(document.GetErrorOffset())};
    try {
        checkShape(document);
        return Player(document, reading).play();
    } catch (const std::exception& error) {
        return {std::string("scenario cannot be played: ") + error.what()};
    }
}

} // namespace busbar::bench
