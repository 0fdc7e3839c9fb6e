// SPDX-License-Identifier: MIT
#include "config/option_table.hpp"
#include "config/option_value.hpp"
#include "core/gx/advice.hpp"
#include "core/gx/pack_advice.hpp"
#include "core/limits/cause.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/preset_name.hpp"
#include "core/members/member.hpp"
#include "core/table/advice_code.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "unit/config/helpers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

namespace busbar::config {
namespace {

using ::testing::HasSubstr;
using testing::nested;

struct Checked {
    std::optional<Setting> value;
    std::string messages;
};

Checked check(const Option& row, const std::string& json) {
    const ParsedJson parsed = parseJson(json);
    EXPECT_TRUE(parsed.root) << json;
    std::vector<Issue> issues;
    Checked checked{checkValue(row, *parsed.root, "here", issues), formatIssues("f", issues)};
    EXPECT_EQ(checked.value.has_value(), issues.empty()) << row.key;
    return checked;
}

std::string repeated(std::size_t count) {
    return std::string(count, 'a');
}

/// A text of this length that fits the format.
std::string sampleText(Format format, std::size_t length) {
    std::string pairs;
    switch (format) {
    case Format::UrlOrNone:
        if (length == 0)
            return "";
        [[fallthrough]];
    case Format::Url:
        return length < 8 ? "ws://" + repeated(length - 5) : "ws://h/" + repeated(length - 7);
    case Format::Prefix:
        return length == 0 ? "" : repeated(length - 1) + "/";
    case Format::Bus:
        return length == 4 ? "none" : "unix:path=" + repeated(length - 10);
    case Format::Listen:
        return length == 0 ? "" : "[" + std::string(length - 5, ':') + "]:80";
    case Format::Origin:
        return length == 0 ? "" : "https://" + repeated(length - 8);
    case Format::Fingerprint:
        while (pairs.size() < length)
            pairs += pairs.empty() ? "0f" : ":0F";
        return pairs.substr(0, length);
    default:
        return repeated(length);
    }
}

std::string sampleList(std::size_t count) {
    std::string list;
    for (std::size_t i = 0; i < count; ++i)
        list += (i == 0 ? "\"instance:" : ",\"instance:") + std::to_string(i) + "\"";
    return "[" + list + "]";
}

std::string sampleObjects(std::size_t count) {
    std::string list;
    for (std::size_t i = 0; i < count; ++i)
        list += (i == 0 ? "" : ",") + ("{\"match\": \"instance:" + std::to_string(i) + "\"}");
    return "[" + list + "]";
}

bool isList(const Option& row) {
    return row.access.kind == Kind::Selectors || row.access.kind == Kind::AutoOrSelectors ||
           row.access.kind == Kind::SelectorsOrObjects || row.access.kind == Kind::Objects;
}
bool isBounded(const Option& row) {
    return row.access.kind != Kind::Flag && row.access.kind != Kind::Choice &&
           row.access.kind != Kind::AutoOrFlag;
}

/// Two points of which one is at the bound, or beyond it.
std::string sampleCurve(const Option& row, double bound) {
    return "[[" + numberText(std::min(bound, row.lowest)) + ", 1], [" +
           numberText(std::max(bound, row.highest)) + ", 0]]";
}

/// JSON at this bound of the row: a number, a text of that length, a list of that many or a curve.
std::string sample(const Option& row, double bound) {
    if (row.access.kind == Kind::Curve)
        return sampleCurve(row, bound);
    if (row.access.kind == Kind::Text)
        return "\"" + sampleText(row.format, static_cast<std::size_t>(bound)) + "\"";
    if (row.access.kind == Kind::Objects)
        return sampleObjects(static_cast<std::size_t>(bound));
    return isList(row) ? sampleList(static_cast<std::size_t>(bound)) : numberText(bound);
}

double step(const Option& row) {
    const bool isFine = row.access.kind == Kind::Number || row.access.kind == Kind::NumberOrNone ||
                        row.access.kind == Kind::SpanOrOff || row.access.kind == Kind::Curve;
    return isFine ? 0.001 : 1.0;
}

TEST(OptionTable, DefaultsAreAcceptedAndStayWhatTheyAre) {
    for (const Option& row : kOptions) {
        const Setting standard = row.access.get(Config{}, BankConfig{});
        const Checked checked = check(row, settingText(standard));
        ASSERT_TRUE(checked.value) << row.key << checked.messages;
        EXPECT_EQ(*checked.value, standard) << row.key;
        EXPECT_TRUE(readConfig(nested(row.key, settingText(standard))).config) << row.key;
    }
}

TEST(OptionTable, LowestAndHighestAreAcceptedAndReachTheMember) {
    for (const Option& row : kOptions) {
        if (!isBounded(row))
            continue;
        for (double bound : {row.lowest, row.highest}) {
            const Checked checked = check(row, sample(row, bound));
            ASSERT_TRUE(checked.value) << row.key << " " << bound << checked.messages;
            Config site;
            BankConfig bank;
            row.access.set(site, bank, *checked.value);
            EXPECT_EQ(row.access.get(site, bank), *checked.value) << row.key;
        }
    }
}

TEST(OptionTable, JustOutsideIsRefusedWithBothBounds) {
    for (const Option& row : kOptions) {
        if (!isBounded(row))
            continue;
        const std::string bounds = numberText(row.lowest) + "…" + numberText(row.highest);
        EXPECT_THAT(check(row, sample(row, row.highest + step(row))).messages, HasSubstr(bounds))
            << row.key;
        const bool hasBelow = row.access.kind == Kind::Text || isList(row) ? row.lowest == 1 : true;
        if (hasBelow) {
            EXPECT_THAT(check(row, sample(row, row.lowest - step(row))).messages, HasSubstr(bounds))
                << row.key;
        }
    }
}

TEST(OptionTable, WrongTypesAreRefusedWithWhatWasFoundAndWhatIsAllowed) {
    const std::map<Node::Type, std::string> samples = {
        {Node::Type::Null, "null"},  {Node::Type::Flag, "true"},
        {Node::Type::Number, "7.5"}, {Node::Type::Text, "\"\\u00e4 ?\""},
        {Node::Type::List, "[[]]"},  {Node::Type::Object, "{}"}};
    const std::map<Kind, std::set<Node::Type>> mayFit = {
        {Kind::Flag, {Node::Type::Flag}},
        {Kind::AutoOrFlag, {Node::Type::Flag}},
        {Kind::Whole, {}},
        {Kind::Number, {Node::Type::Number}},
        {Kind::NumberOrNone, {Node::Type::Number, Node::Type::Null}},
        {Kind::SpanOrOff, {Node::Type::Number}},
        {Kind::Text, {Node::Type::Text}},
        {Kind::Choice, {}},
        {Kind::Curve, {Node::Type::Null}},
        {Kind::PerMonthOrNone, {Node::Type::Number, Node::Type::Null}},
        {Kind::Selectors, {}},
        {Kind::SelectorsOrObjects, {}},
        {Kind::Objects, {}},
        {Kind::AutoOrSelectors, {}}};
    for (const Option& row : kOptions)
        for (const auto& [type, json] : samples)
            if (!mayFit.at(row.access.kind).contains(type)) {
                const Checked checked = check(row, json);
                EXPECT_FALSE(checked.value) << row.key << " " << json;
                if (type == Node::Type::Object) {
                    EXPECT_THAT(checked.messages,
                                HasSubstr("found an object, allowed: " + allowedText(row)));
                }
            }
}

TEST(OptionTable, NumbersInQuotesAndTextsWithoutAreExplained) {
    EXPECT_THAT(check(kOptions[option("hold_s")], "\"25\"").messages,
                HasSubstr("write it without quotes"));
    EXPECT_THAT(check(kOptions[option("gx.vrm")], "\"true\"").messages,
                HasSubstr("write it without quotes"));
    EXPECT_THAT(check(kOptions[option("name")], "5").messages, HasSubstr("write it in quotes"));
    EXPECT_THAT(check(kOptions[option("batteries")], "\"name:A\"").messages,
                HasSubstr("write it in [ ]"));
}

TEST(OptionTable, BadChoicesListTheChoices) {
    for (const Option& row : kOptions)
        if (row.access.kind == Kind::Choice) {
            const std::string messages = check(row, "\"nonsense\"").messages;
            for (std::string_view choice : row.access.choices) {
                EXPECT_THAT(messages, HasSubstr(std::string(choice))) << row.key;
                EXPECT_TRUE(check(row, "\"" + std::string(choice) + "\"").value) << row.key;
            }
        }
}

TEST(OptionTable, OffAndNoneAreAccepted) {
    const Option& frozen = kOptions[option("frozen_s")];
    EXPECT_EQ(check(frozen, "0").value, Setting(false));
    EXPECT_EQ(check(frozen, "false").value, Setting(false));
    EXPECT_FALSE(check(frozen, "true").value);
    EXPECT_EQ(check(kOptions[option("limits.max_charge_A")], "null").value, Setting());
}

TEST(OptionTable, BadSelectorsAreAllNamedAndTheFormsAreShown) {
    const std::string messages =
        check(kOptions[option("exclude")], R"(["Pack A", "name:B", "instance:-1", 4, "name:B"])")
            .messages;
    for (const char* part :
         {"here[0]: the text \"Pack A\"", "here[2]: the text \"instance:-1\"",
          "here[3]: the number 4", "here[4]: the text \"name:B\" stands in the list twice",
          "connection:ttyUSB0"})
        EXPECT_THAT(messages, HasSubstr(part));
    EXPECT_THAT(messages, ::testing::Not(HasSubstr("here[1]")));
}

TEST(OptionTable, UrlsAreCheckedButNeverRepeated) {
    const Option& url = kOptions[option("gx.url")];
    for (const char* good : {"mqtt://10.0.0.2", "mqtt://venus.local:1883", "mqtts://[fe80::1]:8883",
                             "ws://h:9001/mqtt", "wss://host/a/b", "mqtt://h:65535", "mqtt://h:1/",
                             "MQTTS://h", "mqtt://[fe80::1%eth0]"})
        EXPECT_TRUE(check(url, "\"" + std::string(good) + "\"").value) << good;
    for (const char* bad :
         {"venus.local", "http://secret.host", "mqtt://", "mqtt://:1883", "mqtt://secret:0",
          "mqtt://secret:65536", "mqtt://secret:18x", "mqtt://secret:", "mqtt://secret/path",
          "mqtt://user:secret@host", "mqtt://secret host", "mqtt://[fe80::secret",
          "mqtt://1.2.3.256", "ws://secret/a b", "tcp://secret", "mqtt://[secret]", "mqtt://[]:1",
          "mqtt://se\\ncret"}) {
        const Checked checked = check(url, "\"" + std::string(bad) + "\"");
        EXPECT_FALSE(checked.value) << bad;
        EXPECT_THAT(checked.messages, ::testing::Not(HasSubstr("secret"))) << bad;
    }
    EXPECT_THAT(check(url, R"("mqtt://user:pw@host")").messages,
                HasSubstr("named by password_file"));
}

TEST(OptionTable, FormatsOfTexts) {
    struct Case {
        std::string_view key;
        std::string_view json;
        bool isGood;
    };
    constexpr auto kCases = std::to_array<Case>({
        {"site", "\"my-home_2\"", true},
        {"site", "\"my home\"", false},
        {"site", "\"a/b\"", false},
        {"id", "\"a-b\"", false},
        {"id", "\"1st\"", true},
        {"dbus.service", "\"1st\"", false},
        {"dbus.service", "\"bus_1\"", true},
        {"gx.topic_prefix", "\"boat\"", false},
        {"gx.topic_prefix", "\"a/b/\"", true},
        {"gx.topic_prefix", "\"a/+/\"", false},
        {"gx.portal_id", "\"c0619ab1234\"", true},
        {"gx.portal_id", "\"#\"", false},
        {"dbus.bus", "\"session\"", true},
        {"dbus.bus", "\"bus\"", false},
        {"dbus.bus", "\"tcp:host=10.0.0.2,port=78\"", true},
        {"dbus.bus", "\"unix:abstract=x\"", true},
        {"gx.password_env", "\"GX_PW\"", true},
        {"gx.password_env", "\"p w\"", false},
        {"name", "\"Süd ☀\"", true},
        {"name", "\"a\\u0000b\"", false},
        {"name", "\"a\\u001b[31m\"", false},
        {"gx.tls.fingerprint", "\"AB:CD\"", false},
    });
    for (const Case& it : kCases)
        EXPECT_EQ(check(kOptions[*findOption(it.key)], std::string(it.json)).value.has_value(),
                  it.isGood)
            << it.key << " " << it.json;
}

TEST(OptionTable, ValuesThatMightBeSecretsAreNeverRepeated) {
    for (const char* key : {"gx.password_file", "gx.password_env", "gx.url"})
        for (const char* json : {"\"my se?cret1\\n\"", "98765", "[\"secret1\"]"})
            EXPECT_THAT(check(kOptions[*findOption(key)], json).messages,
                        ::testing::Not(::testing::AnyOf(HasSubstr("cret1"), HasSubstr("98765"))))
                << key;
}

TEST(OptionTable, LengthIsCountedInCharacters) {
    const Option& name = kOptions[option("name")];
    std::string text;
    for (int i = 0; i < 64; ++i)
        text += "ü";
    EXPECT_TRUE(check(name, "\"" + text + "\"").value);
    EXPECT_THAT(check(name, "\"" + text + "ü\"").messages,
                HasSubstr("65 characters are outside 1…64"));
}

TEST(OptionTable, WhatIsTooLongIsToldWhatItShouldBe) {
    EXPECT_THAT(check(kOptions[option("gx.tls.fingerprint")],
                      "\"sha256 Fingerprint=" + std::string(95, 'a') + "\"")
                    .messages,
                HasSubstr("114 characters are outside 0…95, allowed: 64 hexadecimal digits"));
    EXPECT_THAT(check(kOptions[option("gx.url")], "\"\"").messages,
                HasSubstr("allowed: mqtt://host[:port]"));
}

TEST(OptionTable, EveryKeyHasItsOwnVariableAndASentence) {
    std::set<std::string> variables;
    for (const Option& row : kOptions) {
        EXPECT_TRUE(variables.insert(variableName(row.key)).second) << row.key;
        EXPECT_TRUE(row.help.ends_with('.')) << row.key;
    }
    EXPECT_EQ(variableName("gx.tls.ca_file"), "BUSBAR_GX__TLS__CA_FILE");
}

/// A number that is neither a plain count nor a share must say what it counts in.
TEST(OptionTable, NumbersWithAFractionHaveAUnit) {
    for (const Option& row : kOptions)
        if (row.access.kind == Kind::Number || row.access.kind == Kind::NumberOrNone ||
            row.access.kind == Kind::SpanOrOff) {
            EXPECT_TRUE(!row.unit.empty() || row.highest <= 1.0) << row.key;
        }
}

/// Advice tells people what to write.
TEST(OptionTable, HasEveryOptionThatAdviceNames) {
    const Battery battery;
    RosterEntry entry;
    entry.name = "A";
    Members members;
    members.emplace_back(battery, entry, false);
    members.emplace_back(battery, entry, false);
    CurveState curves;
    curves.blind.fill(true);
    std::string text;
    for (const Cause cause : {Cause::UnknownLimit, Cause::MissingData})
        for (const bool takesAll : {true, false}) {
            const Limit limit{0.0, cause, "A", ""};
            text += missingLimits({members, curves, limit, limit, Preset::None, false, takesAll});
        }
    const std::regex dotted(R"(limits\.[A-Za-z_.]*[A-Za-z_])");
    std::set<std::string> named;
    for (std::sregex_iterator it(text.begin(), text.end(), dotted); it != std::sregex_iterator();
         ++it)
        named.insert(it->str());
    EXPECT_EQ(named.size(), 6U + kCurveCount) << text;
    for (const char* word : {"exclude", "batteries", "preset"}) {
        EXPECT_THAT(text, HasSubstr(word));
        named.insert(word);
    }
    for (const std::string& key : named)
        EXPECT_TRUE(findOption(key)) << key;
}

} // namespace
} // namespace busbar::config
