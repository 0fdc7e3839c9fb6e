// SPDX-License-Identifier: MIT
// Witnesses break a tie of voltages, and tell a string from a parallel bank.
#include "core/made/made_key.hpp"
#include "core/made/suggestion.hpp"
#include "core/members/membership.hpp"
#include "core/members/membership_settings.hpp"
#include "core/members/roster.hpp"
#include "core/members/voltage_guard.hpp"
#include "core/table/path_table.hpp"
#include "core/table/plant_rows.hpp"
#include "core/units/readings.hpp"
#include "unit/core/made_now.hpp"
#include "unit/core/made_readings.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>

namespace busbar::voltage_guard_test {

using namespace std::chrono_literals;

constexpr RowIndex kVoltage = row("/Dc/0/Voltage");
constexpr PlantKey kMulti{PlantClass::Vebus, 276};
constexpr PlantKey kSolar{PlantClass::SolarCharger, 288};

class VoltageGuard : public testing::Test {
protected:
    VoltageGuard() { readings.setLink(true, now); }
    /// Batteries from instance 1 on that were never heard before, so nothing is held over.
    void connectWith(std::initializer_list<double> voltages) {
        readings.beginSweep();
        int instance = 0;
        for (const double voltage_V : voltages) {
            made::putBasics(readings, ++instance, now);
            made::put(readings, instance, row("/Info/MaxChargeVoltage"), {}, now);
            made::put(readings, instance, kVoltage, voltage_V, now);
        }
        readings.completeSweep(now);
    }
    void see(const PlantKey& key, RowIndex index, const Value& value) {
        for (std::size_t path = 0; path < kPlantRows.size(); ++path)
            if (kPlantRows.at(path) == index)
                readings.putPlant(key, path, value);
    }
    void evaluate() {
        readings.settle(now);
        roster = makeRoster(readings, settings, {});
        verdicts = judge({readings, roster, settings, 60s}, state, now);
    }
    void pass(std::chrono::seconds span) {
        for (auto at = 0s; at < span; ++at) {
            now = now + 1s;
            evaluate();
        }
    }
    std::string reasons() {
        std::string text;
        for (const Verdict& verdict : verdicts)
            text += verdict.takesPart ? "in " : std::string(toText(verdict.reason)) + " ";
        return text;
    }

