// SPDX-License-Identifier: MIT
#include "sim/losses.hpp"
#include "sim/random_bank.hpp"
#include "sim/twin.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace busbar::sim {

namespace {

TwinSpec lossyBank(std::uint64_t seed) {
    RandomBankOptions options;
    options.withLosses = true;
    return makeRandomBank(seed, options);
}

/// A day under limits that nobody watches.
void aDay(Twin& twin) {
    for (int second = 0; second < 24 * 3600; ++second) {
        double own_V = twin.truth(0).ownLimit.maxCharge_V;
        for (std::size_t i = 1; i < twin.size(); ++i)
            own_V = std::min(own_V, twin.truth(i).ownLimit.maxCharge_V);
        twin.step({own_V, 300.0, 300.0});
    }
}

TEST(Losses, AreTheSameForTheSameSeed) {
    Twin one(lossyBank(3));
    Twin other(lossyBank(3));
    aDay(one);
    aDay(other);
    ASSERT_EQ(one.losses().size(), other.losses().size());
    ASSERT_FALSE(one.losses().empty());
    for (std::size_t i = 0; i < one.losses().size(); ++i) {
        EXPECT_EQ(one.losses()[i].pack, other.losses()[i].pack);
        EXPECT_EQ(one.losses()[i].fault.from, other.losses()[i].fault.from);
        EXPECT_EQ(one.losses()[i].fault.to, other.losses()[i].fault.to);
    }
}

TEST(Losses, OfAllKindsStrikeAtAllMoments) {
    std::set<Fault::Kind> kinds;
    std::set<Moment> moments;
    for (std::uint64_t seed = 1; seed <= 9; ++seed) {
        Twin twin(lossyBank(seed));
        aDay(twin);
        for (const Loss& loss : twin.losses()) {
            kinds.insert(loss.fault.kind);
            moments.insert(loss.moment);
        }
    }
    using enum Fault::Kind;
    EXPECT_EQ(kinds, (std::set{Silent, Frozen, BmsLost, Left}));
    EXPECT_EQ(moments.size(), kMomentCount);
}

TEST(Losses, APackIsLostOnceAtATime) {
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        Twin twin(lossyBank(seed));
        aDay(twin);
        std::vector<Seconds> until(twin.size(), Seconds(0.0));
        for (const Loss& loss : twin.losses()) {
            EXPECT_GE(loss.fault.from, until[loss.pack]) << seed;
            until[loss.pack] = loss.fault.to;
        }
    }
}

TEST(Losses, OfDataLeaveThePackOnTheBar) {
    TwinSpec spec = makeEqualBank(Chemistry::Lfp, 2, 100.0);
    spec.sun.constant_W = 3000.0;
    spec.load = {0.0, 0.0, {}};
    spec.packs[0].bms.faults.push_back({Fault::Kind::Silent, Seconds(60.0), Seconds(3600.0)});
    Twin twin(spec);
    for (int second = 0; second < 600; ++second)
        twin.step({56.0, 100.0, 100.0});
    EXPECT_TRUE(twin.bms(0).isUnheard());
    EXPECT_FALSE(twin.bms(1).isUnheard());
    EXPECT_GT(twin.truth(0).current_A, 10.0);
    EXPECT_NEAR(twin.truth(0).current_A, twin.truth(1).current_A, 0.5);
}

TEST(Losses, HaveBanksOfEveryChemistryNeedyAndCold) {
    std::set<Chemistry> chemistries;
    bool hasCold = false;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const TwinSpec bank = lossyBank(seed);
        EXPECT_TRUE(bank.withLosses);
        chemistries.insert(bank.packs.front().chemistry);
        for (const PackSpec& pack : bank.packs)
            hasCold = hasCold || pack.heat.start_C < 9.0;
    }
    EXPECT_EQ(chemistries.size(), 3U);
    EXPECT_TRUE(hasCold);
}

} // namespace

} // namespace busbar::sim
