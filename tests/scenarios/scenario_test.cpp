// SPDX-License-Identifier: MIT
#include "support/scenario.hpp"
#include "support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace busbar::bench {
namespace {

std::vector<std::filesystem::path> scenarioFiles() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry :
         std::filesystem::directory_iterator(test::sourcePath("tests/scenarios")))
        if (entry.path().extension() == ".json")
            files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

std::string contentOf(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += "\n" + line;
    return text;
}

class Scenario : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(Scenario, Plays) {
    const auto faults = playScenario(contentOf(GetParam()));
    EXPECT_TRUE(faults.empty()) << GetParam().filename() << joined(faults);
}

/// Counters come with full publishes then, so who expects one at once plays live only.
std::vector<std::filesystem::path> scenariosWithoutCounters() {
    auto files = scenarioFiles();
    std::erase_if(files, [](const auto& file) {
        return contentOf(file).find("\"/History/") != std::string::npos;
    });
    return files;
}

class LeanScenario : public Scenario {};

TEST_P(LeanScenario, Plays) {
    const auto faults = playScenario(contentOf(GetParam()), mqtt::GxReading::Lean);
    EXPECT_TRUE(faults.empty()) << GetParam().filename() << joined(faults);
}

INSTANTIATE_TEST_SUITE_P(Files, LeanScenario, ::testing::ValuesIn(scenariosWithoutCounters()),
                         [](const auto& file) { return file.param.stem().string(); });

INSTANTIATE_TEST_SUITE_P(Files, Scenario, ::testing::ValuesIn(scenarioFiles()),
                         [](const auto& file) { return file.param.stem().string(); });

TEST(Scenarios, AreThere) {
    EXPECT_GE(scenarioFiles().size(), 35U);
    EXPECT_GE(scenariosWithoutCounters().size(), 35U);
}

TEST(ScenarioPlayer, FindsWhatIsNotAsExpected) {
    const auto faults = playScenario(
        R"({"about":"x","given":[{"battery":1}],"expect":[{"t":1,"/Dc/0/Current":11}]})");
    ASSERT_EQ(faults.size(), 1U) << joined(faults);
    EXPECT_NE(faults[0].find("/Dc/0/Current is 10.0"), std::string::npos) << faults[0];
}

TEST(ScenarioPlayer, RefusesWhatItDoesNotUnderstand) {
    for (
        const char* json : {
            "",
            "[]",
            R"({"about":"x","given":[],"expect":[]})",
            R"({"about":"x","given":[],"expect":[{"t":1,"stag":"normal"}]})",
            R"({"about":"x","given":[],"expects":[],"expect":[{"t":1,"stage":"starting"}]})",
            R"({"about":"x","given":[{"battery":1,"nam":"A"}],"expect":[{"t":1,"stage":"normal"}]})",
            R"({"about":"x","settings":{"hold":1},"given":[],"expect":[{"t":1,"stage":"starting"}]})",
            R"({"about":"x","given":[],"events":[{"t":1}],"expect":[{"t":1,"stage":"starting"}]})",
            R"({"about":"x","given":[],"expect":[{"from":1.2,"to":1.1,"stage":"starting"}]})",
        })
        EXPECT_EQ(playScenario(json).size(), 1U) << json;
}

} // namespace
} // namespace busbar::bench
