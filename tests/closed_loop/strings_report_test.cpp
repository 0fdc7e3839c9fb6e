// SPDX-License-Identifier: MIT
#include "app/commands/closed_loop_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

TEST(ClosedLoopOfStrings, ReportsBlocksAndTheStringsThatBusbarMakesOfThem) {
    ClosedLoopOptions options;
    options.bank.seed = 3;
    options.bank.chemistry = sim::Chemistry::Lfp;
    options.bank.packs = 0;
    options.bank.strings = sim::StringsSpec{2, 2};
    const ClosedLoopReport report = runClosedLoop(options);
    EXPECT_THAT(report.packs, SizeIs(4));
    EXPECT_EQ(report.packs[3].name, "String 2 Block B");
    ASSERT_THAT(report.members, SizeIs(2));
    EXPECT_EQ(sim::sumOf(report.whole.tripsByFlow), 0);
    for (const MemberFacts& member : report.members) {
        ASSERT_TRUE(member.share && member.trueShare && member.counter_pct) << member.name;
        EXPECT_THAT(member.name, HasSubstr("String "));
        EXPECT_NEAR(*member.share, *member.trueShare, 0.05) << member.name;
        EXPECT_NEAR(member.meters.charged_Wh, member.trueMeters.charged_Wh,
                    0.1 * member.trueMeters.charged_Wh)
            << member.name;
        EXPECT_THAT(member.trueWeakestCell, HasSubstr(" Block "));
    }
    EXPECT_NEAR(report.members[0].trueResistance.fast_Ohm,
                report.packs[0].resistance_Ohm + report.packs[1].resistance_Ohm, 1e-12);
    EXPECT_THAT(reportText(report), AllOf(HasSubstr("2 strings of 2 blocks, 8 cells each"),
                                          HasSubstr("String 1/Block ")));
    EXPECT_THAT(reportJson(report), HasSubstr("\"in_series\": 2"));
}

} // namespace
} // namespace busbar
