// SPDX-License-Identifier: MIT
#include "core/limits/direction.hpp"
#include "core/limits/limiters.hpp"
#include "core/members/member.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "support/gx_bench.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

namespace busbar::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::array kGoodPayloads = {
    R"({"value":26.4})", R"({"value":26.6})", R"({"value":1})",   R"({"value":0})",
    R"({"value":50})",   R"({"value":3.3})",  R"({"value":9})",   R"({"value":-12.5})",
    R"({"value":99.9})", R"({"value":null})", R"({"value":"A"})", R"({"value":true})"};
constexpr std::array kBadPayloads = {"x",
                                     R"({"value":1e308})",
                                     R"({"value":-1})",
                                     R"({"value":[1]})",
                                     R"({"value":{"a":1}})",
                                     R"({"value":"\ud800"})",
                                     "{\"value\":\"\xFF\"}",
                                     R"({"value":1e999})",
                                     R"({"Value":1})",
                                     R"({"value":100000})",
                                     R"({"full-publish-completed-echo":"bench-3","value":1})"};
constexpr std::array kOtherTopics = {"heartbeat",
                                     "full_publish_completed",
                                     "battery/x/Soc",
                                     "battery/-1/Soc",
                                     "battery/2",
                                     "battery//",
                                     "system/0/Control/ActiveSocLimit",
                                     "system/0/Serial",
                                     "battery/3/Voltages/Cell300",
                                     "battery/3/Cell/4/Volts"};

class Storm {
public:
    Storm(unsigned seed, BankSettings settings)
        : random_(seed), bench_(std::move(settings), gxSettings()) {
        for (int key = 1; key <= 5; ++key)
            bench_.bridge().add(service(key));
        bench_.connect();
        bench_.onCycle = [this] { check(); };
    }

