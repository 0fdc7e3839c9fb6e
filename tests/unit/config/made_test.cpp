// SPDX-License-Identifier: MIT
// Lists of objects: batteries made of others, corrections, overrides.
#include "config/entry_tables.hpp"
#include "config/option_table.hpp"
#include "config/option_value.hpp"
#include "config/record.hpp"
#include "unit/config/helpers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

namespace busbar::config {
namespace made_test {

using ::testing::HasSubstr;
using testing::shown;

/// Every key of every table of objects.
constexpr const char* kEverything = R"({
    "batteries": ["made:pack", "made:rest", "made:barn", "made:string", "made:hand", "name:P"],
    "capacity_Ah": 200.5,
    "per_battery": [
        {"match": "name:P", "max_charge_A": 50.5, "max_discharge_A": 60, "cvl_V": 55.2, "capacity_Ah": 100,
         "invert_current": true, "current_gain": 1.25}],
    "override": [{"match": "instance:9", "paths": ["/Soc", "/Info/MaxChargeCurrent"]}, "name:X"],
    "fallback": [{"match": "name:Meta"}],
    "made": [
        {"id": "pack", "name": "Pack A", "merged": [
            {"match": "connection:ttyS6", "paths": ["/Soc", "/Voltages"]}, "name:BMS A"]},
        {"id": "string", "name": "String 1", "series": ["name:S1a", "name:S1b"], "publish": true},
        {"id": "rest", "name": "Rest", "remainder_of": "name:SmartShunt", "minus": ["instance:31", "made:string"], "capacity_Ah": 280},
        {"id": "all", "remainder_of": "instance:77"},
        {"id": "barn", "name": "Barn", "bank": {"batteries": ["instance:4", "made:all"], "hold_s": 7,
            "limits": {"max_charge_A": 12.5}, "per_battery": [{"match": "instance:4", "capacity_Ah": 5}]}},
        {"id": "hand", "writable": {"expire_s": 60.5, "groups": [{"paths": ["/Soc", "/Dc/0/Current"], "expire_s": 10},
            {"paths": ["/Info/MaxChargeVoltage"]}], "values": {"/Soc": 50, "/Info/MaxChargeVoltage": 55.2, "/Capacity": null},
            "fail_safe": {"/Info/MaxDischargeCurrent": 5}, "publish": true, "persist": true}}]})";

Config read(std::string_view text) {
    ReadResult result = readConfig(text);
    EXPECT_TRUE(result.config) << shown(result);
    return result.config ? std::move(*result.config) : Config{};
}

