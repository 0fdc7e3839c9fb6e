// SPDX-License-Identifier: MIT
#include "core/charge/current_source.hpp"
#include "core/table/path_table.hpp"
#include "unit/core/made_readings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace busbar::current_source_test {
namespace {

using ::testing::HasSubstr;

constexpr PlantKey kVebus{PlantClass::Vebus, 276};
constexpr PlantKey kSolar{PlantClass::SolarCharger, 288};

class CurrentSourceTest : public ::testing::Test {
protected:
    CurrentSourceTest() {
        readings.setLink(true, now);
        (void)readings.beginSweep();
        readings.completeSweep(now);
    }
    void put(const PlantKey& key, std::string_view path, Value value) {
        readings.putPlant(key, findPlantPath(path).value(), std::move(value));
    }
    void device(const PlantKey& key, Value current, double voltage_V = 52.0) {
        put(key, "/Connected", 1.0);
        put(key, "/CustomName", "D" + std::to_string(key.instance));
        put(key, "/Dc/0/Voltage", voltage_V);
        put(key, "/Dc/0/Current", std::move(current));
    }
    void shunt(int instance, Value current) {
        made::put(readings, instance, row("/CustomName"), "S" + std::to_string(instance), now);
        made::put(readings, instance, row("/Serial"), "HQ" + std::to_string(instance), now);
        made::put(readings, instance, row("/Dc/0/Voltage"), 52.0, now);
        made::put(readings, instance, row("/Dc/0/Current"), std::move(current), now);
        readings.completeRead(instance);
    }
    void useShunts(std::initializer_list<const char*> selectors) {
        settings.source = CurrentSource::Shunt;
        for (const char* selector : selectors)
            settings.shunts.push_back(parseSelector(selector).value());
    }
    void subtract(const char* selector) {
        settings.minusLoads.push_back(parseSelector(selector).value());
    }
    BankCurrent work() {
        now = now + std::chrono::seconds(2); // a battery joins when its values have settled
        readings.settle(now);
        return bankCurrent(settings, readings, {-7.0, -350.0, 50.0}, {"OWN"});
    }
    /// Falls back to the batteries and says why.
    void expectBatteries(const std::string& why) {
        const BankCurrent result = work();
        EXPECT_EQ(result.current_A, -7.0);
        EXPECT_EQ(result.power_W, -350.0);
        EXPECT_EQ(result.used, CurrentSource::Batteries);
        EXPECT_TRUE(result.fellBack);
        EXPECT_THAT(result.whyNot, HasSubstr(why));
    }
    void expectCurrent(double current_A) {
        const BankCurrent result = work();
        EXPECT_EQ(result.current_A, current_A);
        EXPECT_EQ(result.power_W, current_A * 50.0);
        EXPECT_EQ(result.used, settings.source);
        EXPECT_FALSE(result.fellBack);
        EXPECT_EQ(result.whyNot, "");
    }

