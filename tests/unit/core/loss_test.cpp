// SPDX-License-Identifier: MIT
#include "core/limits/limit.hpp"
#include "core/members/loss.hpp"
#include "core/members/loss_settings.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

namespace busbar::loss_test {
namespace {

using namespace std::chrono_literals;

LossState healthy(double cell_V, double soc_pct) {
    LossState state;
    state.stage = Stage::Normal;
    state.discharge_A = 120.0;
    state.lowestCell_V = cell_V;
    state.soc_pct = soc_pct;
    return state;
}

TEST(Loss, WhatNeverCameIsLostAfterTheTimeoutOfTheLink) {
    LossState state;
    step(state, false, {}, made::start());
    step(state, false, {}, made::start() + 59999ms);
    EXPECT_EQ(state.stage, Stage::Starting);
    step(state, false, {}, made::start() + 60s);
    EXPECT_EQ(state.stage, Stage::NoData);
    EXPECT_FALSE(state.wasNormal);
    EXPECT_EQ(lostCharge({}).value, 0.0);
    EXPECT_EQ(lostDischarge(state, {}, made::start() + 60s).value, 0.0)
        << "nothing to ride through";
    step(state, false, {}, made::start() + 960s);
    EXPECT_EQ(state.stage, Stage::Left);
    step(state, true, {}, made::start() + 961s);
    EXPECT_EQ(state.stage, Stage::Normal);
    EXPECT_TRUE(state.wasNormal);
}

TEST(Loss, WalksDownTheLadderAtItsTimes) {
    LossState state = healthy(3.3, 60.0);
    const Now lost = made::start();
    const LossSettings settings;
    step(state, false, settings, lost);
    EXPECT_EQ(state.stage, Stage::NoData);
    EXPECT_EQ(lostCharge(settings).value, 0.0);
    EXPECT_EQ(lostCharge(settings).cause, Cause::NoData);
    EXPECT_EQ(lostDischarge(state, settings, lost).value, 120.0);
    EXPECT_EQ(lostDischarge(state, settings, lost + 599999ms).cause, Cause::RideThrough);
    EXPECT_EQ(lostDischarge(state, settings, lost + 600s).cause, Cause::NoData);
    EXPECT_EQ(lostDischarge(state, settings, lost + 600s).value, 0.0);
    step(state, false, settings, lost + 899999ms);
    EXPECT_EQ(state.stage, Stage::NoData);
    step(state, false, settings, lost + 900s);
    EXPECT_EQ(state.stage, Stage::Left);
    step(state, true, settings, lost + 901s);
    EXPECT_EQ(state.stage, Stage::Normal);
}

TEST(Loss, RidesThroughOnlyWhenBothWereComfortable) {
    struct Case {
        std::optional<double> cell_V;
        std::optional<double> soc_pct;
        bool ridesThrough{false};
    };
    for (const Case& c : {Case{3.2, 30.0, true}, Case{3.199, 30.0, false}, Case{3.2, 29.9, false},
                          Case{{}, 90.0, false}, Case{3.4, {}, false}}) {
        LossState state = healthy(0.0, 0.0);
        state.lowestCell_V = c.cell_V;
        state.soc_pct = c.soc_pct;
        step(state, false, {}, made::start());
        EXPECT_EQ(lostDischarge(state, {}, made::start()).cause == Cause::RideThrough,
                  c.ridesThrough)
            << c.cell_V.value_or(-1.0) << " V " << c.soc_pct.value_or(-1.0) << " %";
    }
}

TEST(Loss, ComfortIsJudgedAtTheMomentOfLoss) {
    LossState state = healthy(3.1, 60.0);
    step(state, false, {}, made::start());
    state.lowestCell_V = 3.4;
    step(state, false, {}, made::start() + 1s);
    EXPECT_FALSE(state.ridesThrough);
}

TEST(Loss, SafeValuesAreTheOwners) {
    LossState state = healthy(3.0, 60.0);
    LossSettings settings;
    settings.safeCharge_A = 5.0;
    settings.safeDischarge_A = 15.0;
    step(state, false, settings, made::start());
    EXPECT_EQ(lostCharge(settings).value, 5.0);
    EXPECT_EQ(lostDischarge(state, settings, made::start()).value, 15.0);
}

TEST(Loss, EachLossStartsItsOwnTime) {
    LossState state = healthy(3.3, 60.0);
    const Now now = made::start();
    step(state, false, {}, now);
    step(state, true, {}, now + 800s);
    step(state, false, {}, now + 1000s);
    step(state, false, {}, now + 1899s);
    EXPECT_EQ(state.stage, Stage::NoData);
    EXPECT_EQ(lostDischarge(state, {}, now + 1599s).cause, Cause::RideThrough);
}

} // namespace
} // namespace busbar::loss_test
