// SPDX-License-Identifier: MIT
#include "core/charge/soc.hpp"
#include "core/limits/charge_voltage.hpp"
#include "core/limits/preset.hpp"
#include "unit/config/helpers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace busbar::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::nested;
using testing::shown;

BankSettings bankOf(std::string_view text) {
    const ReadResult result = readConfig(text);
    EXPECT_TRUE(result.config) << shown(result);
    return result.config ? result.config->banks.front().bank : BankSettings{};
}

const CurveChoice& highCell(const BankSettings& bank) {
    return bank.limits.curves.at(static_cast<std::size_t>(CurveKind::HighCell));
}

constexpr std::string_view kHighCell = "limits.curves.high_cell_V";

TEST(CurveOption, IsPairsOrOffOrThePresets) {
    const BankSettings own = bankOf(nested(kHighCell, "[[3.4, 1], [3.5, 0.25], [3.6, 0]]"));
    ASSERT_TRUE(highCell(own).points);
    EXPECT_THAT(*highCell(own).points,
                ElementsAre(CurvePoint{3.4, 1.0}, CurvePoint{3.5, 0.25}, CurvePoint{3.6, 0.0}));
    const BankSettings off = bankOf(nested(kHighCell, "false"));
    ASSERT_TRUE(highCell(off).points);
    EXPECT_TRUE(highCell(off).points->empty());
    EXPECT_FALSE(highCell(bankOf(nested(kHighCell, "null"))).points);
    EXPECT_FALSE(highCell(bankOf("{}")).points);
}

struct BadCurve {
    const char* text;
    const char* expected;
};

// clang-format off
constexpr auto kBadCurves = std::to_array<BadCurve>({
    {"[]",                              "0 points are outside 2…32"},
    {"[[3.4, 1]]",                      "1 points are outside 2…32"},
    {"true",                            "found true, allowed: a list of 2…32 pairs"},
    {"3.5",                             "found the number 3.5, allowed: a list of 2…32 pairs"},
    {"\"lfp\"",                         "found the text \"lfp\", allowed: a list of 2…32 pairs"},
    {"[3.4, 1]",                        "high_cell_V[0]: the number 3.4 is no pair of numbers"},
    {"[[3.4, 1], [3.5]]",               "high_cell_V[1]: a list is no pair of numbers"},
    {"[[3.4, 1], [3.5, 0.5, 0]]",       "high_cell_V[1]: a list is no pair of numbers"},
    {"[[3.4, 1], [3.5, \"0\"]]",        "high_cell_V[1]: a list is no pair of numbers"},
    {"[[3.4, 1], [3.5, null]]",         "high_cell_V[1]: a list is no pair of numbers"},
    {"[[3.5, 1], [3.4, 0]]",            "high_cell_V[1]: 3.4 is not more than 3.5 before it"},
    {"[[3.4, 1], [3.4, 0]]",            "high_cell_V[1]: 3.4 is not more than 3.4 before it"},
    {"[[3.4, 1], [5.1, 0]]",            "high_cell_V[1]: 5.1 is outside 0…5 V"},
    {"[[-0.1, 1], [3.4, 0]]",           "high_cell_V[0]: -0.1 is outside 0…5 V"},
    {"[[3.4, 1.1], [3.5, 0]]",          "high_cell_V[0]: the factor 1.1 is outside 0…1"},
    {"[[3.4, 1], [3.5, -0.1]]",         "high_cell_V[1]: the factor -0.1 is outside 0…1"},
});
// clang-format on

TEST(CurveOption, SaysWhichPointIsWrong) {
    for (const BadCurve& it : kBadCurves) {
        EXPECT_THAT(shown(nested(kHighCell, it.text)), HasSubstr(it.expected)) << it.text;
        EXPECT_FALSE(readConfig(nested(kHighCell, it.text)).config) << it.text;
    }
}

TEST(CurveOption, HasAnUpperBoundOfPoints) {
    std::string points = "[[0, 1]";
    for (int i = 1; i < 32; ++i)
        points += ", [" + std::to_string(i) + ", 1]";
    constexpr std::string_view kHot = "limits.curves.hot_charge_C";
    EXPECT_EQ(shown(nested(kHot, points + "]")), "");
    EXPECT_THAT(shown(nested(kHot, points + ", [40, 0]]")), HasSubstr("33 points are outside"));
}

TEST(CurveOption, AStopMustEndWhereTheCurveIsAboveZero) {
    const auto with = [](const char* release) {
        return std::string(
                   R"({"limits": {"curves": {"high_cell_V": [[3.4, 1], [3.6, 0]], "high_cell_release_V": )") +
               release + "}}}";
    };
    EXPECT_EQ(shown(with("3.55")), "");
    EXPECT_EQ(shown(with("null")), "");
    EXPECT_THAT(shown(with("3.6")),
                HasSubstr("3.6 never ends a stop, because the curve is 0 there"));
    EXPECT_THAT(shown(with("3.7")), HasSubstr("limits.curves.high_cell_V is above 0"));
    EXPECT_FALSE(readConfig(with("3.7")).config);
}

