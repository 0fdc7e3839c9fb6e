// SPDX-License-Identifier: MIT
// What a battery carries whose own current is not believed.
#include "core/limits/deduced.hpp"
#include "core/limits/direction.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/share.hpp"
#include "core/limits/share_settings.hpp"
#include "core/table/path_table.hpp"
#include "unit/core/made.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>

namespace busbar::deduced_test {

using namespace std::chrono_literals;
using Flow = std::function<double(std::chrono::seconds)>;

double changing(std::chrono::seconds at) {
    return (at / 20s) % 2 == 0 ? 20.0 : 140.0;
}

double none(std::chrono::seconds) {
    return 0.0;
}

double much(std::chrono::seconds) {
    return 100.0;
}

/// Packs A to D; A reads 0 A, always.
class DeducedTest : public testing::Test {
protected:
    DeducedTest() {
        for (const char* name : {"A", "B", "C", "D"})
            packs.emplace_back(name, made::Values{{row("/InstalledCapacity"), 100.0},
                                                  {row("/Dc/0/Current"), 0.0},
                                                  {row("/Dc/0/Voltage"), 52.8},
                                                  {row("/Info/MaxChargeCurrent"), 50.0},
                                                  {row("/Info/MaxDischargeCurrent"), 50.0}});
    }
    /// `part` = what A takes of what is put in; the others divide the rest.
    void run(std::chrono::seconds span, const Flow& flow, double part) {
        for (auto at = 0s; at < span; at += 1s) {
            now = now + 1s;
            const double plant_A = flow(at);
            members.clear();
            for (std::size_t i = 0; i < count; ++i) {
                if (i > 0)
                    packs[i].set(row("/Dc/0/Current"),
                                 gain * (1.0 - part) * plant_A / static_cast<double>(count - 1));
                packs[i].battery.moved = now.steady;
                made::addTo(members, packs[i]);
            }
            share.doubted = doubted;
            share.deduced =
                step(deduced,
                     {members, doubted, hasPlant ? std::optional(plant_A) : std::nullopt,
                      gain * (1.0 - part) * plant_A, 100.0 * static_cast<double>(count)},
                     now);
            learn(share, members, now);
        }
    }
    void block() {
        packs[0].set(row("/Info/MaxChargeCurrent"), 0.0);
        packs[0].set(row("/Info/MaxDischargeCurrent"), 0.0);
    }
    double limit(Direction direction = Direction::Charge) {
        return shareLimit(direction, {members, Share::Adaptive}, share)
            .value_or(Limit{-1.0, {}, {}, {}})
            .value;
    }

    std::deque<made::Pack> packs;
    std::size_t count = 4;
    std::set<std::string> doubted{"A"};
    double gain = 1.0; ///< of the shunts of B to D
    bool hasPlant = true;
    Members members;
    DeducedState deduced;
    ShareState share;
    Now now = made::start();
};

TEST_F(DeducedTest, OneThatBlocksAndForWhichNothingIsLeftIsOff) {
    run(200s, changing, 0.25);
    EXPECT_EQ(limit(), 100.0) << "half of all may flow in it, and it bears 50 A";
    block();
    run(2s, none, 0.0);
    EXPECT_EQ(limit(), 0.0) << "what its siblings carried a moment ago is not known to be all";
    run(25s, none, 0.0);
    EXPECT_NEAR(limit(), 148.5, 2.0) << "three that bear 50 A each";
    EXPECT_NEAR(limit(Direction::Discharge), 148.5, 2.0);
    gain = 1.02;
    run(200s, changing, 0.0);
    EXPECT_NEAR(limit(), 148.5, 3.0) << "meters are wrong by so much, and reports are late";
}

TEST_F(DeducedTest, OneThatBlocksAndTakesItsPartAllTheSameHoldsTheBank) {
    run(200s, changing, 0.25);
    block();
    run(1s, much, 0.25);
    EXPECT_EQ(limit(), 0.0);
    run(60s, none, 0.0);
    EXPECT_GT(limit(), 100.0);
    run(40s, much, 0.25);
    EXPECT_EQ(limit(), 0.0);
    run(60s, none, 0.0);
    EXPECT_EQ(limit(), 0.0) << "it is not tried again at once";
}

TEST_F(DeducedTest, NothingIsDeducedWhereItCannotBeTold) {
    run(200s, changing, 0.05);
    block();
    run(30s, none, 0.0);
    EXPECT_EQ(limit(), 0.0) << "its part is what meters are wrong by";
    deduced = {};
    packs[0].set(row("/Info/MaxChargeCurrent"), 50.0);
    run(200s, changing, 0.25);
    hasPlant = false;
    packs[0].set(row("/Info/MaxChargeCurrent"), 0.0);
    run(30s, none, 0.0);
    EXPECT_EQ(limit(), 0.0) << "nobody measures what is put in";
    hasPlant = true;
    run(30s, none, 0.0);
    EXPECT_GT(limit(), 100.0);
    doubted = {"A", "B"};
    run(1s, none, 0.0);
    EXPECT_EQ(limit(), 0.0) << "which of the two?";
}

TEST_F(DeducedTest, ASwitchThatIsOpenOneWayOnlyIsNotLookedThrough) {
    run(200s, changing, 0.25);
    packs[0].set(row("/Info/MaxChargeCurrent"), 0.0);
    run(60s, none, 0.0);
    EXPECT_FALSE(share.deduced);
    EXPECT_EQ(limit(), 0.0);
}

TEST_F(DeducedTest, WhatWasFoundStaysForMinutesWithoutASibling) {
    run(200s, changing, 0.25);
    block();
    run(30s, none, 0.0);
    count = 3;
    run(290s, none, 0.0);
    EXPECT_GT(limit(), 50.0);
    run(20s, none, 0.0);
    EXPECT_EQ(limit(), 0.0) << "who carries what the missing one does?";
    count = 4;
    run(30s, none, 0.0);
    EXPECT_GT(limit(), 100.0) << "what was learned of these four is not forgotten";
}

} // namespace busbar::deduced_test
