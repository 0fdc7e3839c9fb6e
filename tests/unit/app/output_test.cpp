// SPDX-License-Identifier: MIT
// Commands on their way in: who may give them, retained ones, too many, names.
#include "app/outputs/session_outputs.hpp"
#include "base/log.hpp"
#include "config/config.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
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
            return !isFull;
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
        output.emplace(OutputParts{.config = config, .process = "process"}, std::move(port),
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

    /// Lines of the log with this text.
    static long said(const log::Tail& tail, std::string_view text) {
        const std::vector<std::string> lines = tail.lines();
        return std::ranges::count_if(lines, [text](const std::string& line) {
            return line.find(text) != std::string::npos;
        });
    }

    Now now{SteadyTime{1000h}, WallTime{}};
    std::optional<SessionOutputs> output;
    std::vector<std::string> subscribed;
    bool isFull = false;
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

TEST_F(OutputTest, ACommandThatCannotBeProvenIsRefused) {
    make({});
    isFull = true;
    send(kCeiling, "12");
    pass(1s);
    EXPECT_TRUE(done.empty());
    isFull = false;
    send(kCeiling, "13");
    pass(1s);
    EXPECT_EQ(done, std::vector<std::string>{"max_charge_A=13"});
}

TEST_F(OutputTest, CommandsActInTheirOrderAndAreBounded) {
    make({});
    for (int i = 0; i < 90; ++i)
        send(("busbar/home/set/battery/b" + std::to_string(i) + "/in_service").c_str(),
             i == 0 ? "OFF" : "ON");
    pass(1s);
    ASSERT_EQ(done.size(), 64U);
    EXPECT_EQ(done.front(), "in_service=0");
    EXPECT_EQ(done.back(), "in_service=1");
}

TEST_F(OutputTest, AFloodOnOneTopicLeavesRoomForTheOthersAndItsNewestCounts) {
    make({});
    for (int i = 0; i < 90; ++i)
        send(kCeiling, std::to_string(i));
    send("busbar/home/set/bank/main/max_discharge_A", "7");
    pass(1s);
    EXPECT_EQ(done,
              (std::vector<std::string>{"max_charge_A=0", "max_charge_A=89", "max_discharge_A=7"}));
}

TEST_F(OutputTest, AFloodThatNeverEndsStillActs) {
    make({});
    for (int i = 0; i < 100; ++i) {
        send(kCeiling, std::to_string(i % 2 == 0 ? 20 : 30));
        pass(100ms);
    }
    EXPECT_GE(done.size(), 10U);
}

TEST_F(OutputTest, TheSameAgainWaitsNoLonger) {
    make({});
    for (int i = 0; i < 4; ++i) {
        send(kCeiling, "20");
        pass(100ms);
    }
    EXPECT_EQ(done, std::vector<std::string>{"max_charge_A=20"});
    EXPECT_EQ(subscribed.size(), 1U);
}

TEST_F(OutputTest, OneLikeAnOldRetainedOneSaysHowToClearTheTopic) {
    make({});
    const auto refuseOnce = [this] {
        send(kCeiling, "12");
        send(kCeiling, "12", true);
        pass(1s);
    };
    const log::Tail tail(100);
    refuseOnce();
    refuseOnce();
    EXPECT_TRUE(done.empty());
    EXPECT_EQ(said(tail, "the broker keeps the same"), 1);
    EXPECT_EQ(said(tail, "publish an empty retained message to "
                         "busbar/home/set/bank/main/max_charge_A"),
              1);
    pass(61min);
    refuseOnce();
    EXPECT_EQ(said(tail, "the broker keeps the same"), 2);
    send(kCeiling, ""); // the owner clears it
    send(kCeiling, "12");
    pass(1s);
    EXPECT_EQ(done, std::vector<std::string>{"max_charge_A=12"});
    EXPECT_EQ(said(tail, "command_refused"), 2) << "clearing is none";
}

TEST_F(OutputTest, ALostSessionForgetsWhatWasNotProven) {
    make({});
    send(kCeiling, "12");
    output->disconnected();
    pass(1s);
    EXPECT_TRUE(done.empty());
}

/// A prefix of somebody else's topics may begin like our own base, and a bridge may even put them
/// below it.
TEST_F(OutputTest, OnlyWhatBelongsToTheOutputIsTakenFromTheReadings) {
    config::Config config;
    config.output.venus.isEnabled = true;
    config.output.venus.topicPrefix = "busbar/home2/";
    make(config);
    const auto isTaken = [this](const char* topic) {
        Mail mail;
        mail.topic = topic;
        mail.payload = "{}";
        return output->message(mail, now);
    };
    EXPECT_FALSE(isTaken("busbar/home2/N/gx/battery/1/Soc"));
    EXPECT_FALSE(isTaken("busbar/homeN/gx/battery/1/Soc"));
    EXPECT_FALSE(isTaken("busbar/home/N/gx/battery/1/Soc"));
    EXPECT_FALSE(isTaken("busbar/home/settings/x"));
    EXPECT_FALSE(isTaken("busbar/home/N/gx/battery/1/status"));
    EXPECT_TRUE(isTaken("busbar/home2/R/busbar-home/keepalive"));
    for (const char* topic : {"busbar/home/status", "busbar/home/health",
                              "busbar/home/battery/x/status", "busbar/home/set/bank/main/x"})
        EXPECT_TRUE(isTaken(topic)) << topic;
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
