// SPDX-License-Identifier: MIT
// Events about alarms.
#include "core/charge/balancing.hpp"
#include "core/charge/current_source.hpp"
#include "core/events.hpp"
#include "core/limits/limit.hpp"
#include "core/members/member.hpp"
#include "core/members/membership.hpp"
#include "core/members/roster.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace busbar::events_test {
namespace {

struct MemberEventKinds : testing::Test {
    EventFinder finder;
    RosterEntry entry;

    /// The events of a cycle in which the battery is out for this reason.
    std::vector<Event> out(OutReason reason) {
        Verdict verdict;
        entry.id = "a";
        verdict.entry = &entry;
        verdict.reason = reason;
        const std::vector<Verdict> verdicts{verdict};
        const Limit limit{100.0, Cause::Member, "A", ""};
        return finder.find({verdicts, Stage::Starting, limit, limit, {}, {}, {}, {}});
    }
    EventKind kindOf(OutReason reason) {
        const auto events = out(reason);
        return events.size() == 1 ? events.front().kind : EventKind::Alarm;
    }
};

TEST_F(MemberEventKinds, SayWhatHappenedOnce) {
    EXPECT_EQ(kindOf(OutReason::Joining), EventKind::MemberJoining);
    EXPECT_TRUE(out(OutReason::Joining).empty());
    EXPECT_EQ(kindOf(OutReason::Stale), EventKind::MemberOut);
    EXPECT_EQ(kindOf(OutReason::OutOfService), EventKind::MemberOutOfService);
    EXPECT_EQ(kindOf(OutReason::Shunt), EventKind::MemberLeftOut);
    EXPECT_EQ(kindOf(OutReason::Frozen), EventKind::MemberOut);
}

struct AlarmEvents : testing::Test {
    EventFinder finder;
    Snapshot snapshot;
    Stage stage = Stage::Normal;

    std::vector<Event> cycle() {
        const Limit limit{100.0, Cause::Member, "A", ""};
        const BalancingOutput balancing;
        const BankCurrent current;
        std::vector<Event> all =
            finder.find({{}, stage, limit, limit, balancing, current, snapshot, {}});
        std::erase_if(all, [](const Event& event) { return event.kind != EventKind::Alarm; });
        return all;
    }
    std::vector<Event> cycle(const Value& level) {
        snapshot[row("/Alarms/HighVoltage")] = level;
        return cycle();
    }
};

TEST_F(AlarmEvents, ComeWhenAnAlarmRisesAndWhenItFalls) {
    EXPECT_TRUE(cycle(0.0).empty());
    const auto risen = cycle(2.0);
    ASSERT_EQ(risen.size(), 1U);
    EXPECT_EQ(risen[0].text, "High voltage alarm");
    EXPECT_EQ(risen[0].value, 2.0);
    EXPECT_TRUE(risen[0].isProblem);
    EXPECT_TRUE(cycle(2.0).empty());
    const auto fallen = cycle(0.0);
    ASSERT_EQ(fallen.size(), 1U);
    EXPECT_FALSE(fallen[0].isProblem);
}

TEST_F(AlarmEvents, ComeForAnAlarmThatIsThereFromTheBeginning) {
    EXPECT_EQ(cycle(1.0).size(), 1U);
}

TEST_F(AlarmEvents, DoNotCallAnUnknownAlarmOver) {
    EXPECT_EQ(cycle(2.0).size(), 1U);
    EXPECT_TRUE(cycle(Value()).empty());
    EXPECT_TRUE(cycle(2.0).empty());
}

TEST_F(AlarmEvents, NameAnAlarmWithoutAnEntityByItsKey) {
    snapshot[row("/Alarms/MidVoltage")] = 1.0;
    const auto events = cycle();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].text, "alarm_mid_voltage");
}

TEST_F(AlarmEvents, WaitForTheFirstData) {
    stage = Stage::Starting;
    EXPECT_TRUE(cycle(2.0).empty());
    stage = Stage::Normal;
    EXPECT_EQ(cycle(2.0).size(), 1U);
}

TEST(MemberEvents, OneThatTheRosterForgotIsNewWhenItIsBack) {
    EventFinder finder;
    RosterEntry entry;
    entry.id = "a";
    std::vector<Verdict> verdicts(1);
    verdicts[0].entry = &entry;
    verdicts[0].takesPart = true;
    const std::vector<Verdict> none;
    const auto cycle = [&finder](const std::vector<Verdict>& all) {
        const Limit limit{100.0, Cause::Member, "A", ""};
        const BalancingOutput balancing;
        const BankCurrent current;
        const Snapshot snapshot;
        return std::ranges::count(
            finder.find({all, Stage::Starting, limit, limit, balancing, current, snapshot, {}}),
            EventKind::MemberIn, &Event::kind);
    };
    EXPECT_EQ(cycle(verdicts), 1);
    EXPECT_EQ(cycle(verdicts), 0);
    EXPECT_EQ(cycle(none), 0);
    EXPECT_EQ(cycle(verdicts), 1) << "nothing is remembered of who is not there";
}

} // namespace
} // namespace busbar::events_test
