// SPDX-License-Identifier: MIT
#include "config/option_table.hpp"
#include "core/table/path_table.hpp"
#include "support/source_tree.hpp"
#include "unit/config/helpers.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

namespace busbar::config {
namespace {

constexpr int kRuns = 20'000;

constexpr auto kPieces = std::to_array<std::string_view>({"{",
                                                          "}",
                                                          "[",
                                                          "]",
                                                          ",",
                                                          ":",
                                                          "\"",
                                                          "\\",
                                                          "\\u",
                                                          "//",
                                                          "/*",
                                                          "*/",
                                                          "\n",
                                                          "null",
                                                          "true",
                                                          "false",
                                                          "-1",
                                                          "1e999",
                                                          "NaN",
                                                          "0.0000001",
                                                          "99999999999999999999",
                                                          "\"auto\"",
                                                          "\"name:A\"",
                                                          "\"banks\":[{",
                                                          "\"sites\":[{",
                                                          "\"id\":\"a\"",
                                                          "\xEF\xBB\xBF",
                                                          "\xFF",
                                                          "\"batteries\":",
                                                          "\"gx\":{",
                                                          "\"limits\":{",
                                                          "\"frozen_s\":0,",
                                                          "\"mqtt://[::1]:1\""});

/// Valid files and what random changes make of them; the same sequence on every machine.
class Inputs {
public:
    Inputs() {
        for (const char* name :
             {"minimal.json", "two_banks.json", "remote_gx.json", "three_gx.json"})
            seeds_.push_back(testing::fileText(test::sourcePath("config/examples/") + name));
        seeds_.push_back(effectiveConfig(Config{}));
        seeds_.emplace_back("{}");
    }

    std::string next() {
        std::string text = seeds_[below(seeds_.size())];
        for (std::size_t changes = below(6); changes > 0; --changes)
            change(text);
        return text;
    }

private:
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

    void change(std::string& text) {
        const std::size_t at = below(text.size() + 1);
        switch (below(5)) {
        case 0:
            text.insert(at, kPieces.at(below(kPieces.size())));
            break;
        case 1:
            text.erase(at, below(40));
            break;
        case 2:
            text.insert(at, 1, static_cast<char>(below(256)));
            break;
        case 3:
            text.insert(at, text.substr(below(text.size() + 1), below(60)));
            break;
        default:
            text.replace(at, std::min<std::size_t>(text.size() - at, below(20)),
                         kPieces.at(below(kPieces.size())));
        }
    }

    std::mt19937_64 random_{20240601};
    std::vector<std::string> seeds_;
};

TEST(RandomInput, GivesErrorsOrAConfigThatSurvivesBeingWritten) {
    Inputs inputs;
    int accepted = 0;
    for (int i = 0; i < kRuns; ++i) {
        const std::string text = inputs.next();
        const ReadResult result = readConfig(text);
        ASSERT_TRUE(result.config || !result.issues.empty()) << text;
        if (!result.config)
            continue;
        ++accepted;
        const std::string written = effectiveConfig(*result.config);
        const ReadResult again = readConfig(written);
        ASSERT_TRUE(again.config) << formatIssues("written", again.issues) << text;
        ASSERT_EQ(effectiveConfig(*again.config), written) << text;
    }
    EXPECT_GT(accepted, kRuns / 10);
    EXPECT_LT(accepted, kRuns - kRuns / 10);
}

TEST(RandomInput, VariablesGiveErrorsOrAConfig) {
    Inputs inputs;
    for (int i = 0; i < 2000; ++i)
        for (const Option& row : {kOptions[option("batteries")], kOptions[option("hold_s")],
                                  kOptions[option("gx.url")]}) {
            const ReadResult result = readConfig("{}", {{variableName(row.key), inputs.next()}});
            ASSERT_TRUE(result.config || !result.issues.empty());
        }
}

TEST(RandomInput, ManyUnknownKeysStayCheap) {
    std::string text = "{";
    for (int i = 0; i < 4900; ++i)
        text += "\"limits_" + std::to_string(i) + "\":0,";
    const ReadResult result = readConfig(text + "}");
    EXPECT_FALSE(result.config);
    EXPECT_EQ(result.issues.size(), 4900U);
}

} // namespace
} // namespace busbar::config
