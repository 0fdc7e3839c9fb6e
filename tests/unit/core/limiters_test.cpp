// SPDX-License-Identifier: MIT
#include "core/limits/limit_settings.hpp"
#include "core/limits/limiters.hpp"
#include "core/limits/preset.hpp"
#include "core/table/path_table.hpp"
#include "support/pages.hpp"
#include "unit/core/made.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace busbar::limiters_test {
namespace {

constexpr RowIndex kCharge = row("/Info/MaxChargeCurrent");
constexpr RowIndex kDischarge = row("/Info/MaxDischargeCurrent");
constexpr RowIndex kAllowCharge = row("/Io/AllowToCharge");
constexpr RowIndex kHighest = row("/System/MaxCellVoltage");

/// Two packs of CCL 50 A, DCL 80 A, shared by count: 100 A and 160 A unless something says less.
class LimitersTest : public ::testing::Test {
protected:
    LimitersTest() {
        settings.share = Share::Count;
        for (const char* name : {"A", "B"})
            packs.emplace_back(name, made::Values{{kCharge, 50.0}, {kDischarge, 80.0}});
    }

    Limit limit(Direction direction) {
        Members members;
        for (const made::Pack& pack : packs)
            made::addTo(members, pack);
        const LimitInput now = input(members);
        noteCurveData(curveInput(now), state.curves);
        return strictest(limitersOf(direction, now, state));
    }
    std::vector<Limiter> all(Direction direction) {
        Members members;
        for (const made::Pack& pack : packs)
            made::addTo(members, pack);
        return limitersOf(direction, input(members), state);
    }
    Limit charge() { return limit(Direction::Charge); }
    Limit discharge() { return limit(Direction::Discharge); }
    std::optional<double> ceiling(Direction direction) {
        Members members;
        for (const made::Pack& pack : packs)
            made::addTo(members, pack);
        return ceilingOf(direction, input(members));
    }
    /// A third one, not heard any more, during whose last word the bank had these limits.
    void lose(double bankCharge_A, double bankDischarge_A) {
        LastWord word;
        word.name = "L";
        word.bankCharge_A = bankCharge_A;
        word.bankDischarge_A = bankDischarge_A;
        noteWord(state.unheard, "l", word);
        noteLost(state.unheard, "l");
    }

