// SPDX-License-Identifier: MIT
#include "core/members/membership_settings.hpp"
#include "core/members/roster.hpp"
#include "core/table/path_table.hpp"
#include "support/pages.hpp"
#include "unit/core/made.hpp"
#include "unit/core/made_readings.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace busbar::roster_test {
namespace {

using made::Pack;
using namespace std::chrono_literals;

TEST(Glob, MatchesTheWholeText) {
    struct Case {
        const char* pattern;
        const char* text;
        bool matches;
    };
    for (const Case& c : {Case{"", "", true},
                          {"", "a", false},
                          {"*", "", true},
                          {"*", "abc", true},
                          {"abc", "abc", true},
                          {"abc", "abcd", false},
                          {"a*", "abc", true},
                          {"*c", "abc", true},
                          {"a*c", "abxc", true},
                          {"a*c", "abxcd", false},
                          {"a?c", "abc", true},
                          {"a?c", "ac", false},
                          {"*a*b*", "xaxbx", true},
                          {"**", "x", true},
                          {"a*b*c", "acbc", true},
                          {"?", "", false},
                          {"SerialBattery*", "SerialBattery(Daly)", true},
                          {"serialbattery*", "SerialBattery", false},
                          {"[a]", "a", false}})
        EXPECT_EQ(globMatches(c.pattern, c.text), c.matches) << c.pattern << " on " << c.text;
}

TEST(Glob, StaysQuickOnHostilePatterns) {
    const std::string text(5000, 'a');
    EXPECT_FALSE(globMatches("*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
}

bool picks(const char* selector, const Pack& pack) {
    return matches(parseSelector(selector).value(), pack.battery);
}

TEST(Selector, ConnectionIsAWholeWord) {
    const auto at = [](const char* connection) {
        return Pack("", {{row("/Mgmt/Connection"), connection}});
    };
    EXPECT_TRUE(picks("connection:ttyS1", at("ttyS1")));
    EXPECT_TRUE(picks("connection:ttyS1", at("/dev/ttyS1")));
    EXPECT_TRUE(picks("connection:ttyS1", at("ttyS10 and ttyS1")));
    EXPECT_TRUE(picks("connection:ttyS1", at("ttyS1 (address 2)")));
    EXPECT_FALSE(picks("connection:ttyS1", at("ttyS10")));
    EXPECT_FALSE(picks("connection:ttyS1", at("xttyS1")));
    EXPECT_FALSE(picks("connection:ttyS1", at("ttyS1_b")));
    EXPECT_FALSE(picks("connection:ttyS1", at("")));
    EXPECT_FALSE(picks("connection:ttyS1", Pack("", {})));
}

TEST(Selector, NamesAndSerialsAreExact) {
    const Pack pack("", {{row("/CustomName"), "Pack A"}, {row("/Serial"), "HQ1 2"}});
    EXPECT_TRUE(picks("name:Pack A", pack));
    EXPECT_FALSE(picks("name:Pack", pack));
    EXPECT_FALSE(picks("name:pack a", pack));
    EXPECT_TRUE(picks("serial:HQ1 2", pack));
    EXPECT_FALSE(picks("serial:HQ1", pack));
}

TEST(Selector, InstanceIsANumber) {
    Pack pack("", {});
    pack.battery.instance = 12;
    EXPECT_TRUE(picks("instance:12", pack));
    EXPECT_FALSE(picks("instance:1", pack));
}

TEST(Selector, ReadsOnlyWhatItKnows) {
    for (const char* bad : {"", "name", "name:", "instance:", "instance:-1", "instance:1x",
                            "instance:1.0", "instance:9999999999", "Name:A", "bus:1", "A"})
        EXPECT_EQ(parseSelector(bad), std::nullopt) << bad;
    for (const char* good : {"instance:0", "name:a:b", "serial: ", "product:*", "connection:x"})
        EXPECT_EQ(toText(parseSelector(good).value()), good);
}

class RosterTest : public ::testing::Test {
protected:
    RosterTest() {
        readings.setLink(true, now);
        (void)readings.beginSweep();
        readings.abandonSweep(false);
    }

    void add(int instance, const char* name, const char* serial) {
        made::putBasics(readings, instance, now);
        made::put(readings, instance, row("/CustomName"), name, now);
        made::put(readings, instance, row("/Serial"), serial, now);
        readings.completeRead(instance);
    }
    void complete() {
        (void)readings.beginSweep();
        readings.abandonSweep(false);
        pass(1s);
    }
    void pass(std::chrono::milliseconds span) {
        now = now + span;
        readings.settle(now);
    }
    std::vector<RosterEntry> roster(const MembershipSettings& settings = {}) {
        return makeRoster(readings, settings, {}, book);
    }
    void connect(int instance, const char* connection) {
        made::put(readings, instance, row("/Mgmt/Connection"), connection, now);
    }
    void rememberAll() {
        for (const RosterEntry& entry : roster()) {
            remember(book, entry.id, textsOf(readings.batteries().at(entry.instance)), now);
            rememberName(book, entry);
        }
    }
    /// Its serial is as its name.
    void say(int instance, const char* name) {
        made::put(readings, instance, row("/CustomName"), name, now);
        made::put(readings, instance, row("/Serial"), name, now);
    }
    void addDuplicate(int instance, const char* name, const char* other) {
        add(instance, name, name);
        (void)readings.beginSweep();
        for (const char* one : {name, other, name})
            say(instance, one);
        for (const RowIndex index :
             {row("/Dc/0/Voltage"), row("/Dc/0/Current"), row("/Info/MaxChargeVoltage")})
            made::put(readings, instance, index, 26.4, now);
        readings.completeSweep(now);
        readings.settle(now);
    }
    OutReason reasonOf(const MembershipSettings& settings) { return roster(settings).at(0).reason; }
    static MembershipSettings without(std::initializer_list<const char*> excluded) {
        MembershipSettings settings;
        for (const char* text : excluded)
            settings.excluded.push_back(*parseSelector(text));
        return settings;
    }
    static MembershipSettings only(const char* selected) {
        MembershipSettings settings;
        settings.takeAll = false;
        settings.selected.push_back(*parseSelector(selected));
        return settings;
    }

    Readings readings;
    IdentityBook book;
    Now now = made::start();
};

TEST_F(RosterTest, TopicsThatNothingHasProvenAreNoBattery) {
    made::putBasics(readings, 7, now);
    complete();
    EXPECT_TRUE(roster().empty());
    readings.completeRead(7);
    pass(0s);
    EXPECT_EQ(roster().size(), 1U);
}

TEST_F(RosterTest, ABatteryThatComesBackWithChangedValuesOnlyIsNoShunt) {
    add(1, "A", "S1");
    complete();
    readings.leave(1, now);
    made::put(readings, 1, row("/Dc/0/Voltage"), 26.5, now);
    pass(1s);
    ASSERT_EQ(roster().size(), 1U);
    EXPECT_EQ(roster()[0].reason, OutReason::None);
    EXPECT_EQ(roster()[0].name, "A");
}

TEST_F(RosterTest, NamesPathNamesAndIdsAreUnique) {
    add(1, "Pack", "S");
    add(2, "Pack", "s");
    add(3, "Pack 2", "S!");
    add(4, "Pack_2", "");
    add(5, "\xC3\xA4\xC3\xB6", "");
    add(6, "\xC3\xBC", "");
    std::set<std::string> names, paths, ids;
    for (const RosterEntry& entry : roster()) {
        EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
        EXPECT_TRUE(paths.insert(entry.pathName).second) << entry.pathName;
        EXPECT_TRUE(ids.insert(entry.id).second) << entry.id;
        for (const char c : entry.pathName + entry.id)
            EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') << entry.id;
    }
    EXPECT_EQ(names.size(), 6U);
}

TEST_F(RosterTest, ControlCharactersAreNoPartOfAName) {
    add(1, "A\nB\x7F", "S1");
    EXPECT_EQ(roster().at(0).name, "AB");
}

TEST_F(RosterTest, WithoutNameItIsTheProductOrJustABattery) {
    add(1, "", "S1");
    EXPECT_EQ(roster().at(0).name, "Battery");
    made::put(readings, 1, row("/ProductName"), "Lynx", now);
    EXPECT_EQ(roster().at(0).name, "Lynx");
}

TEST_F(RosterTest, TheSameSerialUnderANewInstanceIsTheSameBattery) {
    add(1, "A", "S1");
    complete();
    readings.leave(1, now);
    pass(1s);
    add(2, "A", "S1");
    pass(2s);
    const auto entries = roster();
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].instance, 2);
    EXPECT_EQ(entries[0].name, "A");
    EXPECT_EQ(entries[0].id, "serial_s1");
}

TEST_F(RosterTest, OneThatIsStillThereIsNotSuperseded) {
    add(1, "A", "S1");
    add(2, "B", "S1");
    EXPECT_EQ(roster().size(), 2U);
}

TEST_F(RosterTest, IdsStayOverRestartsAndInstances) {
    add(7, "A", "HQ-22 X");
    EXPECT_EQ(roster().at(0).id, "serial_hq_22_x");
}

TEST_F(RosterTest, AListTakesWhatItNamesInAnyOrderAndOnce) {
    add(1, "A", "S1");
    add(2, "B", "S2");
    MembershipSettings settings;
    settings.takeAll = false;
    settings.selected = {*parseSelector("serial:S2"), *parseSelector("instance:2"),
                         *parseSelector("name:C")};
    const auto entries = roster(settings);
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries[0].reason, OutReason::Excluded);
    EXPECT_EQ(entries[1].reason, OutReason::None);
    EXPECT_EQ(entries[2].reason, OutReason::Missing);
    EXPECT_EQ(entries[2].name, "name:C");
    EXPECT_EQ(entries[2].instance, -1);
    EXPECT_NE(entries[2].detail.find("name:C"), std::string::npos);
}

