// SPDX-License-Identifier: MIT
#include "migrate/curves.hpp"

#include <gtest/gtest.h>

namespace busbar::migrate {
namespace {

using Points = std::vector<CurvePoint>;

TEST(Curves, PartAtTheirTop) {
    const auto sides = sidesOf({{2.9, 0.2}, {2.95, 1}, {3.3, 1}, {3.4, 0.1}, {3.45, 0}});
    EXPECT_EQ(sides.rising, (Points{{2.9, 0.2}, {2.95, 1}}));
    EXPECT_EQ(sides.falling, (Points{{3.3, 1}, {3.4, 0.1}, {3.45, 0}}));
}

TEST(Curves, OfOneSideHaveOne) {
    EXPECT_EQ(sidesOf({{3.3, 1}, {3.45, 0}}).rising, Points{});
    EXPECT_EQ(sidesOf({{2.9, 0}, {3.0, 1}}).falling, Points{});
    EXPECT_EQ(sidesOf({{2.9, 0}}).rising, Points{});
    EXPECT_EQ(sidesOf({}).falling, Points{});
}

TEST(Curves, ThatRiseAgainStayWhole) {
    const Points points{{2.9, 1}, {3.0, 0.2}, {3.2, 0.5}, {3.4, 0}};
    EXPECT_EQ(sidesOf(points).falling, points);
}

TEST(Curves, MustRiseAlongTheirVoltages) {
    EXPECT_TRUE(isRising({{2.9, 0}, {3.0, 1}}));
    EXPECT_FALSE(isRising({{3.0, 0}, {3.0, 1}}));
    EXPECT_FALSE(isRising({{3.5, 0}, {3.3, 1}}));
}

double at(const Points& points, double x) {
    if (x <= points.front().at)
        return points.front().factor;
    for (std::size_t i = 1; i < points.size(); ++i)
        if (x <= points[i].at)
            return points[i - 1].factor + (points[i].factor - points[i - 1].factor) *
                                              (x - points[i - 1].at) /
                                              (points[i].at - points[i - 1].at);
    return points.back().factor;
}

/// Whatever the steps are, the curve is nowhere above them and a little beside each the same.
TEST(Curves, OfStepsAreNeverAboveThem) {
    const std::map<double, double> limits{{-20, 0}, {0, 20}, {10, 100}, {45, 50}, {55, 0}};
    const Steps steps = stepsCurve(limits);
    EXPECT_EQ(steps.most, 100.0);
    EXPECT_TRUE(isRising(steps.points));
    for (int step = 0; step < 18000; ++step) {
        const double x = -20.0 + 0.005 * step;
        const double wanted = std::prev(limits.upper_bound(x))->second / steps.most;
        EXPECT_LE(at(steps.points, x), wanted + 1e-9) << x;
    }
    for (const auto& [from, limit] : limits)
        EXPECT_NEAR(at(steps.points, from + 0.02), limit / steps.most, 1e-9) << from;
}

TEST(Curves, OfOneStepAreFlat) {
    const Steps steps = stepsCurve({{0, 30}});
    EXPECT_EQ(steps.most, 30.0);
    EXPECT_EQ(steps.points.size(), 2U);
    EXPECT_EQ(stepsCurve({{0, 0}}).most, 0.0);
}

} // namespace
} // namespace busbar::migrate
