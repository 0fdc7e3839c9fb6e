// SPDX-License-Identifier: MIT
#include "config/option_table.hpp"
#include "config/reader.hpp"
#include "config/text_file.hpp"
#include "core/table/path_table.hpp"
#include "unit/config/helpers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace busbar::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::nested;
using ::testing::Not;
using testing::shown;

TEST(Reader, EmptyObjectGivesTheDefaults) {
    const ReadResult result = readConfig("{}");
    ASSERT_TRUE(result.config);
    EXPECT_THAT(result.issues, IsEmpty());
    ASSERT_EQ(result.config->banks.size(), 1U);
    for (const Option& row : kOptions)
        EXPECT_EQ(row.access.get(*result.config, result.config->banks[0]),
                  row.access.get(Config{}, BankConfig{}))
            << row.key;
}

TEST(Reader, ReadsNestedOptionsCommentsAndTrailingCommas) {
    const ReadResult result = readConfig(R"({
        // site
        "site": "farm", "cycle_ms": 500,
        "gx": {"url": "mqtts://v.local:8883", "keepalive_s": 20, "tls": {"ca_file": "/ca.pem",},},
        "batteries": ["name:Pack A", "connection:ttyS1"],
        "frozen_s": false, "hold_s": 0.25,
        "limits": {"max_charge_A": 120.5, "on_block": "stop"}, /* done */
    })");
    ASSERT_TRUE(result.config) << shown(result);
    const Config& config = *result.config;
    EXPECT_EQ(config.site, "farm");
    EXPECT_EQ(config.cycle, std::chrono::milliseconds(500));
    EXPECT_EQ(config.gx.keepalive, std::chrono::seconds(20));
    EXPECT_EQ(config.gx.broker.caFile, "/ca.pem");
    const BankSettings& bank = config.banks.at(0).bank;
    EXPECT_FALSE(bank.membership.takeAll);
    EXPECT_THAT(bank.membership.selected,
                ::testing::ElementsAre(Selector{Selector::Kind::Name, "Pack A"},
                                       Selector{Selector::Kind::Connection, "ttyS1"}));
    EXPECT_FALSE(bank.membership.frozenTest);
    EXPECT_EQ(bank.membership.hold, std::chrono::milliseconds(250));
    EXPECT_EQ(bank.limits.maxCharge_A, 120.5);
    EXPECT_EQ(bank.limits.onBlock, OnBlock::Stop);
    EXPECT_EQ(config.banks.at(0).dbus.service, "busbar");
}

TEST(Reader, AnEmptyListOfBatteriesIsAuto) {
    const ReadResult result = readConfig(R"({"batteries": []})");
    ASSERT_TRUE(result.config) << shown(result);
    EXPECT_TRUE(result.config->banks.at(0).bank.membership.takeAll);
}

TEST(Reader, ReportsEverythingAtOnceInTheOrderOfTheText) {
    const std::string text = R"({
  "sitte": "x",
  "gx": {"url": 5, "keepalive_s": 31},
  "batteries": ["bad"],
  "limits": {"max_charge_A": 9000, "on_block": "maybe"},
  "hold_s": "25", "hold_s": 3
})";
    EXPECT_EQ(
        shown(text),
        "f:2:3: sitte: unknown key; did you mean site?\n"
        "f:3:17: gx.url: found a number, allowed: mqtt://host[:port], mqtts://…, "
        "ws://host[:port][/path] or "
        "wss://… (6…512 characters); write it in quotes\n"
        "f:3:35: gx.keepalive_s: 31 is outside 20…30 s\n"
        "f:4:17: batteries[0]: the text \"bad\" is no selector; a selector is one of instance:1, "
        "name:Pack A, "
        "serial:HQ2134, product:Serial*, products:Serial*, connection:ttyUSB0, made:ID\n"
        "f:5:30: limits.max_charge_A: 9000 is outside 0…5000 A\n"
        "f:5:48: limits.on_block: the text \"maybe\" is no choice, allowed: \"reduce\", \"stop\"\n"
        "f:6:13: hold_s: found the text \"25\", allowed: a number 0…3600 s; write it without "
        "quotes\n"
        "f:6:19: hold_s: given twice, first in line 6\n");
    EXPECT_FALSE(readConfig(text).config);
}

