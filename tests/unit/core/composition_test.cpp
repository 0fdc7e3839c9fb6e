// SPDX-License-Identifier: MIT
#include "core/bank.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/made/composition.hpp"
#include "core/memory.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/controls.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made_readings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace busbar::composition_test {
namespace {

using namespace std::chrono_literals;

constexpr RowIndex kVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kCurrent = row("/Dc/0/Current");
constexpr RowIndex kCharge = row("/Info/MaxChargeCurrent");
constexpr RowIndex kDischarge = row("/Info/MaxDischargeCurrent");
constexpr RowIndex kCvl = row("/Info/MaxChargeVoltage");
constexpr RowIndex kSoc = row("/Soc");

Selector sel(const std::string& text) {
    return *parseSelector(text);
}

MadeSettings series(const std::string& id, std::initializer_list<const char*> blocks) {
    MadeSettings made{.id = id, .name = {}, .kind = MadeKind::Series};
    for (const char* block : blocks)
        made.parts.push_back(sel(block));
    return made;
}

BankSettings bankOf(const std::string& id, std::initializer_list<const char*> batteries) {
    BankSettings settings;
    settings.id = id;
    settings.name = id;
    settings.membership.takeAll = false;
    for (const char* battery : batteries)
        settings.membership.selected.push_back(sel(battery));
    return settings;
}

class CompositionTest : public ::testing::Test {
protected:
    void connectWith(std::initializer_list<int> instances) {
        readings.setLink(true, now);
        (void)readings.beginSweep();
        for (const int instance : instances)
            made::putBasics(readings, instance, now);
        readings.completeSweep(now);
    }
    void put(int instance, RowIndex index, Value value) {
        made::put(readings, instance, index, std::move(value), now);
    }
    void make(std::vector<MadeSettings> settings) { composition.emplace(std::move(settings)); }
    void addBank(BankSettings settings) { banks.emplace_back(std::move(settings)); }
    Bank& bank(const std::string& id) {
        return *std::ranges::find_if(banks,
                                     [&id](const Bank& one) { return one.settings().id == id; });
    }
    /// As a site does it; once a second, so that limits ramp.
    void cycle(int seconds = 1) {
        for (int i = 0; i < seconds; ++i) {
            now.steady += 1s;
            now.wall += 1s;
            readings.noteSign(now);
            readings.settle(now);
            composition->work(readings, banks, now, Pace::Cycle);
            for (Bank& one : banks)
                if (!composition->isInner(one))
                    one.evaluate(readings, now);
        }
    }
    const Battery& madeOne(int index = 0) { return readings.batteries().at(kMadeFrom + index); }
    std::optional<double> number(const std::string& id, RowIndex index) {
        return bank(id).snapshot()[index].number();
    }
    const Verdict& verdictOf(const std::string& bankId, const std::string& name) {
        const auto& verdicts = bank(bankId).view().parts.verdicts;
        return *std::ranges::find_if(
            verdicts, [&name](const Verdict& verdict) { return verdict.entry->name == name; });
    }
    OutReason reasonOf(const std::string& bankId, const std::string& name) {
        return verdictOf(bankId, name).reason;
    }

    Readings readings;
    std::optional<Composition> composition;
    std::vector<Bank> banks;
    Now now = made::start();
};

TEST_F(CompositionTest, AStringAddsVoltagesAndTakesTheSmallestLimits) {
    connectWith({1, 2});
    put(2, kVoltage, 26.0);
    put(2, kCharge, 30.0);
    put(2, kDischarge, 90.0);
    put(2, kCvl, 28.0);
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:string_1"}));
    cycle(120);
    EXPECT_DOUBLE_EQ(*number("main", kVoltage), 52.4);
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 10.0);
    EXPECT_DOUBLE_EQ(*number("main", kCvl), 56.4);
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 30.0);
    EXPECT_DOUBLE_EQ(*number("main", kDischarge), 80.0);
    EXPECT_EQ(bank("main").report().charge.member, "string_1/B2");
    EXPECT_EQ(bank("main").report().discharge.member, "string_1/B1");
    EXPECT_DOUBLE_EQ(*number("main", row("/System/BatteriesSeries")), 2.0);
}

TEST_F(CompositionTest, AStringHasTheChargeOfItsEmptiestBlock) {
    connectWith({1, 2});
    put(1, row("/InstalledCapacity"), 100.0);
    put(1, kSoc, 60.0);
    put(2, row("/InstalledCapacity"), 200.0);
    put(2, kSoc, 50.0);
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:string_1"}));
    cycle();
    EXPECT_DOUBLE_EQ(*number("main", kSoc), 60.0) << "60 Ah are left in B1, 100 in B2";
    EXPECT_DOUBLE_EQ(*number("main", row("/InstalledCapacity")), 100.0);
    EXPECT_DOUBLE_EQ(*number("main", row("/Capacity")), 60.0);
}

/// The string counts as one battery: what is left in the other blocks of a blocked one is not to
/// be had either.
TEST_F(CompositionTest, AStringWithABlockedBlockIsNotUsable) {
    connectWith({1, 2, 3, 4});
    for (const int instance : {1, 2, 3, 4})
        put(instance, row("/InstalledCapacity"), 100.0);
    put(1, kSoc, 40.0);
    put(2, kSoc, 50.0);
    put(3, kSoc, 80.0);
    put(4, kSoc, 90.0);
    make({series("string_1", {"name:B1", "name:B2"}), series("string_2", {"name:B3", "name:B4"})});
    addBank(bankOf("main", {"made:string_1", "made:string_2"}));
    cycle(60);
    EXPECT_DOUBLE_EQ(*number("main", kSoc), 60.0) << "of 40 and 80 %";
    EXPECT_DOUBLE_EQ(bank("main").report().reach.usableSoc_pct.value_or(0.0), 60.0);
    put(4, row("/Io/AllowToDischarge"), 0.0);
    cycle(5);
    EXPECT_DOUBLE_EQ(*number("main", kSoc), 60.0);
    EXPECT_DOUBLE_EQ(bank("main").report().reach.usableSoc_pct.value_or(0.0), 40.0);
}