    Readings readings;
    CurrentSettings settings;
    Now now = made::start();
};

class VictronCurrent : public CurrentSourceTest {
protected:
    VictronCurrent() { settings.source = CurrentSource::Victron; }
};

class ShuntCurrent : public CurrentSourceTest {};

TEST_F(CurrentSourceTest, BatteriesMeasureThemselvesAndNothingIsMissing) {
    device(kVebus, Value());
    const BankCurrent result = work();
    EXPECT_EQ(result.current_A, -7.0);
    EXPECT_EQ(result.power_W, -350.0);
    EXPECT_FALSE(result.fellBack);
    EXPECT_EQ(result.whyNot, "");
}

TEST_F(CurrentSourceTest, PowerIsUnknownWithoutTheVoltageOfTheBank) {
    settings.source = CurrentSource::Victron;
    device(kVebus, 10.0);
    readings.settle(now);
    const BankCurrent result = bankCurrent(settings, readings, {}, {});
    EXPECT_EQ(result.current_A, 10.0);
    EXPECT_EQ(result.power_W, std::nullopt);
}

TEST_F(VictronCurrent, AddsUpAllKindsAndSubtractsTheLoads) {
    device(kVebus, -20.0);
    device({PlantClass::Vebus, 277}, -5.0);
    device({PlantClass::Multi, 1}, 2.0);
    device({PlantClass::Inverter, 2}, -3.0);
    device(kSolar, 40.0);
    device({PlantClass::Dcdc, 3}, 4.0);
    device({PlantClass::Alternator, 4}, 8.0);
    device({PlantClass::DcLoad, 5}, 6.0);
    expectCurrent(-20.0 - 5.0 + 2.0 - 3.0 + 40.0 + 4.0 + 8.0 - 6.0);
}

TEST_F(VictronCurrent, EachKindCanBeLeftOut) {
    struct Switch {
        PlantClass kind;
        bool CurrentSettings::*flag;
    };
    const std::array switches = {Switch{PlantClass::Multi, &CurrentSettings::withMulti},
                                 Switch{PlantClass::Inverter, &CurrentSettings::withInverter},
                                 Switch{PlantClass::SolarCharger, &CurrentSettings::withSolar},
                                 Switch{PlantClass::Dcdc, &CurrentSettings::withDcdc},
                                 Switch{PlantClass::Alternator, &CurrentSettings::withAlternator},
                                 Switch{PlantClass::DcLoad, &CurrentSettings::withDcLoads}};
    device(kVebus, 10.0);
    for (const Switch& one : switches) {
        device({one.kind, 1}, Value()); // would make everything unknown
        EXPECT_TRUE(work().fellBack);
        settings.*one.flag = false;
        expectCurrent(10.0);
    }
    device(kSolar, 1.0);
    settings.withSolar = true;
    settings.withVebus = false;
    readings.leavePlant({PlantClass::SolarCharger, 1});
    expectCurrent(1.0);
}

TEST_F(VictronCurrent, AnyUnknownPieceFallsBackForThatCycleAndSaysWhich) {
    device(kVebus, 10.0);
    device(kSolar, Value());
    expectBatteries("solarcharger/288 (D288) has no known current");
    device(kSolar, 5.0);
    expectCurrent(15.0);
}

TEST_F(VictronCurrent, FallsBackWhileTheLinkIsLost) {
    device(kVebus, 10.0);
    expectCurrent(10.0);
    readings.setLink(false, now);
    expectBatteries("vebus/276");
}

TEST_F(VictronCurrent, ADeviceThatLeftIsNotMissed) {
    device(kVebus, 10.0);
    device(kSolar, 5.0);
    expectCurrent(15.0);
    readings.leavePlant(kSolar);
    expectCurrent(10.0);
}

TEST_F(VictronCurrent, ASwitchedOffDeviceCountsAsZero) {
    device(kVebus, Value());
    put(kVebus, "/Connected", 0.0);
    device(kSolar, 5.0);
    expectCurrent(5.0);
}

TEST_F(VictronCurrent, NoPieceAtAllFallsBack) {
    expectBatteries("no charger or inverter");
    device({PlantClass::DcLoad, 5}, 6.0);
    expectBatteries("no charger or inverter");
}

TEST_F(VictronCurrent, AMeterOfTheWholeDcSystemReplacesThoseOfSingleLoads) {
    device(kVebus, 10.0);
    device({PlantClass::DcLoad, 5}, 6.0);
    device({PlantClass::DcSystem, 6}, 9.0);
    expectCurrent(1.0);
}

TEST_F(VictronCurrent, NamedLoadsReplaceAllOthers) {
    device(kVebus, 10.0);
    device({PlantClass::DcLoad, 5}, 6.0);
    device({PlantClass::DcLoad, 6}, 1.0);
    device({PlantClass::DcSystem, 7}, 9.0);
    subtract("name:D6");
    expectCurrent(9.0);
    subtract("name:D8");
    expectBatteries("nothing on the GX matches name:D8");
}

TEST_F(VictronCurrent, ListedShuntsAddWhatNoChargerTellsOf) {
    device(kVebus, -20.0);
    shunt(9, 8.0);
    useShunts({"instance:9"});
    settings.source = CurrentSource::Victron;
    expectCurrent(-20.0);
    settings.withShunts = true;
    expectCurrent(-12.0);
    settings.isInverted = true;
    expectCurrent(-28.0);
    settings.shunts.clear();
    expectBatteries("no shunt is configured");
}

TEST_F(VictronCurrent, ADeviceOfAnotherDcSystemDoesNotCount) {
    device(kVebus, 10.0);
    device({PlantClass::Alternator, 1}, 30.0, 14.2); // starter battery
    device({PlantClass::DcLoad, 1}, 4.0, 12.5);
    expectCurrent(10.0);
    device(kSolar, 5.0, 57.6); // the same system, high
    expectCurrent(15.0);
    device(kSolar, 5.0, 40.0); // … and low
    expectCurrent(15.0);
    device(kSolar, 5.0, 0.0); // shows nothing
    expectCurrent(15.0);
}

TEST_F(ShuntCurrent, AddsUpTheListedShunts) {
    useShunts({"name:S1", "serial:HQ2"});
    shunt(1, 10.0);
    shunt(2, -4.0);
    shunt(3, 100.0);
    expectCurrent(6.0);
}

TEST_F(ShuntCurrent, IsTurnedRoundButItsLoadsAreNot) {
    useShunts({"instance:1"});
    shunt(1, 10.0);
    settings.isInverted = true;
    expectCurrent(-10.0);
    device({PlantClass::DcLoad, 5}, 6.0);
    expectCurrent(-10.0);
    subtract("name:D5");
    expectCurrent(-16.0);
}

TEST_F(ShuntCurrent, SubtractsLoadsOnlyIfTold) {
    useShunts({"instance:1"});
    shunt(1, 10.0);
    device({PlantClass::DcLoad, 5}, 6.0);
    device({PlantClass::DcSystem, 6}, 2.0);
    expectCurrent(10.0);
    subtract("instance:5");
    expectCurrent(4.0);
}

TEST_F(ShuntCurrent, ALoadIsNeverACharger) {
    useShunts({"instance:1"});
    shunt(1, 10.0);
    device(kSolar, 6.0);
    subtract("name:D288");
    expectBatteries("nothing on the GX matches name:D288");
}

TEST_F(ShuntCurrent, AMissingOneFallsBackUntilItIsThere) {
    useShunts({"name:S1", "name:S2"});
    shunt(1, 10.0);
    expectBatteries("nothing on the GX matches name:S2");
    shunt(2, 1.0);
    expectCurrent(11.0);
    readings.leave(2, now);
    expectBatteries("nothing on the GX matches name:S2");
}

TEST_F(ShuntCurrent, AnUnknownOneFallsBackAndSaysWhich) {
    useShunts({"name:S1", "name:S2"});
    shunt(1, 10.0);
    shunt(2, Value());
    expectBatteries("battery/2 (S2) has no known current");
}

TEST_F(ShuntCurrent, ItsCurrentFollowsFromPowerAndVoltage) {
    useShunts({"name:S1"});
    shunt(1, Value());
    made::put(readings, 1, row("/Dc/0/Power"), 104.0, now);
    expectCurrent(2.0);
}

TEST_F(ShuntCurrent, ADisconnectedOneMeasuresNothing) {
    useShunts({"name:S1"});
    shunt(1, 10.0);
    made::put(readings, 1, row("/Connected"), 0.0, now);
    expectBatteries("battery/1");
}

TEST_F(ShuntCurrent, FallsBackWhileTheLinkIsLost) {
    useShunts({"name:S1"});
    shunt(1, 10.0);
    expectCurrent(10.0);
    readings.setLink(false, now);
    expectBatteries("battery/1 (S1)");
}

TEST_F(ShuntCurrent, ProductsTakeAllOfThem) {
    for (const int instance : {4, 5}) {
        shunt(instance, 10.0);
        made::put(readings, instance, row("/ProductName"), "SmartShunt 500A/50mV", now);
    }
    useShunts({"products:SmartShunt*"});
    expectCurrent(20.0);
}

TEST_F(ShuntCurrent, TwoThatMatchAreAnErrorThatNamesBoth) {
    useShunts({"product:Smart*"});
    shunt(1, 10.0);
    shunt(2, 10.0);
    for (const int instance : {1, 2})
        made::put(readings, instance, row("/ProductName"), "SmartShunt", now);
    expectBatteries("product:Smart* matches battery/1 (S1) and battery/2 (S2)");
}

TEST_F(ShuntCurrent, OneThatIsListedTwiceCountsOnce) {
    useShunts({"name:S1", "instance:1"});
    shunt(1, 10.0);
    expectCurrent(10.0);
}

TEST_F(ShuntCurrent, OwnOutputIsNoShunt) {
    useShunts({"name:S1"});
    shunt(1, 10.0);
    made::put(readings, 1, row("/Serial"), "OWN", now);
    expectBatteries("nothing on the GX matches name:S1");
}

TEST_F(ShuntCurrent, NoneListedFallsBack) {
    useShunts({});
    expectBatteries("no shunt is configured");
}

} // namespace
} // namespace busbar::current_source_test
