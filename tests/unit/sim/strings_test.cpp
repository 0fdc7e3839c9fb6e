// SPDX-License-Identifier: MIT
#include "sim/random_bank.hpp"
#include "sim/series.hpp"
#include "sim/twin.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace busbar::sim::strings_test {

namespace {

constexpr Limits kLimits = {56.0, 100.0, 200.0};
constexpr StringsSpec kTwoByTwo = {2, 2};

/// Two strings of two blocks of eight cells, 100 Ah, so much sun and load.
TwinSpec plainStrings(double sun_W, double load_W = 0.0) {
    TwinSpec spec = makeEqualStrings(Chemistry::Lfp, kTwoByTwo, 100.0);
    spec.sun.constant_W = sun_W;
    spec.load = {load_W, 0.0, {}};
    return spec;
}

void steps(Twin& twin, int count, const Limits& limits = kLimits) {
    for (int i = 0; i < count; ++i)
        twin.step(limits);
}

/// What is at the terminals: the block's cells and its own connection.
double terminals_V(const Twin& twin, std::size_t i) {
    return twin.truth(i).voltage_V + twin.pack(i).connection_Ohm * twin.truth(i).current_A;
}

TEST(Strings, CarryOneCurrentThroughAllTheirBlocks) {
    Twin twin(makeRandomBank(3, {.strings = StringsSpec{3, 3}}));
    double most_A = 0.0;
    for (int i = 0; i < 43200; ++i) {
        twin.step(kLimits);
        most_A = std::max(most_A, std::abs(twin.truth(4).current_A));
        for (std::size_t k = 0; k < twin.size(); ++k)
            ASSERT_EQ(twin.truth(k).current_A, twin.truth(stringOf(twin, k) * 3).current_A) << i;
    }
    EXPECT_GT(most_A, 10.0);
}

TEST(Strings, VoltagesOfTheBlocksAddUpToTheBus) {
    TwinSpec spec = plainStrings(4000.0);
    spec.packs[1].cells[3].soc = 0.2;
    spec.packs[3].connection_Ohm = 0.004;
    Twin twin(spec);
    for (int i = 0; i < 600; ++i) {
        twin.step(kLimits);
        ASSERT_NEAR(terminals_V(twin, 0) + terminals_V(twin, 1), twin.bus().voltage_V, 1e-9);
        ASSERT_NEAR(terminals_V(twin, 2) + terminals_V(twin, 3), twin.bus().voltage_V, 1e-9);
    }
    EXPECT_NEAR(twin.truth(0).voltage_V, twin.bus().voltage_V / 2.0, 0.5);
}

TEST(Strings, DivideTheBanksCurrentByTheirResistances) {
    TwinSpec spec = plainStrings(4000.0);
    for (const std::size_t block : {2U, 3U}) {
        spec.packs[block].connection_Ohm *= 3.0;
        for (CellSpec& cell : spec.packs[block].cells)
            cell.resistance_Ohm *= 3.0;
    }
    Twin twin(spec);
    steps(twin, 20);
    const double first_A = twin.truth(0).current_A;
    const double second_A = twin.truth(2).current_A;
    EXPECT_NEAR(first_A + second_A, twin.bus().battery_A, 1e-9);
    EXPECT_NEAR(twin.bus().battery_A, twin.bus().charger_A - twin.bus().load_A, 1e-9);
    EXPECT_NEAR(first_A / second_A, 3.0, 0.3); // RC members and charge work against it
}

TEST(Strings, EqualiseAmongEachOtherButNotWithin) {
    TwinSpec spec = plainStrings(0.0);
    for (CellSpec& cell : spec.packs[3].cells)
        cell.soc = 0.2;
    Twin twin(spec);
    steps(twin, 600);
    EXPECT_LT(twin.truth(0).current_A, -0.2);
    EXPECT_NEAR(twin.truth(0).current_A, -twin.truth(3).current_A, 1e-9);
    EXPECT_NEAR(twin.truth(2).soc - twin.truth(3).soc, 0.3, 1e-4) << "nothing moves charge between";
}

/// Cells do not know in how many cases they are.
TEST(Strings, OfTwoHalvesIsTheSameAsOnePack) {
    TwinSpec whole = makeEqualBank(Chemistry::Lfp, 2, 100.0);
    TwinSpec halves = makeEqualStrings(Chemistry::Lfp, kTwoByTwo, 100.0);
    whole.packs[1].cells[4].capacity_Ah = halves.packs[2].cells[4].capacity_Ah = 90.0;
    for (PackSpec& pack : whole.packs)
        pack.connection_Ohm = 2.0 * halves.packs[0].connection_Ohm;
    for (TwinSpec* spec : {&whole, &halves}) {
        spec->sun.constant_W = 3000.0;
        for (PackSpec& pack : spec->packs) {
            pack.bms.balancer.current_A = 0.0; // works against the lowest cell of its own case
            pack.heat.capacity_J_K = 1e9;      // cases of two sizes cool differently
        }
    }
    Twin one(whole);
    Twin two(halves);
    for (int i = 0; i < 5000; ++i) { // nearly full, before any BMS trips
        one.step(kLimits);
        two.step(kLimits);
        ASSERT_NEAR(one.bus().voltage_V, two.bus().voltage_V, 1e-9) << i;
        ASSERT_NEAR(one.truth(1).current_A, two.truth(2).current_A, 1e-6) << i;
    }
    EXPECT_NEAR(one.truth(1).room_Ah, stringTruth(two, 1).room_Ah, 1e-6);
    EXPECT_NEAR(one.truth(1).voltage_V, stringTruth(two, 1).voltage_V, 1e-9);
}

TEST(Strings, HoldWhatTheirWeakestBlockHolds) {
    TwinSpec spec = plainStrings(0.0);
    for (CellSpec& cell : spec.packs[0].cells)
        cell.soc = 0.9;
    for (CellSpec& cell : spec.packs[1].cells)
        cell.capacity_Ah = 60.0;
    spec.packs[1].bms.limits.charge_V = 27.0;
    spec.packs[1].bms.limits.charge_A = 20.0;
    const Twin twin(spec);
    const PackTruth string = stringTruth(twin, 0);
    EXPECT_NEAR(string.room_Ah, 10.0, 1e-9);      // of the first
    EXPECT_NEAR(string.remaining_Ah, 30.0, 1e-9); // of the second
    EXPECT_NEAR(string.soc, 0.75, 1e-9);
    EXPECT_NEAR(string.ownLimit.maxCharge_V, spec.packs[0].bms.limits.charge_V + 27.0, 1e-9);
    EXPECT_NEAR(string.ownLimit.maxCharge_A, 20.0, 1e-9);
}

TEST(Strings, OpenAsAWholeWhenTheBmsOfOneBlockTrips) {
    TwinSpec spec = plainStrings(4000.0);
    for (PackSpec& pack : spec.packs)
        pack.bms.trips.kind = Switch::Contactor;
    spec.packs[1].cells[2].soc = 0.99;
    spec.packs[1].bms.limits.highCell_V.reset();
    Twin twin(spec);
    while (twin.bms(1).canCharge() && twin.time() < std::chrono::hours(1))
        twin.step(kLimits);
    ASSERT_EQ(twin.bms(1).trips(Trip::OverVoltage), 1);
    EXPECT_TRUE(twin.bms(0).canCharge()) << "its neighbour has no reason to";
    steps(twin, 3);
    EXPECT_EQ(twin.truth(0).current_A, 0.0);
    EXPECT_EQ(twin.truth(1).current_A, 0.0);
    EXPECT_FALSE(twin.truth(0).canCharge);
    EXPECT_FALSE(twin.truth(0).canDischarge);
    EXPECT_GT(twin.truth(2).current_A, 10.0);
    EXPECT_NEAR(twin.truth(2).current_A, twin.bus().battery_A, 1e-9);
    EXPECT_EQ(twin.bms(0).trips(Trip::OverVoltage), 0);
}

TEST(Strings, CloseAgainWhenTheWholeStringIsNearTheBus) {
    TwinSpec spec = plainStrings(0.0, 200.0);
    for (PackSpec& pack : spec.packs)
        pack.bms.trips.kind = Switch::Contactor;
    spec.packs[0].bms.faults = {{Fault::Kind::Blocked, Seconds(10.0), Seconds(40.0)}};
    Twin twin(spec);
    steps(twin, 30);
    EXPECT_EQ(twin.truth(1).current_A, 0.0);
    steps(twin, 30);
    EXPECT_LT(twin.truth(1).current_A, -0.5);
}

TEST(Strings, StayOpenWhileTheBusIsFarFromTheirOwnVoltage) {
    TwinSpec spec = plainStrings(0.0, 200.0);
    for (const std::size_t block : {0U, 1U})
        for (CellSpec& cell : spec.packs[block].cells)
            cell.soc = 0.05;
    spec.packs[0].bms.trips.kind = Switch::Contactor;
    spec.packs[0].bms.trips.reconnectWithin_V = 0.2;
    spec.packs[0].bms.faults = {{Fault::Kind::Blocked, Seconds(1.0), Seconds(10.0)}};
    Twin twin(spec);
    steps(twin, 600);
    ASSERT_GT(twin.bus().voltage_V - stringTruth(twin, 0).voltage_V, 0.3);
    EXPECT_FALSE(twin.bms(0).canDischarge());
}

TEST(Strings, DischargeThroughTheDiodesOfBlocksThatMayNotBeCharged) {
    TwinSpec spec = plainStrings(0.0, 5000.0);
    for (const std::size_t block : {0U, 1U}) {
        spec.packs[block].bms.trips.kind = Switch::Fets;
        spec.packs[block].bms.trips.overVoltage_V = 3.0; // at once, and for ever
        spec.packs[block].bms.trips.overRelease_V = 2.0;
    }
    Twin twin(spec);
    steps(twin, 120);
    ASSERT_FALSE(twin.bms(0).canCharge());
    ASSERT_FALSE(twin.bms(1).canCharge());
    EXPECT_LT(twin.truth(2).current_A, twin.truth(0).current_A);
    EXPECT_LT(twin.truth(0).current_A, -1.0);
    const double sum_V = terminals_V(twin, 0) + terminals_V(twin, 1);
    EXPECT_NEAR(sum_V - twin.bus().voltage_V, 2.0 * kDiode_V, 1e-9);
}

TEST(Strings, EnergyOfAWholeDayAddsUp) {
    TwinSpec spec = makeRandomBank(4, {.strings = StringsSpec{3, 2}});
    for (PackSpec& pack : spec.packs)
        pack.bms.trips.kind = Switch::Contactor; // diodes would take a part
    Twin twin(spec);
    double stored_Wh = 0.0;
    for (std::size_t i = 0; i < twin.size(); ++i)
        stored_Wh -= twin.cells(i).stored_Wh();
    steps(twin, 86400, {55.0, 200.0, 300.0});
    double lost_Wh = 0.0;
    for (std::size_t i = 0; i < twin.size(); ++i) {
        stored_Wh += twin.cells(i).stored_Wh();
        lost_Wh += twin.cells(i).energy().heat_Wh + twin.cells(i).energy().bled_Wh;
    }
    EXPECT_GT(twin.book().sun_Wh, 1000.0);
    EXPECT_NEAR(twin.book().sun_Wh, twin.book().served_Wh + stored_Wh + lost_Wh,
                1e-5 * twin.book().sun_Wh);
}

TEST(Strings, ChargerAndLoadReferToTheBus) {
    TwinSpec spec = plainStrings(5200.0, 1000.0);
    for (PackSpec& pack : spec.packs)
        for (CellSpec& cell : pack.cells)
            cell.soc = 0.97;
    Twin twin(spec);
    double highest_V = 0.0;
    for (int i = 0; i < 1800; ++i) {
        twin.step({55.2, 100.0, 200.0});
        highest_V = std::max(highest_V, twin.bus().voltage_V);
    }
    EXPECT_NEAR(highest_V, 55.2, 1e-9);
    EXPECT_NEAR(twin.bus().load_A * twin.bus().voltage_V, 1000.0, 5.0);
    EXPECT_NEAR(stringTruth(twin, 1).voltage_V, 55.2, 0.1);
}

TEST(Strings, AnInverterOnADeadBusFindsTheVoltageOfAWholeString) {
    TwinSpec spec = plainStrings(3000.0);
    for (PackSpec& pack : spec.packs)
        pack.bms.faults = {{Fault::Kind::Blocked, Seconds(0.0), Seconds(1e9)}};
    Twin twin(spec);
    steps(twin, 10, {});
    ASSERT_EQ(twin.bus().voltage_V, 0.0);
    EXPECT_NEAR(twin.chargerAvailable_A(), 3000.0 / stringTruth(twin, 0).voltage_V, 0.01);
}

TEST(Strings, AreRefusedIfABlockIsMissing) {
    TwinSpec spec = plainStrings(0.0);
    spec.packs.pop_back();
    EXPECT_THROW(Twin twin(spec), std::invalid_argument);
    spec.inSeries = 0;
    EXPECT_THROW(Twin twin(spec), std::invalid_argument);
}

std::string read(std::string_view text) {
    const auto spec = parseStrings(text);
    return spec ? std::to_string(spec->strings) + " of " + std::to_string(spec->blocks) : "refused";
}

TEST(StringsText, IsStringsTimesBlocks) {
    EXPECT_EQ(read("2x3"), "2 of 3");
    EXPECT_EQ(read("1x4"), "1 of 4");
    EXPECT_EQ(read("13x2"), "13 of 2");
    EXPECT_EQ(toText(StringsSpec{13, 2}), "13x2");
}

TEST(StringsText, RefusesWhatIsNone) {
    for (const char* text : {"", "2", "x", "2x", "x2", "2x1", "2x5", "0x2", "14x2", "7x4", "-1x2",
                             "2x2x2", "2 x 2", "2x2 ", "2X2", "a2x2", "99999999999x2"})
        EXPECT_EQ(read(text), "refused") << text;
}

TEST(RandomStrings, AreSensibleForEverySeed) {
    int thrownTogether = 0;
    int matched = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        const StringsSpec wanted{1 + static_cast<int>(seed % 3), 2 + static_cast<int>(seed % 3)};
        const TwinSpec bank = makeRandomBank(seed, {.strings = wanted});
        ASSERT_EQ(bank.packs.size(), static_cast<std::size_t>(wanted.strings * wanted.blocks));
        ASSERT_EQ(bank.inSeries, static_cast<std::size_t>(wanted.blocks));
        std::set<std::string> names;
        for (const PackSpec& pack : bank.packs) {
            names.insert(pack.name);
            const auto cells = pack.cells.size() * bank.inSeries;
            ASSERT_GE(cells, 12U) << seed;
            ASSERT_LE(cells, 24U) << seed;
            ASSERT_EQ(pack.cells.size(), bank.packs[0].cells.size()) << seed;
            for (const CellSpec& cell : pack.cells) {
                ASSERT_GE(cell.soc, 0.02) << seed;
                ASSERT_LE(cell.soc, 0.98) << seed;
            }
        }
        ASSERT_EQ(names.size(), bank.packs.size()) << seed;
        const bool isMatched = bank.packs[0].bms.capacity_Ah == bank.packs[1].bms.capacity_Ah;
        ++(isMatched ? matched : thrownTogether);
    }
    EXPECT_GT(thrownTogether, 40);
    EXPECT_GT(matched, 180);
}

TEST(RandomStrings, SomeHaveABlockThatHasDrifted) {
    const auto farthest = [](const TwinSpec& bank) {
        double leak_A_Ah = 0.0;
        for (const PackSpec& pack : bank.packs) {
            double least = 1.0;
            for (const CellSpec& cell : pack.cells)
                least = std::min(least, cell.leak_A / cell.capacity_Ah);
            leak_A_Ah = std::max(leak_A_Ah, least);
        }
        return leak_A_Ah * 720.0; // of the capacity in a month, of the best cell of a block
    };
    int drifting = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed)
        drifting += farthest(makeRandomBank(seed, {.strings = kTwoByTwo})) > 0.035 ? 1 : 0;
    EXPECT_GT(drifting, 20);
    EXPECT_LT(drifting, 60);
    EXPECT_LT(farthest(makeRandomBank(1)), 0.035);
}

} // namespace

} // namespace busbar::sim::strings_test