TEST_F(CompositionTest, AStringIsAsOldAsTheBlockThatHasBeenSilentLongest) {
    connectWith({1, 2});
    make({series("s", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:s"}));
    cycle();
    const SteadyTime first = readings.batteries().at(2).heard;
    put(1, kCurrent, 11.0);
    cycle();
    ASSERT_GT(readings.batteries().at(1).heard, first);
    EXPECT_EQ(madeOne().heard, first);
    const BankReport report = bank("main").report();
    const auto string = std::ranges::find(report.members, "s", &MemberReport::name);
    ASSERT_NE(string, report.members.end());
    EXPECT_EQ(string->heard, first);
}

TEST_F(CompositionTest, CellsOfAStringAreThoseOfItsBlocksInOrder) {
    connectWith({1, 2});
    for (const int instance : {1, 2})
        for (std::uint16_t cell = 0; cell < 2; ++cell)
            readings.put(instance, {Place::Kind::Cell, cell}, 3.3 + 0.01 * instance + 0.001 * cell,
                         now);
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:string_1"}));
    cycle();
    ASSERT_EQ(cellCount(madeOne()), 4U);
    EXPECT_DOUBLE_EQ(*madeOne().cells[2].value.number(), 3.32);
    EXPECT_DOUBLE_EQ(*number("main", row("/System/MaxCellVoltage")), 3.321);
    EXPECT_EQ(*bank("main").snapshot()[row("/System/MaxVoltageCellId")].text(), "string_1/B2/C2");
    EXPECT_EQ(*bank("main").snapshot()[row("/System/MinVoltageCellId")].text(), "string_1/B1/C1");
}

TEST_F(CompositionTest, BlocksThatLeaveEachOtherAreSaidAndAnAlarm) {
    connectWith({1, 2});
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:string_1"}));
    put(2, kVoltage, 26.7);
    cycle();
    EXPECT_EQ(number("main", row("/Alarms/CellImbalance")).value_or(0.0), 0.0);
    put(2, kVoltage, 27.0);
    cycle();
    EXPECT_EQ(number("main", row("/Alarms/CellImbalance")), 1.0);
    EXPECT_EQ(verdictOf("main", "string_1").detail,
              "blocks are out of balance: B1 26.40V, B2 27.00V");
    put(2, kVoltage, 27.9);
    cycle();
    EXPECT_EQ(number("main", row("/Alarms/CellImbalance")), 2.0);
    put(2, row("/System/NrOfCellsPerBattery"), 8.0);
    put(1, row("/System/NrOfCellsPerBattery"), 7.0);
    cycle();
    EXPECT_EQ(number("main", row("/Alarms/CellImbalance")).value_or(0.0), 0.0)
        << "blocks of different cells have different voltages";
}

TEST_F(CompositionTest, BlocksOfOneStringHaveOneCurrent) {
    connectWith({1, 2});
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:string_1"}));
    put(2, kCurrent, 12.4);
    cycle(60);
    EXPECT_EQ(verdictOf("main", "string_1").detail, "") << "2.4 A of 11.2 are within 5 % + 2 A";
    put(2, kCurrent, 13.0);
    cycle(29);
    EXPECT_EQ(number("main", row("/Alarms/BmsCable")).value_or(0.0), 0.0);
    cycle(3);
    EXPECT_EQ(number("main", row("/Alarms/BmsCable")), 1.0);
    EXPECT_EQ(verdictOf("main", "string_1").detail,
              "blocks in series show different currents: B1 10.0A, B2 13.0A");
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 11.5);
}

TEST_F(CompositionTest, ABlockWithoutCellsHidesWhatTheStringsCellsAre) {
    connectWith({1, 2});
    readings.put(1, {Place::Kind::Cell, 0}, 3.3, now);
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:string_1"}));
    cycle();
    EXPECT_EQ(cellCount(madeOne()), 0U);
    EXPECT_FALSE(number("main", row("/System/MaxCellVoltage")));
}

TEST_F(CompositionTest, AStringIsLostWithOneOfItsBlocks) {
    connectWith({1, 2, 3, 4});
    make({series("string_1", {"name:B1", "name:B2"}), series("string_2", {"name:B3", "name:B4"})});
    addBank(bankOf("main", {"made:string_1", "made:string_2"}));
    cycle(60);
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 20.0);
    readings.leave(2, now);
    cycle();
    EXPECT_EQ(reasonOf("main", "string_1"), OutReason::PartLost);
    EXPECT_DOUBLE_EQ(*number("main", kVoltage), 52.8) << "held, and never a smaller sum";
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 20.0);
    cycle(40);
    EXPECT_EQ(reasonOf("main", "string_1"), OutReason::PartLost);
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 10.0);
    const Verdict& verdict = verdictOf("main", "string_1");
    EXPECT_NE(verdict.detail.find("B2 is lost"), std::string::npos) << verdict.detail;
}

/// Each loses its parts as the link goes; B2 and B8 have gone alone, before.
TEST_F(CompositionTest, WhatIsLostWithTheLinkWaitsForTheLinkWhateverItIsMadeOf) {
    connectWith({1, 2, 3, 4, 5, 6, 7, 8});
    for (const int instance : {2, 3, 6, 7})
        put(instance, kVoltage, 52.8);
    MadeSettings merged{.id = "merged", .kind = MadeKind::Merged};
    merged.sources = {{sel("name:B2"), {}}, {sel("name:B3"), {}}};
    MadeSettings inner{.id = "inner", .kind = MadeKind::Bank};
    make({series("whole", {"name:B4", "name:B5"}), series("broken", {"name:B1", "name:B8"}), merged,
          inner});
    addBank(bankOf("main", {"name:B7", "made:whole", "made:broken", "made:merged", "made:inner"}));
    addBank(bankOf("inner", {"name:B6"}));
    cycle(60);
    for (const char* name : {"B7", "whole", "merged", "inner", "broken"})
        ASSERT_TRUE(verdictOf("main", name).takesPart) << name;
    readings.leave(2, now);
    readings.leave(8, now);
    cycle(10);
    readings.setLink(false, now);
    cycle(45);
    EXPECT_TRUE(verdictOf("main", "B7").held);
    EXPECT_TRUE(verdictOf("main", "whole").held) << "longer than hold_s, as B7";
    EXPECT_TRUE(verdictOf("main", "merged").held) << "B3 was enough until the link went";
    EXPECT_TRUE(verdictOf("main", "inner").held);
    EXPECT_FALSE(verdictOf("main", "broken").held) << "lost before the link was";
    for (const char* name : {"B7", "whole", "merged", "inner"}) {
        EXPECT_EQ(reasonOf("main", name), OutReason::Stale) << name << ", none of its parts failed";
        EXPECT_EQ(verdictOf("main", name).detail, verdictOf("main", "B7").detail) << name;
    }
    EXPECT_EQ(reasonOf("main", "broken"), OutReason::PartLost) << "B8 is still to be looked at";
    cycle(16);
    for (const char* name : {"B7", "whole", "merged", "inner", "broken"})
        EXPECT_FALSE(verdictOf("main", name).held) << name << ", loss.link_timeout_s is over";
}

