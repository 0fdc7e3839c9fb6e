// SPDX-License-Identifier: MIT
#include "core/charge/upkeep.hpp"
#include "core/limits/preset.hpp"
#include "core/limits/share.hpp"
#include "core/members/member.hpp"
#include "core/settings.hpp"
#include "unit/core/made.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace busbar::upkeep_test {
namespace {

using namespace std::chrono_literals;

/// What was learned of packs of 100 Ah: the share of each, with so much information.
ShareState learned(const std::map<std::string, double>& shares, double bank = 1e5) {
    ShareState state;
    state.bank = bank;
    for (const auto& [id, share] : shares) {
        ShareTrack& track = state.tracks[id];
        track.prior = 1.0 / static_cast<double>(shares.size());
        track.learned.withBank = share * bank;
        track.capacity_Ah = 100.0;
    }
    return state;
}

class RememberedShares : public ::testing::Test {
protected:
    void keep(const std::vector<std::string>& present, const ShareState& share) {
        std::deque<made::Pack> packs;
        Members members;
        for (const std::string& name : present)
            made::addTo(members, packs.emplace_back(name, made::Values{}));
        keepBooks(upkeep, UpkeepInput{members, settings, preset}, share, now);
    }
    std::optional<double> share(const std::string& id) {
        return upkeep.memory.members.at(id).learnedShare;
    }

    Upkeep upkeep;
    BankSettings settings;
    PresetValues preset;
    Now now = made::start();
};

TEST_F(RememberedShares, AreThoseThatMeasurementsMakeCertain) {
    keep({"A", "B"}, learned({{"A", 0.3}, {"B", 0.7}}, 1.0));
    EXPECT_EQ(share("A"), std::nullopt);
    keep({"A", "B"}, learned({{"A", 0.3}, {"B", 0.7}}));
    EXPECT_NEAR(share("A").value_or(0.0), 0.3, 1e-3);
    EXPECT_NEAR(*share("A") + *share("B"), 1.0, 1e-9);
}

TEST_F(RememberedShares, StayWhileOneOfThemRests) {
    keep({"A", "B", "C"}, learned({{"A", 0.3}, {"B", 0.5}, {"C", 0.2}}));
    const auto before = share("A");
    keep({"A", "B", "C"}, learned({{"A", 0.4}, {"B", 0.6}}));
    EXPECT_EQ(share("A"), before) << "C is there, but does not share";
    keep({"A"}, learned({{"A", 1.0}}));
    EXPECT_EQ(share("A"), before) << "alone there is nothing to share";
    keep({"A", "B"}, learned({{"A", 0.4}, {"C", 0.6}}));
    EXPECT_EQ(share("A"), before) << "learned with another";
    keep({"A", "B"}, learned({{"A", 0.4}, {"B", 0.4}, {"C", 0.2}}));
    EXPECT_EQ(share("A"), before) << "learned with one more";
    keep({"A", "B"}, learned({{"A", 0.4}, {"B", 0.6}}));
    EXPECT_NEAR(*share("A"), 0.4, 1e-3) << "C is away";
}

TEST_F(RememberedShares, AreAllPartsOrNone) {
    keep({"A", "B"}, learned({{"A", -0.1}, {"B", 1.1}}));
    EXPECT_EQ(share("A"), std::nullopt);
    EXPECT_EQ(share("B"), std::nullopt);
}

TEST_F(RememberedShares, AreRestored) {
    keep({"A", "B"}, learned({{"A", 0.3}, {"B", 0.7}}));
    upkeep.memory.members["new"];
    Upkeep later;
    ShareState state;
    restore(later, state, upkeep.memory);
    ASSERT_EQ(state.remembered.size(), 2U);
    EXPECT_EQ(state.remembered.at("A"), share("A"));
    EXPECT_EQ(later.memory, upkeep.memory);
}

TEST_F(RememberedShares, BatteriesThatComeAndGoTakeNoMemoryForEver) {
    for (int i = 0; i < 300; ++i, now = now + std::chrono::hours(24))
        keep({"A", "new " + std::to_string(i)}, {});
    EXPECT_EQ(upkeep.memory.members.size(), kMostRemembered);
    EXPECT_EQ(upkeep.members.size(), kMostRemembered);
    EXPECT_TRUE(upkeep.members.contains("A"));
}

} // namespace
} // namespace busbar::upkeep_test