TEST_F(RosterTest, MissingEntriesHaveIdsOfTheirOwn) {
    add(1, "A", "x y");
    MembershipSettings settings;
    settings.takeAll = false;
    settings.selected = {*parseSelector("instance:1"), *parseSelector("serial:x-y"),
                         *parseSelector("serial:x/y")};
    std::set<std::string> ids;
    for (const RosterEntry& entry : roster(settings))
        EXPECT_TRUE(ids.insert(entry.id).second)
            << entry.id << ": events of two entries would take turns in every cycle";
}

TEST_F(RosterTest, ProductsPickAllOfAKindThatAutoWouldTake) {
    add(1, "Pack", "S1");
    add(2, "Pack", "S2");
    add(3, "Pack", "S3");
    for (const int instance : {1, 2, 3})
        made::put(readings, instance, row("/ProductName"), "SerialBattery(JK)", now);
    made::put(readings, 3, row("/Mgmt/ProcessName"), "/data/dbus_parallel_bms.py", now);

    MembershipSettings settings;
    settings.takeAll = false;
    settings.selected = {*parseSelector("products:SerialBattery*")};
    std::map<int, OutReason> reasons;
    for (const RosterEntry& entry : roster(settings))
        reasons[entry.instance] = entry.reason;
    EXPECT_EQ(reasons[1], OutReason::None);
    EXPECT_EQ(reasons[2], OutReason::None);
    EXPECT_NE(reasons[3], OutReason::None) << "a sum";
    settings.selected = {*parseSelector("product:SerialBattery*")};
    for (const RosterEntry& entry : roster(settings))
        if (entry.instance < 3) {
            EXPECT_EQ(entry.reason, OutReason::Ambiguous) << "one is meant";
        }
}

