// SPDX-License-Identifier: MIT
// What Busbar puts on the bus comes back by MQTT: nothing may come of that.
#include "plant.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

namespace busbar::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

constexpr milliseconds kEchoCycle{250};

/// Counts the signals of one battery from its making on.
class SignalCount {
public:
    SignalCount(Plant& plant, const std::string& service = kService)
        : plant_(plant), sender_(plant.view->owner(service)), start_(SteadyClock::now()),
          before_(count()) {}

    [[nodiscard]] std::size_t signals() const { return count() - before_; }
    /// At most one for each cycle, and one for each of the seconds, by which the program does what
    /// is due without any message: each of them begins the cycles anew.
    [[nodiscard]] std::size_t allowed() const {
        return static_cast<std::size_t>(passed() / kEchoCycle + passed() / seconds(1)) + 2;
    }
    [[nodiscard]] SteadyClock::duration passed() const { return SteadyClock::now() - start_; }

private:
    [[nodiscard]] std::size_t count() const {
        return static_cast<std::size_t>(
            std::ranges::count(plant_.view->changes, sender_, &Change::sender));
    }

    Plant& plant_;
    std::string sender_;
    SteadyClock::time_point start_;
    std::size_t before_;
};

/// Condition: nothing was said while two of those seconds passed.
std::function<bool()> isAtRest(Plant& plant) {
    return [&plant, rest = std::optional<SignalCount>()]() mutable {
        if (!rest || rest->signals() > 0)
            rest.emplace(plant);
        return rest->passed() > seconds(2);
    };
}

class EchoTest : public ::testing::Test {
protected:
    EchoTest() {
        plant.gx.add(kPackA);
        plant.gx.add(kPackB);
        plant.options["cycle_ms"] = std::to_string(kEchoCycle.count());
        plant.options["publish.gx_pages"] = "false"; // their values may come ten seconds late
    }

    [[nodiscard]] bool isEchoed() {
        return plant.until([this] { return plant.gx.echoed() > 0; });
    }
    [[nodiscard]] bool start(const Options& more) {
        return plant.startAndWait(more) && isEchoed() &&
               plant.until(plant.shows("/Info/MaxChargeCurrent", 80.0));
    }

    /// Limits rise only while batteries talk: the condition, while one does as BMSs do.
    [[nodiscard]] std::function<bool()> whileTalking(std::function<bool()> condition) {
        return [this, condition = std::move(condition)] {
            constexpr milliseconds kPause{100};
            if (const auto now = SteadyClock::now(); now - talked_ > kPause) {
                talked_ = now;
                plant.gx.set(1, "/Soc", 60.0 + (++words_ % 2));
            }
            return condition();
        };
    }

    Plant plant;

private:
    SteadyClock::time_point talked_{};
    int words_{0};
};

TEST_F(EchoTest, NothingIsSaidAtRest) {
    ASSERT_TRUE(start({})) << plant.log();
    plant.gx.set(1, "/Dc/0/Current", 11.0);
    ASSERT_TRUE(plant.until(plant.shows("/Dc/0/Current", 31.0)));
    const SignalCount count(plant);
    const auto heartbeats = [this] { return plant.gx.bridge().counters().published; };
    const auto before = heartbeats();
    ASSERT_TRUE(plant.until([&] { return heartbeats() >= before + 2; }));
    EXPECT_EQ(count.signals(), 0U);
}

TEST_F(EchoTest, ARampTakesAStepInEachCycle) {
    ASSERT_TRUE(start({{"limits.ramp_A_per_s", "8"}})) << plant.log();
    const SignalCount count(plant);
    plant.gx.set(2, "/Info/MaxChargeCurrent", 50.0);
    ASSERT_TRUE(plant.until(whileTalking(plant.shows("/Info/MaxChargeCurrent", 100.0))))
        << plant.log();
    EXPECT_GE(count.signals(), 5U) << "it is a ramp";
    EXPECT_LE(count.signals(), count.allowed());
}

/// While limits rise and fall; each cut that counts may have a signal of its own.
TEST_F(EchoTest, LimitsThatMoveEndWithTheirCause) {
    plant.gx.add({.instance = 3, .name = "C", .maxCharge_A = 40.0});
    plant.gx.add({.instance = 4, .name = "D", .maxCharge_A = 40.0});
    ASSERT_TRUE(plant.startAndWait({{"limits.ramp_A_per_s", "20"}}) && isEchoed()) << plant.log();
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 160.0))) << plant.log();
    const SignalCount count(plant);
    std::size_t cuts = 0;
    for (int round = 0; round < 24; ++round) {
        const int instance = 1 + round % 4;
        const bool isCut = round % 8 < 4;
        plant.gx.set(instance, "/Info/MaxChargeCurrent", isCut ? 38.0 : 48.0);
        plant.gx.set(instance, "/Info/MaxDischargeCurrent", 80.0 + round);
        cuts += isCut ? 1 : 0;
        plant.goOn(milliseconds(100));
    }
    ASSERT_TRUE(plant.until(whileTalking(plant.shows("/Info/MaxChargeCurrent", 192.0))))
        << plant.log();
    EXPECT_LE(count.signals(), count.allowed() + cuts);
    EXPECT_TRUE(plant.until(isAtRest(plant))) << "it has ended";
}

/// Each of them hears what the other one has made of its own words.
TEST_F(EchoTest, TwoBusbarsDoNotWakeEachOther) {
    constexpr const char* kOther = "com.victronenergy.battery.other";
    ASSERT_TRUE(start({{"limits.ramp_A_per_s", "8"}})) << plant.log();
    Options options = plant.options;
    options["limits.ramp_A_per_s"] = "8";
    options["site"] = R"("other")";
    options["dbus.service"] = R"("other")";
    options["dbus.instance"] = "9";
    options["mqtt.publish"] = "false";
    options["state_dir"] = jsonText(plant.dir.file("other-state"));
    const BusbarProcess other(std::vector<std::string>{
        "run", "--config", plant.dir.write("other.json", configText(options))});
    ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 80.0, kOther))) << other.log();
    const SignalCount own(plant);
    const SignalCount others(plant, kOther);
    plant.gx.set(2, "/Info/MaxChargeCurrent", 50.0);
    ASSERT_TRUE(plant.until(whileTalking(plant.shows("/Info/MaxChargeCurrent", 100.0))))
        << plant.log();
    ASSERT_TRUE(plant.until(whileTalking(plant.shows("/Info/MaxChargeCurrent", 100.0, kOther))))
        << other.log();
    EXPECT_LE(own.signals(), own.allowed());
    EXPECT_LE(others.signals(), others.allowed());
}

} // namespace
} // namespace busbar::test
