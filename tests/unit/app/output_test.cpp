// SPDX-License-Identifier: MIT
// Commands on their way in: who may give them, retained ones, too many, names.
#include "app/output.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace busbar {
namespace {

using namespace std::chrono_literals;

constexpr const char* kCeiling = "busbar/home/set/bank/main/max_charge_A";

class OutputTest : public ::testing::Test {
protected:
    void make(const config::Config& config) {
        OutputPort port;
        port.subscribe = [this](const std::vector<std::string>& filters) {
            subscribed.insert(subscribed.end(), filters.begin(), filters.end());
        };
        port.publish = [](std::string_view, std::string_view, int, bool) { return true; };
        OutputActions actions;
        actions.highest = [](mqtt::CommandKind, std::string_view) { return 100.0; };
        actions.command = [this](const mqtt::Command& command) {
            done.push_back(std::string(toText(command.kind)) + "=" +
                           std::to_string(static_cast<int>(command.value.value_or(-1.0))));
        };
        actions.rename = [this](std::size_t, const std::string& name) {
            done.push_back(name);
            return true;
        };
        output.emplace(config, "process", std::set<std::string>(), std::move(port),
                       std::move(actions));
        output->connected(now);
        subscribed.clear();
    }
    void send(const char* topic, const std::string& payload, bool isRetained = false) {
        Mail mail;
        mail.kind = MailKind::Message;
        mail.topic = topic;
        mail.payload = payload;
        mail.retained = isRetained;
        EXPECT_TRUE(output->message(mail, now)) << topic;
    }
    void pass(std::chrono::milliseconds span) {
        now.steady += span;
        output->act(now);
    }

    Now now{SteadyTime{1000h}, WallTime{}};
    std::optional<Output> output;
    std::vector<std::string> subscribed;
    std::vector<std::string> done;
};

TEST_F(OutputTest, ACommandActsWhenItIsProvenNotToBeRetained) {
    make({});
    send(kCeiling, "12");
    EXPECT_EQ(subscribed, std::vector<std::string>{"busbar/home/set/#"});
    pass(399ms);
    EXPECT_TRUE(done.empty());
    EXPECT_EQ(output->nextAct(), now.steady + 1ms);
    pass(1ms);
    EXPECT_EQ(done, std::vector<std::string>{"max_charge_A=12"});
    EXPECT_EQ(output->nextAct(), std::nullopt);
}

TEST_F(OutputTest, ARetainedCommandThatArrivesLiveIsRefused) {
    make({});
    send(kCeiling, "12");
    send(kCeiling, "12", true); // as the broker keeps it
    pass(1s);
    EXPECT_TRUE(done.empty());
}

TEST_F(OutputTest, WhatSomebodyRetainedLongAgoDoesNotStopAnotherCommand) {
    make({});
    send(kCeiling, "3", true);
    send(kCeiling, "12");
    send(kCeiling, "3", true);
    pass(1s);
    EXPECT_EQ(done, std::vector<std::string>{"max_charge_A=12"});
}

TEST_F(OutputTest, CommandsActInTheirOrderAndAreBounded) {
    make({});
    for (int i = 0; i < 90; ++i)
        send(kCeiling, std::to_string(i));
    pass(1s);
    ASSERT_EQ(done.size(), 64U);
    EXPECT_EQ(done.front(), "max_charge_A=0");
    EXPECT_EQ(done.back(), "max_charge_A=63");
}

TEST_F(OutputTest, ALostSessionForgetsWhatWasNotProven) {
    make({});
    send(kCeiling, "12");
    output->disconnected();
    pass(1s);
    EXPECT_TRUE(done.empty());
}

TEST_F(OutputTest, NothingIsTakenFromABrokerThatAnybodyMayWriteTo) {
    config::Config config;
    config.output.broker.url = "mqtt://10.0.0.1";
    make(config);
    send(kCeiling, "12");
    pass(1s);
    EXPECT_TRUE(done.empty());
    config.output.broker.user = "busbar";
    make(config);
    send(kCeiling, "12");
    pass(1s);
    EXPECT_EQ(done, std::vector<std::string>{"max_charge_A=12"});
}

} // namespace
} // namespace busbar
