// SPDX-License-Identifier: MIT
// Currents that stand still or go the other way while load moves the voltage.
#include "core/limits/belief.hpp"
#include "core/limits/direction.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/share.hpp"
#include "core/limits/share_settings.hpp"
#include "core/table/path_table.hpp"
#include "unit/core/made.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>

namespace busbar::belief_test {

using namespace std::chrono_literals;
using Ids = std::set<std::string>;
/// What pack `i` says that it carries, of what it does.
using Says = std::function<double(std::size_t, double)>;

class Belief : public testing::Test {
protected:
    void add(const std::string& name, double charge_A = 100.0) {
        packs.emplace_back(name, made::Values{{row("/InstalledCapacity"), 280.0},
                                              {row("/Info/MaxChargeCurrent"), charge_A},
                                              {row("/Info/MaxDischargeCurrent"), 200.0}});
    }
    /// Load changes every 20 s between 20 A and 120 A; packs are alike.
    void run(std::chrono::seconds span, const Says& says, bool hasPlant = false) {
        for (auto at = 0s; at < span; at += 1s) {
            now = now + 1s;
            const double bank_A = (at / 20s) % 2 == 0 ? 20.0 : 120.0;
            const double own_A = bank_A / static_cast<double>(packs.size());
            for (std::size_t i = 0; i < packs.size(); ++i) {
                packs[i].set(row("/Dc/0/Current"), says(i, own_A));
                packs[i].set(row("/Dc/0/Voltage"),
                             52.8 + own_A * (i == 0 ? first_Ohm : others_Ohm));
                packs[i].battery.moved = now.steady;
            }
            members.clear();
            for (const made::Pack& pack : packs)
                made::addTo(members, pack);
            step(belief, {members, hasPlant ? std::optional(bank_A) : std::nullopt}, now);
            share.doubted = doubtedOf(belief);
            learn(share, members, now);
        }
    }
    double limit() {
        return shareLimit(Direction::Charge, {members, Share::Adaptive}, share)
            .value_or(Limit{-1.0, {}, {}, {}})
            .value;
    }