TEST_F(CompositionTest, ABlockThatStaysAwayWhenTheLinkIsBackIsHeldNoLonger) {
    connectWith({1, 2});
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:string_1"}));
    cycle(60);
    readings.setLink(false, now);
    cycle(35);
    EXPECT_TRUE(verdictOf("main", "string_1").held);
    connectWith({1});
    cycle(2);
    EXPECT_FALSE(verdictOf("main", "string_1").held);
    EXPECT_EQ(reasonOf("main", "string_1"), OutReason::PartLost) << "the others are back";
    connectWith({1, 2});
    cycle(5);
    EXPECT_EQ(madeOne().lacking, "");
    EXPECT_TRUE(verdictOf("main", "string_1").takesPart);
    EXPECT_FALSE(madeOne().lostWithLink);
}

TEST_F(CompositionTest, WhatTheOwnerKnowsBetterHoldsInsideAString) {
    connectWith({1, 2});
    put(2, kCurrent, -10.0);
    put(2, kCharge, Value());
    put(2, kCvl, Value());
    put(1, row("/InstalledCapacity"), 100.0);
    make({series("string_1", {"name:B1", "name:B2"})});
    BankSettings main = bankOf("main", {"made:string_1"});
    main.corrections.batteries = {{.match = sel("name:B2"),
                                   .maxCharge_A = 20.0,
                                   .maxCharge_V = 28.0,
                                   .capacity_Ah = 80.0,
                                   .invertsCurrent = true}};
    addBank(main);
    cycle(120);
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 10.0);
    EXPECT_EQ(verdictOf("main", "string_1").detail, "") << "both show one current";
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 20.0);
    EXPECT_EQ(bank("main").report().charge.member, "string_1/B2");
    EXPECT_DOUBLE_EQ(*number("main", kCvl), 56.4);
    EXPECT_DOUBLE_EQ(*number("main", row("/InstalledCapacity")), 80.0);
}

TEST_F(CompositionTest, WhatTheOwnerKnowsBetterHoldsInARemainderAndInMergedSources) {
    connectWith({1, 2, 3});
    (void)readings.beginSweep();
    for (const int instance : {1, 2, 3})
        made::putBasics(readings, instance, now);
    put(9, row("/CustomName"), "SmartShunt");
    put(9, kVoltage, 26.5);
    put(9, kCurrent, -35.0);
    readings.completeSweep(now);
    MadeSettings rest{.id = "rest", .name = "Rest", .kind = MadeKind::Remainder};
    rest.shunt = sel("name:SmartShunt");
    MadeSettings merged{.id = "pack", .name = "Pack", .kind = MadeKind::Merged};
    merged.sources = {{sel("name:B2"), {}}, {sel("name:B3"), {}}};
    make({rest, merged});
    BankSettings all;
    all.id = "main";
    all.corrections.batteries = {{.match = sel("name:SmartShunt"), .invertsCurrent = true},
                                 {.match = sel("name:B1"), .currentGain = 0.5},
                                 {.match = sel("name:B2"), .currentGain = 1.2}};
    addBank(all);
    cycle(3);
    EXPECT_DOUBLE_EQ(*madeOne(0).slot(kCurrent).value.number(), 35.0 - 5.0 - 12.0);
    EXPECT_DOUBLE_EQ(*madeOne(1).slot(kCurrent).value.number(), 12.0);
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 35.0);
}

TEST_F(CompositionTest, WhatTheOwnerAllowsOneSourceHoldsWhicheverGivesTheLimit) {
    connectWith({1, 2});
    MadeSettings merged{.id = "pack", .name = "Pack", .kind = MadeKind::Merged};
    merged.sources = {{sel("name:B1"), {}}, {sel("name:B2"), {}}};
    make({merged});
    BankSettings main = bankOf("main", {"made:pack"});
    main.corrections.batteries = {{.match = sel("name:B2"), .maxCharge_A = 5.0}};
    addBank(main);
    cycle(60);
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 5.0);
    EXPECT_DOUBLE_EQ(*number("main", kDischarge), 80.0);
}

TEST_F(CompositionTest, TheNearestBankKnowsABatteryBest) {
    connectWith({1, 2, 3});
    MadeSettings barn{.id = "barn", .name = "Barn", .kind = MadeKind::Bank};
    make({barn, series("string_1", {"name:B1", "name:B2"})});
    BankSettings main = bankOf("main", {"made:barn"});
    main.corrections.batteries = {{.match = sel("name:B1"), .currentGain = 3.0},
                                  {.match = sel("name:B2"), .currentGain = 2.0},
                                  {.match = sel("name:B3"), .currentGain = 2.0}};
    BankSettings inner = bankOf("barn", {"made:string_1", "name:B3"});
    inner.corrections.batteries = {{.match = sel("name:B1"), .currentGain = 2.0}};
    addBank(main);
    addBank(inner);
    put(3, kVoltage, 52.8);
    cycle(3);
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 40.0) << "20 of the string, 20 of B3";
}

TEST_F(CompositionTest, ABankKnowsNothingOfBatteriesOfAnother) {
    connectWith({1, 2, 3});
    make({series("string_1", {"name:B1", "name:B2"})});
    BankSettings other = bankOf("other", {"name:B3"});
    other.corrections.batteries = {{.match = sel("name:B2"), .currentGain = 2.0}};
    addBank(other);
    addBank(bankOf("main", {"made:string_1"}));
    cycle(3);
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 10.0);
}

/// Some BMSs forbid charging so, and drivers say it before they have read theirs.
TEST_F(CompositionTest, AChargeVoltageOfNothingIsNotTheOtherBlocks) {
    connectWith({1, 2});
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:string_1"}));
    cycle(60);
    ASSERT_DOUBLE_EQ(*number("main", kCvl), 56.8);
    put(2, kCvl, 0.0);
    cycle(5);
    EXPECT_DOUBLE_EQ(number("main", kCvl).value_or(56.8), 56.8);
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 0.0);
}

TEST_F(CompositionTest, ABlockThatForbidsBlocksItsString) {
    connectWith({1, 2});
    put(1, row("/Io/AllowToCharge"), 1.0);
    put(2, row("/Io/AllowToCharge"), 0.0);
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:string_1"}));
    cycle(60);
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 0.0);
    put(2, row("/Io/AllowToCharge"), Value());
    cycle(60);
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 0.0) << "silence opens nothing";
    put(2, row("/Io/AllowToCharge"), 1.0);
    cycle(200);
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 50.0);
}

TEST_F(CompositionTest, ABlockThatIsNotJoinedKeepsItsStringOut) {
    connectWith({1, 2});
    put(1, row("/State"), 9.0);
    put(2, row("/State"), 18.0);
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:string_1"}));
    cycle();
    EXPECT_EQ(reasonOf("main", "string_1"), OutReason::Pending);
}

