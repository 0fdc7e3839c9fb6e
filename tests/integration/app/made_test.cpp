// SPDX-License-Identifier: MIT
// Recordings played by the program itself with the examples of batteries that are made of others.
#include "plant.hpp"
#include "support/source_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace busbar::test {
namespace made_test {

using testing::HasSubstr;
using testing::Not;

/// A recording as `busbar watch --record` writes it.
class Tape {
public:
    void say(double t, int instance, const std::string& path, const std::string& value) {
        line(t, instance, path, R"({\"value\":)" + value + "}");
    }
    void say(double t, int instance, const std::string& path, double value) {
        say(t, instance, path, std::to_string(value));
    }
    /// A service with a name.
    void add(int instance, const std::string& name, const std::map<std::string, double>& values) {
        say(0, instance, "/CustomName", R"(\")" + name + R"(\")");
        say(0, instance, "/Serial", R"(\"S)" + std::to_string(instance) + R"(\")");
        say(0, instance, "/DeviceInstance", instance);
        say(0, instance, "/Connected", 1);
        for (const auto& [path, value] : values) {
            say(0, instance, path, value);
            paths_[instance].push_back(path);
        }
    }
    void connect(int instance, const std::string& connection) {
        say(0, instance, "/Mgmt/Connection", R"(\")" + connection + R"(\")");
    }
    /// The bridge says so with empty messages.
    void leave(double t, int instance) {
        for (const char* path : {"/CustomName", "/Serial", "/DeviceInstance", "/Connected"})
            line(t, instance, path, "");
        for (const std::string& path : paths_[instance])
            line(t, instance, path, "");
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    void line(double t, int instance, const std::string& path, const std::string& payload) {
        std::ostringstream out;
        out << R"({"t":)" << t << R"(,"initial":)" << (t == 0 ? "true" : "false")
            << R"(,"topic":"N/c0619ab00001/battery/)" << instance << path << R"(","payload":")"
            << payload << "\"}\n";
        text_ += out.str();
    }