TEST(Made, EveryKeyReachesItsMember) {
    EXPECT_EQ(shown(kEverything), "");
    const Config config = read(kEverything);
    ASSERT_EQ(config.made.size(), 6U);
    const MadeSettings& pack = config.made[0];
    EXPECT_EQ(pack.kind, MadeKind::Merged);
    ASSERT_EQ(pack.sources.size(), 2U);
    EXPECT_EQ(pack.sources[0].paths, (std::vector<std::string>{"/Soc", "/Voltages"}));
    EXPECT_EQ(toText(pack.sources[1].match), "name:BMS A");
    EXPECT_EQ(config.made[1].kind, MadeKind::Series);
    EXPECT_EQ(config.made[1].parts.size(), 2U);
    EXPECT_TRUE(isPublished(config.made[1]));
    EXPECT_FALSE(isPublished(config.made[0]));
    const MadeSettings& rest = config.made[2];
    EXPECT_EQ(rest.kind, MadeKind::Remainder);
    EXPECT_EQ(toText(*rest.shunt), "name:SmartShunt");
    EXPECT_FALSE(rest.subtractsAll);
    EXPECT_EQ(rest.parts.size(), 2U);
    EXPECT_EQ(rest.capacity_Ah, 280.0);
    EXPECT_TRUE(config.made[3].subtractsAll);
    EXPECT_EQ(nameOf(config.made[3]), "all");
    const WritableSettings& hand = config.made[5].writable;
    ASSERT_EQ(hand.groups.size(), 2U);
    EXPECT_EQ(hand.groups[0].paths, (std::vector<std::string>{"/Soc", "/Dc/0/Current"}));
    EXPECT_EQ(hand.groups[0].expire, std::chrono::seconds(10));
    EXPECT_EQ(hand.groups[1].expire, std::nullopt);
    EXPECT_EQ(config.made[5].kind, MadeKind::Writable);
    EXPECT_EQ(hand.expire, std::chrono::milliseconds(60500));
    EXPECT_EQ(hand.values.at("/Soc"), Value(50.0));
    EXPECT_FALSE(hand.values.at("/Capacity").isKnown());
    EXPECT_TRUE(hand.publish && hand.persist);
    const CorrectionSettings& corrections = config.banks[0].bank.corrections;
    ASSERT_EQ(corrections.batteries.size(), 1U);
    EXPECT_EQ(corrections.batteries[0].maxCharge_V, 55.2);
    EXPECT_EQ(corrections.batteries[0].currentGain, 1.25);
    EXPECT_TRUE(corrections.batteries[0].invertsCurrent);
    ASSERT_EQ(corrections.overrides.size(), 2U);
    EXPECT_EQ(corrections.overrides[0].paths.size(), 2U);
    EXPECT_TRUE(corrections.overrides[1].paths.empty());
    EXPECT_EQ(corrections.fallbacks.size(), 1U);
    EXPECT_EQ(corrections.capacity_Ah, 200.5);
}

TEST(Made, ABankIsTheLastOfTheBanksWithTheIdOfTheEntry) {
    const Config config = read(kEverything);
    ASSERT_EQ(config.banks.size(), 2U);
    EXPECT_EQ(outerBanks(config), 1U);
    const BankConfig& barn = config.banks[1];
    EXPECT_EQ(barn.bank.id, "barn");
    EXPECT_EQ(barn.bank.name, "Barn");
    EXPECT_EQ(barn.dbus.bus, "none");
    EXPECT_FALSE(barn.bank.membership.takeAll);
    EXPECT_EQ(barn.bank.membership.hold, std::chrono::seconds(7));
    EXPECT_EQ(barn.bank.corrections.batteries.size(), 1U);
}

/// What stands at the top level is the outer bank's: a ceiling or a shunt of it is not the inner's.
TEST(Made, AnInnerBankTakesNothingFromAbove) {
    const Config config =
        read(R"({"hold_s": 99, "min_batteries": 2, "batteries": ["made:in", "name:A"],
        "made": [{"id": "in", "bank": {"batteries": ["name:B"], "dbus": {"bus": "session"}}}]})");
    EXPECT_EQ(config.banks.at(1).bank.membership.hold, MembershipSettings{}.hold);
    EXPECT_EQ(config.banks.at(1).bank.membership.minBatteries, 1);
    EXPECT_EQ(config.banks.at(1).dbus.bus, "session");
    EXPECT_EQ(config.banks.at(1).dbus.service, "busbar_in");
}

TEST(Made, EffectiveConfigurationIsAFixedPoint) {
    const std::string first = effectiveConfig(read(kEverything));
    EXPECT_EQ(shown(first), "");
    EXPECT_EQ(effectiveConfig(read(first)), first);
}

/// Keys of T that the text does not have.
template <class T>
std::string lackingIn(const std::string& text) {
    std::string lacking;
    for (const Option& row : kFieldRows<T>)
        if (text.find("\"" + std::string(row.key) + "\": ") == std::string::npos)
            lacking += std::string(row.key) + " ";
    return lacking;
}

