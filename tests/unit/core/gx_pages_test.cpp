// SPDX-License-Identifier: MIT
#include "core/gx/gx_pages.hpp"
#include "core/members/member.hpp"
#include "core/members/membership.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "unit/core/made.hpp"
#include "unit/core/made_now.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace busbar::gx_pages_test {
namespace {

using made::Pack;
using namespace std::string_literals;

Pack healthy(const std::string& name) {
    Pack pack(name, {{row("/Serial"), "S" + name},
                     {row("/Dc/0/Voltage"), 26.417},
                     {row("/Dc/0/Current"), -8.04},
                     {row("/Dc/0/Temperature"), 21.26},
                     {row("/Soc"), 71.52},
                     {row("/InstalledCapacity"), 280.0},
                     {row("/FirmwareVersion"), "1.2"},
                     {row("/Alarms/LowSoc"), 0.0}});
    pack.entry.pathName = name;
    pack.setCells({3.3011, 3.3022});
    return pack;
}

class PagesTest : public ::testing::Test {
protected:
    void add(const Pack& pack) {
        packs.push_back(pack);
        Verdict& verdict = verdicts.emplace_back();
        verdict.takesPart = true;
        relink();
    }
    void relink() {
        for (std::size_t i = 0; i < verdicts.size(); ++i) {
            verdicts[i].entry = &packs[i].entry;
            verdicts[i].battery = &packs[i].battery;
        }
    }
    void drop(std::size_t index, OutReason reason) {
        verdicts.at(index).takesPart = false;
        verdicts.at(index).reason = reason;
    }
    void fill() { fillExtras(layout, {verdicts, settings, hasTemperature, due}, extras); }
    /// nullptr if there is no such path.
    const Item* find(const std::string& path) {
        fill();
        const auto found = std::ranges::find(extras, path, &Item::path);
        return found == extras.end() ? nullptr : &*found;
    }
    Value valueAt(const std::string& path) {
        const Item* item = find(path);
        EXPECT_NE(item, nullptr) << path;
        return item == nullptr ? Value("no such path") : item->value;
    }

