// SPDX-License-Identifier: MIT
// A pack behind its open switch has no say in that direction.
#include "core/charge/usable_soc.hpp"
#include "core/limits/charge_voltage.hpp"
#include "core/limits/curves.hpp"
#include "core/limits/direction.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/limit_settings.hpp"
#include "core/limits/open_switch.hpp"
#include "core/limits/peak.hpp"
#include "core/limits/preset.hpp"
#include "core/limits/share.hpp"
#include "core/limits/share_settings.hpp"
#include "core/members/member.hpp"
#include "core/table/path_table.hpp"
#include "unit/core/made.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace busbar::open_switch_test {

using made::Pack;
using namespace std::chrono_literals;

constexpr RowIndex kCurrent = row("/Dc/0/Current");
constexpr RowIndex kAllowCharge = row("/Io/AllowToCharge");
constexpr RowIndex kAllowDischarge = row("/Io/AllowToDischarge");
constexpr RowIndex kHighest = row("/System/MaxCellVoltage");
constexpr RowIndex kLowest = row("/System/MinCellVoltage");

/// A tired pack with a cell at 3.66 V and an empty one, and a good one beside it.
class OpenSwitch : public testing::Test {
protected:
    /// Members of the packs as they are now.
    void look(bool isHeld = false) {
        members.clear();
        made::addTo(members, tired, isHeld);
        made::addTo(members, good);
        markOpen(members, share);
    }
    bool isOpen(Direction direction) {
        look();
        return members.front().isOpen(direction);
    }
    std::optional<Limit> curve(Direction direction) {
        look();
        const CurveInput input{members, limits, preset, {}, {}, {}};
        noteCurveData(input, curves);
        return made::smallestOf(curveLimits(direction, input, curves));
    }
    Limit voltage() {
        look();
        const ChargeVoltageInput input{members, limits.cvl, LimitMode::Both, preset, share, {},
                                       {},      false};
        return withPeakControl(baseVoltage(input).value(), input, peak, now);
    }

    static Pack pack(const char* name, double charge_V, double high_V, double low_V, double soc) {
        return {name,
                {{row("/Dc/0/Voltage"), 54.2},
                 {kCurrent, 0.0},
                 {row("/InstalledCapacity"), 280.0},
                 {row("/Soc"), soc},
                 {row("/Info/MaxChargeVoltage"), charge_V},
                 {row("/Info/MaxChargeCurrent"), 100.0},
                 {row("/Info/MaxDischargeCurrent"), 100.0},
                 {row("/System/NrOfCellsPerBattery"), 16.0},
                 {kHighest, high_V},
                 {kLowest, low_V}}};
    }
    Pack tired = pack("Tired", 53.0, 3.66, 2.7, 95.0);
    Pack good = pack("Good", 55.2, 3.40, 3.38, 45.0);
    Members members;
    ShareState share;
    LimitSettings limits;
    PresetValues preset = presetValues(Preset::Lfp);
    CurveState curves;
    PeakState peak;
    Now now = made::start();
};

TEST_F(OpenSwitch, IsOneThatBlocksAndCarriesNothing) {
    EXPECT_FALSE(isOpen(Direction::Charge));
    tired.set(kAllowCharge, 0.0);
    EXPECT_TRUE(isOpen(Direction::Charge));
    EXPECT_FALSE(isOpen(Direction::Discharge));
    tired.set(kCurrent, 5.0);
    EXPECT_FALSE(isOpen(Direction::Charge)) << "something flows";
    tired.set(kCurrent, {});
    EXPECT_FALSE(isOpen(Direction::Charge)) << "nobody knows";
    tired.set(kCurrent, 0.0);
    look(true);
    EXPECT_FALSE(members.front().isOpen(Direction::Charge)) << "held";
}

TEST_F(OpenSwitch, IsNotOneThatWasSeenToCarryWhileItBlocked) {
    tired.set(kAllowCharge, 0.0);
    tired.set(kCurrent, 20.0);
    for (int second = 0; second < 15; ++second) {
        look();
        learn(share, members, now);
        now = now + 1s;
    }
    tired.set(kCurrent, 0.0);
    EXPECT_FALSE(isOpen(Direction::Charge));
}

TEST_F(OpenSwitch, HasNoSayThroughCurves) {
    ASSERT_EQ(curve(Direction::Charge).value().value, 0.0);
    ASSERT_EQ(curve(Direction::Discharge).value().value, 0.0);
    tired.set(kAllowCharge, 0.0);
    curves = {};
    EXPECT_FALSE(curve(Direction::Charge));
    EXPECT_EQ(curve(Direction::Discharge).value().value, 0.0) << "the other direction as before";
    tired.set(kAllowDischarge, 0.0);
    curves = {};
    EXPECT_FALSE(curve(Direction::Discharge));
}

TEST_F(OpenSwitch, HasNoSayThroughPeakControlAndChargeVoltage) {
    ASSERT_LT(voltage().value, 53.0);
    peak = {};
    tired.set(kAllowCharge, 0.0);
    EXPECT_EQ(voltage().value, 55.2);
    peak = {};
    good.set(kAllowCharge, 0.0);
    EXPECT_EQ(voltage().value, 53.0) << "where all are open, a number is needed all the same";
}

TEST_F(OpenSwitch, DoesNotCountForTheUsableCharge) {
    look();
    SocOutput soc;
    soc.soc_pct = soc.true_pct = 70.0;
    EXPECT_EQ(usableSoc_pct(members, soc), 70.0);
    tired.set(kAllowDischarge, 0.0);
    look();
    EXPECT_EQ(usableSoc_pct(members, soc), 45.0);
    EXPECT_EQ(socForCurves(members, soc).lowest_pct, 45.0);
    EXPECT_EQ(socForCurves(members, soc).highest_pct, 70.0);
    good.set(kAllowDischarge, 0.0);
    look();
    EXPECT_EQ(usableSoc_pct(members, soc), std::nullopt);
}

TEST_F(OpenSwitch, ABatteryWhoseModulesAreAllOfflineHasNoShare) {
    tired.set(row("/System/NrOfModulesOnline"), 0.0);
    tired.set(kCurrent, 10.0); // its last one
    look();
    EXPECT_FALSE(isOffline(members.front())) << "nothing says that it has modules";
    tired.set(row("/System/NrOfModulesOffline"), 1.0);
    EXPECT_TRUE(isOpen(Direction::Charge));
    EXPECT_TRUE(isOpen(Direction::Discharge));
    EXPECT_EQ(shareLimit(Direction::Charge, {members, Share::Count}, share).value().value, 100.0);
}

} // namespace busbar::open_switch_test