TEST(MonthsOption, IsOneNumberOrTwelveOrThePresets) {
    EXPECT_THAT(bankOf(nested("limits.cvl.cell_V", "3.45")).limits.cvl.cell_V, ElementsAre(3.45));
    EXPECT_TRUE(bankOf(nested("limits.cvl.cell_V", "null")).limits.cvl.cell_V.empty());
    const BankSettings bank = bankOf(nested(
        "limits.cvl.cell_V", "[3.5, 3.5, 3.5, 3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.5, 3.51]"));
    const PresetValues none;
    EXPECT_EQ(regularCellVoltage(bank.limits.cvl, none, 1), 3.5);
    EXPECT_EQ(regularCellVoltage(bank.limits.cvl, none, 4), 3.4);
    EXPECT_EQ(regularCellVoltage(bank.limits.cvl, none, 12), 3.51);
}

/// Eleven would do until December comes.
TEST(MonthsOption, RefusesAnyOtherNumberOfMonths) {
    EXPECT_THAT(shown(nested("limits.cvl.cell_V",
                             "[3.5, 3.5, 3.5, 3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.5]")),
                HasSubstr("a list of 11, allowed: twelve numbers, from January on"));
    EXPECT_THAT(shown(nested("limits.cvl.cell_V", "[3.5]")), HasSubstr("a list of 1, allowed"));
    EXPECT_THAT(shown(nested("limits.cvl.cell_V",
                             "[3.5, 3.5, 3.5, 3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.4, 3.5, 5.5]")),
                HasSubstr("cell_V[11]: 5.5 is outside 1…5 V"));
    EXPECT_THAT(shown(nested("limits.cvl.cell_V",
                             "[3.5, 3.5, 3.5, 3.4, 3.4, null, 3.4, 3.4, 3.4, 3.4, 3.5, 3.5]")),
                HasSubstr("cell_V[5]: found null"));
}

struct Word {
    std::string_view key;
    const char* text;
};

TEST(Words, OfPresetsAndMethodsAreTakenAsWritten) {
    EXPECT_EQ(bankOf(nested("preset", "\"lto\"")).preset, Preset::Lto);
    EXPECT_EQ(bankOf("{}").preset, Preset::Auto);
    EXPECT_EQ(bankOf(nested("limits.share", "\"resistance\"")).limits.share, Share::Resistance);
    EXPECT_EQ(bankOf(nested("limits.cvl.mode", "\"max_until_all_float\"")).limits.cvl.mode,
              CvlMode::MaxUntilAllFloat);
    EXPECT_EQ(bankOf(nested("soc.source", "\"counter\"")).soc.source, SocSource::Counter);
}

TEST(Words, ThatNobodyKnowsAreRefusedAndNeverADefault) {
    for (const Word& it : {Word{"preset", "\"LFP\""}, Word{"preset", "\"lead\""},
                           Word{"limits.share", "\"ir\""}, Word{"limits.share", "\"\""},
                           Word{"limits.mode", "\"none\""}, Word{"limits.cvl.mode", "\"dvcc\""},
                           Word{"current.source", "\"shunts\""}, Word{"soc.source", "\"bms\""}}) {
        const std::string text = nested(it.key, it.text);
        EXPECT_THAT(shown(text), HasSubstr("is no choice, allowed: ")) << text;
        EXPECT_FALSE(readConfig(text).config) << text;
    }
}

TEST(Words, NullIsNoChoiceNoFlagAndNoList) {
    for (const char* key : {"preset", "limits.share", "exclude", "batteries", "publish.cells",
                            "current.shunts", "hold_s", "balancing.enabled"})
        EXPECT_THAT(shown(nested(key, "null")), HasSubstr("found null, allowed: ")) << key;
}

TEST(Words, CommandsAreAutoOrAFlag) {
    using enum mqtt::CommandsWanted;
    const std::pair<const char*, mqtt::CommandsWanted> cases[] = {
        {R"("auto")", Auto}, {"true", Yes}, {"false", No}};
    for (const auto& [text, wanted] : cases)
        EXPECT_EQ(readConfig(nested("mqtt.commands", text)).config->output.commands, wanted);
    EXPECT_EQ(readConfig("{}").config->output.commands, Auto);
    for (const char* bad : {R"("yes")", R"("true")", "1", "null", "[]"})
        EXPECT_THAT(shown(nested("mqtt.commands", bad)),
                    HasSubstr("allowed: \"auto\", true or false"))
            << bad;
}

TEST(Words, ANegativeTimeIsRefused) {
    for (const char* key :
         {"hold_s", "loss.link_timeout_s", "balancing.hold_s", "meters.max_gap_s"})
        EXPECT_THAT(shown(nested(key, "-1")), HasSubstr("-1 is outside ")) << key;
}

} // namespace
} // namespace busbar::config
