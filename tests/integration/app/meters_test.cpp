// SPDX-License-Identifier: MIT
// Meters on disk: as often as configured, and on an orderly stop; a power cut costs what came
// after.
#include "plant.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace busbar::test {
namespace {

constexpr const char* kCharged = "/History/ChargedEnergy";

/// 53 kW, so that hundredths of a kilowatt-hour pass in a second; of a capacity of which the SoC
/// moves by no step meanwhile.
class MetersOnDisk : public ::testing::Test {
protected:
    MetersOnDisk() {
        plant.gx.add({.current_A = 1000.0, .capacity_Ah = 50000.0, .maxCharge_A = 2000.0});
    }

    void start(const std::string& saveEvery_s) {
        ASSERT_TRUE(plant.startAndWait({{"meters.save_every_s", saveEvery_s}})) << plant.log();
    }
    void end(int signal) {
        plant.busbar->signal(signal);
        ASSERT_TRUE(plant.until([this] { return plant.busbar->hasEnded(); })) << plant.log();
    }
    /// What Busbar shows now, Wh.
    [[nodiscard]] double shown_Wh() { return 1000.0 * plant.number(kCharged).value_or(0.0); }
    /// The bank's or its battery's, Wh; both count the same.
    [[nodiscard]] double saved_Wh() const {
        std::ifstream in(plant.dir.file("state/state.json"));
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        const std::string key = "\"charged_Wh\":";
        double most_Wh = 0.0;
        for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at + 1))
            most_Wh = std::max(most_Wh, std::strtod(text.c_str() + at + key.size(), nullptr));
        return most_Wh;
    }

    Plant plant;
};

TEST_F(MetersOnDisk, AreSavedAsOftenAsConfiguredSoThatACutCostsNoMore) {
    start("1");
    ASSERT_TRUE(plant.until([this] { return saved_Wh() > 0.0; })) << plant.log();
    const double first_Wh = saved_Wh();
    ASSERT_TRUE(plant.until([&] { return saved_Wh() > first_Wh; })) << "again and again";
    end(SIGKILL);
    const double atCut_Wh = saved_Wh();
    start("86400");
    EXPECT_TRUE(plant.until([&] { return shown_Wh() >= atCut_Wh - 10.0; })) << plant.log();
    end(SIGTERM);
    EXPECT_GE(saved_Wh(), atCut_Wh);
}

TEST_F(MetersOnDisk, AreSavedOnAnOrderlyStopHoweverSeldomElse) {
    start("86400");
    ASSERT_TRUE(plant.until([this] { return shown_Wh() >= 40.0; })) << plant.log();
    EXPECT_LT(saved_Wh(), 30.0) << "not by itself";
    end(SIGTERM);
    EXPECT_GE(saved_Wh(), 35.0) << "what was shown, as rounded";
    const double stopped_Wh = saved_Wh();
    start("86400");
    EXPECT_TRUE(plant.until([this] { return plant.number(kCharged).has_value(); })) << plant.log();
    EXPECT_GE(shown_Wh(), stopped_Wh - 5.0) << "goes on from there";
}

} // namespace
} // namespace busbar::test
