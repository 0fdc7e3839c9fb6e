// SPDX-License-Identifier: MIT
// The owner's ceilings and batteries out of service over restarts with damaged files.
#include "plant.hpp"
#include "topic_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace busbar::test {
namespace {

constexpr const char* kBankState = "busbar/home/bank/main/state";

/// Pack B, the ceiling of 12 A given, pack A out of service: 20 A, CCL 12.
class ChoicesTest : public ::testing::Test {
protected:
    ChoicesTest() {
        plant.gx.add(kPackA);
        plant.gx.add(kPackB);
    }

    void start() {
        ASSERT_TRUE(plant.until([this] { return topics.isReady(); }));
        ASSERT_TRUE(plant.startAndWait()) << plant.log();
        ASSERT_TRUE(plant.until([this] { return topics.has(kBankState); })) << plant.log();
    }
    void command(const std::string& tail, const std::string& payload) {
        ASSERT_TRUE(topics.publish("busbar/home/set/" + tail, payload, false));
    }
    void stop() {
        plant.busbar->signal(SIGTERM);
        ASSERT_TRUE(plant.until([this] { return plant.busbar->hasEnded(); })) << plant.log();
    }
    void choose() {
        start();
        ASSERT_TRUE(plant.until(plant.shows("/Dc/0/Current", 30.0))) << plant.log();
        command("bank/main/max_charge_A", "12");
        command("battery/serial_sn_a/in_service", "OFF");
        ASSERT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 12.0))) << plant.log();
        ASSERT_TRUE(plant.until(plant.shows("/Dc/0/Current", 20.0))) << plant.log();
        stop();
    }
    [[nodiscard]] std::string file(const std::string& name) const {
        return plant.dir.file("state/" + name);
    }
    void damage(const std::string& name, const std::string& text = "torn") const {
        std::ofstream(file(name), std::ios::trunc) << text;
    }
    [[nodiscard]] std::string text(const std::string& name) const {
        std::ifstream in(file(name));
        return {std::istreambuf_iterator<char>(in), {}};
    }
    /// Only its end is missing, so that it can be told how old it is.
    void tear(const std::string& name) const {
        std::filesystem::resize_file(file(name), std::filesystem::file_size(file(name)) - 5);
    }
    void expectTheChoices() {
        EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 20.0))) << plant.log();
        EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 12.0) << plant.log();
        EXPECT_EQ(plant.number("/Alarms/InternalFailure").value_or(0.0), 0.0);
    }

    Plant plant;
    TopicView topics{plant.broker.url(), {"busbar/#"}};
};

TEST_F(ChoicesTest, OutliveAStateFileThatNobodyCanRead) {
    choose();
    const std::vector<std::string> texts = {
        "torn", std::string(2000000, ' '),
        R"({"busbar_state":1,"choices_number":1,"banks":{"main":{"ceiling_charge_A":NaN}}})"};
    for (const std::string& text : texts) {
        damage("state.json", text);
        start();
        expectTheChoices();
        stop();
    }
    for (const char* kept : {"state.json.bad-1", "state.json.bad-2", "state.json.bad-3"})
        EXPECT_TRUE(std::filesystem::exists(file(kept))) << kept;
}

TEST_F(ChoicesTest, OutliveEitherOfTheirFiles) {
    choose();
    for (const char* name : {"choices.1", "choices.2"}) {
        tear(name);
        damage("state.json");
        start();
        expectTheChoices();
        stop();
        EXPECT_TRUE(std::filesystem::exists(file(std::string(name) + ".bad-1")));
    }
}

TEST_F(ChoicesTest, AreTakenFromTheStateFileOfAnEarlierVersion) {
    choose();
    std::filesystem::remove(file("choices.1"));
    std::filesystem::remove(file("choices.2"));
    start();
    expectTheChoices();
    stop();
}

TEST_F(ChoicesTest, MadeInVersion03AfterARollbackAreNotForgotten) {
    choose();
    std::string state = text("state.json");
    const std::string number = "\"choices_number\":";
    const auto at = state.find(number);
    ASSERT_NE(at, std::string::npos) << state;
    state.erase(at, state.find(',', at) + 1 - at); // as 0.3 writes it
    const std::string ceiling = "\"ceiling_charge_A\":12.0";
    ASSERT_NE(state.find(ceiling), std::string::npos) << state;
    state.replace(state.find(ceiling), ceiling.size(), "\"ceiling_charge_A\":7.0");
    damage("state.json", state);
    for (int run = 0; run < 2; ++run) {
        start();
        EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 7.0))) << plant.log();
        EXPECT_TRUE(plant.until(plant.shows("/Dc/0/Current", 20.0))) << plant.log();
        EXPECT_EQ(plant.number("/Alarms/InternalFailure"), 2.0) << "until the owner confirms";
        if (run == 0)
            stop();
    }
    command("bank/main/confirm_choices", "PRESS");
    EXPECT_TRUE(plant.until([this] {
        return plant.number("/Alarms/InternalFailure").value_or(0.0) == 0.0;
    })) << plant.log();
    stop();
}

TEST_F(ChoicesTest, ThatAreLostCloseTheBankUntilTheOwnerConfirms) {
    choose();
    for (const char* name : {"choices.1", "choices.2", "state.json"})
        damage(name);
    for (int run = 0; run < 2; ++run) {
        start();
        ASSERT_TRUE(plant.until(plant.shows("/Dc/0/Current", 30.0))) << plant.log();
        EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 0.0);
        EXPECT_EQ(plant.number("/Info/MaxDischargeCurrent"), 0.0);
        EXPECT_EQ(plant.text("/Info/ChargeLimitation"), "ceiling");
        EXPECT_EQ(plant.number("/Alarms/InternalFailure"), 2.0);
        EXPECT_EQ(plant.busbar->logged("choices_unknown"), 1U) << plant.log();
        if (run == 0)
            stop();
    }
    command("battery/serial_sn_a/in_service", "OFF");
    command("bank/main/max_charge_A", "12");
    ASSERT_TRUE(plant.until(plant.shows("/Dc/0/Current", 20.0))) << plant.log();
    EXPECT_EQ(plant.number("/Info/MaxChargeCurrent"), 0.0) << "not all is said yet";
    command("bank/main/confirm_choices", "PRESS");
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxChargeCurrent", 12.0))) << plant.log();
    EXPECT_TRUE(plant.until(plant.shows("/Info/MaxDischargeCurrent", 100.0))) << plant.log();
    stop();
    start();
    expectTheChoices();
}

} // namespace
} // namespace busbar::test
