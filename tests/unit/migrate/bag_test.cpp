// SPDX-License-Identifier: MIT
// Installations of BAG as people have them, and every mistake that their program let pass.
#include "migrate/bag.hpp"
#include "unit/migrate/bank_limits.hpp"
#include "unit/migrate/good.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>

namespace busbar::migrate {
namespace {

using test::Pack;
using testing::Contains;
using testing::HasSubstr;

Migration fromBag(const std::string& text) {
    return migrateBag({"config.json", text});
}

std::string jsonOf(const Migration& result, std::string_view key) {
    const Setting* setting = result.draft.find(key);
    return setting == nullptr ? "(none)" : setting->json;
}

bool speaksOf(const Migration& result, std::string_view option) {
    return std::ranges::any_of(result.draft.lines,
                               [option](const Line& line) { return line.option == option; });
}

constexpr auto kEveryKey = std::to_array<std::string_view>(
    {"serviceName", "excludedServices", "primaryServices", "auxiliaryServices", "capacity",
     "virtualBatteries", "classes", "currentRatioMethod", "cclMode", "cvlMode", "logLevel",
     "reconnectTimeout", "startupBatteryWait", "ir"});

TEST(Bag, HasEveryKeyInItsTable) {
    const auto keys = bagKeys();
    for (const std::string_view key : kEveryKey)
        EXPECT_THAT(keys, Contains(key));
    EXPECT_EQ(keys.size(), kEveryKey.size());
}

constexpr const char* kManyPaths =
    R"({"com.victronenergy.battery.x": ["/Soc", "/None", "Dc/0/Current", "/Serial",
        "/ProductName", "/Info/MaxChargeVoltage"]})";
constexpr const char* kManyHooks =
    R"({"com.victronenergy.battery.v": ["class:a.B", "com.victronenergy.battery.ttyS1"]})";

/// Whatever type it has: never dropped silently, never a configuration that is refused.
TEST(Bag, EachKeyIsHandledWhateverItHolds) {
    const std::size_t kOwn = fromBag("{}").draft.lines.size();
    for (const std::string_view key : kEveryKey)
        for (const char* value :
             {"null", "true", "-1", "0", "200", "1e9", "\"\"",
              "\"com.victronenergy.battery.ttyUSB0\"", "\"ir\"", "[]", "[1, null]",
              "[\"name:A\", \"name:\", \"\"]", "{}", "{\"a\": {}}", kManyPaths, kManyHooks}) {
            std::string text = "{\"";
            text.append(key).append("\": ").append(value).append("}");
            const auto result = fromBag(text);
            test::good(result);
            EXPECT_TRUE(speaksOf(result, key) || result.draft.lines.size() > kOwn) << text;
        }
}

TEST(Bag, NothingConfiguredIsTheOldProgramsOwnValues) {
    const auto config = test::good(fromBag("{}"));
    const auto limits =
        test::limitsOf(config.banks.front().bank, {{.cvl_V = 56.0, .ccl_A = 50, .dcl_A = 80},
                                                   {.cvl_V = 55.0, .ccl_A = 60, .dcl_A = 90}});
    EXPECT_EQ(limits.cvl_V, 55.0);
    // Shares are learned, with a margin of 1 %.
    EXPECT_NEAR(limits.ccl_A.value_or(-1), 100.0, 1.1);
    EXPECT_NEAR(limits.dcl_A.value_or(-1), 160.0, 1.7);
}

/// Limits 50 and 60 A, count: 2 · 50.
TEST(Bag, CountAndCapacityGiveWhatTheyGave) {
    for (const char* method : {"count", "capacity"}) {
        const auto config =
            test::good(fromBag(std::string(R"({"currentRatioMethod": ")") + method + "\"}"));
        EXPECT_EQ(test::limitsOf(config.banks.front().bank, {{.ccl_A = 50}, {.ccl_A = 60}}).ccl_A,
                  100.0)
            << method;
    }
}

TEST(Bag, VoltageModes) {
    for (const auto& [theirs, cvl_V] : {std::pair("max_when_balancing", 55.0),
                                        {"min_when_balancing", 55.0},
                                        {"max_always", 56.0}}) {
        const auto config = test::good(fromBag(std::string(R"({"cvlMode": ")") + theirs + "\"}"));
        EXPECT_EQ(
            test::limitsOf(config.banks.front().bank, {{.cvl_V = 56.0}, {.cvl_V = 55.0}}).cvl_V,
            cvl_V)
            << theirs;
    }
    EXPECT_EQ(jsonOf(fromBag(R"({"cvlMode": "dvcc"})"), "limits.cvl.mode"), "\"gx\"");
    EXPECT_EQ(jsonOf(fromBag(R"({"cvlMode": "max_when_floating"})"), "limits.cvl.mode"),
              "\"max_when_floating\"");
}