TEST_F(CompositionTest, AStringWaitsForABlockThatWasNeverThere) {
    connectWith({1});
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:string_1"}));
    cycle(5);
    EXPECT_EQ(reasonOf("main", "string_1"), OutReason::PartLost);
    EXPECT_DOUBLE_EQ(number("main", kCharge).value_or(0.0), 0.0);
    const BankReport report = bank("main").report();
    const auto string = std::ranges::find(report.members, "string_1", &MemberReport::name);
    ASSERT_NE(string, report.members.end());
    EXPECT_FALSE(string->heard) << "never, and not when the clock began";
}

TEST_F(CompositionTest, AutoTakesWhatIsMadeAndLeavesOutItsParts) {
    connectWith({1, 2, 3});
    put(3, kVoltage, 52.8);
    put(3, kCvl, 56.8);
    make({series("string_1", {"name:B1", "name:B2"})});
    BankSettings all;
    all.id = "main";
    addBank(all);
    cycle();
    EXPECT_EQ(reasonOf("main", "string_1"), OutReason::None);
    EXPECT_EQ(reasonOf("main", "B1"), OutReason::PartOf);
    EXPECT_EQ(reasonOf("main", "B2"), OutReason::PartOf);
    EXPECT_EQ(reasonOf("main", "B3"), OutReason::None);
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 20.0);
}

TEST_F(CompositionTest, PartsOfWhatIsListedAreKnownForThat) {
    connectWith({1, 2, 3});
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:string_1"}));
    cycle();
    EXPECT_EQ(reasonOf("main", "B1"), OutReason::PartOf);
    EXPECT_EQ(reasonOf("main", "B3"), OutReason::Excluded);
}

TEST_F(CompositionTest, AListCountsABatteryAndItsStringOnce) {
    connectWith({1, 2});
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:string_1", "name:B1"}));
    cycle();
    EXPECT_EQ(reasonOf("main", "B1"), OutReason::PartOf);
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 10.0);
}

TEST_F(CompositionTest, OfMergedServicesTheFirstThatHasAValueGivesIt) {
    connectWith({1, 2});
    put(1, kSoc, Value());
    put(2, kSoc, 70.0);
    put(2, kCharge, 20.0);
    MadeSettings merged{.id = "pack", .name = "Pack", .kind = MadeKind::Merged};
    merged.sources = {{sel("name:B1"), {}}, {sel("name:B2"), {}}};
    make({merged});
    addBank(bankOf("main", {"made:pack"}));
    cycle(60);
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 50.0);
    EXPECT_DOUBLE_EQ(*number("main", kSoc), 70.0);
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 10.0);
    readings.leave(1, now);
    cycle();
    EXPECT_EQ(reasonOf("main", "Pack"), OutReason::None) << "one source is enough";
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 20.0);
    readings.leave(2, now);
    cycle();
    EXPECT_EQ(reasonOf("main", "Pack"), OutReason::PartLost);
}

TEST_F(CompositionTest, TheNameplateOfAMergedBatteryOutlivesTheSourceThatKnowsIt) {
    connectWith({1, 2});
    put(1, row("/InstalledCapacity"), 280.0);
    put(2, row("/InstalledCapacity"), Value());
    MadeSettings merged{.id = "pack", .name = "Pack", .kind = MadeKind::Merged};
    merged.sources = {{sel("name:B2"), {}}, {sel("name:B1"), {}}};
    make({merged});
    addBank(bankOf("main", {"made:pack"}));
    cycle();
    ASSERT_EQ(number("main", row("/InstalledCapacity")), 280.0);
    readings.leave(1, now);
    cycle();
    EXPECT_EQ(reasonOf("main", "Pack"), OutReason::None);
    EXPECT_EQ(number("main", row("/InstalledCapacity")), 280.0);
}

TEST_F(CompositionTest, CurrentAndPowerOfAMergedBatteryAreOfOneSource) {
    connectWith({1, 2});
    put(1, kCurrent, Value());
    put(1, row("/Dc/0/Power"), 264.0);
    put(2, kCurrent, -40.0);
    MadeSettings merged{.id = "pack", .name = "Pack", .kind = MadeKind::Merged};
    merged.sources = {{sel("name:B1"), {}}, {sel("name:B2"), {}}};
    make({merged});
    addBank(bankOf("main", {"made:pack"}));
    cycle();
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 10.0) << "264 W at 26.4 V, both of B1";
}

TEST_F(CompositionTest, PathsSayWhatASourceIsFor) {
    connectWith({1, 2});
    put(1, kSoc, 30.0);
    put(2, kSoc, 70.0);
    MadeSettings merged{.id = "pack", .name = "Pack", .kind = MadeKind::Merged};
    merged.sources = {{sel("name:B2"), {"/Soc"}}, {sel("name:B1"), {}}};
    put(2, kCharge, 5.0);
    make({merged});
    addBank(bankOf("main", {"made:pack"}));
    cycle(60);
    EXPECT_DOUBLE_EQ(*number("main", kSoc), 70.0);
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 50.0);
}

TEST_F(CompositionTest, ASourceWithAnotherVoltageIsLeftOut) {
    connectWith({1, 2});
    put(2, kVoltage, 13.2);
    put(2, kSoc, 70.0);
    MadeSettings merged{.id = "pack", .name = "Pack", .kind = MadeKind::Merged};
    merged.sources = {{sel("name:B1"), {}}, {sel("name:B2"), {}}};
    make({merged});
    addBank(bankOf("main", {"made:pack"}));
    cycle();
    EXPECT_FALSE(number("main", kSoc));
    EXPECT_NE(madeOne().lacking.find("B2 has another voltage"), std::string::npos);
}

/// Values of the one move as those of a battery that is charged with 60 A; the others stand still.
TEST_F(CompositionTest, ASourceThatStandsStillYieldsToOneThatMoves) {
    connectWith({1, 2});
    put(2, row("/InstalledCapacity"), 100.0);
    put(2, kCharge, 20.0);
    MadeSettings merged{.id = "pack", .name = "Pack", .kind = MadeKind::Merged};
    merged.sources = {{sel("name:B1"), {}}, {sel("name:B2"), {}}};
    make({merged});
    addBank(bankOf("main", {"made:pack"}));
    for (int i = 0; i < 400; ++i) {
        put(2, kCurrent, 60.0 + i % 3);
        put(2, kVoltage, 26.4 + 0.0005 * i);
        cycle();
        if (i == 250) {
            EXPECT_DOUBLE_EQ(*number("main", kCurrent), 10.0) << "drivers may report rarely";
        }
    }
    EXPECT_EQ(reasonOf("main", "Pack"), OutReason::None);
    EXPECT_GE(*number("main", kCurrent), 60.0);
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 20.0);
    EXPECT_EQ(verdictOf("main", "Pack").detail, "B1: its values stand still");
    put(1, kCurrent, 61.0);
    cycle();
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 61.0) << "it is back at once";
}

