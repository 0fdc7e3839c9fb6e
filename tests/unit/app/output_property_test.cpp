// SPDX-License-Identifier: MIT
// Whatever a session does, what readers hold is what was offered last, once it is there again.
#include "app/outputs/session_outputs.hpp"
#include "config/config.hpp"
#include "unit/mqtt/made_bank.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace busbar::output_property_test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kDriver = "driver/main";
constexpr auto kSuppress = R"({"keepalive-options":["suppress-republish"]})";
constexpr auto kDriverPatience = 60s; // the driver's own default

config::Config configuration() {
    config::Config config;
    config.banks.resize(2);
    config.banks[0].driver.topic = kDriver;
    config.banks[0].driver.interval = 1s;
    config.banks[1].bank.id = "second";
    config.output.venus.isEnabled = true;
    return config;
}

/// Two banks as they are in one cycle.
struct Scene {
    mqtt::made::Bank banks[2];
    std::string names[2] = {"Bank", "Second"};
    bool isThere[2] = {true, true};

    Scene() {
        banks[1].settings.id = "second";
        banks[1].remove("a");
        banks[1].remove("b");
        banks[1].add("c", 3);
    }
};

using Random = std::mt19937;

int below(Random& random, int end) {
    return std::uniform_int_distribution<int>(0, end - 1)(random);
}

void toggleBattery(mqtt::made::Bank& bank, const std::string& id, int instance) {
    const auto before = bank.report.members.size();
    bank.remove(id);
    if (bank.report.members.size() == before)
        bank.add(id, instance);
}

void change(Scene& scene, Random& random) {
    mqtt::made::Bank& bank = scene.banks[below(random, 2)];
    const auto which = static_cast<std::size_t>(&bank - scene.banks);
    switch (below(random, 8)) {
    case 0:
    case 1:
        bank.report.charge.value = 60.0 * below(random, 3);
        bank.showLimits();
        break;
    case 2:
        bank.snapshot[row("/Dc/0/Current")] = below(random, 100);
        break;
    case 3:
        bank.report.stage = bank.report.stage == Stage::Normal ? Stage::NoData : Stage::Normal;
        break;
    case 4:
        if (bank.snapshot.extras.empty())
            bank.snapshot.extras = {{"/Voltages/A_Cell1", Quantity::CellVoltage, 3.25}};
        else
            bank.snapshot.extras.clear();
        break;
    case 5:
        which == 0 ? toggleBattery(bank, "b", 2) : toggleBattery(bank, "d", 4);
        break;
    case 6:
        scene.isThere[which] = !scene.isThere[which];
        break;
    case 7:
        scene.names[which] = "Name " + std::to_string(below(random, 1000));
        break;
    }
}

/// A session that can be full or lost with what is under way, and a reader whose own never ends.
class World {
public:
    explicit World(Now start) : now(start) {
        OutputPort port;
        port.subscribe = [](const std::vector<std::string>&) { return true; };
        port.publish = [this](std::string_view topic, std::string_view payload, int, bool) {
            if (!isUp || takes-- <= 0)
                return false;
            underWay.emplace_back(topic, payload);
            return true;
        };
        OutputActions actions;
        actions.highest = [](mqtt::CommandKind, std::string_view) { return std::nullopt; };
        actions.command = [](const mqtt::Command&) {};
        actions.rename = [](std::size_t, const std::string&) { return false; };
        OutputParts parts{.config = config, .process = "process"};
        parts.isWanted = [](std::string_view) { return false; };
        output.emplace(std::move(parts), std::move(port), std::move(actions));
    }

    void connect() {
        isUp = true;
        output->connected(now);
    }
    /// What is under way arrives up to some message, and nothing behind it.
    void lose(Random& random) {
        deliver(static_cast<std::size_t>(below(random, static_cast<int>(underWay.size()) + 1)));
        underWay.clear();
        isUp = false;
        output->disconnected();
    }
    void deliver(std::size_t count) {
        for (; count > 0; --count) {
            auto& [topic, payload] = underWay.front();
            if (topic == kDriver)
                driverHeard = now;
            held[topic] = payload;
            underWay.pop_front();
        }
    }
    void cycle(const Scene& scene) {
        now = now + 1s;
        if (isUp && now.steady - askedAt >= 20s) {
            askedAt = now.steady;
            Mail mail;
            mail.topic = "R/busbar-home/keepalive";
            mail.payload = kSuppress;
            EXPECT_TRUE(output->message(mail, now));
        }
        const BankView views[] = {scene.banks[0].view(), scene.banks[1].view()};
        const OfferedBank banks[] = {{views[0], scene.names[0], scene.isThere[0]},
                                     {views[1], scene.names[1], scene.isThere[1]}};
        output->offer({banks}, now);
        output->tick({banks}, now);
    }

    config::Config config = configuration();
    Now now;
    SteadyTime askedAt{};
    bool isUp{false};
    int takes{1000000};
    std::deque<std::pair<std::string, std::string>> underWay;
    std::map<std::string, std::string> held; ///< last payload of each topic
    std::optional<Now> driverHeard;
    std::optional<SessionOutputs> output;
};