TEST(Made, TheFixedPointHasEveryKey) {
    const std::string text = effectiveConfig(read(kEverything));
    EXPECT_EQ(lackingIn<MadeSettings>(text), "");
    EXPECT_EQ(lackingIn<MergedSource>(text), "");
    EXPECT_EQ(lackingIn<WritableSettings>(text), "");
    EXPECT_EQ(lackingIn<WritableGroup>(text), "");
    EXPECT_EQ(lackingIn<Replacement>(text), "");
    EXPECT_EQ(lackingIn<BatteryCorrection>(text), "");
}

/// Sites have their own.
TEST(Made, EachSiteHasItsOwn) {
    const std::string text = R"({"sites": [
        {"site": "a", "gx": {"url": "mqtt://a"}, "dbus": {"bus": "none"}, "batteries": ["made:s"], "made": [{"id": "s", "series": ["name:A", "name:B"]}]},
        {"site": "b", "gx": {"url": "mqtt://b"}, "dbus": {"bus": "none"}, "batteries": ["made:s"], "made": [{"id": "s", "series": ["name:C", "name:D"]}]}]})";
    EXPECT_EQ(shown(text), "");
    const Config config = read(text);
    ASSERT_EQ(config.others.size(), 1U);
    EXPECT_EQ(toText(config.others[0].made.at(0).parts.at(0)), "name:C");
    EXPECT_EQ(effectiveConfig(read(effectiveConfig(config))), effectiveConfig(config));
    EXPECT_THAT(shown(R"({"made": [], "sites": [{"site": "a"}]})"),
                HasSubstr("made: belongs into an entry of sites"));
    EXPECT_THAT(shown(R"({"banks": [{"id": "x", "made": []}]})"),
                HasSubstr("banks[0].made: belongs to the top level"));
}

/// A value of the row at this bound; nothing where bounds mean something else.
std::optional<std::string> sample(const Option& row, double bound) {
    std::string list;
    switch (row.access.kind) {
    case Kind::Number:
    case Kind::NumberOrNone:
        return numberText(bound);
    case Kind::Text:
        return "\"" + std::string(static_cast<std::size_t>(bound), 'a') + "\"";
    case Kind::Selectors:
    case Kind::AutoOrSelectors:
    case Kind::SelectorsOrObjects:
        for (int i = 0; i < static_cast<int>(bound); ++i)
            list += (i == 0 ? "\"instance:" : ",\"instance:") + std::to_string(i) + "\"";
        return "[" + list + "]";
    default:
        return std::nullopt;
    }
}

std::string problemsOf(const Option& row, const std::string& json) {
    const ParsedJson parsed = parseJson(json);
    std::vector<Issue> issues;
    (void)checkValue(row, *parsed.root, "here", issues);
    return formatIssues("f", issues);
}

/// Both ends are taken and come back, beyond them is refused with both.
template <class T>
int expectBounds() {
    int bounds = 0;
    for (const Field<T>& field : kFields<T>) {
        const Option& row = kFieldRows<T>.at(static_cast<std::size_t>(&field - kFields<T>.data()));
        EXPECT_TRUE(row.help.ends_with('.')) << row.key;
        for (const double bound : {row.lowest, row.highest}) {
            const auto json = sample(row, bound);
            if (!json)
                continue;
            std::vector<Issue> issues;
            const auto setting = checkValue(row, *parseJson(*json).root, "here", issues);
            EXPECT_TRUE(setting) << row.key << formatIssues("f", issues);
            if (!setting)
                continue;
            T value{};
            field.way.set(value, *setting);
            EXPECT_EQ(field.way.get(value), *setting) << row.key;
            EXPECT_EQ(toRecord(fromRecord<T>(toRecord(value))), toRecord(value)) << row.key;
            ++bounds;
        }
        const auto beyond = sample(row, row.highest + 1.0);
        if (!beyond)
            continue;
        EXPECT_THAT(problemsOf(row, *beyond),
                    HasSubstr(numberText(row.lowest) + "…" + numberText(row.highest)));
    }
    return bounds;
}