TEST_F(RosterTest, AmbiguousClosesWhateverElseNamesTheBattery) {
    add(1, "A", "S1");
    add(2, "A", "S2");
    MembershipSettings settings;
    settings.takeAll = false;
    for (const auto& order : {std::vector{"name:A", "instance:1"}, {"instance:1", "name:A"}}) {
        settings.selected.clear();
        for (const char* text : order)
            settings.selected.push_back(*parseSelector(text));
        for (const RosterEntry& entry : roster(settings))
            EXPECT_EQ(entry.reason, OutReason::Ambiguous) << entry.name;
    }
}

TEST_F(RosterTest, AListedBatteryIsRecognisedWhileItIsAway) {
    add(1, "A", "S1");
    complete();
    readings.leave(1, now);
    MembershipSettings settings;
    settings.takeAll = false;
    settings.selected = {*parseSelector("name:A")};
    const auto entries = roster(settings);
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].reason, OutReason::None);
}

TEST_F(RosterTest, ARenamedBatteryWithASerialKeepsItsId) {
    add(1, "A", "S1");
    rememberAll();
    made::put(readings, 1, row("/CustomName"), "Renamed", now);
    made::put(readings, 1, row("/Serial"), "S1", now);
    EXPECT_EQ(roster().at(0).id, "serial_s1");
    EXPECT_EQ(roster().at(0).name, "Renamed");
}

