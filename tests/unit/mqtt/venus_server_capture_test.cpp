// SPDX-License-Identifier: MIT
#include "mqtt/venus/venus_server.hpp"
#include "support/source_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

namespace busbar::mqtt {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kId = "c0619ab1ab01";
constexpr std::string_view kNotify = "N/c0619ab1ab01/";
// The day of the captures, from their time stamps: 1795209468 at 21:17:48.
constexpr seconds kMidnight{1795132800};
constexpr std::string_view kLabService = "com.victronenergy.battery.lab";
// These were written down by another process than the messages, often a millisecond later.
constexpr std::string_view kFastAct = "DBUS TimeToGo=";

struct CaptureLine {
    milliseconds at{0}; ///< since midnight
    bool isAct{false};
    std::string topic; ///< of a message
    std::string rest;  ///< its payload, or what was done
};

std::string takeWord(std::string& text) {
    const auto end = std::min(text.find(' '), text.size());
    std::string word = text.substr(0, end);
    text.erase(0, end + 1);
    return word;
}

int number(const std::string& text, std::size_t from, std::size_t size) {
    return std::stoi(text.substr(from, size));
}

/// `21:17:48.365 MSG <topic> <qos> <retain> <payload>`; retained messages, results and comments are
/// left out.
std::vector<CaptureLine> readCapture(const std::string& name) {
    std::ifstream in(test::sourcePath("tests/data/captures/") + name);
    EXPECT_TRUE(in) << name;
    std::vector<CaptureLine> lines;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#') || line.find(" ACT DBUS-RESULT ") != std::string::npos)
            continue;
        const std::string time = takeWord(line);
        CaptureLine entry;
        entry.at = milliseconds(
            ((number(time, 0, 2) * 60 + number(time, 3, 2)) * 60 + number(time, 6, 2)) * 1000 +
            number(time, 9, 3));
        entry.isAct = takeWord(line) == "ACT";
        if (!entry.isAct) {
            entry.topic = takeWord(line);
            takeWord(line);
            if (takeWord(line) == "1")
                continue;
        }
        entry.rest = line;
        lines.push_back(entry);
    }
    return lines;
}

bool isNotify(const CaptureLine& line) {
    return !line.isAct && line.topic.starts_with(kNotify);
}

struct Place {
    std::string type, instance, path;
};

/// N/<id>/battery/2/Dc/0/Current; nothing for heartbeat and end mark.
std::optional<Place> placeOf(const std::string& topic) {
    const auto type = topic.find('/', kNotify.size());
    const auto instance = type == std::string::npos ? type : topic.find('/', type + 1);
    if (instance == std::string::npos)
        return std::nullopt;
    return Place{topic.substr(kNotify.size(), type - kNotify.size()),
                 topic.substr(type + 1, instance - type - 1), topic.substr(instance)};
}

/// Plays what the experiment did into a server, and collects what the bridge and the server
/// published after each step.
class Replay {
public:
    explicit Replay(const std::string& name, milliseconds phase = milliseconds(0))
        : lines_(readCapture(name)), phase_(phase),
          server_(
              {.portalId = std::string(kId)},
              [this](std::string_view topic, std::string_view payload, bool) {
                  note(topic, payload);
                  return true;
              },
              [this](const WriteRequest& request) { onWrite(request); }) {
        for (const CaptureLine& line : lines_)
            if (isNotify(line)) {
                subscribed_.insert(line.topic);
                if (!line.rest.empty())
                    firstValue_.try_emplace(line.topic, line.rest);
            }
    }

    /// Values that are there before the capture begins.
    void provide(const std::function<bool(const std::string& topic)>& wanted) {
        for (const auto& [topic, payload] : firstValue_)
            if (wanted(topic))
                setTopic(topic, payload);
    }
    /// The same, but so that whatever is written first is new.
    void provideUnknown(const std::set<std::string>& topics) {
        for (const std::string& topic : topics) {
            const std::string& payload = firstValue_.at(topic);
            setTopic(topic, payload.substr(0, payload.find("\"value\":") + 8) + "null}", true);
        }
    }
    void subscribeOnly(std::set<std::string> topics) { subscribed_ = std::move(topics); }
    /// The bridge was alive before: a keepalive that makes our heart beat when its did.
    void aliveSince(milliseconds at) {
        server_.message("R/" + std::string(kId) + "/keepalive", "suppress-republish", nowAt(at));
        ours_.clear();
    }