    std::string text_;
    std::map<int, std::vector<std::string>> paths_;
};

/// One service, mostly the first, says something every second.
void flow(Tape& tape, int from, int to, int instance = 1, double current_A = 10.0) {
    for (int t = from; t <= to; ++t)
        tape.say(t, instance, "/Dc/0/Current", current_A + 0.1 * (t % 2));
}

std::map<std::string, double> block(double voltage_V, double current_A) {
    return {{"/Dc/0/Voltage", voltage_V},
            {"/Dc/0/Current", current_A},
            {"/Dc/0/Power", voltage_V * current_A},
            {"/Soc", 60},
            {"/Capacity", 60},
            {"/InstalledCapacity", 100},
            {"/System/MinCellVoltage", voltage_V / 4.0},
            {"/System/MaxCellVoltage", voltage_V / 4.0 + 0.01},
            {"/System/MinCellTemperature", 20},
            {"/System/MaxCellTemperature", 21},
            {"/Dc/0/Temperature", 20},
            {"/Info/MaxChargeVoltage", 14.2},
            {"/Info/MaxChargeCurrent", 50},
            {"/Info/MaxDischargeCurrent", 80}};
}

/// What is published at the end of a recording.
rapidjson::Document played(const Tape& tape, const std::string& example) {
    const ScratchDir dir;
    const Finished result =
        runBusbar({"replay", "--final", "--config", test::sourcePath("config/examples/") + example,
                   dir.write("tape.jsonl", tape.text())});
    EXPECT_EQ(result.exitCode, 0) << result.errors;
    EXPECT_THAT(result.output, Not(HasSubstr("100000"))) << "an instance that nobody knows";
    rapidjson::Document document;
    document.Parse(result.output.c_str());
    EXPECT_TRUE(document.IsObject()) << result.output;
    if (!document.IsObject())
        document.Parse(R"({"members":[],"/Info/ChargeLimitation":""})");
    return document;
}

double number(const rapidjson::Document& document, const char* path) {
    return document.HasMember(path) && document[path].IsNumber() ? document[path].GetDouble()
                                                                 : -1.0;
}

const rapidjson::Value& member(const rapidjson::Document& document, const std::string& name) {
    for (const auto& one : document["members"].GetArray())
        if (one["name"].GetString() == name)
            return one;
    static const rapidjson::Value kNone(rapidjson::kObjectType);
    ADD_FAILURE() << "no member " << name;
    return kNone;
}

Tape fourBlocks() {
    Tape tape;
    tape.add(1, "S1a", block(13.2, 10.0));
    tape.add(2, "S1b", block(13.3, 10.0));
    tape.add(3, "S2a", block(13.25, 12.0));
    auto weak = block(13.25, 12.0);
    weak["/Info/MaxChargeCurrent"] = 30;
    tape.add(4, "S2b", weak);
    return tape;
}

TEST(Made, TwoStringsOfFourBlocksAreABankOf24Volts) {
    Tape tape = fourBlocks();
    flow(tape, 1, 200);
    const auto bank = played(tape, "two_12v_strings.json");
    EXPECT_NEAR(number(bank, "/Dc/0/Voltage"), 26.5, 0.01);
    EXPECT_NEAR(number(bank, "/Dc/0/Current"), 22.0, 0.11);
    EXPECT_NEAR(number(bank, "/Info/MaxChargeVoltage"), 28.4, 0.01);
    EXPECT_NEAR(number(bank, "/InstalledCapacity"), 200.0, 0.01);
    EXPECT_NEAR(number(bank, "/System/BatteriesSeries"), 2.0, 0.01);
    EXPECT_EQ(member(bank, "String 1")["takes_part"].GetBool(), true);
    EXPECT_EQ(member(bank, "String 2")["instance"].GetInt(), -1);
    // The string with the block of 30 A may take 30 A; it takes a little more than its half.
    EXPECT_GT(number(bank, "/Info/MaxChargeCurrent"), 40.0);
    EXPECT_LE(number(bank, "/Info/MaxChargeCurrent"), 60.0);
    EXPECT_THAT(bank["/Info/ChargeLimitation"].GetString(), HasSubstr("String 2/S2b"));
}

TEST(Made, OneBlockThatGoesTakesItsStringAlong) {
    Tape tape = fourBlocks();
    flow(tape, 1, 9);
    tape.leave(10, 4);
    flow(tape, 11, 100);
    const auto bank = played(tape, "two_12v_strings.json");
    EXPECT_NEAR(number(bank, "/Dc/0/Voltage"), 26.5, 0.01) << "never the 13 V of half a string";
    EXPECT_NEAR(number(bank, "/Dc/0/Current"), 10.0, 0.11);
    const auto& lost = member(bank, "String 2");
    EXPECT_FALSE(lost["takes_part"].GetBool());
    EXPECT_STREQ(lost["reason"].GetString(), "part_lost");
    EXPECT_THAT(lost["detail"].GetString(), HasSubstr("S2b"));
    EXPECT_LE(number(bank, "/Info/MaxChargeCurrent"), 60.0) << "gone from the data only";
}

std::map<std::string, double> shunt(double voltage_V, double current_A, double soc_pct) {
    return {{"/Dc/0/Voltage", voltage_V},
            {"/Dc/0/Current", current_A},
            {"/Dc/0/Power", voltage_V * current_A},
            {"/Soc", soc_pct},
            {"/ConsumedAmphours", -12}};
}

TEST(Made, AShuntSaysTheStateOfChargeWhileItIsHeard) {
    Tape tape;
    tape.add(1, "Pack A", block(13.2, 10.0));
    tape.add(2, "Pack B", block(13.2, 10.0));
    tape.add(9, "SmartShunt", shunt(13.2, 20.0, 77.5));
    flow(tape, 1, 5);
    EXPECT_NEAR(number(played(tape, "shunt_overrides_soc.json"), "/Soc"), 77.5, 0.01);
    tape.leave(6, 9);
    flow(tape, 7, 9);
    EXPECT_NEAR(number(played(tape, "shunt_overrides_soc.json"), "/Soc"), 60.0, 0.01);
}

TEST(Made, WhatAShuntMeasuresBesideTwoPacksIsTheThird) {
    Tape tape;
    tape.add(1, "Pack A", block(13.2, 10.0));
    tape.add(2, "Pack B", block(13.2, 12.0));
    tape.add(9, "SmartShunt", shunt(13.2, 29.0, 77.5));
    flow(tape, 1, 5);
    const auto bank = played(tape, "pack_behind_shunt.json");
    EXPECT_NEAR(member(bank, "Old pack")["current_A"].GetDouble(), 7.0, 0.11);
    EXPECT_NEAR(number(bank, "/Dc/0/Current"), 29.0, 0.01) << "the shunt measures all";
    EXPECT_NEAR(number(bank, "/InstalledCapacity"), 400.0, 0.01);
}

/// 16 cells; by CAN the limits, by RS485 the cells.
Tape jk() {
    Tape tape;
    tape.add(1, "JK-CAN",
             {{"/Dc/0/Voltage", 53.1},
              {"/Dc/0/Current", 20.0},
              {"/Dc/0/Power", 1062.0},
              {"/Soc", 61},
              {"/InstalledCapacity", 280},
              {"/Info/MaxChargeVoltage", 56.0},
              {"/Info/MaxChargeCurrent", 100},
              {"/Info/MaxDischargeCurrent", 150}});
    tape.connect(1, "can0");
    tape.add(2, "JK-RS485",
             {{"/Dc/0/Voltage", 53.15},
              {"/Dc/0/Current", 19.0},
              {"/Dc/0/Power", 1009.9},
              {"/Soc", 58},
              {"/Dc/0/Temperature", 21},
              {"/Info/MaxChargeVoltage", 55.5},
              {"/Info/MaxChargeCurrent", 60},
              {"/Info/MaxDischargeCurrent", 90},
              {"/System/MinCellVoltage", 3.31},
              {"/System/MaxCellVoltage", 3.34}});
    tape.connect(2, "ttyUSB0");
    tape.add(3, "Pack B",
             {{"/Dc/0/Voltage", 53.1},
              {"/Dc/0/Current", 10.0},
              {"/Dc/0/Power", 531.0},
              {"/Soc", 60},
              {"/System/MinCellVoltage", 3.31},
              {"/System/MaxCellVoltage", 3.33}});
    return tape;
}

TEST(Made, OneBmsByCanAndByRs485IsOneBattery) {
    Tape tape = jk();
    flow(tape, 1, 200, 1, 20.0);
    const auto bank = played(tape, "jk_can_and_rs485.json");
    EXPECT_NEAR(number(bank, "/Dc/0/Current"), 30.0, 0.11) << "20 by CAN, and Pack B's";
    EXPECT_NEAR(member(bank, "JK")["soc_pct"].GetDouble(), 61.0, 0.01) << "CAN is first";
    EXPECT_NEAR(number(bank, "/System/MaxCellVoltage"), 3.34, 0.001) << "by RS485";
    EXPECT_NEAR(number(bank, "/InstalledCapacity"), 380.0, 0.01) << "Pack B's is the owner's";
    EXPECT_NEAR(number(bank, "/Info/MaxChargeVoltage"), 56.0, 0.01);
    EXPECT_GT(number(bank, "/Info/MaxChargeCurrent"), 100.0) << "Pack B has the owner's limits";
    EXPECT_LE(number(bank, "/Info/MaxChargeCurrent"), 150.0);
}

TEST(Made, WhenCanFallsSilentRs485GoesOn) {
    Tape tape = jk();
    flow(tape, 1, 9, 1, 20.0);
    tape.leave(10, 1);
    flow(tape, 11, 200, 2, 19.0);
    const auto bank = played(tape, "jk_can_and_rs485.json");
    const auto& battery = member(bank, "JK");
    EXPECT_TRUE(battery["takes_part"].GetBool());
    EXPECT_NEAR(battery["current_A"].GetDouble(), 19.0, 0.11);
    EXPECT_NEAR(battery["soc_pct"].GetDouble(), 58.0, 0.01);
    EXPECT_NEAR(number(bank, "/Info/MaxChargeVoltage"), 55.5, 0.01);
    EXPECT_STREQ(battery["detail"].GetString(), "JK-CAN is lost");
    EXPECT_LE(number(bank, "/Info/MaxChargeCurrent"), 60.0 * 29.0 / 19.0) << "RS485 allows 60 A";
}

Tape boat() {
    Tape tape;
    tape.add(1, "House 1", block(13.2, 10.0));
    tape.add(2, "House 2", block(13.2, 11.0));
    auto bow = block(13.2, 5.0);
    bow["/Info/MaxChargeCurrent"] = 25;
    tape.add(3, "Bow 1", bow);
    tape.add(4, "Bow 2", bow);
    return tape;
}

TEST(Made, TheThrustersBankIsABatteryOfTheBoats) {
    Tape tape = boat();
    flow(tape, 1, 200);
    const auto bank = played(tape, "boat_nested.json");
    EXPECT_NEAR(number(bank, "/Dc/0/Current"), 31.0, 0.11);
    EXPECT_NEAR(number(bank, "/InstalledCapacity"), 400.0, 0.01);
    const auto& thruster = member(bank, "Thruster bank");
    EXPECT_TRUE(thruster["takes_part"].GetBool());
    EXPECT_NEAR(thruster["current_A"].GetDouble(), 10.0, 0.11);
    // 40 A are the cable's, and the thruster takes about a third of the current.
    EXPECT_GT(number(bank, "/Info/MaxChargeCurrent"), 50.0);
    EXPECT_LE(number(bank, "/Info/MaxChargeCurrent"), 40.0 * 31.0 / 10.0);
    EXPECT_STREQ(bank["/Info/ChargeLimitation"].GetString(), "member Thruster bank");
}

TEST(Made, ABowPackThatGoesStaysInTheLimitsOfTheBoat) {
    Tape tape = boat();
    flow(tape, 1, 99);
    tape.leave(100, 4);
    flow(tape, 101, 200);
    const auto bank = played(tape, "boat_nested.json");
    EXPECT_TRUE(member(bank, "Thruster bank")["takes_part"].GetBool());
    EXPECT_NEAR(number(bank, "/Dc/0/Current"), 31.0, 0.11) << "the lost one takes its part";
    EXPECT_LT(number(bank, "/Info/MaxChargeCurrent"), 25.0 * 2.0 * 31.0 / 10.0);
    EXPECT_LT(number(bank, "/Info/MaxChargeVoltage"), 14.0) << "nobody looks at its cells";
    EXPECT_STREQ(bank["/Info/ChargeLimitation"].GetString(), "member Thruster bank/Bow 1");
}

} // namespace made_test
} // namespace busbar::test