TEST_F(RosterTest, IdsWithASuffixStayWithTheirBatteries) {
    add(1, "A", "0000");
    connect(1, "ttyUSB0");
    add(2, "B", "0000");
    connect(2, "ttyUSB1");
    rememberAll();
    ASSERT_EQ(roster().at(1).id, "serial_0000_2");
    Readings restarted;
    std::swap(readings, restarted);
    readings.setLink(true, now);
    add(3, "B", "0000");
    connect(3, "ttyUSB1");
    EXPECT_EQ(roster().at(0).id, "serial_0000_2") << "alone, and under another instance";
    add(1, "A", "0000");
    connect(1, "ttyUSB0");
    EXPECT_EQ(roster().at(0).id, "serial_0000");
    EXPECT_EQ(roster().at(1).id, "serial_0000_2");
}

TEST_F(RosterTest, ASwappedBmsTakesOverTheIdAndThePlace) {
    add(1, "A", "S1");
    connect(1, "ttyUSB0");
    complete();
    rememberAll();
    readings.leave(1, now);
    pass(1s);
    EXPECT_EQ(roster().at(0).id, "serial_s1") << "nobody took it yet";
    add(2, "A", "S2");
    connect(2, "ttyUSB0");
    pass(2s);
    const auto entries = roster();
    ASSERT_EQ(entries.size(), 1U) << "the old BMS is not a lost battery";
    EXPECT_EQ(entries[0].instance, 2);
    EXPECT_EQ(entries[0].id, "serial_s1");
    EXPECT_EQ(entries[0].name, "A");
    rememberAll();
    EXPECT_EQ(roster().size(), 1U) << "nor once the new serial is in the book";
    EXPECT_EQ(roster().at(0).id, "serial_s1");
}

TEST_F(RosterTest, TheOldBmsInAnotherPackIsANewBattery) {
    add(1, "A", "S1");
    connect(1, "ttyUSB0");
    rememberAll();
    made::put(readings, 1, row("/Serial"), "S2", now);
    rememberAll();
    ASSERT_EQ(roster().at(0).id, "serial_s1");
    add(5, "B", "S1");
    connect(5, "ttyUSB5");
    EXPECT_EQ(roster().at(1).id, "serial_s1_5") << "no id is given twice";
}

TEST_F(RosterTest, ForeignBatteriesTakeNoIdFromTheBook) {
    add(1, "A", "S1");
    connect(1, "ttyUSB0");
    rememberAll();
    Readings restarted;
    std::swap(readings, restarted);
    readings.setLink(true, now);
    add(2, "A", "S2");
    connect(2, "ttyUSB0");
    MembershipSettings settings;
    settings.excluded = {*parseSelector("instance:2")};
    EXPECT_EQ(roster(settings).at(0).id, "serial_s2");
    EXPECT_EQ(roster().at(0).id, "serial_s1");
}

TEST_F(RosterTest, DevicesOfOthersThatShareAnInstanceAreNoneOfTheBanks) {
    addDuplicate(1, "X", "Y");
    EXPECT_EQ(reasonOf({}), OutReason::Duplicate);
    EXPECT_EQ(reasonOf(without({"instance:1"})), OutReason::Excluded);
    EXPECT_EQ(reasonOf(without({"name:X", "serial:Y"})), OutReason::Excluded);
    EXPECT_EQ(reasonOf(only("name:Z")), OutReason::Excluded);
    EXPECT_EQ(makeRoster(readings, {}, {"X", "Y"}).at(0).reason, OutReason::OwnOutput);
}

TEST_F(RosterTest, EchoesAreOwnServicesAndThoseOfABusbarThatNobodyPicked) {
    add(1, "Pack", "S1");
    add(2, "Own", "BBOWN");
    add(3, "Neighbour", "BBOTHER");
    made::put(readings, 3, row("/Mgmt/ProcessName"), "/opt/busbar/busbar", now);
    const auto picked = [this](std::vector<Selector> listed) {
        return echoes(readings, {"BBOWN"}, listed);
    };
    EXPECT_EQ(picked({}), (std::set<int>{2, 3}));
    EXPECT_EQ(picked({*parseSelector("name:Neighbour")}), std::set<int>{2});
    EXPECT_EQ(picked({*parseSelector("name:Own")}), (std::set<int>{2, 3}))
        << "one's own is never taken for a pack";
    EXPECT_EQ(echoes(readings, {""}, {}), std::set<int>{3}) << "no serial is nobody's";
}