    std::deque<Pack> packs;
    std::vector<Verdict> verdicts;
    BankSettings settings;
    bool hasTemperature = false;
    PagesDue due;
    ExtrasLayout layout;
    std::vector<Item> extras;
};

TEST_F(PagesTest, EachBatteryHasAPageOfItsValues) {
    add(healthy("A"));
    add(healthy("B"));
    packs[1].set(row("/Dc/0/Current"), 3.0);
    EXPECT_EQ(valueAt("/Battery/1/Serial"), Value("SA"));
    EXPECT_EQ(valueAt("/Battery/1/Capacity"), Value(280.0));
    EXPECT_EQ(valueAt("/Battery/1/FwVersion"), Value("1.2"));
    EXPECT_EQ(valueAt("/Battery/1/Status"), Value(0.0));
    EXPECT_EQ(valueAt("/Battery/1/Voltage"), Value(26.42)) << "rounded as it is published";
    EXPECT_EQ(valueAt("/Battery/1/Current"), Value(-8.0));
    EXPECT_EQ(valueAt("/Battery/1/Soc"), Value(71.5));
    EXPECT_EQ(valueAt("/Battery/1/Temperature"), Value(21.3));
    EXPECT_EQ(valueAt("/Battery/1/Cell/1/Voltage"), Value(3.301));
    EXPECT_EQ(valueAt("/Battery/1/Cell/2/Voltage"), Value(3.302));
    EXPECT_EQ(find("/Battery/1/Cell/3/Voltage"), nullptr);
    EXPECT_EQ(find("/Battery/1/Cell/1/Temperature"), nullptr) << "nobody tells it per cell";
    EXPECT_EQ(valueAt("/Battery/2/Current"), Value(3.0));
    EXPECT_EQ(find("/Battery/3/Serial"), nullptr);
    EXPECT_EQ(pageCount(verdicts), 2);
}

TEST_F(PagesTest, AnyOfThemMayBeChosen) {
    add(healthy("A"));
    add(healthy("B"));
    const Item* request = find("/Battery/Request/Id");
    ASSERT_NE(request, nullptr);
    EXPECT_EQ(request->value, Value(1.0));
    EXPECT_EQ(request->choices, 2);
    for (const Item& item : extras) {
        const int choices = item.path == request->path ? 2 : 0;
        EXPECT_EQ(item.choices, choices) << item.path;
    }
}

TEST_F(PagesTest, OnlyTheOneThatIsAskedForNeedBeUpToDate) {
    add(healthy("A"));
    add(healthy("B"));
    settings.publishCells = true;
    fill();
    for (Pack& pack : packs) {
        pack.set(row("/Dc/0/Current"), 3.0);
        pack.setCells({3.4, 3.4});
        pack.set(row("/Alarms/LowSoc"), 2.0);
    }
    const auto at = [this](const std::string& path) {
        return std::ranges::find(extras, path, &Item::path)->value;
    };
    due.others = false;
    fill();
    EXPECT_EQ(at("/Battery/2/Current"), Value(-8.0)) << "nobody has asked yet";
    due.shown = 2;
    fill();
    EXPECT_EQ(at("/Battery/2/Current"), Value(3.0));
    EXPECT_EQ(at("/Battery/2/Cell/1/Voltage"), Value(3.4));
    EXPECT_EQ(at("/Battery/1/Current"), Value(-8.0));
    EXPECT_EQ(at("/Battery/1/Cell/1/Voltage"), Value(3.301));
    EXPECT_EQ(at("/Voltages/A_Cell1"), Value(3.4));
    EXPECT_EQ(at("/Diagnostics/Module0/Alarms/LowSoc"), Value(2.0)) << "alarms never wait";
    due.others = true;
    fill();
    EXPECT_EQ(at("/Battery/1/Current"), Value(3.0));
}

TEST_F(PagesTest, CellsThatNobodyLooksAtComeByTurns) {
    for (int i = 0; i <= kCellTurns; ++i)
        add(healthy("A" + std::to_string(i)));
    fill();
    for (Pack& pack : packs) {
        pack.set(row("/Dc/0/Current"), 3.0);
        pack.setCells({3.4, 3.4});
    }
    due.shown = 2;
    std::vector<int> news;
    for (due.cells = 0; due.cells < kCellTurns; ++due.cells) {
        fill();
        news.push_back(static_cast<int>(std::ranges::count_if(extras, [](const Item& item) {
            return item.path.ends_with("/Cell/1/Voltage") && item.value == Value(3.4);
        })));
    }
    EXPECT_EQ(news, (std::vector{2, 4, 4, 5, 6, 7})) << "that of the screen is always there";
    EXPECT_TRUE(std::ranges::all_of(extras, [](const Item& item) {
        return !item.path.ends_with("/Current") || item.value == Value(3.0);
    }));
}

TEST_F(PagesTest, WhoIsLostIsNotShownForAnotherTenSeconds) {
    add(healthy("A"));
    add(healthy("B"));
    due = {.shown = 2, .others = false};
    fill();
    drop(0, OutReason::Stale);
    packs[0].battery.lost = SteadyTime{};
    EXPECT_EQ(valueAt("/Battery/1/Current"), Value());
}

TEST_F(PagesTest, WithoutABatteryThereIsNoPage) {
    fill();
    EXPECT_TRUE(extras.empty());
    add(healthy("Shunt"));
    for (const auto reason :
         {OutReason::Excluded, OutReason::Shunt, OutReason::Aggregate, OutReason::OwnOutput}) {
        drop(0, reason);
        fill();
        EXPECT_TRUE(extras.empty()) << toText(reason);
        EXPECT_EQ(pageCount(verdicts), 0) << toText(reason);
    }
}

TEST_F(PagesTest, ADroppedBatteryKeepsItsNumberWithoutValues) {
    add(healthy("A"));
    add(healthy("B"));
    fill();
    const auto before = extras.size();
    drop(0, OutReason::Stale);
    packs[0].battery.lost = made::start().steady;
    EXPECT_EQ(valueAt("/Battery/1/Serial"), Value("SA")) << "so that people know which one";
    for (const char* path :
         {"Voltage", "Current", "Temperature", "Capacity", "Status", "FwVersion", "Cell/1/Voltage"})
        EXPECT_EQ(valueAt("/Battery/1/"s + path), Value()) << path;
    EXPECT_EQ(valueAt("/Battery/2/Voltage"), Value(26.42));
    EXPECT_EQ(valueAt("/Diagnostics/Module0/Alarms/BmsCable"), Value(1.0));
    EXPECT_EQ(valueAt("/Diagnostics/Module0/Alarms/LowSoc"), Value());
    EXPECT_EQ(valueAt("/Diagnostics/Module1/Alarms/BmsCable"), Value(0.0));
    EXPECT_EQ(extras.size(), before);
    EXPECT_EQ(pageCount(verdicts), 2);
    verdicts[0].takesPart = true;
    verdicts[0].reason = OutReason::None;
    packs[0].battery.lost.reset();
    EXPECT_EQ(valueAt("/Battery/1/Voltage"), Value(26.42));
}

TEST_F(PagesTest, OneThatIsThereButLeftOutIsShown) {
    add(healthy("A"));
    for (const auto reason :
         {OutReason::OutOfService, OutReason::Pending, OutReason::VoltageMismatch}) {
        drop(0, reason);
        EXPECT_EQ(valueAt("/Battery/1/Voltage"), Value(26.42)) << toText(reason);
    }
    for (const auto reason : {OutReason::Frozen, OutReason::Duplicate}) {
        drop(0, reason);
        EXPECT_EQ(valueAt("/Battery/1/Voltage"), Value()) << toText(reason);
    }
    drop(0, OutReason::OutOfService);
    EXPECT_EQ(valueAt("/Diagnostics/Module0/Alarms/BmsCable"), Value(0.0)) << "nobody lost it";
}

TEST_F(PagesTest, AMissingBatteryHasAPageOfItsName) {
    add(healthy("A"));
    verdicts[0].battery = nullptr;
    drop(0, OutReason::Missing);
    EXPECT_EQ(valueAt("/Battery/1/Serial"), Value());
    EXPECT_EQ(valueAt("/Battery/1/Status"), Value());
    EXPECT_EQ(valueAt("/Diagnostics/Module0/Id"), Value("A"));
    EXPECT_EQ(valueAt("/Diagnostics/Module0/Alarms/BmsCable"), Value(1.0));
}

TEST_F(PagesTest, AHeldBatteryShowsWhatItLastWas) {
    add(healthy("A"));
    Slot& voltage = packs[0].battery.slots.at(row("/Dc/0/Voltage"));
    voltage.held = voltage.value;
    voltage.value = {};
    EXPECT_EQ(valueAt("/Battery/1/Voltage"), Value());
    verdicts[0].held = true;
    packs[0].battery.lost = made::start().steady;
    EXPECT_EQ(valueAt("/Battery/1/Voltage"), Value(26.42));
}

TEST_F(PagesTest, ModulesHaveTheAlarmsThatTheyTell) {
    add(healthy("Haus \"1\""));
    packs[0].set(row("/Alarms/CellImbalance"), 2.0);
    packs[0].set(row("/Alarms/HighVoltage"), {});
    EXPECT_EQ(valueAt("/Diagnostics/Module0/Id"), Value("Haus \"1\""));
    EXPECT_EQ(valueAt("/Diagnostics/Module0/Alarms/LowSoc"), Value(0.0));
    EXPECT_EQ(valueAt("/Diagnostics/Module0/Alarms/CellImbalance"), Value(2.0));
    EXPECT_EQ(valueAt("/Diagnostics/Module0/Alarms/HighVoltage"), Value());
    EXPECT_EQ(find("/Diagnostics/Module0/Alarms/LowTemperature"), nullptr);
    packs[0].set(row("/Alarms/LowTemperature"), 1.0);
    EXPECT_EQ(valueAt("/Diagnostics/Module0/Alarms/LowTemperature"), Value(1.0));
    packs[0].set(row("/Alarms/BmsCable"), 2.0);
    EXPECT_EQ(valueAt("/Diagnostics/Module0/Alarms/BmsCable"), Value(2.0));
}

TEST_F(PagesTest, OnlyTenBatteriesHaveAnAlarmPage) {
    for (int i = 0; i < 12; ++i)
        add(healthy("P" + std::to_string(i)));
    EXPECT_EQ(valueAt("/Diagnostics/Module9/Id"), Value("P9"));
    EXPECT_EQ(find("/Diagnostics/Module10/Id"), nullptr);
    EXPECT_EQ(valueAt("/Battery/12/Serial"), Value("SP11"));
}

TEST_F(PagesTest, PagesAreBounded) {
    for (std::size_t i = 0; i < kMostPages + 2; ++i)
        add(healthy("P" + std::to_string(i)));
    EXPECT_NE(find("/Battery/64/Serial"), nullptr);
    EXPECT_EQ(find("/Battery/65/Serial"), nullptr);
    EXPECT_EQ(pageCount(verdicts), 64);
    EXPECT_EQ(find("/Battery/Request/Id")->choices, 64);
}

TEST_F(PagesTest, ForeignBatteriesTakeNoNumber) {
    add(healthy("Shunt"));
    add(healthy("A"));
    drop(0, OutReason::Shunt);
    EXPECT_EQ(valueAt("/Battery/1/Serial"), Value("SA"));
    EXPECT_EQ(valueAt("/Diagnostics/Module0/Id"), Value("A"));
    EXPECT_EQ(find("/Battery/2/Serial"), nullptr);
}

TEST_F(PagesTest, PathsAreSortedAndNoBranch) {
    settings.publishCells = true;
    hasTemperature = true;
    for (int i = 0; i < 12; ++i)
        add(healthy("P" + std::to_string(i)));
    fill();
    EXPECT_TRUE(std::ranges::is_sorted(extras, std::ranges::less_equal{}, &Item::path));
    for (std::size_t i = 0; i + 1 < extras.size(); ++i)
        EXPECT_FALSE(extras[i + 1].path.starts_with(extras[i].path + "/")) << extras[i].path;
    for (const Item& item : extras) {
        EXPECT_FALSE(findRow(item.path)) << item.path;
        EXPECT_NE(item.path, "/NumberOfBmses");
    }
}

TEST_F(PagesTest, CanBeSwitchedOffApartFromNamedCells) {
    add(healthy("A"));
    hasTemperature = true;
    fill();
    settings.gxPages = false;
    settings.publishCells = true;
    fill();
    ASSERT_EQ(extras.size(), 3U);
    EXPECT_EQ(extras[0].path, "/Settings/HasTemperature");
    EXPECT_EQ(extras[0].value, Value(1.0));
    EXPECT_EQ(extras[1].path, "/Voltages/A_Cell1");
    EXPECT_EQ(extras[1].value, Value(3.301));
    EXPECT_EQ(extras[2].path, "/Voltages/A_Cell2");
    drop(0, OutReason::Stale);
    fill();
    EXPECT_EQ(extras.size(), 1U) << "named cells only of those that take part";
    hasTemperature = false;
    fill();
    EXPECT_TRUE(extras.empty());
}

TEST_F(PagesTest, NewCellsAndNewBatteriesGetPaths) {
    add(healthy("A"));
    fill();
    packs[0].setCells({3.3, 3.3, Value()});
    EXPECT_EQ(valueAt("/Battery/1/Cell/3/Voltage"), Value());
    EXPECT_EQ(mostCells(verdicts), 3U);
    add(healthy("B"));
    EXPECT_EQ(valueAt("/Battery/2/Voltage"), Value(26.42));
    EXPECT_EQ(find("/Battery/Request/Id")->choices, 2);
}

TEST_F(PagesTest, ExtrasThatSomebodyClearedAreMadeAgain) {
    add(healthy("A"));
    fill();
    const auto before = extras;
    extras.clear();
    fill();
    EXPECT_EQ(extras, before);
}

struct StatusCase {
    RowIndex index;
    double value;
    unsigned bits;
};

class StatusTest : public ::testing::Test {
protected:
    double status() { return statusBits(Member(pack.battery, pack.entry, false), alarms); }