    void run() {
        std::string act = "the beginning";
        ours_.clear();
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            const CaptureLine& line = lines_[i];
            server_.tick(nowAt(line.at));
            if (line.isAct) {
                if (!line.rest.starts_with(kFastAct)) {
                    compare(act);
                    act = line.rest;
                }
                isFromAct_ = act.starts_with("PUB ");
                perform(line, i + 1 < lines_.size() ? seenAt(line, lines_[i + 1]) : line.at);
            } else if (line.topic.starts_with("R/") && !isFromAct_) {
                server_.message(line.topic, line.rest, nowAt(line.at));
            } else if (isNotify(line) && subscribed_.contains(line.topic)) {
                if (unnotedChanges.contains(line.rest))
                    setTopic(line.topic, line.rest);
                theirs_.push_back(line.topic + " " + line.rest);
            }
        }
        compare(act);
    }

    std::set<std::string>
        refusedWrites; ///< paths and values that the experiment's service refused: "/Mode=9"
    std::set<std::string>
        unnotedChanges; ///< payloads of changes that the experiment made without a note
    int compared = 0;   ///< messages

private:
    [[nodiscard]] Now nowAt(milliseconds at) const {
        return {SteadyTime(at - phase_), WallTime(kMidnight + at)};
    }
    void note(std::string_view topic, std::string_view payload) {
        if (subscribed_.contains(std::string(topic)))
            ours_.push_back(std::string(topic) + " " + std::string(payload));
    }
    void onWrite(const WriteRequest& request) {
        if (!refusedWrites.contains(std::string(request.path) + "=" + std::string(request.json)))
            server_.setJson(request.item, request.json);
    }
    void setTopic(const std::string& topic, const std::string& payload, bool isWritable = false) {
        if (const auto place = placeOf(topic)) {
            const bool canBeWritten = isWritable || place->path == "/CustomName";
            server_.setPayload(server_.item(place->type, place->instance, place->path,
                                            {.isWritable = canBeWritten}),
                               payload);
        }
    }
    void compare(const std::string& act) {
        compared += static_cast<int>(theirs_.size());
        EXPECT_THAT(ours_, testing::UnorderedElementsAreArray(theirs_)) << "after: " << act;
        ours_.clear();
        theirs_.clear();
    }
    /// A request reaches the bridge a little later than it was sent; its answer tells when.
    static milliseconds seenAt(const CaptureLine& act, const CaptureLine& next) {
        return !next.isAct && next.at - act.at < milliseconds(50) ? next.at : act.at;
    }
    void perform(const CaptureLine& line, milliseconds when) {
        std::string what = line.rest;
        const std::string kind = takeWord(what);
        if (kind == "PUB") {
            const std::string topic = takeWord(what);
            for (const std::string option : {" -r", " -q 1", " -q 2"})
                if (what.ends_with(option))
                    what.erase(what.size() - option.size());
            server_.message(topic, what == "(empty)" ? "" : what, nowAt(when));
        } else if (kind == "DBUS" && line.rest.starts_with(kFastAct)) {
            setTopic(batteryTopic("1", "/TimeToGo"),
                     "{\"value\":" + what.substr(9, what.find(' ') - 9) + "}");
        } else if (kind == "DBUS") {
            performOnBus(what);
        }
    }
    static std::string batteryTopic(const std::string& instance, const std::string& path) {
        return std::string(kNotify) + "battery/" + instance + path;
    }
    /// `{"op":"vanish","name":"com.victronenergy.battery.lab2"}` and the like; labN is instance N
    /// unless it was started with another.
    void performOnBus(const std::string& json) {
        rapidjson::Document document;
        document.Parse(json.c_str());
        ASSERT_TRUE(document.IsObject()) << json;
        const auto what = membersOf(document);
        const std::string op = what.at("op")->GetString();
        const auto name = what.find("name");
        const std::string lab =
            name == what.end() ? std::to_string(what.at("i")->GetInt())
                               : std::string(name->second->GetString()).substr(kLabService.size());
        std::string& instance = instances_.try_emplace(lab, lab).first->second;
        if (op == "vanish" || op == "release") {
            server_.removeService("battery", instance);
        } else if (op == "battery") {
            const auto wanted = what.find("instance");
            instance = wanted == what.end() ? lab : std::to_string(wanted->second->GetInt());
            provide([&](const std::string& topic) {
                return topic.starts_with(batteryTopic(instance, "/"));
            });
        } else if (op == "set") {
            setNumber(instance, what.at("path")->GetString(), *what.at("value"));
        } else if (op == "multi") {
            for (const auto& [path, typed] : membersOf(*what.at("paths")))
                setNumber(instance, path, *(typed->Begin() + 1));
        }
    }
    static std::map<std::string, const rapidjson::Value*>
    membersOf(const rapidjson::Value& object) {
        std::map<std::string, const rapidjson::Value*> members;
        for (auto it = object.MemberBegin(); it < object.MemberEnd(); ++it)
            members[it->name.GetString()] = &it->value;
        return members;
    }
    void setNumber(const std::string& instance, const std::string& path,
                   const rapidjson::Value& json) {
        const auto item = server_.item("battery", instance, path,
                                       {.wire = json.IsInt() ? WireType::Int : WireType::Double});
        if (json.IsInt())
            server_.setJson(item, std::to_string(json.GetInt()));
        else
            server_.set(item, json.GetDouble());
    }

    std::vector<CaptureLine> lines_;
    milliseconds phase_;
    std::set<std::string> subscribed_;
    std::map<std::string, std::string> firstValue_;
    std::map<std::string, std::string> instances_;
    bool isFromAct_{false};
    std::vector<std::string> ours_, theirs_;
    VenusServer server_;
};

