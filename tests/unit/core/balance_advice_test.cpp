// SPDX-License-Identifier: MIT
#include "core/charge/balancing.hpp"
#include "core/gx/balance_advice.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace busbar::balance_advice_test {
namespace {

BalancingOutput failed(int times, BalancingObstacle obstacle, const std::string& detail) {
    BalancingOutput output;
    output.failures = times;
    output.obstacle = obstacle;
    output.detail = detail;
    return output;
}

TEST(BalanceAdvice, IsGivenFromTheThirdFailureOn) {
    EXPECT_EQ(failingBalance({}), "");
    EXPECT_EQ(failingBalance(failed(2, BalancingObstacle::Held, "Pack C/C6")), "");
    EXPECT_TRUE(failingBalance(failed(3, BalancingObstacle::Held, "Pack C/C6"))
                    .starts_with("Balancing has failed 3 times in a row"));
    EXPECT_TRUE(failingBalance(failed(7, BalancingObstacle::NoData, ""))
                    .starts_with("Balancing has failed 7 times in a row"));
}

TEST(BalanceAdvice, NamesWhoIsInTheWayAndWhatToLookAt) {
    struct Case {
        BalancingObstacle obstacle;
        const char* detail;
        std::string_view toDo;
    };
    constexpr std::array kCases = {
        Case{BalancingObstacle::Held, "Pack C/C6", "and that cell"},
        Case{BalancingObstacle::Capped, "Pack A at 55.5V", "Raise the charge voltage in its BMS"},
        Case{BalancingObstacle::Unequal, "0.08V apart, most of all Pack A/C3",
             "whether the BMSs balance"},
    };
    for (const Case& one : kCases) {
        const std::string text = failingBalance(failed(3, one.obstacle, one.detail));
        EXPECT_NE(text.find(one.detail), std::string::npos) << text;
        EXPECT_NE(text.find(one.toDo), std::string::npos) << text;
    }
}

} // namespace
} // namespace busbar::balance_advice_test