    void blow(int messages) {
        for (int i = 0; i < messages; ++i) {
            gust();
            if (chance(8)) {
                time_ += std::chrono::milliseconds(20 + below(chance(20) ? 20000 : 1500));
                bench_.advanceTo(time_);
                bench_.cycle();
            }
        }
    }
    [[nodiscard]] int cycles() const { return cycles_; }
    [[nodiscard]] int cyclesWithMembers() const { return cyclesWithMembers_; }
    [[nodiscard]] int cyclesWithCurrent() const { return cyclesWithCurrent_; }

private:
    static mqtt::GxSettings gxSettings() {
        mqtt::GxSettings gx;
        gx.portalId = kPortal;
        return gx;
    }
    static std::string payload(double number) {
        return R"({"value":)" + std::to_string(number) + "}";
    }
    FakeService service(int key) {
        FakeService made{key, key == 5 ? 1 + static_cast<int>(below(4)) : key, {}};
        for (const char* path : {"/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent"})
            made.payloads[path] = payload(1.0 + static_cast<double>(below(90)));
        made.payloads["/Dc/0/Voltage"] = payload(26.0 + static_cast<double>(below(10)) / 10.0);
        made.payloads["/Dc/0/Current"] = payload(10.0);
        made.payloads["/Info/MaxChargeVoltage"] = payload(28.4);
        made.payloads["/InstalledCapacity"] = payload(100.0);
        made.payloads["/Soc"] = payload(static_cast<double>(below(101)));
        made.payloads["/DeviceInstance"] = payload(made.instance);
        made.payloads["/Serial"] = R"({"value":"S)" + std::to_string(key) + "\"}";
        return made;
    }
    std::size_t below(std::size_t bound) { return random_() % bound; }
    bool chance(std::size_t oneIn) { return below(oneIn) == 0; }

    std::string anyPayload() {
        if (chance(4))
            return kBadPayloads.at(below(kBadPayloads.size()));
        return kGoodPayloads.at(below(kGoodPayloads.size()));
    }
    /// One message or one mishap.
    void gust() {
        const int key = 1 + static_cast<int>(below(5));
        switch (below(60)) {
        case 0:
            bench_.bridge().remove(key);
            break;
        case 1:
        case 2:
        case 3:
            bench_.bridge().add(service(key));
            break;
        case 4:
            mishap();
            break;
        case 5:
            bench_.deliver("N/" + std::string(kPortal) + "/" +
                               kOtherTopics.at(below(kOtherTopics.size())),
                           chance(10) ? "" : anyPayload(), chance(10));
            break;
        case 6:
        case 7:
        case 8:
        case 9:
            bench_.bridge().set(key, kRows.at(below(kRowCount)).path, anyPayload());
            break;
        default:
            goodChange(key);
        }
    }
    /// What normal operation brings, so that the bank works most of the time.
    void goodChange(int key) {
        constexpr std::array kLimits = {"/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent"};
        if (chance(2))
            bench_.bridge().set(key, "/Dc/0/Voltage",
                                payload(26.0 + static_cast<double>(below(10)) / 10.0));
        else
            bench_.bridge().set(key, kLimits.at(below(2)),
                                payload(static_cast<double>(below(900)) / 10.0));
    }
    void mishap() {
        switch (below(6)) {
        case 0:
            bench_.disconnect();
            break;
        case 1:
            bench_.overflow();
            break;
        case 2:
            bench_.bridge().mood.isSilent = chance(2);
            break;
        case 3:
            bench_.bridge().mood.refusesFull = chance(3);
            break;
        case 4:
            bench_.bridge().mood = {};
            break;
        default:
            bench_.connect();
        }
    }

    void check() {
        if (!bench_.readings().everComplete())
            return;
        ++cycles_;
        const BankReport report = bench_.bank().report();
        cyclesWithMembers_ += report.online > 0 ? 1 : 0;
        checkLimit(Direction::Charge, report);
        checkLimit(Direction::Discharge, report);
        checkRanges();
    }
    /// The bound is worked out anew from the readings, for the members that take part.
    void checkLimit(Direction direction, const BankReport& report) {
        const bool isCharge = direction == Direction::Charge;
        const RowIndex index =
            isCharge ? row("/Info/MaxChargeCurrent") : row("/Info/MaxDischargeCurrent");
        const double published_A = bench_.bank().snapshot()[index].number().value_or(0.0);
        cyclesWithCurrent_ += published_A > 0.0 ? 1 : 0;
        if (report.online == 0) {
            EXPECT_LE(published_A, isCharge ? 0.0 : lastDischarge_A_);
            return;
        }
        int sharing = 0;
        double sum_A = 0.0;
        double smallest_A = 1e9;
        for (const MemberReport& reported : report.members) {
            if (!reported.takesPart)
                continue;
            const Battery& battery =
                bench_.readings().batteries().at(reported.key.value_or(reported.instance));
            const RosterEntry entry;
            const Member member(battery, entry, reported.held);
            if (member.isBlocked(direction))
                continue;
            ++sharing;
            const double own_A = member.number(index).value_or(0.0);
            sum_A += own_A;
            smallest_A = std::min(smallest_A, own_A);
        }
        const bool isLearned = bench_.bank().settings().limits.share == Share::Adaptive;
        const double bound_A = sharing == 0 ? 0.0 : isLearned ? sum_A : sharing * smallest_A;
        EXPECT_LE(published_A, bound_A + 0.0011) << sharing << " sharing";
        if (!isCharge)
            lastDischarge_A_ = published_A;
    }
    void checkRanges() {
        const Snapshot& snapshot = bench_.bank().snapshot();
        for (std::size_t i = 0; i < kRowCount; ++i)
            EXPECT_TRUE(std::isfinite(snapshot.rows[i].number().value_or(0.0))) << kRows[i].path;
        const auto soc_pct = snapshot[row("/Soc")].number();
        EXPECT_GE(soc_pct.value_or(0.0), 0.0);
        EXPECT_LE(soc_pct.value_or(0.0), 100.0);
        const auto voltage_V = snapshot[row("/Dc/0/Voltage")].number();
        EXPECT_GE(voltage_V.value_or(0.0), 0.0);
    }

    std::mt19937 random_;
    GxBench bench_;
    std::chrono::milliseconds time_{0};
    double lastDischarge_A_{0.0};
    int cycles_{0};
    int cyclesWithMembers_{0};
    int cyclesWithCurrent_{0};
};

class StormTest : public ::testing::TestWithParam<unsigned> {};

BankSettings plain() {
    BankSettings settings;
    settings.limits.share = Share::Count;
    return settings;
}

/// Whatever was learned from nonsense: members together never bear more than the sum of their
/// limits.
TEST_P(StormTest, NorMoreThanTheSumWhenItLearns) {
    Storm storm(GetParam() + 200, {});
    storm.blow(6000);
    EXPECT_GT(storm.cyclesWithMembers(), storm.cycles() / 10);
}

TEST_P(StormTest, NeverPublishesMoreThanTheMembersBear) {
    Storm storm(GetParam(), plain());
    storm.blow(17000);
    EXPECT_GT(storm.cycles(), 2000);
    EXPECT_GT(storm.cyclesWithMembers(), storm.cycles() / 4) << "a storm that shows nothing";
    EXPECT_GT(storm.cyclesWithCurrent(), storm.cycles() / 10);
}

TEST_P(StormTest, NorWithoutRampAndWithAList) {
    BankSettings settings = plain();
    settings.limits.ramp_A = 0.0;
    settings.membership.takeAll = false;
    settings.membership.selected = {*parseSelector("instance:1"), *parseSelector("serial:S2"),
                                    *parseSelector("name:A")};
    Storm storm(GetParam() + 100, settings);
    storm.blow(6000);
    EXPECT_GT(storm.cyclesWithMembers(), storm.cycles() / 10);
}

INSTANTIATE_TEST_SUITE_P(Seeds, StormTest, ::testing::Values(1U, 2U, 3U));

} // namespace
} // namespace busbar::bench