TEST(Reader, OfAFileThatIsNoneOnlyTheFirstKeysAreExplained) {
    std::string text = "{";
    for (int i = 0; i < 60; ++i)
        text += "\"hold" + std::to_string(i) + "_s\": 1,\n";
    const auto issues = readConfig(text + "\"sitte\": 1, \"password\": 1}").issues;
    ASSERT_EQ(issues.size(), 62U);
    EXPECT_EQ(issues.at(49).message, "unknown key; did you mean hold_s?");
    EXPECT_EQ(issues.at(50).message, "unknown key");
    EXPECT_EQ(issues.at(60).message, "unknown key");
    EXPECT_NE(issues.at(61).message, "unknown key") << "where secrets belong is always said";
}

TEST(Reader, UnknownKeysNameTheNearestOneWhereverItStands) {
    struct Case {
        const char* text;
        const char* expected;
    };
    constexpr auto kCases = std::to_array<Case>({
        {R"({"gx": {"ulr": "x"}})", "f:1:9: gx.ulr: unknown key; did you mean gx.url?"},
        {R"({"url": "x"})", "did you mean gx.url?"},
        {R"({"limitz": {"max_charge_A": 1, "x": 2}})", "limitz: unknown key; did you mean limits?"},
        {R"({"max_charge": 1})", "did you mean limits.max_charge_A?"},
        {R"({"hold": 1})", "did you mean hold_s?"},
        {R"({"bank": [{}]})", "did you mean banks?"},
        {R"({"gx.url": "mqtt://h"})", "gx.url: dots are nesting"},
        {R"({"flux_capacitor": 1})", "flux_capacitor: unknown key\n"},
        {R"({"gx": {"": 1}})", "gx.: unknown key"},
        {R"({"batteris": ["name:A"]})", "batteris: unknown key; did you mean batteries?"},
        {R"({"limits": {"cvl": {"mod": "min"}}})", "limits.cvl.mod: unknown key; did you mean "
                                                   "limits.cvl.mode?"},
        {R"({"limits": {"cvl": {"sunshine": 1}}})", "unknown key, allowed: "},
        {R"({"sits": []})", "did you mean sites?"},
        {R"({"banks": [{"gx": {"url": "mqtt://h"}}]})", "banks[0].gx: belongs to the top level"},
        {R"({"banks": [{"site": "x"}]})", "banks[0].site: belongs to the top level"},
        {R"({"banks": [{"banks": []}]})", "banks[0].banks: belongs to the top level"},
        {R"({"banks": [{"hlod_s": 1}]})",
         "f:1:13: banks[0].hlod_s: unknown key; did you mean hold_s?"},
    });
    for (const Case& it : kCases)
        EXPECT_THAT(shown(it.text), HasSubstr(it.expected)) << it.text;
    EXPECT_THAT(shown(R"({"limitz": {"x": 2}})"), Not(HasSubstr("limitz.x")));
}

TEST(Reader, SecretsInTheFileAreRefusedAndNotRepeated) {
    for (const char* key : {"gx.password", "gx.token", "gx.vrm_token", "password",
                            "gx.tls.key_password", "gx.Password"})
        EXPECT_THAT(shown(nested(key, "\"hunter2\"")),
                    AllOf(HasSubstr("secrets do not stand"), HasSubstr("gx.password_file"),
                          Not(HasSubstr("hunter2"))))
            << key;
    EXPECT_THAT(shown(R"({"gx": {"url": "mqtt://me:hunter2@gx"}})"),
                AllOf(HasSubstr("the option user beside it"), Not(HasSubstr("hunter2"))));
}

TEST(Reader, GroupsAndBanksMustHaveTheirShape) {
    EXPECT_THAT(shown(R"({"gx": "mqtt://h"})"),
                HasSubstr("f:1:8: gx: found a text, allowed: an object"));
    EXPECT_THAT(shown(R"({"banks": {}})"),
                HasSubstr("banks: found an object, allowed: a list of 1…16 objects"));
    EXPECT_THAT(shown(R"({"banks": []})"), HasSubstr("found 0 entries"));
    EXPECT_THAT(shown(R"({"banks": [3]})"), HasSubstr("banks[0]: found a number"));
    EXPECT_THAT(shown("[]"), HasSubstr("f:1:1: found a list, allowed: an object"));
    EXPECT_THAT(shown("3"), HasSubstr("found a number"));
    EXPECT_TRUE(readConfig(R"({"$schema": "https://x/y.json"})").config);
}

TEST(Reader, UnknownKeysAreShownShortAndWithoutControlCharacters) {
    const std::string text = shown("{\"\\u001b[31m" + std::string(5000, 'x') + "\": 1}");
    EXPECT_LT(text.size(), 200U);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(Reader, TopLevelOptionsHoldForEveryBankAndEntriesOverride) {
    const ReadResult result = readConfig(R"({
        "hold_s": 20, "limits": {"max_charge_A": 100, "max_discharge_A": 150},
        "banks": [
            {"id": "a", "batteries": ["name:A"]},
            {"id": "b", "batteries": ["name:B"], "hold_s": 60, "limits": {"max_charge_A": null}},
        ]})");
    ASSERT_TRUE(result.config) << shown(result);
    EXPECT_THAT(result.issues, IsEmpty());
    ASSERT_EQ(result.config->banks.size(), 2U);
    const auto& [a, b] = std::tie(result.config->banks[0], result.config->banks[1]);
    EXPECT_EQ(a.bank.membership.hold, std::chrono::seconds(20));
    EXPECT_EQ(b.bank.membership.hold, std::chrono::seconds(60));
    EXPECT_EQ(a.bank.limits.maxCharge_A, 100.0);
    EXPECT_EQ(b.bank.limits.maxCharge_A, std::nullopt);
    EXPECT_EQ(b.bank.limits.maxDischarge_A, 150.0);
    EXPECT_EQ(a.dbus.service, "busbar");
    EXPECT_EQ(b.dbus.service, "busbar_b");
}

TEST(Reader, VariablesOverrideTheTopLevelWithTheSameChecks) {
    const ReadResult result = readConfig(R"({"gx": {"url": "mqtt://a"}, "hold_s": 5})",
                                         {{"BUSBAR_GX__URL", "mqtt://b:1884"},
                                          {"BUSBAR_HOLD_S", "7.5"},
                                          {"BUSBAR_FROZEN_S", "false"},
                                          {"BUSBAR_GX__VRM", "false"},
                                          {"BUSBAR_LIMITS__MAX_CHARGE_A", "80"},
                                          {"BUSBAR_BATTERIES", "name:Pack A, instance:3"},
                                          {"BUSBAR_EXPECTED", ""},
                                          {"PATH", "/bin"}});
    ASSERT_TRUE(result.config) << shown(result);
    EXPECT_THAT(result.issues, IsEmpty());
    EXPECT_EQ(result.config->gx.broker.url, "mqtt://b:1884");
    const BankSettings& bank = result.config->banks[0].bank;
    EXPECT_EQ(bank.membership.hold, std::chrono::milliseconds(7500));
    EXPECT_FALSE(bank.membership.frozenTest);
    EXPECT_EQ(bank.limits.maxCharge_A, 80.0);
    EXPECT_EQ(bank.membership.selected.size(), 2U);
    EXPECT_EQ(bank.membership.expected, 0);
}

TEST(Reader, EveryOptionCanBeSetByItsVariable) {
    for (const Option& row : kOptions) {
        const Setting standard = row.access.get(Config{}, BankConfig{});
        const auto* text = std::get_if<std::string>(&standard);
        const std::string value = text != nullptr ? *text : settingText(standard);
        if (!value.empty()) {
            EXPECT_EQ(shown("{}", {{variableName(row.key), value}}), "") << row.key;
        }
        EXPECT_THAT(shown("{}", {{variableName(row.key), std::string(600, '\t')}}),
                    HasSubstr(variableName(row.key)));
    }
}

TEST(Reader, ErrorsInVariablesNameTheVariable) {
    EXPECT_EQ(shown("{}", {{"BUSBAR_LIMITS__MAX_CHARGE_A", "9000"}}),
              "BUSBAR_LIMITS__MAX_CHARGE_A: 9000 is outside 0…5000 A\n");
    EXPECT_THAT(shown("{}", {{"BUSBAR_HOLD_S", "soon"}}),
                HasSubstr("BUSBAR_HOLD_S: found the text \"soon\""));
    EXPECT_THAT(shown("{}", {{"BUSBAR_BATTERIES", "name:A,x"}}),
                HasSubstr("BUSBAR_BATTERIES[1]: the text \"x\""));
    EXPECT_THAT(shown("{}", {{"BUSBAR_BATTERIES", "[\"name:A, B\"]"}}), IsEmpty());
}

TEST(Reader, MisspeltVariablesWarnAndForeignOnesDoNot) {
    const Environment environment = {{"BUSBAR_GX__ULR", "mqtt://h"},
                                     {"BUSBAR_PORT", "tcp://10.0.0.1:1883"},
                                     {"BUSBAR_SERVICE_HOST", "10.0.0.1"},
                                     {"BUSBAR_HOLD_X", "secret"}};
    const ReadResult result =
        readConfig(R"({"gx": {"password_env": "BUSBAR_HOLD_X"}})", environment);
    EXPECT_TRUE(result.config);
    EXPECT_EQ(shown(result), "warning: BUSBAR_GX__ULR: no option; did you mean BUSBAR_GX__URL?\n");
}

TEST(Reader, VariablesThatABankOverrulesWarn) {
    EXPECT_EQ(shown(R"({"banks": [{"hold_s": 3}]})", {{"BUSBAR_HOLD_S", "9"}}),
              "warning: BUSBAR_HOLD_S: has no effect on banks[0], which gives hold_s itself\n");
}

TEST(Reader, FilesThatAreNoneSaySo) {
    const std::filesystem::path folder = ::testing::TempDir();
    const auto loop = folder / ("busbar_loop_" +
                                std::to_string(::testing::UnitTest::GetInstance()->random_seed()));
    std::filesystem::remove(loop);
    std::filesystem::create_symlink(loop, loop);
    EXPECT_EQ(shown(readConfigFile(folder / "busbar-no-such-file.json")),
              "f: there is no such file\n");
    EXPECT_EQ(shown(readConfigFile(folder)), "f: is a folder, not a file\n");
    EXPECT_THAT(shown(readConfigFile(loop)), HasSubstr("f: cannot be read: "));
    EXPECT_EQ(shown(readConfigFile(loop / "below")),
              "f: cannot be read: Too many levels of symbolic links\n");
    for (const char* device : {"/dev/null", "/dev/zero"})
        EXPECT_THAT(shown(readConfigFile(device)), HasSubstr("is a pipe or a device, not a file"));
    std::filesystem::remove(loop);
}

TEST(Reader, APipeIsNotWaitedFor) {
    const auto pipe =
        std::filesystem::path(::testing::TempDir()) /
        ("busbar_pipe_" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()));
    std::filesystem::remove(pipe);
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_THAT(shown(readConfigFile(pipe)), HasSubstr("is a pipe or a device, not a file"));
    std::filesystem::remove(pipe);
}

/// The shell's <(…), as its name stands on the command line.
class HandedOver : public ::testing::Test {
protected:
    HandedOver() { EXPECT_EQ(::pipe(ends), 0); }
    ~HandedOver() override {
        ::close(ends[0]);
        if (ends[1] >= 0)
            ::close(ends[1]);
    }
    HandedOver(const HandedOver&) = delete;
    HandedOver& operator=(const HandedOver&) = delete;
    HandedOver(HandedOver&&) = delete;
    HandedOver& operator=(HandedOver&&) = delete;

    void write(const std::string& text) const {
        ASSERT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    void end() { ::close(std::exchange(ends[1], -1)); }
    [[nodiscard]] std::string name() const { return "/dev/fd/" + std::to_string(ends[0]); }

    int ends[2]{};
};

TEST_F(HandedOver, IsReadToItsEnd) {
    write(R"({"hold_s": )");
    write("17}");
    end();
    const ReadResult result = readConfigFile(name());
    ASSERT_TRUE(result.config) << shown(result);
    EXPECT_EQ(shown(result), "");
    EXPECT_EQ(shown(readConfigFile(name())), "f: empty; {} stands for all defaults\n")
        << "and not twice";
}

TEST_F(HandedOver, IsNotWaitedForLong) {
    write("{}");
    EXPECT_THAT(readText(name(), std::chrono::milliseconds(20)).error,
                HasSubstr("did not come to its end"));
}

} // namespace
} // namespace busbar::config
