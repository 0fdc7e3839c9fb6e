// SPDX-License-Identifier: MIT
#include "app/commands/text_readers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace busbar::text_readers_test {
namespace {

using testing::HasSubstr;
using testing::Not;
using web::TextPeer;

constexpr Now kThen{SteadyTime{std::chrono::hours(1000)}, WallTime{std::chrono::hours(500'000)}};

std::string everything(const web::CheckedText& checked) {
    std::string text;
    for (const web::TextMessage& message : checked.messages)
        text += message.path + ": " + message.message + "\n";
    for (const std::string& note : checked.notes)
        text += note + "\n";
    return text;
}

TEST(TextReaders, CheckSaysWhatTheCommandSays) {
    const auto readers = textReaders();
    const auto bad = readers.check("{\n  \"limits\": {\"max_charge_A\": 9000}\n}");
    EXPECT_FALSE(bad.isValid);
    ASSERT_EQ(bad.messages.size(), 1U);
    EXPECT_EQ(bad.messages[0].line, 2U);
    EXPECT_EQ(bad.messages[0].column, 30U);
    EXPECT_EQ(bad.messages[0].path, "limits.max_charge_A");
    EXPECT_THAT(bad.messages[0].message, HasSubstr("outside 0…5000 A"));
    const auto good = readers.check(R"({"mqtt": {"publish": true}})");
    EXPECT_TRUE(good.isValid) << everything(good);
    EXPECT_THAT(good.notes, testing::Contains(HasSubstr("commands by MQTT")));
}

TEST(TextReaders, NothingSecretComesBack) {
    for (const char* text :
         {R"({"gx": {"password": "hunter2"}})",
          R"({"gx": {"url": "mqtt://me:hunter2@venus.local"}})",
          R"({"mqtt": {"token": "hunter2"}})", R"({"gx": {"user": ["hunter2"]}})",
          R"({"password": {"x": "hunter2"}})"}) {
        const auto checked = textReaders().check(text);
        EXPECT_FALSE(checked.isValid) << text;
        EXPECT_THAT(everything(checked), Not(HasSubstr("hunter2"))) << text;
    }
}

/// Else a stranger could try which files there are, and what the environment holds.
TEST(TextReaders, NoFileOfThisMachineIsLookedAt) {
    const auto there = textReaders().check(R"({"gx": {"url": "mqtts://h", "user": "u",
        "password_file": "/etc/passwd", "tls": {"ca_file": "/etc/passwd"}}})");
    const auto none = textReaders().check(R"({"gx": {"url": "mqtts://h", "user": "u",
        "password_file": "/none/such", "tls": {"ca_file": "/none/such"}}})");
    EXPECT_EQ(there.isValid, none.isValid);
    EXPECT_EQ(everything(there), everything(none));
    const auto zone = textReaders().check(R"({"gx": {"time_zone": "../../../etc/passwd"}})");
    EXPECT_FALSE(zone.isValid);
}

TEST(TextReaders, HostileTextsAreAnswered) {
    const auto readers = textReaders();
    const std::vector<std::string> texts = {"",
                                            std::string("\0", 1),
                                            std::string("{\"a\": \"\0\"}", 10),
                                            "{\"a\": \"\xFF\"}",
                                            "\xFF\xFE{\0}\0",
                                            std::string(16'384, '['),
                                            std::string(16'384, '{'),
                                            std::string(16'384, '\n'),
                                            std::string(16'384, '%')};
    for (const std::string& text : texts) {
        const auto checked = readers.check(text);
        EXPECT_FALSE(checked.isValid) << text;
        EXPECT_FALSE(checked.messages.empty()) << text;
        for (const TextPeer peer : {TextPeer::Dab, TextPeer::Bag}) {
            const auto migrated = readers.migrate(peer, text, kThen);
            EXPECT_NE(migrated.error.empty(), migrated.report.empty()) << text;
        }
    }
}

TEST(TextReaders, MigrateGivesAConfigurationThatCheckTakes) {
    const auto readers = textReaders();
    const auto dab = readers.migrate(TextPeer::Dab,
                                     "[DEFAULT]\nNR_OF_BATTERIES = 2\nMAX_CHARGE_CURRENT = 120\n"
                                     "OWN_CHARGE_PARAMETERS = True\n",
                                     kThen);
    EXPECT_EQ(dab.error, "");
    EXPECT_THAT(dab.config, HasSubstr("\"expected\": 2"));
    EXPECT_THAT(dab.report, HasSubstr("TAKEN OVER"));
    EXPECT_TRUE(readers.check(dab.config).isValid);
    const auto bag = readers.migrate(TextPeer::Bag, R"({"currentRatioMethod": "Ir"})", kThen);
    EXPECT_EQ(bag.error, "");
    EXPECT_TRUE(readers.check(bag.config).isValid);
    EXPECT_THAT(readers.migrate(TextPeer::Bag, "{", kThen).error, HasSubstr("config.json:1:"));
}

} // namespace
} // namespace busbar::text_readers_test