/// Neither a moment's word nor the driver's, which has rules of its own.
bool isKept(std::string_view topic) {
    for (const std::string_view tail : {"/heartbeat", "/full_publish_completed", "/health"})
        if (topic.ends_with(tail))
            return false;
    return topic != kDriver;
}

/// What a reader of `held` can know.
/// Without when it was said and how old it was then: an unchanged document keeps both.
std::string withoutStamp(const std::string& payload) {
    const auto at = payload.rfind(",\"time\":");
    EXPECT_TRUE(at != payload.npos || payload.find("\"layout\"") == payload.npos) << payload;
    return payload.substr(0, at);
}

std::map<std::string, std::string> known(const std::map<std::string, std::string>& held,
                                         std::string_view head) {
    std::map<std::string, std::string> all;
    for (const auto& [topic, payload] : held)
        if (isKept(topic) && topic.starts_with(head) && !payload.empty())
            all[topic] = withoutStamp(payload);
    return all;
}

/// Topics where the two differ, each with both.
std::string difference(const std::map<std::string, std::string>& a,
                       const std::map<std::string, std::string>& b) {
    std::map<std::string, std::pair<std::string, std::string>> both;
    for (const auto& [topic, payload] : a)
        both[topic].first = payload;
    for (const auto& [topic, payload] : b)
        both[topic].second = payload;
    std::string text;
    for (const auto& [topic, payloads] : both)
        if (payloads.first != payloads.second)
            text += topic + ": held " + payloads.first.substr(0, 80) + ", offered " +
                    payloads.second.substr(0, 80) + "\n";
    return text;
}

/// A program that has just started, over a session without a fault.
std::map<std::string, std::string> expected(const Scene& scene, Now now, std::string& driver) {
    World world(now);
    world.connect();
    for (int i = 0; i < 3; ++i)
        world.cycle(scene);
    world.deliver(world.underWay.size());
    driver = world.held[kDriver];
    return known(world.held, "");
}

void checkDriver(const World& world, const Scene& scene, const std::string& fresh,
                 std::uint32_t seed) {
    const auto held = world.held.find(kDriver);
    if (scene.banks[0].report.stage == Stage::Normal) {
        ASSERT_NE(held, world.held.end()) << "seed " << seed;
        EXPECT_EQ(held->second, fresh) << "seed " << seed;
        return;
    }
    if (held == world.held.end() || world.now.steady - world.driverHeard->steady >= kDriverPatience)
        return;
    const auto document = mqtt::made::parsed(held->second);
    EXPECT_EQ(document["Info"]["MaxChargeCurrent"].GetDouble(), 0.0) << "seed " << seed;
}

void live(std::uint32_t seed) {
    Random random(seed);
    Scene scene;
    World world({SteadyTime(1000h), WallTime(500000h)});
    for (int step = 0; step < 80; ++step) {
        change(scene, random);
        if (world.isUp && below(random, 8) == 0)
            world.lose(random);
        else if (!world.isUp && below(random, 3) == 0)
            world.connect();
        world.takes = below(random, 3) == 0 ? below(random, 30) : 1000000;
        world.cycle(scene);
        if (below(random, 2) == 0)
            world.deliver(world.underWay.size());
    }
    world.takes = 1000000;
    if (!world.isUp)
        world.connect();
    std::string driver;
    const auto all = expected(scene, world.now, driver);
    world.cycle(scene);
    world.deliver(world.underWay.size());
    EXPECT_EQ(difference(known(world.held, "N/"), known(all, "N/")), "")
        << "within one cycle; seed " << seed;
    for (int i = 0; i < 11; ++i) // the slowest document is due every 10 s
        world.cycle(scene);
    world.deliver(world.underWay.size());
    EXPECT_EQ(difference(known(world.held, ""), all), "") << "seed " << seed;
    checkDriver(world, scene, driver, seed);
}

TEST(OutputProperty, ReadersHoldWhatWasOfferedLastAfterAnyLossRefusalAndReconnect) {
    for (std::uint32_t seed = 1; seed <= 50 && !HasFailure(); ++seed)
        EXPECT_NO_FATAL_FAILURE(live(seed)) << "seed " << seed;
}

/// As an earlier version may have left it in the state file.
TEST(OutputProperty, AnIdThatMakesNoTopicStopsNothing) {
    World world({SteadyTime(1000h), WallTime(500000h)});
    world.output->begin(
        {.gone = {std::string(70000, 'x')}, .goneBanks = {std::string(70000, 'y')}});
    world.connect();
    world.cycle({});
    world.deliver(world.underWay.size());
    EXPECT_TRUE(world.held.contains("busbar/home/bank/main/state"));
    EXPECT_EQ(world.held["busbar/home/status"], "online");
    EXPECT_TRUE(world.held.contains("homeassistant/device/busbar_home_main/config"));
}

} // namespace
} // namespace busbar::output_property_test