TEST_F(CompositionTest, AStringTellsThatItsTotalStandsStill) {
    connectWith({1, 2, 3});
    put(3, kVoltage, 52.8);
    for (const int instance : {1, 2})
        put(instance, row("/InstalledCapacity"), 100.0);
    MadeSettings merged{.id = "pack", .name = "Pack", .kind = MadeKind::Merged};
    merged.sources = {{sel("name:B3"), {}}, {sel("made:s"), {}}};
    make({merged, series("s", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:pack"}));
    for (int i = 0; i < 400; ++i) {
        for (const int instance : {1, 2})
            put(instance, kCurrent, 60.0 + i % 3);
        cycle();
    }
    EXPECT_EQ(reasonOf("main", "Pack"), OutReason::None);
    EXPECT_GE(*number("main", kCurrent), 60.0);
}

TEST_F(CompositionTest, SourcesThatRestTogetherAreNotStuck) {
    connectWith({1, 2});
    MadeSettings merged{.id = "pack", .name = "Pack", .kind = MadeKind::Merged};
    merged.sources = {{sel("name:B1"), {}}, {sel("name:B2"), {}}};
    make({merged});
    addBank(bankOf("main", {"made:pack"}));
    put(1, kCurrent, 0.0);
    put(2, kCurrent, 0.0);
    for (int i = 0; i < 900; ++i) {
        put(2, kVoltage, 26.4 + 0.001 * (i % 2));
        cycle();
    }
    EXPECT_EQ(verdictOf("main", "Pack").detail, "");
}

/// The shunt in front of it moves all the time; nobody else would see that its cells are old.
TEST_F(CompositionTest, OldCellsBehindALiveShuntAreOld) {
    connectWith({1, 2});
    put(1, row("/InstalledCapacity"), 100.0);
    put(1, row("/System/MaxCellVoltage"), 3.45);
    MadeSettings merged{.id = "pack", .name = "Pack", .kind = MadeKind::Merged};
    merged.sources = {{sel("name:B2"), {"/Dc/0/Current"}}, {sel("name:B1"), {}}};
    make({merged});
    addBank(bankOf("main", {"made:pack"}));
    cycle(60);
    ASSERT_DOUBLE_EQ(*number("main", kCharge), 50.0);
    for (int i = 0; i < 400; ++i) {
        put(2, kCurrent, 60.0 + i % 3);
        cycle();
    }
    EXPECT_EQ(reasonOf("main", "Pack"), OutReason::Frozen);
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 0.0);
}

TEST_F(CompositionTest, ABlockOfTwoServicesIsNone) {
    connectWith({1, 2});
    make({series("string_1", {"name:B1", "instance:2"})});
    addBank(bankOf("main", {"made:string_1"}));
    cycle();
    ASSERT_EQ(reasonOf("main", "string_1"), OutReason::None);
    (void)readings.beginSweep();
    for (const int instance : {1, 2})
        made::putBasics(readings, instance, now);
    put(2, row("/Serial"), "ANOTHER");
    put(2, kCurrent, 33.0);
    readings.completeSweep(now);
    ASSERT_TRUE(readings.isDuplicate(readings.batteries().at(2)));
    cycle();
    EXPECT_EQ(reasonOf("main", "string_1"), OutReason::PartLost);
    EXPECT_NE(madeOne().lacking.find("two services use device instance 2"), std::string::npos)
        << madeOne().lacking;
}

TEST_F(CompositionTest, WhoTakesABlockOutOfServiceTakesItsStringOut) {
    connectWith({1, 2, 3, 4});
    make({series("string_1", {"name:B1", "name:B2"}), series("string_2", {"name:B3", "name:B4"})});
    addBank(bankOf("main", {"made:string_1", "made:string_2"}));
    cycle();
    const std::string block = verdictOf("main", "B2").entry->id;
    Controls controls;
    controls.outOfService.insert(block);
    bank("main").setControls(controls);
    cycle(40);
    EXPECT_EQ(reasonOf("main", "string_1"), OutReason::PartLost);
    EXPECT_NE(verdictOf("main", "string_1").detail.find("B2: out of service"), std::string::npos);
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 10.0);
    const BankMemory memory = bank("main").memory();
    const BankSettings settings = bank("main").settings();
    banks.clear();
    addBank(settings);
    bank("main").restore(memory);
    bank("main").setControls(controls);
    readings = Readings();
    connectWith({1, 2, 3, 4});
    cycle(2);
    EXPECT_EQ(reasonOf("main", "string_1"), OutReason::PartLost);
    EXPECT_FALSE(verdictOf("main", "string_1").held) << "it did not begin by taking part";
    EXPECT_EQ(reasonOf("main", "string_2"), OutReason::None);
    bank("main").setControls({});
    cycle(2);
    EXPECT_EQ(reasonOf("main", "string_1"), OutReason::None);
}

TEST_F(CompositionTest, ABlockGoesOnWarningWhileItsStringIsLost) {
    connectWith({1, 2, 3, 4});
    make({series("string_1", {"name:B1", "name:B2"}), series("string_2", {"name:B3", "name:B4"})});
    addBank(bankOf("main", {"made:string_1", "made:string_2"}));
    cycle(2);
    readings.leave(2, now);
    cycle(60);
    ASSERT_EQ(reasonOf("main", "string_1"), OutReason::PartLost);
    put(1, row("/Alarms/HighCellVoltage"), 2.0);
    cycle();
    EXPECT_EQ(number("main", row("/Alarms/HighCellVoltage")), 2.0);
    put(1, row("/Alarms/HighCellVoltage"), 0.0);
    cycle();
    EXPECT_NE(number("main", row("/Alarms/HighCellVoltage")), 2.0);
}

/// As the owner does whom advice tells that two are one.
TEST_F(CompositionTest, WhatIsMadeOfMembersLeavesNoneOfThemBehindAsLost) {
    connectWith({1, 2});
    make({});
    BankSettings all;
    all.id = "main";
    addBank(all);
    cycle(60);
    ASSERT_EQ(reasonOf("main", "B1"), OutReason::None);
    MadeSettings merged{.id = "pack", .name = "Pack", .kind = MadeKind::Merged};
    merged.sources = {{sel("name:B1"), {}}, {sel("name:B2"), {}}};
    composition->setSettings({merged});
    bank("main").setSettings(all);
    cycle(120);
    ASSERT_EQ(reasonOf("main", "B1"), OutReason::PartOf);
    EXPECT_EQ(number("main", row("/Alarms/BmsCable")), 0.0);
    EXPECT_DOUBLE_EQ(*number("main", kCvl), 28.4);
    EXPECT_EQ(bank("main").report().charge.member, "Pack");
    put(1, kCharge, 80.0);
    cycle(120);
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 80.0) << "no lost one holds it";
}

