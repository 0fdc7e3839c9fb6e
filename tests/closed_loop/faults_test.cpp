// SPDX-License-Identifier: MIT
#include "closed_loop/loop.hpp"
#include "core/memory.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <vector>

namespace busbar::closed_loop {
namespace {

using namespace std::chrono_literals;

using sim::Fault;
using sim::Seconds;

constexpr RowIndex kCharge = row("/Info/MaxChargeCurrent");
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// All four packs report like this.
sim::TwinSpec fourThat(const std::function<void(sim::ReportingSpec&)>& change) {
    sim::TwinSpec spec = fourPacks();
    for (sim::PackSpec& pack : spec.packs)
        change(pack.bms.reporting);
    return spec;
}

/// One of four fails from minute 20 to minute 40 of a charge that takes all its limits allow.
sim::TwinSpec oneFails(Fault::Kind kind) {
    sim::TwinSpec spec = fourPacks(14000.0);
    spec.charger.max_A = 300.0;
    spec.packs[1].bms.faults = {{kind, Seconds(1200.0), Seconds(2400.0)}};
    return spec;
}

std::string safety(const sim::Metrics& metrics) {
    return std::to_string(metrics.trips) + " trips, " + std::to_string(metrics.overLimit_s) +
           " s over, worst " + std::to_string(metrics.worstExcess_pct) + " %, highest " +
           std::to_string(metrics.maxCell_V) + " V";
}

TEST(Fault, WithoutCellDataTheBankFills) {
    Loop loop({}, fourThat([](sim::ReportingSpec& how) { how.hasCells = false; }));
    const sim::Metrics metrics = loop.run(3h);
    EXPECT_TRUE(isSafe(metrics)) << safety(metrics);
    EXPECT_TRUE(metrics.full_h);
    EXPECT_FALSE(hasWord(loop.charge, "missing_data")) << "nobody asked for a curve";
}

TEST(Fault, WithoutCellDataAnOwnersCurveCloses) {
    BankSettings settings;
    settings.limits.curves.at(static_cast<std::size_t>(CurveKind::HighCell)).points =
        std::vector<CurvePoint>{{3.4, 1.0}, {3.6, 0.0}};
    Loop loop(settings, fourThat([](sim::ReportingSpec& how) { how.hasCells = false; }));
    static_cast<void>(loop.run(5min));
    EXPECT_EQ(loop.ccl_A(), 0.0);
    EXPECT_EQ(loop.text(row("/Info/ChargeLimitation")), "missing_data Pack A");
    EXPECT_GT(loop.dcl_A(), 0.0);
}

TEST(Fault, CellsThatVanishCloseChargingUntilTheyAreBack) {
    Loop loop({}, oneFails(Fault::Kind::NoCells));
    EXPECT_TRUE(isSafe(loop.run(20min)));
    EXPECT_TRUE(isSafe(loop.run(19min)));
    EXPECT_EQ(loop.ccl_A(), 0.0);
    EXPECT_EQ(loop.text(row("/Info/ChargeLimitation")), "missing_data Pack B");
    EXPECT_TRUE(isSafe(loop.run(3min)));
    EXPECT_GT(loop.ccl_A(), 150.0);
}

TEST(Fault, WithoutCapacityTheBankFills) {
    Loop loop({}, fourThat([](sim::ReportingSpec& how) { how.hasCapacity = false; }));
    const sim::Metrics metrics = loop.run(3h);
    EXPECT_TRUE(isSafe(metrics)) << safety(metrics);
    EXPECT_TRUE(metrics.full_h);
}

TEST(Fault, OneWithoutLimitsClosesTheBankByName) {
    sim::TwinSpec spec = fourPacks();
    spec.packs[2].bms.reporting.hasLimits = false;
    Loop loop({}, spec);
    static_cast<void>(loop.run(5min));
    EXPECT_EQ(loop.ccl_A(), 0.0);
    EXPECT_EQ(loop.dcl_A(), 0.0);
    EXPECT_EQ(loop.text(row("/Info/ChargeLimitation")), "unknown_limit Pack C");
}

TEST(Fault, WithoutAllowFlagsTheBankFills) {
    Loop loop({}, fourThat([](sim::ReportingSpec& how) { how.hasAllowFlags = false; }));
    const sim::Metrics metrics = loop.run(3h);
    EXPECT_TRUE(isSafe(metrics)) << safety(metrics);
    EXPECT_TRUE(metrics.full_h);
}

struct BadLimit {
    const char* what;
    Value value;
    double most_A;        ///< of the CCL meanwhile
    std::string_view why; ///< the text begins with this
};

/// Pack B of four, each of 50 A, says something else for ten minutes.
TEST(Fault, BadLimitsCloseOrChangeNothingAndAreForgotten) {
    const std::vector<BadLimit> cases = {
        {"zero: takes its part out", Value(0.0), 150.5, "member Pack "},
        {"negative", plausible(kRows[kCharge], -10.0), 0.0, "unknown_limit Pack B"},
        {"absurd", plausible(kRows[kCharge], 1e9), 0.0, "unknown_limit Pack B"},
        {"no number", plausible(kRows[kCharge], kNaN), 0.0, "unknown_limit Pack B"},
        {"large but possible: the others' limits hold", Value(9999.0), 215.0, "member Pack "},
        {"none", Value(), 0.0, "unknown_limit Pack B"},
    };
    for (const BadLimit& it : cases) {
        Loop loop({}, fourPacks());
        static_cast<void>(loop.run(10min));
        loop.meddle = [&](Readings& readings, const Now& now) {
            put(readings, 2, kCharge, it.value, now);
        };
        double most_A = 0.0;
        loop.afterwards = [&](const Now&) { most_A = std::max(most_A, loop.ccl_A()); };
        static_cast<void>(loop.run(10min));
        EXPECT_LE(most_A, it.most_A) << it.what;
        EXPECT_TRUE(loop.text(row("/Info/ChargeLimitation")).starts_with(it.why))
            << it.what << ": " << loop.text(row("/Info/ChargeLimitation"));
        loop.meddle = nullptr;
        static_cast<void>(loop.run(5min));
        EXPECT_GT(loop.ccl_A(), 180.0) << it.what;
    }
}

/// serialbattery while it starts: limits stand there before anything was measured.
TEST(Fault, LimitsBeforeAnyMeasurementCountForNobody) {
    sim::TwinSpec spec = fourPacks();
    spec.packs[3].bms.faults = {{Fault::Kind::Left, Seconds(0.0), Seconds(300.0)}};
    Loop loop({}, spec);
    loop.meddle = [&](Readings& readings, const Now& now) {
        if (loop.twin.time() < 300s) {
            put(readings, 4, row("/DeviceInstance"), 4.0, now);
            put(readings, 4, row("/Serial"), "TWIN4", now);
            put(readings, 4, row("/CustomName"), "Pack D", now);
            put(readings, 4, row("/Info/MaxChargeVoltage"), 60.0, now);
            put(readings, 4, kCharge, 500.0, now);
            put(readings, 4, row("/Info/MaxDischargeCurrent"), 500.0, now);
            put(readings, 4, row("/Dc/0/Voltage"), Value(), now);
        }
    };
    static_cast<void>(loop.run(290s));
    EXPECT_EQ(loop.bank.report().online, 3);
    EXPECT_LE(loop.ccl_A(), 151.0);
    EXPECT_EQ(loop.limits.cvl_V, 56.0);
    const sim::Metrics metrics = loop.run(10min);
    EXPECT_TRUE(isSafe(metrics)) << safety(metrics);
    EXPECT_EQ(loop.bank.report().online, 4);
    EXPECT_GT(loop.ccl_A(), 180.0);
}

struct Drop {
    const char* what;
    Fault::Kind kind;
    std::chrono::seconds gone; ///< by then it counts no more
};

TEST(Fault, OneOfFourThatDropsInAFullChargeTakesItsPartAwayAndBringsItBack) {
    const std::vector<Drop> cases = {
        {"left", Fault::Kind::Left, 40s},
        {"silent, found by the next full publish", Fault::Kind::Silent, 220s},
        {"frozen, found after 300 s", Fault::Kind::Frozen, 340s},
        {"keeps its limits for a minute after it lost its cells", Fault::Kind::BmsLost, 80s},
    };
    for (const Drop& it : cases) {
        Loop loop({}, oneFails(it.kind));
        const sim::Metrics before = loop.run(20min);
        const double four_A = loop.ccl_A();
        EXPECT_GT(four_A, 190.0) << it.what;
        const sim::Metrics dropping = loop.run(it.gone);
        EXPECT_EQ(loop.bank.report().online, 3) << it.what;
        EXPECT_LT(loop.ccl_A(), four_A * 0.8) << it.what;
        EXPECT_GT(loop.ccl_A(), four_A * 0.6) << it.what;
        EXPECT_EQ(loop.number(row("/Alarms/BmsCable")), 1.0) << it.what;
        const sim::Metrics without = loop.run(20min - it.gone);
        const sim::Metrics back = loop.run(4min); // the next full publish
        EXPECT_EQ(loop.bank.report().online, 4) << it.what;
        EXPECT_GT(loop.ccl_A(), 190.0) << it.what;
        EXPECT_EQ(loop.number(row("/Alarms/BmsCable")), 0.0) << it.what;
        const sim::Metrics rest = loop.run(2h);
        EXPECT_TRUE(rest.full_h) << it.what;
        for (const sim::Metrics& metrics : {before, dropping, without, back, rest})
            EXPECT_TRUE(isSafe(metrics)) << it.what << ": " << safety(metrics);
    }
}

/// Nothing to learn a resistance or a share from: the same current all the time.
TEST(Fault, AConstantCurrentTeachesNothingAndHarmsNothing) {
    sim::TwinSpec spec = fourPacks();
    spec.load = {0.0, 0.0, {}};
    for (sim::PackSpec& pack : spec.packs)
        pack.bms.reporting.currentNoise_A = 0.0;
    for (const Share share : {Share::Adaptive, Share::Resistance}) {
        BankSettings settings;
        settings.limits.share = share;
        Loop loop(settings, spec);
        const sim::Metrics metrics = loop.run(3h);
        EXPECT_TRUE(isSafe(metrics)) << safety(metrics);
        EXPECT_TRUE(metrics.full_h);
        for (const MemberReport& member : loop.bank.report().members)
            EXPECT_LT(member.resistance_Ohm.value_or(0.0), 0.1) << member.name;
    }
}

/// The clock on the wall is set by hours, forwards and backwards, while a twin of the same seed
/// keeps time.
TEST(Fault, StepsOfTheClockChangeNothing) {
    BankSettings settings;
    settings.soc.source = SocSource::Counter;
    Loop kept(settings, fourPacks());
    Loop set(settings, fourPacks());
    for (const auto shift : {0h, 9h, -30h, 24h * 400, 0h}) {
        set.wallShift = shift;
        for (int minute = 0; minute < 20; ++minute) {
            static_cast<void>(kept.run(1min));
            static_cast<void>(set.run(1min));
            ASSERT_EQ(set.limits.cvl_V, kept.limits.cvl_V) << shift.count() << " h";
            ASSERT_EQ(set.limits.ccl_A, kept.limits.ccl_A) << shift.count() << " h";
            ASSERT_EQ(set.limits.dcl_A, kept.limits.dcl_A) << shift.count() << " h";
            ASSERT_EQ(set.number(row("/Soc")), kept.number(row("/Soc"))) << shift.count() << " h";
        }
    }
}

/// What a state file may hold that was written by nobody in their right mind.
BankMemory nonsense() {
    BankMemory memory;
    MemberMemory& member = memory.members["serial_twin1"];
    member.counter = {kNaN, 100.0, true};
    member.resistance_Ohm = -std::numeric_limits<double>::infinity();
    member.meters.charged_Wh = kNaN;
    member.learnedShare = kNaN;
    memory.members["serial_twin2"].counter = {1e300, 1e300, false};
    memory.balancing.lastSuccess = WallTime(std::chrono::hours(24LL * 365 * 280));
    memory.controls.maxCharge_A = kNaN;
    return memory;
}

TEST(Fault, ANonsensicalMemoryIsAsGoodAsNone) {
    BankSettings settings;
    settings.soc.source = SocSource::Counter;
    Loop without(settings, fourPacks());
    Loop with(settings, fourPacks());
    const SaneMemory sane = busbar::sane(nonsense());
    EXPECT_GE(sane.dropped.size(), 5U);
    with.bank.restore(sane.memory);
    static_cast<void>(without.run(30min));
    static_cast<void>(with.run(30min));
    EXPECT_EQ(with.number(row("/Soc")), without.number(row("/Soc")));
    EXPECT_EQ(with.limits.ccl_A, without.limits.ccl_A);
    EXPECT_EQ(with.limits.cvl_V, without.limits.cvl_V);
}

TEST(Fault, ARestartKnowsWhoTakesMoreAndAllowsNothingForIt) {
    sim::TwinSpec spec = fourPacks();
    for (sim::CellSpec& cell : spec.packs[0].cells)
        cell.resistance_Ohm *= 0.4;
    Loop first({}, spec);
    static_cast<void>(first.run(40min));
    const BankMemory memory = first.bank.memory();
    double sum = 0.0;
    for (const auto& [id, member] : memory.members)
        sum += member.learnedShare.value_or(0.0);
    ASSERT_NEAR(sum, 1.0, 1e-3);
    ASSERT_GT(*memory.members.at("serial_twin1").learnedShare, 0.3) << "the same capacity as all";

    Loop knowing({}, spec);
    Loop unknowing({}, spec);
    knowing.bank.restore(memory);
    static_cast<void>(unknowing.run(3s));
    static_cast<void>(knowing.run(3s));
    EXPECT_LT(knowing.ccl_A(), 0.8 * unknowing.ccl_A());
    EXPECT_TRUE(knowing.text(row("/Info/ChargeLimitation")).starts_with("member"));
    static_cast<void>(unknowing.run(40min));
    const sim::Metrics metrics = knowing.run(40min);
    EXPECT_TRUE(isSafe(metrics)) << safety(metrics);
    EXPECT_NEAR(knowing.ccl_A(), unknowing.ccl_A(), 0.03 * unknowing.ccl_A());
}

TEST(Fault, AllSilentClosesAndComesBack) {
    sim::TwinSpec spec = fourPacks();
    for (sim::PackSpec& pack : spec.packs)
        pack.bms.faults = {{Fault::Kind::Silent, Seconds(1200.0), Seconds(2400.0)}};
    Loop loop({}, spec);
    static_cast<void>(loop.run(20min));
    static_cast<void>(loop.run(5min));
    EXPECT_EQ(loop.ccl_A(), 0.0);
    EXPECT_EQ(loop.text(row("/Info/ChargeLimitation")), "no_data");
    EXPECT_GT(loop.dcl_A(), 0.0) << "half full: rides through";
    static_cast<void>(loop.run(12min));
    EXPECT_EQ(loop.dcl_A(), 0.0);
    const sim::Metrics back = loop.run(10min);
    EXPECT_TRUE(isSafe(back)) << safety(back);
    EXPECT_GT(loop.ccl_A(), 180.0);
    EXPECT_EQ(loop.bank.stage(), Stage::Normal);
}

} // namespace
} // namespace busbar::closed_loop
