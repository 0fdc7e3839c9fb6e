// SPDX-License-Identifier: MIT
// Commands are taken only exactly as documented.
#include "mqtt/results/commands.hpp"

#include <gmock/gmock.h>

#include <string>

namespace busbar::mqtt {
namespace {

using ::testing::HasSubstr;

std::optional<double> highest(CommandKind kind, std::string_view id) {
    if (id != "main" && id != "serial_1")
        return std::nullopt;
    return kind == CommandKind::MaxCharge ? 150.0 : 5000.0;
}

ParsedCommand parsed(std::string_view tail, std::string_view payload, bool isRetained = false) {
    return parseCommand(tail, payload, isRetained, highest);
}

TEST(Commands, TakesEveryControl) {
    EXPECT_EQ(parsed("bank/main/max_charge_A", "120").command,
              (Command{CommandKind::MaxCharge, "main", 120.0}));
    EXPECT_EQ(parsed("bank/main/max_discharge_A", "87.5").command,
              (Command{CommandKind::MaxDischarge, "main", 87.5}));
    EXPECT_EQ(parsed("bank/main/balance_now", "PRESS").command,
              (Command{CommandKind::BalanceNow, "main", std::nullopt}));
    EXPECT_EQ(parsed("bank/main/reset_counter", "PRESS").command,
              (Command{CommandKind::ResetCounter, "main", std::nullopt}));
    EXPECT_EQ(parsed("bank/main/confirm_choices", "PRESS").command,
              (Command{CommandKind::ConfirmChoices, "main", std::nullopt}));
    EXPECT_EQ(parsed("battery/serial_1/in_service", "ON").command,
              (Command{CommandKind::InService, "serial_1", 1.0}));
    EXPECT_EQ(parsed("battery/serial_1/in_service", "OFF").command,
              (Command{CommandKind::InService, "serial_1", 0.0}));
    EXPECT_EQ(parsed("bank/main/full_charge_now", "PRESS").command,
              (Command{CommandKind::FullChargeNow, "main", std::nullopt}));
    EXPECT_EQ(parsed("battery/serial_1/forget_lost", "PRESS").command,
              (Command{CommandKind::ForgetLost, "serial_1", std::nullopt}));
}

TEST(Commands, AreTakenWhereNotEverybodyMayWriteUnlessTheOwnerSaysOtherwise) {
    OutputSettings settings;
    EXPECT_TRUE(commandsInForce(settings).areTaken) << "the GX's broker";
    settings.broker.url = "mqtt://10.0.0.1";
    EXPECT_FALSE(commandsInForce(settings).areTaken);
    settings.broker.clientCertFile = "our.pem";
    EXPECT_TRUE(commandsInForce(settings).areTaken);
    settings.broker.clientCertFile.clear();
    settings.broker.user = "busbar";
    EXPECT_TRUE(commandsInForce(settings).areTaken);
    settings.commands = CommandsWanted::No;
    EXPECT_FALSE(commandsInForce(settings).areTaken);
    settings.broker.user.clear();
    settings.commands = CommandsWanted::Yes;
    EXPECT_TRUE(commandsInForce(settings).areTaken);
}

TEST(Commands, TakesBothEndsOfTheRange) {
    EXPECT_EQ(parsed("bank/main/max_charge_A", "0").command->value, 0.0);
    EXPECT_EQ(parsed("bank/main/max_charge_A", "150.0").command->value, 150.0);
    EXPECT_FALSE(parsed("bank/main/max_charge_A", "150.01").command);
    EXPECT_FALSE(parsed("bank/main/max_charge_A", "-0.01").command);
}

TEST(Commands, TakesNoneForACeilingThatIsNoMore) {
    EXPECT_EQ(parsed("bank/main/max_charge_A", "none").command,
              (Command{CommandKind::MaxCharge, "main", kHighestCeiling_A}));
    for (const auto* const payload : {"None", "none ", "no"})
        EXPECT_FALSE(parsed("bank/main/max_charge_A", payload).command) << payload;
    EXPECT_FALSE(parsed("bank/main/balance_now", "none").command);
    EXPECT_THAT(parsed("bank/main/max_charge_A", "x").refusal, HasSubstr("or none"));
}

TEST(Commands, TakesATargetFromTwentyToWhatIsConfigured) {
    const auto command = [](std::string_view payload) {
        return parseCommand("bank/main/charge_target_pct", payload, false,
                            [](ControlKind, std::string_view) { return std::optional(90.0); });
    };
    EXPECT_EQ(command("80").command, (Command{CommandKind::ChargeTarget, "main", 80.0}));
    EXPECT_EQ(command("20").command->value, 20.0);
    EXPECT_EQ(command("90").command->value, 90.0);
    EXPECT_EQ(command("none").command->value, kNoTarget_pct);
    for (const auto* const payload : {"19.9", "90.1", "0", "-1", "", "x", "nan"})
        EXPECT_THAT(command(payload).refusal, HasSubstr("a number from 20 to 90 (%), or none"))
            << payload;
}

TEST(Commands, RefusesWhatIsNotANumber) {
    for (const std::string& payload : {std::string(),
                                       std::string("12 A"),
                                       std::string(" 12"),
                                       std::string("12 "),
                                       std::string("nan"),
                                       std::string("NaN"),
                                       std::string("inf"),
                                       std::string("-inf"),
                                       std::string("1e999"),
                                       std::string("-1e999"),
                                       std::string("0x10"),
                                       std::string("+5"),
                                       std::string("1,5"),
                                       std::string("null"),
                                       std::string("\"12\""),
                                       std::string("{}"),
                                       std::string("12\0", 3),
                                       std::string("PRESS"),
                                       std::string("ON"),
                                       std::string("--1"),
                                       std::string(1048576, '1'),
                                       "0." + std::string(1048576, '0')}) {
        const auto result = parsed("bank/main/max_charge_A", payload);
        EXPECT_FALSE(result.command) << payload.substr(0, 20);
        EXPECT_THAT(result.refusal, HasSubstr("bank/main/max_charge_A"));
        EXPECT_THAT(result.refusal, HasSubstr("from 0 to 150"));
        EXPECT_LT(result.refusal.size(), 400U);
    }
}

TEST(Commands, RefusesOtherWordsForButtonsAndSwitches) {
    for (const auto* const payload : {"", "press", "PRESS ", "1", "ON"})
        EXPECT_FALSE(parsed("bank/main/balance_now", payload).command) << payload;
    for (const auto* const payload : {"", "on", "1", "true", "PRESS", "OFF\n"})
        EXPECT_FALSE(parsed("battery/serial_1/in_service", payload).command) << payload;
}

TEST(Commands, RefusesRetainedOnes) {
    const auto result = parsed("bank/main/max_charge_A", "120", true);
    EXPECT_FALSE(result.command);
    EXPECT_THAT(result.refusal, HasSubstr("without retain"));
    EXPECT_THAT(result.refusal, HasSubstr("bank/main/max_charge_A"));
}

TEST(Commands, RefusesUnknownPlacesAndControls) {
    for (const auto* const tail :
         {"", "/", "//", "bank", "bank/main", "bank//max_charge_A", "bank/main/max_charge_A/",
          "bank/main/sub/max_charge_A", "bank/main/max_charge", "battery/main/max_charge_A",
          "bank/main/in_service", "bank/other/max_charge_A", "battery/other/in_service",
          "Bank/main/max_charge_A"}) {
        const auto result = parsed(tail, "1");
        EXPECT_FALSE(result.command) << tail;
        EXPECT_FALSE(result.refusal.empty()) << tail;
    }
}

TEST(Commands, ShowsHarmlessTextOnly) {
    const auto result = parsed("bank/main/\x1b[2J", "evil\nline\x7f\xff");
    EXPECT_FALSE(result.command);
    for (const char c : result.refusal)
        EXPECT_TRUE(c >= ' ' && c != '\x7f') << result.refusal;
    EXPECT_THAT(result.refusal, HasSubstr("evil?line??"));
}

} // namespace
} // namespace busbar::mqtt