TEST(Made, BoundsOfAllTablesHold) {
    EXPECT_GE(expectBounds<MadeSettings>(), 10);
    EXPECT_GE(expectBounds<WritableSettings>(), 2);
    EXPECT_GE(expectBounds<BatteryCorrection>(), 10);
}

/// One fault each, and what must be said of it.
struct Fault {
    std::string_view text;
    std::string_view said;
};

constexpr auto kFaults = std::to_array<Fault>({
    {R"({"made": {}})", "made: found an object, allowed: a list of 0…64 objects"},
    {R"({"made": [7]})", "made[0]: found a number, allowed: an object"},
    {R"({"made": [{}]})", "made[0]: id is missing"},
    {R"({"made": [{"id": "a b", "series": ["name:A", "name:B"]}]})", "made[0].id: "},
    {R"({"made": [{"id": "a"}]})", "made[0]: how it is made is missing"},
    {R"({"made": [{"id": "a", "seires": ["name:A", "name:B"]}]})",
     "made[0].seires: unknown key; did you mean series?"},
    {R"({"made": [{"id": "a", "series": ["name:A"]}]})",
     "made[0].series: 1 entries are outside 2…16"},
    {R"({"made": [{"id": "a", "series": ["name:A", "B"]}]})",
     "made[0].series[1]: the text \"B\" is no selector"},
    {R"({"made": [{"id": "a", "series": ["name:A", "name:A"]}]})",
     "made[0].series[1]: the text \"name:A\" stands in the list twice"},
    {R"({"made": [{"id": "a", "series": ["name:A", "name:B"],
      "merged": ["name:C"]}]})",
     "made[0].series: and merged (line 2) exclude each other"},
    {R"({"made": [{"id": "a", "id": "b", "series": ["name:A", "name:B"]}]})",
     "made[0].id: given twice, first in line 1"},
    {R"({"made": [{"id": "a", "series": ["name:A", "name:B"], "minus": "auto"}]})",
     "made[0].minus: goes with remainder_of"},
    {R"({"made": [{"id": "a", "merged": [{"match": "name:A", "paths": ["/Sco"]}]}]})",
     "made[0].merged[0].paths[0]: /Sco is no path of a battery; did you mean /Soc?"},
    {R"({"made": [{"id": "a", "merged": [{"match": "name:A", "paths": ["/Serial"]}]}]})",
     "made[0].merged[0].paths[0]: /Serial cannot be taken"},
    {R"({"made": [{"id": "a", "merged": [{"paths": ["/Soc"]}]}]})",
     "made[0].merged[0]: match is missing"},
    {R"({"made": [{"id": "a", "bank": {}}]})", "made[0].bank.batteries: must be a list here"},
    {R"({"made": [{"id": "a", "bank": {"batteries": "auto"}}]})",
     "made[0].bank.batteries: must be a list here"},
    {R"({"made": [{"id": "a", "bank": {"id": "b", "batteries": ["name:A"]}}]})",
     "made[0].bank.id: stands beside bank"},
    {R"({"made": [{"id": "a", "bank": {"batteries": ["name:A"], "hold": 3}}]})",
     "made[0].bank.hold: unknown key; did you mean hold_s?"},
    {R"({"made": [{"id": "a", "bank": {"batteris": ["name:A"]}}]})",
     "made[0].bank.batteris: unknown key; did you mean batteries?"},
    {R"({"made": [{"id": "a", "bank": {"batteries": ["name:A"], "gx": {}}}]})",
     "made[0].bank.gx: belongs to the top level"},
    {R"({"made": [{"id": "a", "batteries": ["name:A"]}]})",
     "made[0].batteries: is an option of a bank: it belongs into bank"},
    {R"({"made": [{"id": "a", "password": "x"}]})", "made[0].password: secrets do not stand"},
    {R"({"made": [{"id": "a", "writable": {"values": {"/Sox": 4}}}]})",
     "made[0].writable.values./Sox: no path of a battery; did you mean /Soc?"},
    {R"({"made": [{"id": "a", "writable": {"values": {"/Soc": 200}}}]})",
     "made[0].writable.values./Soc: the number 200 is not allowed"},
    {R"({"made": [{"id": "a", "writable": {"values": {"/Soc": "full"}}}]})",
     "made[0].writable.values./Soc: the text \"full\" is not allowed"},
    {R"({"made": [{"id": "a", "writable": {"values": {"/Soc": []}}}]})",
     "made[0].writable.values./Soc: found a list"},
    {R"({"made": [{"id": "a", "writable": {"values": {"/Serial": "x"}}}]})",
     "made[0].writable.values./Serial: a path that says who"},
    {R"({"made": [{"id": "a", "writable": {"groups": [{"paths": ["/Serial"]}]}}]})",
     "made[0].writable.groups[0].paths"},
    {R"({"made": [{"id": "a", "writable": {"groups": [{"expire_s": 5}]}}]})", "paths is missing"},
    {R"({"made": [{"id": "a", "writable": {"groups": [{"paths": ["/Soc"]}, {"paths": ["/Soh", "/Soc"]}]}}]})",
     "made[0].writable: /Soc is in two of its groups"},
    {R"({"made": [{"id": "a", "writable": {"expire_s": 0}}]})",
     "made[0].writable.expire_s: 0 is outside 1…86400 s"},
    {R"({"override": [{"match": "name:A", "paths": ["/State"]}]})",
     "override[0].paths[0]: /State cannot be taken"},
    {R"({"override": {"match": "name:A"}})", "override: found an object"},
    {R"({"fallback": [{"mach": "name:A"}]})", "fallback[0].mach: unknown key; did you mean match?"},
    {R"({"per_battery": ["name:A"]})",
     "per_battery[0]: found the text \"name:A\", allowed: an object"},
    {R"({"per_battery": [{"match": "name:A", "max_charge": 4}]})",
     "per_battery[0].max_charge: unknown key; did you mean max_charge_A?"},
    {R"({"per_battery": [{"match": "name:A", "max_charge_A": -4}]})",
     "per_battery[0].max_charge_A: -4 is outside 0…5000 A"},
});