TEST_F(CompositionTest, WhatWasLostStaysLostUntilItsWholeIsHeard) {
    connectWith({1, 2, 3});
    make({});
    BankSettings all;
    all.id = "main";
    addBank(all);
    cycle(60);
    readings.leave(2, now);
    cycle(60);
    composition->setSettings({series("string_1", {"name:B2", "name:B4"})});
    bank("main").setSettings(all);
    put(1, kCharge, 200.0);
    put(3, kCharge, 200.0);
    cycle(120);
    ASSERT_EQ(reasonOf("main", "B2"), OutReason::PartOf);
    EXPECT_LE(*number("main", kCharge), 150.0) << "it hangs there, whatever it is a part of";
}

/// An id that the owner changed, over a restart.
TEST_F(CompositionTest, WhatIsMadeNoMoreIsNotMissed) {
    connectWith({1, 2});
    make({series("old", {"name:B1", "name:B2"})});
    BankSettings all;
    all.id = "main";
    addBank(all);
    cycle(60);
    ASSERT_EQ(reasonOf("main", "old"), OutReason::None);
    const BankMemory memory = bank("main").memory();
    banks.clear();
    addBank(all);
    bank("main").restore(memory);
    make({series("renamed", {"name:B1", "name:B2"})});
    readings = Readings();
    connectWith({1, 2});
    cycle(60);
    ASSERT_EQ(reasonOf("main", "renamed"), OutReason::None);
    EXPECT_EQ(number("main", row("/Alarms/BmsCable")), 0.0);
    for (const Advice& advice : bank("main").advice())
        EXPECT_NE(advice.code, AdviceCode::LostMember) << advice.text;
}

TEST_F(CompositionTest, ASourceOutOfServiceYieldsToTheNext) {
    connectWith({1, 2});
    put(2, kCharge, 20.0);
    MadeSettings merged{.id = "pack", .name = "Pack", .kind = MadeKind::Merged};
    merged.sources = {{sel("name:B1"), {}}, {sel("name:B2"), {}}};
    make({merged});
    addBank(bankOf("main", {"made:pack"}));
    cycle();
    Controls controls;
    controls.outOfService.insert(verdictOf("main", "B1").entry->id);
    bank("main").setControls(controls);
    cycle(60);
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 20.0);
}

/// By selectors that say the same with other words, which no check of the file can know.
TEST_F(CompositionTest, ABatteryInTwoStringsCountsOnce) {
    connectWith({1, 2, 3});
    make({series("s1", {"name:B1", "name:B2"}), series("s2", {"instance:2", "name:B3"})});
    addBank(bankOf("main", {"made:s1", "made:s2"}));
    cycle(60);
    EXPECT_EQ(reasonOf("main", "s1"), OutReason::None);
    EXPECT_EQ(reasonOf("main", "s2"), OutReason::PartLost);
    EXPECT_EQ(verdictOf("main", "s2").detail, "B2 (instance 2) is a part of s1, too");
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 10.0);
    EXPECT_LE(*number("main", kCharge), 50.0);
}

TEST_F(CompositionTest, WhoOnlyHelpsWithAValueMayHelpTwo) {
    connectWith({1, 2, 3});
    MadeSettings one{.id = "one", .name = "One", .kind = MadeKind::Merged};
    one.sources = {{sel("name:B1"), {}}, {sel("name:B3"), {"/Dc/0/Temperature"}}};
    MadeSettings two{.id = "two", .name = "Two", .kind = MadeKind::Merged};
    two.sources = {{sel("name:B2"), {}}, {sel("name:B3"), {"/Dc/0/Temperature"}}};
    make({one, two});
    addBank(bankOf("main", {"made:one", "made:two"}));
    cycle(2);
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 20.0);
}

TEST_F(CompositionTest, ARemainderOfWhatStandsStillIsUnknown) {
    connectWith({1, 2});
    (void)readings.beginSweep();
    for (const int instance : {1, 2})
        made::putBasics(readings, instance, now);
    put(9, row("/CustomName"), "SmartShunt");
    put(9, kVoltage, 26.5);
    put(9, kCurrent, 35.0);
    readings.completeSweep(now);
    MadeSettings rest{.id = "rest", .name = "Rest", .kind = MadeKind::Remainder};
    rest.shunt = sel("name:SmartShunt");
    make({rest});
    put(1, row("/InstalledCapacity"), 100.0);
    put(2, row("/InstalledCapacity"), 100.0);
    BankSettings all;
    all.id = "main";
    addBank(all);
    for (int i = 0; i < 400; ++i) {
        put(9, kCurrent, 60.0 + i % 30);
        put(2, kCurrent, 30.0 + i % 3);
        cycle();
    }
    ASSERT_EQ(reasonOf("main", "B1"), OutReason::Frozen);
    EXPECT_EQ(reasonOf("main", "Rest"), OutReason::PartLost);
    EXPECT_NE(madeOne().lacking.find("B1: its values stand still"), std::string::npos);
}

TEST_F(CompositionTest, TheRemainderIsNotWithoutWhatHangsOnAnotherBus) {
    connectWith({1, 2, 3});
    (void)readings.beginSweep();
    for (const int instance : {1, 2, 3})
        made::putBasics(readings, instance, now);
    put(2, kVoltage, 13.2);
    put(9, row("/CustomName"), "SmartShunt");
    put(9, kVoltage, 26.5);
    put(9, kCurrent, 35.0);
    readings.completeSweep(now);
    MadeSettings rest{.id = "rest", .name = "Rest", .kind = MadeKind::Remainder};
    rest.shunt = sel("name:SmartShunt");
    make({rest});
    BankSettings all;
    all.id = "main";
    addBank(all);
    cycle(3);
    ASSERT_EQ(reasonOf("main", "B2"), OutReason::VoltageMismatch);
    EXPECT_EQ(madeOne().slot(kCurrent).value.number(), 15.0);
    EXPECT_EQ(number("main", kCurrent), 35.0);
}

