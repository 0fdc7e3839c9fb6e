// SPDX-License-Identifier: MIT
#include "core/charge/upkeep.hpp"
#include "core/limits/preset.hpp"
#include "core/limits/share.hpp"
#include "core/members/member.hpp"
#include "core/settings.hpp"
#include "core/table/path_table.hpp"
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

TEST(MemberBooks, CountWhatEachCarriesItself) {
    made::Pack a("A", {{row("/Dc/0/Current"), 30.0},
                       {row("/Dc/0/Power"), 1600.0},
                       {row("/InstalledCapacity"), 100.0},
                       {row("/System/MaxVoltageCellId"), "C3"}});
    made::Pack b("B", {{row("/Dc/0/Current"), 10.0}, {row("/InstalledCapacity"), 100.0}});
    Members members;
    made::addTo(members, a);
    made::addTo(members, b);
    const BankSettings settings;
    const PresetValues preset;
    Upkeep upkeep;
    Now now = made::start();
    for (int second = 0; second <= 700; ++second, now = now + 1s)
        keepBooks(
            upkeep,
            UpkeepInput{
                .members = members, .settings = settings, .preset = preset, .current_A = 40.0},
            {}, now);
    EXPECT_NEAR(upkeep.members.at("A").stats.stats.share.value_or(0.0), 0.75, 1e-9);
    EXPECT_NEAR(upkeep.members.at("B").stats.stats.share.value_or(0.0), 0.25, 1e-9);
    EXPECT_EQ(upkeep.members.at("A").stats.stats.highest.named, "C3");
    EXPECT_NEAR(upkeep.members.at("A").meters.totals.charged_Ah, 30.0 * 700.0 / 3600.0, 0.01);
    EXPECT_NEAR(upkeep.members.at("A").meters.totals.charged_Wh, 1600.0 * 700.0 / 3600.0, 1.0);
}

/// Two LFP packs at 56 V, raised for balancing.
class RaisedBank : public ::testing::Test {
protected:
    RaisedBank() {
        upkeep.balancing.memory.stage = BalancingStage::Raised;
        settings.limits.cvl.mode = CvlMode::Own;
        settings.balancing.hold = std::chrono::hours(1);
    }
    BalancingOutput look(made::Pack& a, made::Pack& b) {
        Members members;
        for (made::Pack* pack : {&a, &b}) {
            pack->set(row("/System/NrOfCellsPerBattery"), 16.0);
            pack->set(row("/Dc/0/Voltage"), 56.0);
            pack->set(row("/Info/MaxChargeVoltage"), asked_V);
            made::addTo(members, *pack);
            members.back().setCells(16.0);
        }
        UpkeepInput input{members, settings, presetValues(Preset::Lfp)};
        input.voltage_V = voltage_V;
        input.chargeVoltage = chargeVoltage;
        count(upkeep, input, now);
        return upkeep.balancingNow;
    }
    static made::Pack pack(const std::string& name, double low_V, double high_V) {
        return made::Pack(name, {{row("/System/MinCellVoltage"), low_V},
                                 {row("/System/MinVoltageCellId"), "C7"},
                                 {row("/System/MaxCellVoltage"), high_V},
                                 {row("/System/MaxVoltageCellId"), "C3"}});
    }

    Upkeep upkeep;
    BankSettings settings;
    std::optional<Limit> chargeVoltage;
    double voltage_V = 56.0; ///< of the bank
    double asked_V = 57.0;   ///< by each pack
    Now now = made::start();
};

/// Nothing raises it, so nobody may be told that something did.
TEST_F(RaisedBank, IsNoneWhereTheChargeVoltageIsNotItsOwn) {
    settings.limits.cvl.mode = CvlMode::Min;
    made::Pack a = pack("A", 3.40, 3.42);
    made::Pack b = pack("B", 3.40, 3.51);
    EXPECT_EQ(look(a, b).obstacle, BalancingObstacle::Disabled);
    EXPECT_EQ(upkeep.balancingNow.stage, BalancingStage::Idle);
    EXPECT_FALSE(upkeep.balancingNow.isRaised);
    upkeep.balancing = {};
    upkeep.balancing.memory.firstSeen = now.wall - std::chrono::hours(24 * 365);
    EXPECT_EQ(look(a, b).stage, BalancingStage::Idle);
    EXPECT_TRUE(upkeep.balancingNow.events.empty());
}

TEST_F(RaisedBank, NamesTheCellThatIsFarthestFromTheOthers) {
    made::Pack equal = pack("A", 3.49, 3.51);
    made::Pack high = pack("B", 3.49, 3.60);
    BalancingOutput output = look(equal, high);
    EXPECT_EQ(output.obstacle, BalancingObstacle::Unequal);
    EXPECT_EQ(output.detail, "0.11V apart, most of all B/C3");
    made::Pack low = pack("A", 3.30, 3.51);
    EXPECT_EQ(look(low, equal).detail, "0.21V apart, most of all A/C7");
}

TEST_F(RaisedBank, NamesTheCellThatPeakControlHolds) {
    made::Pack high = pack("B", 3.49, 3.60);
    made::Pack equal = pack("A", 3.49, 3.51);
    chargeVoltage = Limit{55.0, Cause::PeakControl, "B", "C3"};
    const BalancingOutput output = look(equal, high);
    EXPECT_EQ(output.obstacle, BalancingObstacle::Held);
    EXPECT_EQ(output.detail, "B/C3");
}

TEST_F(RaisedBank, IsFullWhereTheOwnerOrElseThePresetSaysSo) {
    made::Pack a = pack("A", 3.37, 3.38);
    made::Pack b = pack("B", 3.37, 3.38);
    chargeVoltage = Limit{54.0, Cause::Member, "B", ""}; // 3.375 V each
    voltage_V = asked_V = 54.0;
    EXPECT_EQ(look(a, b).stage, BalancingStage::Holding);
    settings.soc.fullCell_V = 3.51;
    EXPECT_EQ(look(a, b).obstacle, BalancingObstacle::Capped);
    EXPECT_EQ(upkeep.balancingNow.detail, "B at 54.00V");
}

} // namespace
} // namespace busbar::upkeep_test