    Readings readings;
    MembershipSettings settings;
    MembershipState state;
    std::vector<RosterEntry> roster;
    std::vector<Verdict> verdicts;
    Now now = made::start();
};

TEST_F(VoltageGuard, LinesForStringsHaveAsManyBlocksAsTheWitnessSees) {
    connectWith({13.2, 13.2, 13.3, 13.2});
    see(kMulti, kVoltage, 26.6);
    evaluate();
    EXPECT_EQ(seriesLines(verdicts, state.guard.blocks),
              "\"made\": [{\"id\": \"string_1\", \"series\": [\"instance:1\", \"instance:2\"]}, "
              "{\"id\": \"string_2\", \"series\": [\"instance:3\", \"instance:4\"]}], "
              "\"batteries\": [\"made:string_1\", \"made:string_2\"]");
}

TEST_F(VoltageGuard, ThreeBlocksAreNoStringsOfTwo) {
    connectWith({13.2, 13.2, 13.3});
    see(kMulti, kVoltage, 26.6);
    evaluate();
    EXPECT_EQ(reasons(), "voltage_mismatch voltage_mismatch voltage_mismatch ");
    EXPECT_EQ(seriesLines(verdicts, state.guard.blocks), "");
}

/// As a string of so many blocks would be (core/made).
class MadeTooHigh : public VoltageGuard {
protected:
    void makeString(double voltage_V, int blocks) {
        connectWith({});
        Battery& made = readings.make(kMadeFrom);
        made.firstUsable = now.steady;
        const auto say = [&made](RowIndex index, Value value) {
            made.slots.at(index).present = true;
            made.slots.at(index).value = std::move(value);
        };
        say(kVoltage, voltage_V);
        say(row("/Dc/0/Current"), 10.0);
        say(row("/System/BatteriesSeries"), static_cast<double>(blocks));
        readings.noteRoster();
    }
};

TEST_F(MadeTooHigh, BlocksSideBySideAreNoString) {
    makeString(26.4, 2);
    see(kMulti, kVoltage, 13.3);
    evaluate();
    EXPECT_EQ(reasons(), "voltage_mismatch ");
    EXPECT_EQ(verdicts[0].detail,
              "its blocks add up to 26.40V, vebus/276 measures 13.30V: not in series?");
    see(kMulti, kVoltage, 26.5);
    evaluate();
    EXPECT_EQ(reasons(), "in ");
}

TEST_F(MadeTooHigh, NorAreTwoPairsOne) {
    makeString(52.8, 4);
    see(kMulti, kVoltage, 26.5);
    evaluate();
    EXPECT_EQ(reasons(), "voltage_mismatch ");
}

TEST_F(MadeTooHigh, OnlyAMultiStandsAtTheWholeBank) {
    makeString(52.8, 4);
    see(kSolar, kVoltage, 13.2);
    see({PlantClass::DcLoad, 1}, kVoltage, 13.2);
    see(kMulti, kVoltage, 0.0);
    evaluate();
    EXPECT_EQ(reasons(), "in ") << "a charger and loads of a battery elsewhere, the Multi is off";
}

TEST_F(MadeTooHigh, MultisOfAnotherBankSayNothingWhereAMeterStandsAtTheString) {
    makeString(52.8, 2);
    see(kMulti, kVoltage, 26.4);
    see(kSolar, kVoltage, 52.9);
    evaluate();
    EXPECT_EQ(reasons(), "in ") << "48 V with a charger of its own, beside a house of 24 V";
}

/// Nor because the others, which are right, agree with it meanwhile.
TEST_F(MadeTooHigh, IsNotLetInAgain) {
    makeString(26.4, 2);
    see(kMulti, kVoltage, 13.2);
    evaluate();
    ASSERT_EQ(reasons(), "voltage_mismatch ");
    state.guard.isBorneOut = true;
    pass(5s);
    EXPECT_EQ(reasons(), "voltage_mismatch ");
}

TEST_F(MadeTooHigh, AMomentOfTheMultiIsNotBelieved) {
    makeString(26.4, 2);
    see(kMulti, kVoltage, 26.5);
    pass(5s);
    see(kMulti, kVoltage, 13.2);
    pass(29s);
    EXPECT_EQ(reasons(), "in ");
    pass(5s);
    EXPECT_EQ(reasons(), "voltage_mismatch ");
}

TEST_F(VoltageGuard, WithoutAWitnessNobodyKnowsWhichOfTwoIsRight) {
    connectWith({26.4, 20.0});
    evaluate();
    EXPECT_EQ(reasons(), "voltage_mismatch voltage_mismatch ");
}

TEST_F(VoltageGuard, AWitnessTellsWhichOfTwoIsRight) {
    connectWith({26.4, 20.0});
    see(kMulti, kVoltage, 26.6);
    evaluate();
    EXPECT_EQ(reasons(), "in voltage_mismatch ");
    EXPECT_EQ(verdicts[1].detail, "20.00V, others measure 26.40V");
    see(kMulti, kVoltage, 19.9);
    pass(11s);
    EXPECT_EQ(reasons(), "voltage_mismatch in ");
}

TEST_F(VoltageGuard, WitnessesThatDisagreeTellNothing) {
    connectWith({26.4, 20.0});
    see(kMulti, kVoltage, 26.4);
    see(kSolar, kVoltage, 20.0);
    evaluate();
    EXPECT_EQ(reasons(), "voltage_mismatch voltage_mismatch ");
}

TEST_F(VoltageGuard, OneThatIsOffOrOfAnotherBusIsNoWitness) {
    connectWith({26.4, 20.0});
    see(kMulti, kVoltage, 0.1);
    see({PlantClass::Dcdc, 1}, kVoltage, 26.4);
    see({PlantClass::Alternator, 1}, kVoltage, 26.4);
    evaluate();
    EXPECT_EQ(reasons(), "voltage_mismatch voltage_mismatch ");
}

TEST_F(VoltageGuard, AMajorityNeedsNoWitness) {
    connectWith({26.4, 26.5, 20.0});
    see(kMulti, kVoltage, 20.0);
    see(kSolar, kVoltage, 20.0);
    evaluate();
    EXPECT_EQ(reasons(), "in in voltage_mismatch ");
}

/// A stack shows the voltage of one of its packs, be that behind an open switch.
TEST_F(VoltageGuard, AKnownSumHasNoVoice) {
    connectWith({52.4, 55.6, 55.6});
    for (const RowIndex limit : {row("/Info/MaxChargeCurrent"), row("/Info/MaxDischargeCurrent")})
        made::put(readings, 2, limit, 0.0, now);
    evaluate();
    EXPECT_EQ(reasons(), "voltage_mismatch voltage_mismatch voltage_mismatch ");
    state.guard.sums.insert(roster[2].id);
    evaluate();
    EXPECT_EQ(reasons(), "in voltage_mismatch voltage_mismatch ");
}

TEST_F(VoltageGuard, TwoPairsAreToldApart) {
    connectWith({26.4, 20.0, 20.1, 26.5});
    evaluate();
    ASSERT_EQ(reasons(), "voltage_mismatch voltage_mismatch voltage_mismatch voltage_mismatch ");
    see(kSolar, kVoltage, 26.4);
    evaluate();
    EXPECT_EQ(reasons(), "in voltage_mismatch voltage_mismatch in ");
}

TEST_F(VoltageGuard, AShuntIsAWitness) {
    connectWith({26.4, 20.0});
    made::put(readings, 9, row("/CustomName"), "Shunt", now);
    made::put(readings, 9, row("/Serial"), "S9", now);
    made::put(readings, 9, kVoltage, 26.3, now);
    made::put(readings, 9, row("/Dc/0/Current"), 10.0, now);
    readings.completeRead(9);
    pass(2s);
    EXPECT_EQ(reasons().substr(0, 20), "in voltage_mismatch ") << reasons();
}

TEST_F(VoltageGuard, ASeriesStringIsNotTakenForAParallelBank) {
    connectWith({13.3, 13.2});
    see(kMulti, kVoltage, 26.6);
    see(kMulti, row("/ProductName"), "MultiPlus");
    evaluate();
    EXPECT_EQ(reasons(), "voltage_mismatch voltage_mismatch ");
    EXPECT_EQ(state.guard.series, "the batteries measure 13.25V, vebus/276 (MultiPlus) 26.60V: in "
                                  "series?");
    EXPECT_EQ(verdicts[0].detail, state.guard.series);
    see(kSolar, kVoltage, 13.3); // one sees them as they are
    pass(10s);
    EXPECT_EQ(reasons(), "voltage_mismatch voltage_mismatch ");
    pass(1s);
    EXPECT_EQ(reasons(), "in in ");
}

TEST_F(VoltageGuard, OneOfAStringIsEnough) {
    for (const double whole_V : {26.6, 39.7, 53.0}) {
        state = {};
        connectWith({13.3});
        see(kMulti, kVoltage, whole_V);
        evaluate();
        EXPECT_EQ(reasons(), "voltage_mismatch ") << whole_V;
        EXPECT_NE(state.guard.series.find("in series?"), std::string::npos) << whole_V;
    }
}

TEST_F(VoltageGuard, AStringStaysOneWhenOneOfItOrTheWitnessIsGone) {
    connectWith({13.3, 13.2});
    see(kMulti, kVoltage, 26.6);
    evaluate();
    ASSERT_EQ(reasons(), "voltage_mismatch voltage_mismatch ");
    readings.leave(2, now);
    pass(60s);
    EXPECT_EQ(reasons().substr(0, 16), "voltage_mismatch") << reasons();
    see(kMulti, kVoltage, {});
    pass(600s);
    EXPECT_EQ(reasons().substr(0, 16), "voltage_mismatch") << reasons();
    EXPECT_NE(state.guard.series, "");
    see(kMulti, kVoltage, 13.1);
    pass(12s);
    EXPECT_EQ(reasons().substr(0, 3), "in ") << reasons();
    EXPECT_EQ(state.guard.series, "");
}

TEST_F(VoltageGuard, ASampleOfTwoThrowsNobodyOut) {
    connectWith({26.4, 26.5});
    pass(2s);
    made::put(readings, 2, kVoltage, 24.0, now);
    pass(1s);
    EXPECT_EQ(reasons(), "in in ");
    EXPECT_EQ(verdicts[1].instead_V, 26.5);
    EXPECT_TRUE(verdicts[1].isHeldOver);
    EXPECT_EQ(verdicts[1].detail, "24.00V, the bank's median is 25.20V");
    made::put(readings, 2, kVoltage, 26.5, now);
    pass(1s);
    EXPECT_EQ(reasons(), "in in ");
    EXPECT_FALSE(verdicts[1].isHeldOver || verdicts[1].instead_V);
}

TEST_F(VoltageGuard, WhoSaysThatItIsOpenDoesStandElsewhere) {
    connectWith({26.4, 26.5, 26.4});
    pass(2s);
    for (const RowIndex index : {row("/Info/MaxChargeCurrent"), row("/Info/MaxDischargeCurrent")})
        made::put(readings, 2, index, 0.0, now);
    made::put(readings, 2, kVoltage, 24.0, now);
    pass(1s);
    EXPECT_EQ(reasons(), "in voltage_mismatch in ");
}

TEST_F(VoltageGuard, WhoseCellsGoWithItDoesStandElsewhere) {
    connectWith({26.4, 26.5, 26.4});
    made::put(readings, 2, row("/System/MaxCellVoltage"), 3.31, now);
    pass(2s);
    made::put(readings, 2, row("/System/MaxCellVoltage"), 3.6, now);
    made::put(readings, 2, kVoltage, 28.8, now);
    pass(1s);
    EXPECT_EQ(reasons(), "in voltage_mismatch in ") << "its high cell must not hold the others";
}

TEST_F(VoltageGuard, WhoIsAwayForLongIsOut) {
    connectWith({26.4, 26.5, 26.4});
    pass(2s);
    made::put(readings, 2, kVoltage, 24.0, now);
    pass(10s);
    EXPECT_EQ(reasons(), "in in in ");
    pass(1s);
    EXPECT_EQ(reasons(), "in voltage_mismatch in ");
    pass(100s);
    EXPECT_EQ(reasons(), "in voltage_mismatch in ");
    made::put(readings, 2, kVoltage, 26.4, now);
    pass(1s);
    EXPECT_EQ(reasons(), "in in in ");
}

TEST_F(VoltageGuard, AWitnessThatOnceAgreedMustDifferForLong) {
    connectWith({13.3, 13.2});
    see(kMulti, kVoltage, 13.3);
    evaluate();
    see(kMulti, kVoltage, 26.6);
    pass(29s);
    EXPECT_EQ(reasons(), "in in ");
    pass(3s);
    EXPECT_EQ(reasons(), "voltage_mismatch voltage_mismatch ");
    see(kMulti, kVoltage, 13.3);
    pass(11s);
    EXPECT_EQ(reasons(), "in in ");
    EXPECT_EQ(state.guard.series, "");
}

TEST_F(VoltageGuard, NoMultipleIsNoString) {
    connectWith({13.3, 13.2});
    for (const double other_V : {20.0, 6.6, 66.3}) {
        see(kMulti, kVoltage, other_V);
        evaluate();
        EXPECT_EQ(reasons(), "in in ") << other_V;
    }
}

} // namespace busbar::voltage_guard_test