constexpr milliseconds at(int hour, int minute, int second, int ms) {
    return milliseconds(((hour * 60 + minute) * 60 + second) * 1000 + ms);
}

bool everything(const std::string&) {
    return true;
}

TEST(VenusServerCapture, FirstKeepaliveChangesAndHeartbeat) {
    Replay replay("s03_keepalive_empty.txt");
    replay.provide(everything);
    replay.run();
    EXPECT_GT(replay.compared, 220);
}

TEST(VenusServerCapture, Echo) {
    Replay replay("s05_keepalive_echo.txt");
    replay.aliveSince(at(21, 18, 24, 366));
    replay.run();
    EXPECT_EQ(replay.compared, 19);
}

TEST(VenusServerCapture, LimitOfFullPublishes) {
    // The bridge counts in seconds that begin 0.303 s after those of the wall clock here: refused
    // and granted keepalives of the capture leave only 0.295 to 0.310.
    Replay replay("s06_ratelimit.txt", milliseconds(303));
    replay.aliveSince(at(21, 18, 36, 366));
    replay.provide(everything);
    replay.run();
    EXPECT_GT(replay.compared, 80);
}

TEST(VenusServerCapture, Writes) {
    Replay replay("s08_write.txt");
    const std::string vebus = std::string(kNotify) + "vebus/276";
    const std::set<std::string> written = {vebus + "/Mode", vebus + "/Ac/In/1/CurrentLimit",
                                           vebus + "/Hub4/L1/AcPowerSetpoint",
                                           std::string(kNotify) + "battery/1/CustomName"};
    replay.provideUnknown(written);
    replay.subscribeOnly(written);
    replay.refusedWrites = {"/Mode=9", "/Ac/In/1/CurrentLimit=1", "/Ac/In/1/CurrentLimit=17.5"};
    replay.aliveSince(at(21, 19, 0, 366));
    replay.run();
    EXPECT_GT(replay.compared, 20);
}

TEST(VenusServerCapture, ABatteryLeavesAndComesBack) {
    Replay replay("s10_vanish.txt");
    replay.aliveSince(at(21, 20, 15, 736));
    replay.provide([](const std::string& topic) {
        return topic.starts_with(std::string(kNotify) + "battery/2/");
    });
    replay.run();
    EXPECT_GT(replay.compared, 300);
}

TEST(VenusServerCapture, TheEndOfBeingAlive) {
    Replay replay("s13_timeout.txt");
    replay.unnotedChanges = {R"({"value":5})"};
    replay.aliveSince(at(21, 24, 42, 2));
    replay.provide(everything);
    replay.run();
    EXPECT_GT(replay.compared, 450);
}

} // namespace
} // namespace busbar::mqtt