TEST_F(CompositionTest, TheRemainderIsTheShuntWithoutTheOthers) {
    connectWith({1, 2});
    (void)readings.beginSweep();
    for (const int instance : {1, 2})
        made::putBasics(readings, instance, now);
    put(9, row("/CustomName"), "SmartShunt");
    put(9, kVoltage, 26.5);
    put(9, kCurrent, 35.0);
    readings.completeSweep(now);
    MadeSettings rest{.id = "rest", .name = "Rest", .kind = MadeKind::Remainder};
    rest.shunt = sel("name:SmartShunt");
    rest.capacity_Ah = 280.0;
    make({rest});
    BankSettings all;
    all.id = "main";
    addBank(all);
    cycle(3);
    EXPECT_EQ(reasonOf("main", "Rest"), OutReason::None);
    EXPECT_DOUBLE_EQ(*madeOne().slot(kCurrent).value.number(), 15.0);
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 35.0);
    EXPECT_EQ(reasonOf("main", "SmartShunt"), OutReason::PartOf);
    readings.leave(2, now);
    cycle(2);
    EXPECT_EQ(reasonOf("main", "Rest"), OutReason::PartLost) << "its current cannot be known";
}

TEST_F(CompositionTest, AnInnerBankIsABatteryOfTheOuterOne) {
    connectWith({1, 2, 3});
    put(2, kCharge, 10.0);
    MadeSettings barn{.id = "barn", .name = "Barn", .kind = MadeKind::Bank};
    make({barn});
    addBank(bankOf("main", {"name:B3", "made:barn"}));
    addBank(bankOf("barn", {"name:B1", "name:B2"}));
    cycle(120);
    EXPECT_DOUBLE_EQ(*number("barn", kCurrent), 20.0);
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 30.0);
    EXPECT_NEAR(*number("barn", kCharge), 20.0, 0.5) << "B2 takes half of it";
    EXPECT_EQ(bank("main").report().charge.member, "Barn/B2");
    EXPECT_EQ(reasonOf("main", "Barn"), OutReason::None);
}

/// Its switches are closed, so what the outer bank lets flow flows in it, too.
TEST_F(CompositionTest, ThatAnInnerBankWantsNothingClosesTheOuterOne) {
    connectWith({1, 2, 3});
    for (const int instance : {1, 2, 3})
        put(instance, kCurrent, 0.0);
    MadeSettings barn{.id = "barn", .name = "Barn", .kind = MadeKind::Bank};
    make({barn});
    addBank(bankOf("main", {"name:B3", "made:barn"}));
    BankSettings inner = bankOf("barn", {"name:B1", "name:B2"});
    inner.limits.maxCharge_A = 0.0;
    addBank(inner);
    cycle(60);
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 0.0);
    EXPECT_GT(*number("main", kDischarge), 150.0);
    inner.limits.maxCharge_A.reset();
    bank("barn").setSettings(inner);
    cycle(120);
    EXPECT_GT(*number("main", kCharge), 90.0);
    for (const int instance : {1, 2})
        put(instance, row("/Io/AllowToCharge"), 0.0);
    cycle(60);
    EXPECT_GT(*number("main", kCharge), 40.0) << "those have opened their switches";
}

/// No switch of the string is open, so what the bank lets flow flows in it, too.
TEST_F(CompositionTest, ABlockThatMayTakeNothingClosesTheBankNotTheString) {
    connectWith({1, 2, 3, 4});
    for (const int instance : {1, 2, 3, 4})
        put(instance, kCurrent, 0.0);
    make({series("string_1", {"name:B1", "name:B2"}), series("string_2", {"name:B3", "name:B4"})});
    BankSettings main = bankOf("main", {"made:string_1", "made:string_2"});
    main.corrections.batteries = {{.match = sel("name:B2"), .maxCharge_A = 0.0}};
    addBank(main);
    cycle(60);
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 0.0);
    EXPECT_GT(*number("main", kDischarge), 100.0);
    put(1, row("/Io/AllowToCharge"), 0.0);
    cycle(5);
    for (const int instance : {1, 2, 3, 4})
        put(instance, kVoltage, 26.41); // their next reports
    cycle(120);
    EXPECT_GT(*number("main", kCharge), 40.0) << "now a switch of it is open";
}

/// The limits of one come from a bank that wants nothing, its flow from a shunt.
TEST_F(CompositionTest, AWishOfZeroPassesThroughAMergedBattery) {
    connectWith({1, 2, 3});
    for (const int instance : {1, 2, 3})
        put(instance, kCurrent, 0.0);
    MadeSettings barn{.id = "barn", .name = "Barn", .kind = MadeKind::Bank};
    MadeSettings merged{.id = "pack", .name = "Pack", .kind = MadeKind::Merged};
    merged.sources = {{sel("made:barn"), {}}, {sel("name:B2"), {"/Dc/0/Current"}}};
    make({barn, merged});
    addBank(bankOf("main", {"name:B3", "made:pack"}));
    BankSettings inner = bankOf("barn", {"name:B1"});
    inner.limits.maxCharge_A = 0.0;
    addBank(inner);
    cycle(60);
    EXPECT_DOUBLE_EQ(*number("main", kCharge), 0.0);
    EXPECT_GT(*number("main", kDischarge), 100.0);
}

TEST_F(CompositionTest, WhatAPartRepeatsOfItsWholeIsSaidOnce) {
    connectWith({1, 2, 3});
    put(1, row("/CustomName"), "String 1 Block A");
    put(2, row("/CustomName"), "String 1 Block B");
    put(2, kCharge, 10.0);
    put(2, row("/System/MinVoltageCellId"), "C7");
    put(1, row("/System/MinCellVoltage"), 3.30);
    put(2, row("/System/MinCellVoltage"), 3.29);
    MadeSettings string = series("s1", {"name:String 1 Block A", "name:String 1 Block B"});
    string.name = "String 1";
    make({string});
    addBank(bankOf("main", {"made:s1"}));
    cycle(120);
    EXPECT_EQ(bank("main").report().charge.member, "String 1/Block B");
    EXPECT_EQ(bank("main").snapshot()[row("/System/MinVoltageCellId")],
              Value("String 1/Block B/C7"));
}

TEST_F(CompositionTest, TheLossOfAnInnerMemberClosesTheOuterBankAsItsOwn) {
    connectWith({1, 2, 3});
    MadeSettings barn{.id = "barn", .name = "Barn", .kind = MadeKind::Bank};
    make({barn});
    addBank(bankOf("main", {"name:B3", "made:barn"}));
    addBank(bankOf("barn", {"name:B1"}));
    cycle(60);
    readings.leave(1, now);
    cycle(10);
    EXPECT_EQ(reasonOf("main", "Barn"), OutReason::PartLost);
    EXPECT_TRUE(verdictOf("main", "Barn").held);
    cycle(40);
    EXPECT_FALSE(verdictOf("main", "Barn").takesPart) << "held once, not twice";
}

