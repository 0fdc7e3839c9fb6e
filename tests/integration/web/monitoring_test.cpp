// SPDX-License-Identifier: MIT
#include "support/source_tree.hpp"
#include "unit/web/boat.hpp"
#include "web/metrics.hpp"
#include "web/reading.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <regex>
#include <set>
#include <string>

namespace busbar::web::monitoring_test {
namespace {

constexpr const char* kRules = "config/examples/monitoring/prometheus-alerts.yml";
constexpr const char* kDashboard = "config/examples/monitoring/grafana-dashboard.json";

std::string textOf(const char* file) {
    std::ifstream stream(busbar::test::sourcePath(file));
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// All that the program can say of a bank that has everything.
std::string metrics() {
    Board board;
    test::fill(board);
    std::string& bank = board.site(0).banks.front().body;
    const std::string null = R"("charge_voltage":null)";
    bank.replace(bank.find(null), null.size(),
                 R"("charge_voltage":{"value":55.2,"cause":"configured"})");
    bank.pop_back();
    bank += R"(,"temperature_C":21,"min_cell_voltage":3.3,"max_cell_voltage":3.4,"power_W":-665})";
    std::string& battery = board.site(0).batteries.front().body;
    battery.pop_back();
    battery += R"(,"soc":71,"power":-300,"temperature":20.5})";
    return metricsText(board);
}

std::set<std::string> namesIn(const std::string& text) {
    static const std::regex kName(R"(\bbusbar_[a-z_]+\b)");
    std::set<std::string> names;
    for (std::sregex_iterator hit(text.begin(), text.end(), kName), end; hit != end; ++hit)
        names.insert(hit->str());
    return names;
}

void expectAllAreSaid(const char* file) {
    const std::set<std::string> said = namesIn(metrics());
    const std::set<std::string> used = namesIn(textOf(file));
    EXPECT_GT(used.size(), 5U) << file;
    for (const std::string& name : used)
        EXPECT_TRUE(said.contains(name)) << file << " uses " << name;
}

bool hasPromtool() {
    return std::system("command -v promtool >/dev/null") == 0;
}

/// Its exit code; `input` goes to its standard input.
int promtool(const std::string& arguments, const std::string& input) {
    FILE* pipe = popen(("promtool " + arguments + " >&2").c_str(), "w");
    if (pipe == nullptr)
        return -1;
    std::fwrite(input.data(), 1, input.size(), pipe);
    return pclose(pipe);
}

TEST(Monitoring, RulesAndDashboardNameMetricsThatThereAre) {
    expectAllAreSaid(kRules);
    expectAllAreSaid(kDashboard);
}

TEST(Monitoring, TheDashboardIsWholeAndItsPanelsDoNotOverlap) {
    const auto dashboard = parsed(textOf(kDashboard));
    ASSERT_TRUE(dashboard.IsObject());
    EXPECT_EQ(textIn(dashboard, "title"), "Busbar");
    EXPECT_EQ(numberIn(dashboard, {"schemaVersion"}), 38.0);
    std::set<int> ids;
    std::set<std::pair<int, int>> taken;
    for (const auto& panel : dashboard["panels"].GetArray()) {
        EXPECT_TRUE(ids.insert(panel["id"].GetInt()).second);
        EXPECT_NE(textIn(panel, "title"), "");
        EXPECT_EQ(textIn(panel["datasource"], "uid"), "${datasource}") << "no data source of ours";
        const auto& place = panel["gridPos"];
        EXPECT_LE(place["x"].GetInt() + place["w"].GetInt(), 24);
        EXPECT_TRUE(taken.emplace(place["x"].GetInt(), place["y"].GetInt()).second);
        EXPECT_GT(panel["targets"].Size(), 0U);
        for (const auto& target : panel["targets"].GetArray())
            EXPECT_NE(textIn(target, "expr").find("busbar_"), std::string::npos);
    }
    EXPECT_GE(ids.size(), 8U);
}

TEST(Monitoring, PromtoolTakesTheMetrics) {
    if (!hasPromtool())
        GTEST_SKIP() << "promtool is not installed (Debian: prometheus)";
    EXPECT_EQ(promtool("check metrics", metrics()), 0);
    EXPECT_NE(promtool("check metrics", "busbar_x{ 1\n"), 0) << "it judges";
}

TEST(Monitoring, PromtoolTakesTheRules) {
    if (!hasPromtool())
        GTEST_SKIP() << "promtool is not installed (Debian: prometheus)";
    EXPECT_EQ(promtool("check rules " + busbar::test::sourcePath(kRules), ""), 0);
}

} // namespace
} // namespace busbar::web::monitoring_test