TEST_F(RosterTest, WhoSharesAnInstanceWithOneOfTheBanksIsMissed) {
    addDuplicate(1, "X", "Y");
    for (const char* one : {"name:X", "name:Y"}) {
        EXPECT_EQ(reasonOf(without({one})), OutReason::Duplicate) << "the other is not excluded";
        EXPECT_EQ(reasonOf(only(one)), OutReason::Duplicate) << one;
    }
    EXPECT_EQ(makeRoster(readings, {}, {"X"}).at(0).reason, OutReason::Duplicate);
    EXPECT_EQ(makeRoster(readings, {}, {"Y"}).at(0).reason, OutReason::Duplicate);
    EXPECT_EQ(makeRoster(readings, without({"name:X"}), {"Y"}).at(0).reason, OutReason::Excluded);
}

TEST_F(RosterTest, OfThreeThatShareAnInstanceOneMayAlwaysBeTheBanks) {
    add(1, "X", "X");
    (void)readings.beginSweep();
    for (const char* name : {"X", "Y", "Z"})
        say(1, name);
    made::put(readings, 1, row("/Info/MaxChargeVoltage"), 28.4, now);
    readings.completeSweep(now);
    ASSERT_TRUE(readings.isDuplicate(readings.batteries().at(1)));
    EXPECT_EQ(reasonOf(without({"name:Z", "name:Y"})), OutReason::Duplicate);
}

TEST_F(RosterTest, ShuntsThatShareAnInstanceAreShunts) {
    const auto shunt = [this](const char* serial) {
        made::put(readings, 1, row("/Serial"), serial, now);
        made::put(readings, 1, row("/Dc/0/Voltage"), 26.4, now);
        made::put(readings, 1, row("/Dc/0/Current"), 10.0, now);
    };
    (void)readings.beginSweep();
    shunt("X");
    shunt("Y");
    readings.completeSweep(now);
    ASSERT_TRUE(readings.isDuplicate(readings.batteries().at(1)));
    EXPECT_EQ(reasonOf({}), OutReason::Shunt);
    EXPECT_EQ(reasonOf(only("instance:1")), OutReason::Duplicate) << "the owner wants it";
}

TEST_F(RosterTest, ANameStaysWithItsId) {
    add(1, "Pack", "S1");
    add(2, "Pack", "S2");
    complete();
    rememberAll();
    const auto names = [this] {
        std::map<std::string, std::string> all;
        for (const RosterEntry& entry : roster())
            all[entry.id] = entry.name + "/" + entry.pathName;
        return all;
    };
    const auto before = names();
    ASSERT_EQ(before.at("serial_s1"), "Pack/Pack");
    ASSERT_EQ(before.at("serial_s2"), "Pack 2/Pack_2");
    readings.leave(1, now);
    pass(1s);
    EXPECT_EQ(names(), before) << "one has left";
    rememberAll();
    Readings restarted;
    std::swap(readings, restarted);
    readings.setLink(true, now);
    add(2, "Pack", "S2");
    EXPECT_EQ(roster().at(0).name, "Pack 2") << "alone after a restart";
    add(3, "Pack", "S3");
    EXPECT_EQ(roster().at(1).name, "Pack 3") << "a new one takes nobody's";
    add(1, "Pack", "S1");
    EXPECT_EQ(names().at("serial_s1"), "Pack/Pack");
}

TEST_F(RosterTest, ARenamedBatteryGivesItsNameFree) {
    add(1, "Pack", "S1");
    add(2, "Pack", "S2");
    rememberAll();
    made::put(readings, 1, row("/CustomName"), "Cellar", now);
    EXPECT_EQ(roster().at(0).name, "Cellar");
    rememberAll();
    EXPECT_EQ(roster().at(1).name, "Pack 2") << "nobody else is renamed by it";
    made::put(readings, 2, row("/CustomName"), "Loft", now);
    EXPECT_EQ(roster().at(1).name, "Loft");
    rememberAll();
    made::put(readings, 2, row("/CustomName"), "Pack", now);
    EXPECT_EQ(roster().at(1).name, "Pack");
}

TEST(OutReasons, AreEachExplained) {
    EXPECT_EQ(test::unexplained<OutReason>("src/core/MEMBERS.md", 1, kOutReasonCount),
              std::vector<std::string>{});
}

} // namespace
} // namespace busbar::roster_test
