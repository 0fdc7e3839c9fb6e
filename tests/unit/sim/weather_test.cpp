// SPDX-License-Identifier: MIT
#include "sim/weather.hpp"

#include <gtest/gtest.h>

namespace busbar::sim::weather_test {

namespace {

constexpr double kDay_s = 86400.0;

double dayEnergy_Wh(Sun& sun, double from_s) {
    double sum_Wh = 0.0;
    for (int second = 0; second < static_cast<int>(kDay_s); ++second)
        sum_Wh += sun.step(from_s + second, 1.0) / 3600.0;
    return sum_Wh;
}

TEST(Sun, ShinesFromRiseToSetAndIsHighestAtNoon) {
    SunSpec spec;
    spec.cloudiness = 0.0;
    Sun sun(spec, 1);
    EXPECT_EQ(sun.step(5.9 * 3600.0, 1.0), 0.0);
    EXPECT_NEAR(sun.step(13.0 * 3600.0, 1.0), spec.peak_W, 1.0);
    EXPECT_EQ(sun.step(20.1 * 3600.0, 1.0), 0.0);
    // Half a sine over 14 h: 2/π of the peak on average.
    Sun another(spec, 1);
    EXPECT_NEAR(dayEnergy_Wh(another, 0.0), 5000.0 * 14.0 * 0.63662, 100.0);
}

TEST(Sun, CloudsTakeTheirShare) {
    SunSpec spec;
    spec.cloudiness = 0.4;
    Sun sun(spec, 5);
    double sum_Wh = 0.0;
    constexpr int kDays = 40;
    for (int day = 0; day < kDays; ++day)
        sum_Wh += dayEnergy_Wh(sun, day * kDay_s);
    const double clear_Wh = 5000.0 * 14.0 * 0.63662;
    EXPECT_NEAR(sum_Wh / kDays / clear_Wh, 1.0 - 0.4 * 0.75, 0.08);
}

TEST(Sun, IsTheSameForTheSameSeedAndAnotherForAnother) {
    SunSpec spec;
    Sun a(spec, 1);
    Sun b(spec, 1);
    Sun c(spec, 2);
    const double first = dayEnergy_Wh(a, 0.0);
    EXPECT_EQ(first, dayEnergy_Wh(b, 0.0));
    EXPECT_NE(first, dayEnergy_Wh(c, 0.0));
}

TEST(Load, IsItsBasePlusWhatIsSwitchedOn) {
    LoadSpec spec;
    spec.base_W = 200.0;
    spec.appliances = {{1000.0, 600.0, 1800.0}}; // a quarter of the time
    Load load(spec, 3);
    double sum_W = 0.0;
    constexpr int kSeconds = 500000;
    for (int i = 0; i < kSeconds; ++i)
        sum_W += load.step(1.0);
    EXPECT_NEAR(sum_W / kSeconds, 450.0, 40.0);
}

TEST(Load, NeverFeedsBack) {
    LoadSpec spec;
    spec.noise = 1.0;
    Load load(spec, 4);
    for (int i = 0; i < 10000; ++i)
        ASSERT_GE(load.step(1.0), 0.0);
}

} // namespace

} // namespace busbar::sim::weather_test