/// dbus-aggregate programs that read their own sum back came to 139,970 A from 10.
TEST_F(CompositionTest, WhatIsPublishedNeverComesBackWhateverIsMade) {
    MadeSettings merged{.id = "merged", .kind = MadeKind::Merged};
    merged.sources = {{sel("product:*"), {}}, {sel("name:B1"), {}}};
    MadeSettings rest{.id = "rest", .kind = MadeKind::Remainder, .shunt = sel("name:Busbar")};
    MadeSettings inner{.id = "inner", .kind = MadeKind::Bank};
    const std::vector<std::vector<MadeSettings>> trees = {
        {}, {merged}, {rest}, {inner}, {series("string", {"name:Busbar", "name:B1"})}};
    for (const auto& tree : trees) {
        readings = Readings();
        banks.clear();
        connectWith({1, 2});
        make(tree);
        BankSettings all;
        all.id = "main";
        all.corrections.overrides = {{sel("name:Busbar"), {}}};
        addBank(all);
        addBank(bankOf("inner", {"name:B1", "name:Busbar"}));
        for (Bank& one : banks)
            one.surroundings().ownSerials = {"BBMAIN", "BBINNER"};
        for (int i = 0; i < 40; ++i) {
            cycle();
            for (const int instance : {50, 51}) {
                made::putBasics(readings, instance, now);
                put(instance, row("/Serial"), instance == 50 ? "BBMAIN" : "BBINNER");
                put(instance, row("/CustomName"), "Busbar");
                put(instance, row("/ProductName"), "Busbar");
                put(instance, row("/Mgmt/ProcessName"), "/opt/busbar");
                put(instance, kCurrent, number(instance == 50 ? "main" : "inner", kCurrent));
                readings.completeRead(instance);
            }
            EXPECT_LE(number("main", kCurrent).value_or(0.0), 20.01)
                << (tree.empty() ? "nothing made" : tree.front().id) << ", cycle " << i;
        }
    }
}

TEST_F(CompositionTest, OrderOfTheListDoesNotMatter) {
    connectWith({1, 2, 3, 4});
    MadeSettings barn{.id = "barn", .name = "Barn", .kind = MadeKind::Bank};
    make({barn, series("string_2", {"name:B3", "name:B4"}),
          series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:barn"}));
    addBank(bankOf("barn", {"made:string_1", "made:string_2"}));
    cycle(2);
    EXPECT_DOUBLE_EQ(*number("main", kVoltage), 52.8);
    EXPECT_DOUBLE_EQ(*number("main", kCurrent), 20.0);
}

TEST_F(CompositionTest, WhatIsMadeOfItselfIsNeverMade) {
    connectWith({1, 2});
    make({series("a", {"made:b", "name:B1"}), series("b", {"made:a", "name:B2"})});
    addBank(bankOf("main", {"made:a"}));
    cycle(60);
    EXPECT_EQ(reasonOf("main", "a"), OutReason::PartLost);
    EXPECT_FALSE(number("main", kVoltage));
    EXPECT_DOUBLE_EQ(number("main", kCharge).value_or(0.0), 0.0);
}

TEST_F(CompositionTest, NoOtherSelectorPicksAMadeBattery) {
    connectWith({1, 2});
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"name:string_1"}));
    cycle();
    EXPECT_FALSE(number("main", kVoltage));
}

TEST_F(CompositionTest, AnIdOfAMadeBatteryIsTheOwnersChoice) {
    connectWith({1, 2});
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:string_1"}));
    cycle();
    EXPECT_EQ(verdictOf("main", "string_1").entry->id, "string_1");
}

TEST_F(CompositionTest, ANameThatIsTakenGetsNoNumberThatNobodyKnows) {
    connectWith({1, 2, 3, 4});
    std::vector<MadeSettings> two = {series("string_1", {"name:B1", "name:B2"}),
                                     series("string_2", {"name:B3", "name:B4"})};
    for (MadeSettings& one : two)
        one.name = "String";
    make(two);
    addBank(bankOf("main", {"made:string_1", "made:string_2"}));
    cycle();
    EXPECT_EQ(verdictOf("main", "String").entry->instance, kMadeFrom);
    EXPECT_EQ(verdictOf("main", "String m2").entry->instance, kMadeFrom + 1);
}

TEST_F(CompositionTest, NamesOfPartsAreTold) {
    connectWith({1, 2});
    MadeSettings rest{.id = "rest", .kind = MadeKind::Remainder};
    rest.shunt = sel("name:Shunt");
    make({series("string_1", {"name:B1", "name:B2"}), rest});
    addBank(bankOf("main", {"made:string_1"}));
    cycle();
    EXPECT_EQ(madeOne(0).parts, "B1, B2");
    EXPECT_EQ(madeOne(1).parts, "name:Shunt − all others");
}

TEST_F(CompositionTest, EachPartKnowsTheFirstThatIsMadeOfIt) {
    connectWith({1, 2, 3, 4});
    make({series("deep", {"made:z", "name:B4"}), series("z", {"name:B1", "name:B2"}),
          series("a", {"name:B1", "name:B3"})});
    BankSettings all;
    all.id = "main";
    addBank(all);
    cycle(3);
    const auto within = [&](const std::string& name) {
        return verdictOf("main", name).entry->within;
    };
    EXPECT_EQ(within("B1"), "z") << "and not what that is a part of";
    EXPECT_EQ(within("B2"), "z");
    EXPECT_EQ(within("B3"), "a");
    EXPECT_EQ(within("B4"), "deep");
    EXPECT_EQ(within("z"), "deep");
    EXPECT_EQ(within("deep"), "");
}

TEST_F(CompositionTest, ARemovedOneIsGone) {
    connectWith({1, 2});
    make({series("string_1", {"name:B1", "name:B2"})});
    BankSettings all;
    all.id = "main";
    addBank(all);
    cycle();
    composition->setSettings({});
    cycle();
    EXPECT_FALSE(readings.batteries().contains(kMadeFrom));
    EXPECT_EQ(reasonOf("main", "B1"), OutReason::None);
}

TEST_F(CompositionTest, AServiceCannotTakeTheNumberOfAMadeBattery) {
    connectWith({1, 2});
    make({series("string_1", {"name:B1", "name:B2"})});
    addBank(bankOf("main", {"made:string_1"}));
    cycle();
    put(kMadeFrom, kVoltage, 99.0);
    readings.leave(kMadeFrom, now);
    cycle();
    EXPECT_DOUBLE_EQ(*number("main", kVoltage), 52.8);
}

} // namespace
} // namespace busbar::composition_test