    std::deque<made::Pack> packs;
    LimitSettings settings;
    UnheardSettings unheard;
    PresetValues preset;
    int minBatteries = 1;
    int lost = 0;
    std::optional<double> gxCharge_A;
    std::optional<double> ownersCharge_A;
    std::optional<double> ownersDischarge_A;
    std::optional<double> silentCharge_A;
    ReplacedLimits replaced;
    LimitState state;

private:
    [[nodiscard]] LimitInput input(const Members& members) const {
        return {.members = members,
                .settings = settings,
                .minBatteries = minBatteries,
                .preset = preset,
                .soc = {},
                .gxCharge_A = gxCharge_A,
                .lost = lost,
                .ownersCharge_A = ownersCharge_A,
                .ownersDischarge_A = ownersDischarge_A,
                .unheard = {unheard, settings, preset, 52.8, std::nullopt, 16.0},
                .silentCharge_A = silentCharge_A,
                .replaced = replaced};
    }
};

void expectLimit(const Limit& limit, double value_A, Cause cause, const std::string& member = "") {
    EXPECT_DOUBLE_EQ(limit.value, value_A);
    EXPECT_EQ(toText(limit.cause), toText(cause));
    EXPECT_EQ(limit.member, member);
}

TEST_F(LimitersTest, MembersLimitsAloneAreShared) {
    expectLimit(charge(), 100.0, Cause::Member, "A");
    expectLimit(discharge(), 160.0, Cause::Member, "A");
}

TEST_F(LimitersTest, TooFewMembersCloseBoth) {
    minBatteries = 2;
    expectLimit(charge(), 100.0, Cause::Member, "A");
    minBatteries = 3;
    expectLimit(charge(), 0.0, Cause::TooFewMembers);
    expectLimit(discharge(), 0.0, Cause::TooFewMembers);
}

TEST_F(LimitersTest, OneThatBlocksReducesOrStops) {
    packs[1].set(kAllowCharge, 0.0);
    expectLimit(charge(), 50.0, Cause::Member, "A");
    settings.onBlock = OnBlock::Stop;
    expectLimit(charge(), 0.0, Cause::Blocked, "B");
    expectLimit(discharge(), 160.0, Cause::Member, "A");
}

TEST_F(LimitersTest, WhereAllBlockTheFirstByNameIsNamed) {
    std::swap(packs[0].entry, packs[1].entry);
    for (made::Pack& pack : packs)
        pack.set(kAllowCharge, 0.0);
    expectLimit(charge(), 0.0, Cause::Blocked, "A");
}

TEST_F(LimitersTest, CurvesLimitByTheirPart) {
    preset = presetValues(Preset::Lfp);
    packs[1].set(kHighest, 3.60);
    const Limit both = charge();
    EXPECT_NEAR(both.value, 0.2 * 100.0, 1e-9);
    EXPECT_EQ(both.cause, Cause::CellHigh);
    EXPECT_EQ(both.member, "B");
    EXPECT_EQ(discharge().value, 160.0);
    settings.mode = LimitMode::Bms;
    expectLimit(charge(), 100.0, Cause::Member, "A");
}

/// A preset's curves are not missed where BMSs guard their cells; alone they are.
TEST_F(LimitersTest, OwnModeClosesOnABatteryThatNeverGaveCells) {
    preset = presetValues(Preset::Lfp);
    settings.maxCharge_A = 200.0;
    settings.maxDischarge_A = 200.0;
    expectLimit(charge(), 100.0, Cause::Member, "A");
    settings.mode = LimitMode::Own;
    packs[0].set(kHighest, 3.3);
    packs[0].set(row("/System/MinCellVoltage"), 3.3);
    expectLimit(charge(), 0.0, Cause::MissingData, "B");
    expectLimit(discharge(), 0.0, Cause::MissingData, "B");
}

TEST_F(LimitersTest, TheCeilingIsTheSmallerOfTheOwnersTwo) {
    settings.maxCharge_A = 60.0;
    expectLimit(charge(), 60.0, Cause::Ceiling);
    expectLimit(discharge(), 160.0, Cause::Member, "A");
    ownersCharge_A = 70.0;
    expectLimit(charge(), 60.0, Cause::Ceiling);
    ownersCharge_A = 40.0;
    expectLimit(charge(), 40.0, Cause::Ceiling);
    settings.maxCharge_A.reset();
    expectLimit(charge(), 40.0, Cause::Ceiling);
    ownersDischarge_A = 0.0;
    expectLimit(discharge(), 0.0, Cause::Ceiling);
}

TEST_F(LimitersTest, TheLimitOfTheGxIsForChargingOnly) {
    gxCharge_A = 30.0;
    expectLimit(charge(), 30.0, Cause::GxLimit);
    expectLimit(discharge(), 160.0, Cause::Member, "A");
    gxCharge_A = 0.0;
    expectLimit(charge(), 0.0, Cause::GxLimit);
}

TEST_F(LimitersTest, ASilentLinkStopsChargingOnly) {
    silentCharge_A = 0.0;
    expectLimit(charge(), 0.0, Cause::NoData);
    expectLimit(discharge(), 160.0, Cause::Member, "A");
    silentCharge_A = 5.0;
    expectLimit(charge(), 5.0, Cause::NoData);
    silentCharge_A = 500.0;
    expectLimit(charge(), 100.0, Cause::Member, "A"); // never raises
}

TEST_F(LimitersTest, LostMembersKeepTheirSayUntilTheRuleIsOff) {
    lose(70.0, 90.0);
    expectLimit(charge(), 70.0 / kShareGrows, Cause::LostMember, "L");
    expectLimit(discharge(), 90.0 / kShareGrows, Cause::LostMember, "L");
    unheard.rule = UnheardRule::Ignore;
    expectLimit(charge(), 100.0, Cause::Member, "A");
    expectLimit(discharge(), 160.0, Cause::Member, "A");
}

TEST_F(LimitersTest, TheSmallestOfAllWinsWhoeverSaysIt) {
    settings.maxCharge_A = 60.0;
    gxCharge_A = 55.0;
    lose(50.0, 500.0);
    silentCharge_A = 40.0;
    expectLimit(charge(), 40.0, Cause::NoData);
    silentCharge_A.reset();
    expectLimit(charge(), 50.0 / kShareGrows, Cause::LostMember, "L");
    unheard.rule = UnheardRule::Ignore;
    expectLimit(charge(), 55.0, Cause::GxLimit);
    gxCharge_A.reset();
    expectLimit(charge(), 60.0, Cause::Ceiling);
    settings.maxCharge_A.reset();
    expectLimit(charge(), 100.0, Cause::Member, "A");
}

/// Every limiter says 0 A; one after the other is taken away, in the order of the list.
TEST_F(LimitersTest, OfEqualOnesTheFirstInTheListIsNamed) {
    silentCharge_A = 0.0;
    minBatteries = 3;
    settings.onBlock = OnBlock::Stop;
    packs[1].set(kAllowCharge, 0.0);
    packs[0].set(kCharge, {});
    settings.maxCharge_A = 0.0;
    preset = presetValues(Preset::Lfp);
    packs[0].set(kHighest, 4.0);
    gxCharge_A = 0.0;
    lose(0.0, 0.0);
    expectLimit(charge(), 0.0, Cause::NoData);
    silentCharge_A.reset();
    expectLimit(charge(), 0.0, Cause::TooFewMembers);
    minBatteries = 1;
    expectLimit(charge(), 0.0, Cause::Blocked, "B");
    settings.onBlock = OnBlock::Reduce;
    expectLimit(charge(), 0.0, Cause::UnknownLimit, "A");
    packs[0].set(kCharge, 50.0);
    expectLimit(charge(), 0.0, Cause::CellHigh, "A");
    settings.mode = LimitMode::Bms;
    expectLimit(charge(), 0.0, Cause::Ceiling);
    settings.maxCharge_A.reset();
    expectLimit(charge(), 0.0, Cause::GxLimit);
    gxCharge_A.reset();
    expectLimit(charge(), 0.0, Cause::LostMember, "L");
    unheard.rule = UnheardRule::Ignore;
    expectLimit(charge(), 50.0, Cause::Member, "A");
}

std::vector<std::string> shown(const std::vector<Limiter>& limiters) {
    std::vector<std::string> lines;
    for (const Limiter& one : limiters)
        lines.push_back(describe(one.limit) + " " +
                        displayText(Quantity::Current, one.limit.value));
    return lines;
}

TEST_F(LimitersTest, AreAllTold) {
    ownersCharge_A = 90.0;
    gxCharge_A = 120.0;
    packs[1].set(kCharge, 55.0);
    EXPECT_EQ(shown(all(Direction::Charge)),
              (std::vector<std::string>{"member A 100.0A", "member B 110.0A", "ceiling 90.0A",
                                        "gx_limit 120.0A"}));
    EXPECT_EQ(shown(all(Direction::Discharge)),
              (std::vector<std::string>{"member A 160.0A", "member B 160.0A"}));
}

TEST_F(LimitersTest, OfMembersSayShareAndOwnLimit) {
    packs[1].set(kCharge, 20.0);
    const auto limiters = all(Direction::Charge);
    ASSERT_EQ(limiters.size(), 2U);
    EXPECT_EQ(limiters.front().limit.member, "B") << "the one that decides is told first";
    EXPECT_EQ(limiters.front().share, 0.5);
    EXPECT_EQ(limiters.front().own, 20.0);
    EXPECT_EQ(limiters.back().own, 50.0);
}

TEST_F(LimitersTest, OfAServiceInTheBatteriesPlaceAreThatAlone) {
    replaced.charge = Limit{70.0, Cause::Override, "", ""};
    EXPECT_EQ(shown(all(Direction::Charge)), std::vector<std::string>{"override 70.0A"});
}

TEST(PublishedLimiters, BeginWithWhatIsPublishedAndAscend) {
    const Limit member{100.0, Cause::Member, "A", ""};
    const std::vector<Limiter> worked = {{{150.0, Cause::Ceiling, "", ""}, {}, {}},
                                         {member, 0.5, 50.0},
                                         {{120.0, Cause::Member, "B", ""}, 0.5, 60.0}};
    EXPECT_EQ(shown(withPublished(worked, member)),
              (std::vector<std::string>{"member A 100.0A", "member B 120.0A", "ceiling 150.0A"}));
    EXPECT_EQ(withPublished(worked, member).front().share, 0.5);
}

TEST(PublishedLimiters, HaveARampBesideWhatItGoesTo) {
    const std::vector<Limiter> worked = {{{100.0, Cause::Member, "A", ""}, 1.0, 100.0}};
    EXPECT_EQ(shown(withPublished(worked, {40.0, Cause::Ramp, "A", ""})),
              (std::vector<std::string>{"ramping A 40.0A", "member A 100.0A"}));
}

TEST(PublishedLimiters, OfABankWithoutDataAreWhatIsPublished) {
    EXPECT_EQ(shown(withPublished({}, {0.0, Cause::NoData, "", ""})),
              std::vector<std::string>{"no_data 0.0A"});
}

TEST_F(LimitersTest, ClosedWhereNoneApplies) {
    settings.mode = LimitMode::Own; // no preset, so no curve, and no ceiling
    expectLimit(charge(), 0.0, Cause::UnknownLimit);
    expectLimit(discharge(), 0.0, Cause::UnknownLimit);
}

TEST_F(LimitersTest, ACeilingOfTheMembersIsThatOfTheBankButInModeOwn) {
    settings.maxCharge_A = 90.0;
    settings.maxDischarge_A = 120.0;
    lost = 1;
    for (const LimitMode mode : {LimitMode::Both, LimitMode::Bms}) {
        settings.mode = mode;
        EXPECT_EQ(ceiling(Direction::Charge), 90.0);
        EXPECT_EQ(ceiling(Direction::Discharge), 120.0);
    }
    settings.mode = LimitMode::Own;
    EXPECT_EQ(ceiling(Direction::Charge), 60.0) << "two of three";
    EXPECT_EQ(ceiling(Direction::Discharge), 80.0);
    packs[0].set(kAllowCharge, 0.0);
    EXPECT_EQ(ceiling(Direction::Charge), 30.0) << "one of three";
    EXPECT_EQ(ceiling(Direction::Discharge), 80.0);
    packs[1].set(kAllowCharge, 0.0);
    EXPECT_EQ(ceiling(Direction::Charge), 0.0);
    lost = 0;
    EXPECT_EQ(ceiling(Direction::Discharge), 120.0);
}

TEST_F(LimitersTest, WithoutOneGivenThereIsNoCeiling) {
    for (const LimitMode mode : {LimitMode::Both, LimitMode::Bms, LimitMode::Own}) {
        settings.mode = mode;
        EXPECT_EQ(ceiling(Direction::Charge), std::nullopt);
        EXPECT_EQ(ceiling(Direction::Discharge), std::nullopt);
    }
    ownersDischarge_A = 60.0;
    EXPECT_EQ(ceiling(Direction::Charge), std::nullopt) << "each direction has its own";
    EXPECT_EQ(ceiling(Direction::Discharge), 60.0);
}

TEST(Limiters, HaveEachCauseExplained) {
    EXPECT_EQ(test::unexplained<Cause>("src/core/LIMITS.md", 1, kCauseCount),
              std::vector<std::string>{});
}

} // namespace
} // namespace busbar::limiters_test