TEST(Bag, ServicesBecomeSelectors) {
    const auto result =
        fromBag(R"({"excludedServices": ["com.victronenergy.battery.ttyUSB0", "name:Boat"],
        "primaryServices": {"name:Shunt": ["/Soc", "/Dc/0/Current", "/Info/Location"]},
        "auxiliaryServices": ["com.victronenergy.battery.ttyS5"]})");
    test::good(result);
    EXPECT_EQ(jsonOf(result, "exclude"),
              R"(["connection:ttyUSB0", "name:Boat", "name:Shunt", "connection:ttyS5"])");
    EXPECT_EQ(jsonOf(result, "override"),
              R"([{"match": "name:Shunt", "paths": ["/Soc", "/Dc/0/Current"]}])");
    EXPECT_EQ(jsonOf(result, "fallback"), R"(["connection:ttyS5"])");
    EXPECT_TRUE(speaksOf(result, "/Info/Location"));
}

constexpr const char* kHooks = R"({"virtualBatteries": {"com.victronenergy.battery.v1": [
    "class:hooks.CustomChargingHook#a", "class:hooks.TemperatureChargingHook", "class:hooks.FixedValueHook",
    "class:mine.Own", "name:BMS"]},
  "classes": {
    "hooks.CustomChargingHook#a": {"ccls": {"50": 100, "51": 70, "52": 30, "52.5": 0}, "dcls": {"44": 0, "48": 50}},
    "hooks.TemperatureChargingHook": {"ccls": {"-20": 0, "0": 20, "10": 80, "45": 0}},
    "hooks.FixedValueHook": {"path": "/Info/MaxChargeVoltage", "value": 55.2},
    "hooks.Unused": {}}})";

TEST(Bag, HooksBecomeCurvesBoundsAndFixedValues) {
    const auto result = fromBag(kHooks);
    test::good(result);
    EXPECT_EQ(
        jsonOf(result, "per_battery"),
        R"([{"match": "made:v1", "max_charge_A": 80, "max_discharge_A": 50, "cvl_V": 52.5}])");
    EXPECT_EQ(jsonOf(result, "limits.curves.cold_charge_C"),
              "[[-20, 0], [0, 0], [0.01, 0.25], [10, 0.25], [10.01, 1]]");
    EXPECT_EQ(jsonOf(result, "limits.curves.hot_charge_C"), "[[44.99, 1], [45, 0]]");
    EXPECT_EQ(jsonOf(result, "limits.curves.low_pack_V"), "[[44, 0], [48, 0], [48.01, 1]]");
    EXPECT_THAT(jsonOf(result, "made"),
                HasSubstr(R"("writable": {"values": {"/Info/MaxChargeVoltage": 55.2}})"));
    EXPECT_THAT(jsonOf(result, "made"), HasSubstr(R"("id": "v1", "name": "v1", "merged": [)"));
    EXPECT_TRUE(speaksOf(result, "class:mine.Own"));
    EXPECT_THAT(result.report, HasSubstr("hooks.Unused is named by no virtual battery"));
}

TEST(Bag, FixedValuesThatCannotBeAreNamed) {
    for (const char* value : {"-5", "1e12", "\"x\"", "null", "true", "[]"}) {
        const auto result = fromBag(
            std::string(
                R"({"virtualBatteries": {"com.victronenergy.battery.v": ["name:A", "class:hooks.FixedValueHook"]},
                "classes": {"hooks.FixedValueHook": {"path": "/Info/MaxChargeVoltage", "value": )") +
            value + "}}}");
        test::good(result);
        EXPECT_TRUE(speaksOf(result, "class:hooks.FixedValueHook")) << value;
        EXPECT_THAT(jsonOf(result, "made"), testing::Not(HasSubstr("writable"))) << value;
    }
}

TEST(Bag, BrokenFilesAreRefusedInOneSentence) {
    EXPECT_THAT(fromBag("").error, HasSubstr("config.json"));
    EXPECT_THAT(fromBag("{\"a\": ").error, HasSubstr("config.json:1: "));
    EXPECT_THAT(fromBag("[]").error, HasSubstr("is no JSON object"));
    EXPECT_THAT(fromBag("\xFF\xFE{").error, HasSubstr("UTF-16"));
    const std::string whole = kHooks;
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_NE(fromBag(whole.substr(0, size)).error, "") << size;
}

TEST(Bag, UnknownAndDoubleKeysAreNamed) {
    const auto result = fromBag(R"({"loglevel": "INFO", "capacity": 1, "capacity": 200})");
    test::good(result);
    EXPECT_THAT(result.report, HasSubstr("loglevel: the old program does not know it"));
    EXPECT_THAT(result.draft.mistakes, Contains(HasSubstr("capacity is given twice")));
    EXPECT_EQ(jsonOf(result, "capacity_Ah"), "200");
}

} // namespace
} // namespace busbar::migrate
