// SPDX-License-Identifier: MIT
#include "core/members/off_proof.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace busbar::off_proof_test {
namespace {

using namespace std::chrono_literals;

/// A house whose load changes every half minute, on a bank of 300 Ah that lost a third of it.
class OffProofTest : public ::testing::Test {
protected:
    /// `taken`: the part of the plant's current that the batteries take which are heard.
    std::optional<bool> run(std::chrono::seconds span, double taken) {
        std::optional<bool> last;
        for (auto passed = 0s; passed < span; passed += 1s) {
            now = now + 1s;
            if (passed.count() % 30 == 0)
                load_A = load(random);
            input.plant_A = gain * load_A + noise(random);
            input.heard_A = taken * load_A + unmeasured_A + noise(random);
            if (const auto said = step(proof, input, now))
                last = said;
        }
        return last;
    }

    std::mt19937 random{5};
    std::uniform_real_distribution<double> load{-60.0, 60.0};
    std::normal_distribution<double> noise{0.0, 0.5};
    BarTrack proof;
    OffProofInput input{.plant_A = {}, .heard_A = {}, .capacity_Ah = 200.0, .share = 0.33};
    double load_A = 0.0;
    double gain = 1.0;         ///< of the plant's meters
    double unmeasured_A = 0.0; ///< steady
    Now now = made::start();
};

TEST_F(OffProofTest, TheOthersCarryAll) {
    EXPECT_EQ(run(20min, 1.0), std::optional(true));
}

TEST_F(OffProofTest, SomebodyElseCarriesAPart) {
    EXPECT_EQ(run(20min, 0.67), std::optional(false));
}

TEST_F(OffProofTest, MetersThatAreFiveInAHundredOffProveNothingWrong) {
    gain = 0.95;
    EXPECT_NE(run(20min, 0.67), std::optional(true));
    gain = 1.05;
    EXPECT_NE(run(20min, 0.67), std::optional(true));
}

TEST_F(OffProofTest, SteadyLoadsThatNobodyMeasuresDoNotMatter) {
    unmeasured_A = -12.0;
    EXPECT_EQ(run(20min, 1.0), std::optional(true));
}

TEST_F(OffProofTest, LoadsThatNobodyMeasuresAndThatChangeProveNobodyOff) {
    std::uniform_real_distribution<double> other{-60.0, 60.0};
    std::optional<bool> last;
    for (int i = 0; i < 60; ++i) {
        unmeasured_A = other(random);
        if (run(20s, 0.67) == true)
            last = true;
    }
    EXPECT_FALSE(last);
}

TEST_F(OffProofTest, WithoutChangesOfLoadNothingIsDecided) {
    load = std::uniform_real_distribution<double>(40.0, 40.1);
    EXPECT_FALSE(run(1h, 1.0));
}

TEST_F(OffProofTest, LoadThatOnlyRisesOnceIsNoProof) {
    load = std::uniform_real_distribution<double>(0.0, 0.1);
    (void)run(60s, 1.0);
    load = std::uniform_real_distribution<double>(60.0, 60.1);
    EXPECT_FALSE(run(10min, 1.0));
}

TEST_F(OffProofTest, ASmallBatteryCannotBeToldFromTheErrorsOfMeters) {
    input.share = 0.1;
    EXPECT_FALSE(run(1h, 1.0));
    input.share = 0.0;
    EXPECT_FALSE(run(1h, 1.0)) << "its share is not known";
}

TEST_F(OffProofTest, ASwitchThatClosesAgainShows) {
    ASSERT_EQ(run(20min, 1.0), std::optional(true));
    EXPECT_EQ(run(40min, 0.67), std::optional(false));
}

TEST_F(OffProofTest, AMissingPieceStartsItAnew) {
    (void)run(20min, 1.0);
    input.plant_A.reset();
    EXPECT_FALSE(step(proof, input, now + 1s));
    EXPECT_EQ(proof.plant, 0.0);
}

TEST_F(OffProofTest, BatteriesThatTakeMoreThanThereIsDecideNothing) {
    EXPECT_FALSE(run(1h, 1.4));
}

} // namespace
} // namespace busbar::off_proof_test