    std::deque<made::Pack> packs;
    Members members;
    CurrentBelief belief;
    ShareState share;
    double first_Ohm = 0.006; ///< by which its current moves its voltage, of the first pack
    double others_Ohm = 0.006;
    Now now = made::start();
};

double truth(std::size_t, double own_A) {
    return own_A;
}

TEST_F(Belief, OneThatAlwaysReadsNothingBesideASiblingIsNotBelieved) {
    add("A", 20.0);
    add("B");
    run(20s, [](std::size_t i, double own_A) { return i == 0 ? 0.0 : own_A; });
    EXPECT_EQ(doubtedOf(belief), Ids{}) << "one change of load is not enough";
    run(200s, [](std::size_t i, double own_A) { return i == 0 ? 0.0 : own_A; });
    EXPECT_EQ(doubtedOf(belief), Ids{"A"});
    EXPECT_EQ(doubtedNames(belief, members), "A");
    EXPECT_LE(limit(), 40.0) << "it may take half of all, and bears 20 A";
    run(200s, truth);
    EXPECT_EQ(doubtedOf(belief), Ids{});
}

/// That it reads 0 A is no sign that its switch is open; that no load moves its voltage is one, but
/// not while chargers hold the voltage of all.
TEST_F(Belief, OneThatIsNotBelievedAndBlocksMayCarryAllTheSame) {
    add("A");
    add("B");
    const Says deaf = [](std::size_t i, double own_A) { return i == 0 ? 0.0 : own_A; };
    run(240s, deaf);
    ASSERT_EQ(doubtedOf(belief), Ids{"A"});
    packs[0].set(row("/Info/MaxChargeCurrent"), 0.0);
    run(60s, deaf);
    EXPECT_EQ(limit(), 0.0);
    first_Ohm = others_Ohm = 0.0;
    run(900s, deaf);
    EXPECT_EQ(doubtedOf(belief), Ids{"A"});
    EXPECT_EQ(limit(), 0.0);
    others_Ohm = 0.006;
    run(900s, deaf);
    EXPECT_EQ(doubtedOf(belief), Ids{});
    EXPECT_GT(limit(), 50.0);
}

/// An open switch is no news of the sensor.
TEST_F(Belief, OneThatWasOffIsDoubtedAgainOnceItsSwitchIsClosed) {
    add("A");
    add("B");
    const Says deaf = [](std::size_t i, double own_A) { return i == 0 ? 0.0 : own_A; };
    run(240s, deaf);
    ASSERT_EQ(doubtedOf(belief), Ids{"A"});
    for (const double limit_A : {0.0, 100.0}) {
        packs[0].set(row("/Info/MaxChargeCurrent"), limit_A);
        packs[0].set(row("/Info/MaxDischargeCurrent"), limit_A);
        first_Ohm = limit_A > 0.0 ? others_Ohm : 0.0;
        run(limit_A > 0.0 ? 3s : 900s, deaf);
        EXPECT_EQ(doubtedOf(belief), limit_A > 0.0 ? Ids{"A"} : Ids{});
    }
    run(300s, truth);
    EXPECT_EQ(doubtedOf(belief), Ids{});
}

TEST_F(Belief, OneThatWasAwayIsStillDoubted) {
    add("A");
    add("B");
    add("C");
    const Says deaf = [](std::size_t i, double own_A) { return i == 2 ? 0.0 : own_A; };
    run(240s, deaf);
    ASSERT_EQ(doubtedOf(belief), Ids{"C"});
    const made::Pack away = packs.back();
    packs.pop_back();
    run(240s, deaf);
    packs.push_back(away);
    run(3s, deaf);
    EXPECT_EQ(doubtedOf(belief), Ids{"C"});
    run(240s, truth);
    EXPECT_EQ(doubtedOf(belief), Ids{});
}

TEST_F(Belief, OneThatBlocksFromTheBeginningAndReadsNothingIsBelieved) {
    add("A", 0.0);
    add("B");
    run(300s, [](std::size_t i, double own_A) { return i == 0 ? 0.0 : own_A; });
    EXPECT_EQ(doubtedOf(belief), Ids{}) << "its BMS says why";
    packs[0].set(row("/Info/MaxChargeCurrent"), 100.0);
    run(60s, truth);
    EXPECT_EQ(doubtedOf(belief), Ids{});
}

/// Before several changes of load have told, the smaller of what both cases allow counts.
TEST_F(Belief, OneThatHasNeverShownACurrentIsDoubtedUntilChangesOfLoadTell) {
    add("A", 20.0);
    add("B");
    add("C");
    const Says deaf = [](std::size_t i, double own_A) { return i == 0 ? 0.0 : own_A; };
    first_Ohm = others_Ohm = 0.0; // it hangs on nothing
    run(70s, deaf);
    EXPECT_EQ(doubtedOf(belief), Ids{"A"});
    EXPECT_LE(limit(), 60.0) << "it may take a third of all, and bears 20 A";
    EXPECT_EQ(doubtedNames(belief, members), "") << "nothing has shown it";
    run(200s, deaf);
    EXPECT_EQ(doubtedOf(belief), Ids{}) << "no load moves its voltage: it is off";
    belief = {};
    run(70s, [](std::size_t i, double own_A) { return i == 0 ? 0.3 * own_A : own_A; });
    EXPECT_EQ(doubtedOf(belief), Ids{}) << "it has shown some";
    belief = {};
    run(70s, [](std::size_t, double) { return 0.0; });
    EXPECT_EQ(doubtedOf(belief), Ids{}) << "nobody carries anything";
}

TEST_F(Belief, OneAloneIsComparedWithThePlant) {
    add("A");
    run(200s, [](std::size_t, double) { return 0.0; });
    EXPECT_EQ(doubtedOf(belief), Ids{}) << "nobody else measures";
    run(
        200s, [](std::size_t, double) { return 0.0; }, true);
    EXPECT_EQ(doubtedOf(belief), Ids{"A"});
    EXPECT_EQ(limit(), 100.0);
}

TEST_F(Belief, TheWrongSignAndAValueThatStandsStillAreNotBelieved) {
    for (const Says& says :
         {Says([](std::size_t i, double own_A) { return i == 0 ? -own_A : own_A; }),
          Says([](std::size_t i, double own_A) { return i == 0 ? 5.0 : own_A; })}) {
        packs.clear();
        members.clear();
        belief = {};
        add("A", 20.0);
        add("B");
        add("C");
        run(240s, says);
        EXPECT_EQ(doubtedOf(belief), Ids{"A"});
        EXPECT_LE(limit(), 60.0);
    }
}

TEST_F(Belief, AWeakPackAnOpenOneAndALoadThatNobodyMeasuresAreBelieved) {
    add("A");
    add("B");
    run(240s, [](std::size_t i, double own_A) { return i == 0 ? 0.3 * own_A : own_A; });
    EXPECT_EQ(doubtedOf(belief), Ids{}) << "old cells";
    packs[0].set(row("/Io/AllowToCharge"), 0.0);
    packs[0].set(row("/Io/AllowToDischarge"), 0.0);
    run(240s, [](std::size_t i, double own_A) { return i == 0 ? 0.0 : own_A; });
    EXPECT_EQ(doubtedOf(belief), Ids{}) << "it says so";
    packs.pop_back();
    packs[0].set(row("/Io/AllowToCharge"), 1.0);
    packs[0].set(row("/Io/AllowToDischarge"), 1.0);
    first_Ohm = others_Ohm = 0.0;
    run(
        240s, [](std::size_t, double) { return 0.0; }, true);
    EXPECT_EQ(doubtedOf(belief), Ids{}) << "a load takes all that comes";
}

} // namespace busbar::belief_test
