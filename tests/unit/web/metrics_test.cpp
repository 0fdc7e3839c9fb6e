// SPDX-License-Identifier: MIT
#include "boat.hpp"
#include "web/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace busbar::web::metrics_test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string metricsOfBoat() {
    Board board;
    test::fill(board);
    return metricsText(board);
}

TEST(Metrics, AreInBaseUnits) {
    const std::string text = metricsOfBoat();
    EXPECT_THAT(text, HasSubstr("busbar_bank_voltage_volts{site=\"boat\",bank=\"main\"} 53.2"));
    EXPECT_THAT(text,
                HasSubstr("busbar_bank_state_of_charge_ratio{site=\"boat\",bank=\"main\"} 0.72"));
    EXPECT_THAT(
        text,
        HasSubstr("busbar_bank_charged_energy_joules_total{site=\"boat\",bank=\"main\"} 7200000"));
    EXPECT_THAT(
        text, HasSubstr("busbar_bank_stored_energy_joules{site=\"boat\",bank=\"main\"} 27000000"));
}

TEST(Metrics, EveryLimiterIsASeriesAndOneBinds) {
    const std::string text = metricsOfBoat();
    EXPECT_THAT(text, HasSubstr("busbar_limit_amperes{site=\"boat\",bank=\"main\",limit=\"charge\","
                                "cause=\"member\",battery=\"Pack D\"} 57"));
    EXPECT_THAT(text, HasSubstr("cause=\"ceiling\",battery=\"\"} 80"));
    EXPECT_THAT(text, HasSubstr("busbar_limit_binding{site=\"boat\",bank=\"main\",limit=\"charge\","
                                "cause=\"ceiling\",battery=\"\"} 0"));
    EXPECT_THAT(text, HasSubstr("busbar_limit_binding{site=\"boat\",bank=\"main\","
                                "limit=\"discharge\",cause=\"no_data\",battery=\"\"} 1"));
    EXPECT_THAT(text,
                HasSubstr("busbar_bank_charge_limit_amperes{site=\"boat\",bank=\"main\"} 57"));
}

TEST(Metrics, WhatIsUnknownIsLeftOut) {
    const std::string text = metricsOfBoat();
    EXPECT_THAT(text, Not(HasSubstr("busbar_bank_temperature_celsius{")));
    EXPECT_THAT(text, Not(HasSubstr("busbar_limit_volts")));
    EXPECT_THAT(text, HasSubstr("cell=\"1\"} 3.31"));
    EXPECT_THAT(text, Not(HasSubstr("cell=\"2\"}")));
    EXPECT_THAT(text, HasSubstr("cell=\"3\"} 3.33"));
    EXPECT_THAT(text, Not(testing::ContainsRegex("(} |[a-z] )[-+]?([Nn]a[Nn]|[Ii]nf)")));
}

TEST(Metrics, NamesOfBatteriesAreEscaped) {
    EXPECT_THAT(metricsOfBoat(), HasSubstr(R"(name="Pack <D>\n\"x\\")"));
}

/// promtool does not complain about units of its own making.
TEST(Metrics, NamesEndInABaseUnit) {
    static const std::regex kName(
        "busbar_[a-z_]*(_volts|_amperes|_watts|_joules|_joules_total|_coulombs|_celsius|_ratio|"
        "_seconds|_total|_info|_binding|_online|_expected|_streams|_takes_part|_held|_in_service)");
    std::istringstream lines(metricsOfBoat());
    int checked = 0;
    for (std::string line; std::getline(lines, line);)
        if (!line.starts_with('#')) {
            const std::string name = line.substr(0, line.find_first_of("{ "));
            EXPECT_TRUE(std::regex_match(name, kName)) << name;
            ++checked;
        }
    EXPECT_GT(checked, 20);
}

TEST(Metrics, EachSeriesIsThereOnceWithItsHelp) {
    std::istringstream lines(metricsOfBoat());
    std::set<std::string> series;
    std::set<std::string> helped;
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("# HELP ")) {
            EXPECT_TRUE(helped.insert(line.substr(7, line.find(' ', 7) - 7)).second) << line;
        } else if (!line.starts_with('#')) {
            EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second) << line;
            EXPECT_TRUE(helped.contains(line.substr(0, line.find_first_of("{ ")))) << line;
        }
}

TEST(Metrics, TheSameLimiterTwiceIsOneSeries) {
    Board board;
    test::fill(board);
    std::string& body = board.site(0).banks.front().body;
    const std::string one = R"({"cause":"ceiling","value":80.0,"member":null,"binding":false})";
    body.replace(body.find(one), one.size(), one + "," + one);
    const std::string text = metricsText(board);
    const std::string series = "cause=\"ceiling\",battery=\"\"} 80";
    EXPECT_EQ(text.find(series), text.rfind(series));
}

TEST(Metrics, ADocumentThatIsNoneCostsItsOwnSeriesOnly) {
    Board board;
    test::fill(board);
    board.site(0).banks.front().body = "not JSON";
    board.site(0).health = "";
    const std::string text = metricsText(board);
    EXPECT_THAT(text, Not(HasSubstr("busbar_bank_")));
    EXPECT_THAT(text, HasSubstr("busbar_battery_voltage_volts"));
}

} // namespace
} // namespace busbar::web::metrics_test