    Pack pack{"A", {}};
    AlarmSettings alarms;
};

TEST_F(StatusTest, HasABitForEveryAlarm) {
    for (const StatusCase& one : {
             StatusCase{row("/Balancer/Status"), 0, 0},
             {row("/Balancer/Status"), 1, 1U << 0},
             {row("/Balancer/Status"), 2, 1U << 2},
             {row("/Balancer/Status"), 3, 1U << 1},
             {row("/Balancing"), 1, 1U << 2},
             {row("/Alarms/CellImbalance"), 1, 1U << 1},
             {row("/Alarms/HighVoltage"), 1, 1U << 3},
             {row("/Alarms/HighVoltage"), 2, 1U << 3},
             {row("/Alarms/LowVoltage"), 2, 1U << 4},
             {row("/Alarms/LowChargeTemperature"), 1, 1U << 5},
             {row("/Alarms/HighChargeTemperature"), 1, 1U << 6},
             {row("/Alarms/HighTemperature"), 1, 1U << 8},
             {row("/Alarms/HighCellVoltage"), 1, 1U << 9},
             {row("/Alarms/FirmwareUpdateFailure"), 2, 1U << 10},
             {row("/Alarms/HighChargeCurrent"), 1, 1U << 11},
             {row("/Alarms/HighChargeCurrent"), 2, 1U << 12},
             {row("/Alarms/HighDischargeCurrent"), 1, 1U << 13},
             {row("/Alarms/HighDischargeCurrent"), 2, 1U << 14},
             {row("/Alarms/LowCellVoltage"), 1, 1U << 15},
             {row("/Alarms/LowTemperature"), 1, 1U << 16},
             {row("/Alarms/HighVoltage"), 0, 0},
             {row("/Alarms/LowSoc"), 2, 0},
         }) {
        pack = Pack("A", {{one.index, one.value}});
        EXPECT_EQ(status(), one.bits) << kRows.at(one.index).path << " " << one.value;
    }
}

TEST_F(StatusTest, SeveralBitsAddUp) {
    pack.set(row("/Balancing"), 1.0);
    pack.set(row("/Alarms/LowCellVoltage"), 1.0);
    EXPECT_EQ(status(), 4.0 + 32768.0);
}

TEST_F(StatusTest, CellsFarApartAreAnImbalanceWhateverTheBalancerSays) {
    pack.set(row("/Balancer/Status"), 1.0);
    pack.set(row("/System/MinCellVoltage"), 3.0);
    pack.set(row("/System/MaxCellVoltage"), 3.2999);
    EXPECT_EQ(status(), 1.0);
    pack.set(row("/System/MaxCellVoltage"), 3.3001);
    EXPECT_EQ(status(), 2.0) << "not balanced and out of balance at once";
    alarms.cellSpreadWarning_V = 0.0;
    EXPECT_EQ(status(), 1.0) << "0 = never";
}

} // namespace
} // namespace busbar::gx_pages_test