TEST(Made, FaultsAreSaidWithTheirPlace) {
    for (const Fault& fault : kFaults) {
        EXPECT_THAT(shown(fault.text), HasSubstr(fault.said)) << fault.text;
        EXPECT_FALSE(readConfig(fault.text).config) << fault.text;
    }
}

TEST(Made, SixtyFourAreTakenAndOneMoreIsNot) {
    const auto text = [](int count) {
        std::string list;
        for (int i = 0; i < count; ++i)
            list += (i == 0 ? "" : ",") + ("{\"id\": \"m" + std::to_string(i)) +
                    "\", \"series\": [\"instance:" + std::to_string(2 * i) +
                    "\", \"instance:" + std::to_string(2 * i + 1) + "\"]}";
        return "{\"made\": [" + list + "]}";
    };
    EXPECT_EQ(shown(text(64)), "");
    EXPECT_THAT(shown(text(65)), HasSubstr("made: found 65 entries, allowed: a list of 0…64"));
}

/// Corrections are options: a variable can hold them.
TEST(Made, AVariableCanHoldCorrections) {
    const ReadResult result =
        readConfig("{}", {{"BUSBAR_PER_BATTERY", R"([{"match": "name:A", "capacity_Ah": 5}])"},
                          {"BUSBAR_OVERRIDE", R"(["name:X"])"}});
    ASSERT_TRUE(result.config) << shown(result);
    EXPECT_EQ(result.config->banks[0].bank.corrections.batteries.at(0).capacity_Ah, 5.0);
    EXPECT_EQ(result.config->banks[0].bank.corrections.overrides.size(), 1U);
}

} // namespace made_test
} // namespace busbar::config
