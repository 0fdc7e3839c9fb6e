// SPDX-License-Identifier: MIT
#include "config/option_table.hpp"
#include "config/output.hpp"
#include "core/table/path_table.hpp"
#include "support/source_tree.hpp"
#include "unit/config/helpers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/schema.h>

namespace busbar::config {
namespace {

using ::testing::HasSubstr;
using testing::nested;
using testing::shown;

constexpr unsigned kFlags = rapidjson::kParseCommentsFlag | rapidjson::kParseTrailingCommasFlag;

/// The schema as a validator; draft-07 words that RapidJSON does not know are not used.
class Schema {
public:
    Schema() : text_(parsed()), schema_(text_) {}

    [[nodiscard]] const rapidjson::Document& text() const { return text_; }
    [[nodiscard]] bool accepts(const std::string& json) const {
        rapidjson::Document document;
        document.Parse<kFlags>(json.c_str());
        EXPECT_FALSE(document.HasParseError()) << json;
        rapidjson::SchemaValidator validator(schema_);
        return document.Accept(validator);
    }
    /// The object that describes this option, or nullptr.
    [[nodiscard]] const rapidjson::Value* find(std::string_view key, bool inBank) const {
        const rapidjson::Value* at = &text_;
        if (inBank)
            at = member(meant(property(at, "banks")), "items");
        while (!key.empty() && at != nullptr) {
            const std::string part(key.substr(0, key.find('.')));
            key.remove_prefix(std::min(key.size(), part.size() + 1));
            at = meant(property(at, part));
        }
        return at;
    }
    /// nullptr if there is none; nullptr has none.
    static const rapidjson::Value* member(const rapidjson::Value* object, const std::string& name) {
        if (object == nullptr)
            return nullptr;
        const auto found = object->FindMember(name.c_str());
        return found == object->MemberEnd() ? nullptr : &found->value;
    }

private:
    /// What a reference stands for, if it is one.
    const rapidjson::Value* meant(const rapidjson::Value* at) const {
        const auto* reference = member(at, "$ref");
        if (reference == nullptr)
            return at;
        EXPECT_EQ(at->MemberCount(), 1U) << "what stands beside a reference counts for nothing";
        const std::string pointer = reference->GetString();
        EXPECT_THAT(pointer, ::testing::StartsWith("#/definitions/"));
        return member(member(&text_, "definitions"), pointer.substr(pointer.rfind('/') + 1));
    }
    static const rapidjson::Value* property(const rapidjson::Value* object,
                                            const std::string& name) {
        return member(member(object, "properties"), name);
    }

    static rapidjson::Document parsed() {
        rapidjson::Document text;
        text.Parse(jsonSchema().c_str());
        return text;
    }

    rapidjson::Document text_;
    rapidjson::SchemaDocument schema_; // compiled once: that takes far longer than asking it
};

/// An editor reads all of it for each file: 370 kB were too many, most of them said six times.
TEST(JsonSchema, SaysNothingTwice) {
    EXPECT_LT(jsonSchema().size(), 200U * 1024);
}

TEST(JsonSchema, ListsEveryKeyWithHelpAndDefault) {
    const Schema schema;
    ASSERT_FALSE(schema.text().HasParseError());
    for (const Option& row : kOptions) {
        const auto* top = schema.find(row.key, false);
        ASSERT_NE(top, nullptr) << row.key;
        EXPECT_THAT(Schema::member(top, "description")->GetString(),
                    HasSubstr(std::string(row.help)));
        EXPECT_TRUE(top->HasMember("default")) << row.key;
        EXPECT_EQ(schema.find(row.key, true) != nullptr, row.access.section == Section::Bank)
            << row.key;
    }
}

TEST(JsonSchema, AllowsNoUnknownKeyAnywhere) {
    const Schema schema;
    EXPECT_FALSE(Schema::member(&schema.text(), "additionalProperties")->GetBool());
    for (const char* text :
         {R"({"sitte": "x"})", R"({"gx": {"x": 1}})", R"({"gx": {"tls": {"x": 1}}})",
          R"({"banks": [{"x": 1}]})", R"({"banks": [{"gx": {}}]})", R"({"banks": []})",
          R"({"sites": [{"x": 1}]})", R"({"sites": [{"log_level": "info"}]})", R"({"sites": []})",
          R"({"sites": [{"banks": [{"gx": {}}]}]})", R"({"sites": [{"sites": []}]})"}) {
        EXPECT_FALSE(schema.accepts(text)) << text;
        EXPECT_FALSE(readConfig(text).config) << text;
    }
}

/// Editor and program must say the same about single values.
TEST(JsonSchema, AgreesWithTheReader) {
    const Schema schema;
    const std::string zeros(64, '0');
    const auto values = std::to_array<std::string>({"null",
                                                    "true",
                                                    "false",
                                                    "0",
                                                    "1",
                                                    "-1",
                                                    "5",
                                                    "7.5",
                                                    "25",
                                                    "64",
                                                    "300",
                                                    "100000",
                                                    R"("")",
                                                    R"("auto")",
                                                    R"("a b")",
                                                    R"("a/")",
                                                    R"("a/+/")",
                                                    R"("1a")",
                                                    R"("a-b")",
                                                    R"("é")",
                                                    R"("info")",
                                                    R"("count")",
                                                    R"("mqtt://h")",
                                                    R"("mqtt://h/x")",
                                                    R"("wss://h/x")",
                                                    R"("ws://")",
                                                    R"("mqtt:///")",
                                                    R"("ftp://h")",
                                                    R"("session")",
                                                    R"("a:b")",
                                                    R"("unix:path=/x")",
                                                    R"("unix:=x")",
                                                    R"("tcp:host=")",
                                                    R"("tcp:Host=1")",
                                                    "\"" + zeros + "\"",
                                                    "\"" + zeros + "0\"",
                                                    R"("00:)" + zeros.substr(2) + "\"",
                                                    "\"" + zeros.substr(1) + "g\"",
                                                    R"(":)" + zeros + "\"",
                                                    "\"" + zeros + ":\"",
                                                    "[]",
                                                    R"(["name:A"])",
                                                    R"(["name:"])",
                                                    R"(["x"])",
                                                    R"(["name:A","name:A"])",
                                                    "[3]",
                                                    "{}"});
    for (const Option& row : kOptions)
        for (const std::string& value : values) {
            const std::string text = nested(row.key, value);
            const std::string issues = shown(text);
            const bool isRuleBroken =
                issues.find(" line 1)") != std::string::npos; // rules are not in the schema
            EXPECT_EQ(schema.accepts(text), readConfig(text).config.has_value() || isRuleBroken)
                << text << "\n"
                << issues;
        }
}

TEST(OptionsManual, IsTheFileInTheRepository) {
    EXPECT_TRUE(testing::fileText(test::sourcePath("config/OPTIONS.md")) == optionsManual())
        << "run: busbar config --options > config/OPTIONS.md";
}

TEST(OptionsManual, NamesEveryKey) {
    for (const Option& row : kOptions)
        EXPECT_THAT(optionsManual(), HasSubstr("| `" + std::string(row.key) + "` | ")) << row.key;
}

TEST(EffectiveConfig, ReadBackGivesTheSame) {
    const char* text = R"({
        "site": "farm", "log_level": "debug", "cycle_ms": 333, "state_dir": "/var/lib/\"x\"",
        "gx": {"url": "wss://h/p", "user": "ü", "password_env": "PW", "heartbeat_timeout_s": 12.345, "retry_min_s": 3},
        "frozen_s": false, "guard_pct": 0.1, "limits": {"ramp_A_per_s": 0.3333333333333333},
        "banks": [{"id": "a", "batteries": ["name:A \"1\"", "product:*"], "limits": {"max_charge_A": 12.7}},
                  {"id": "b", "exclude": ["instance:7"], "frozen_s": 77.7, "publish": {"cells": true}}]})";
    const ReadResult first = readConfig(text);
    ASSERT_TRUE(first.config) << shown(first);
    const std::string written = effectiveConfig(*first.config);
    const ReadResult second = readConfig(written);
    ASSERT_TRUE(second.config) << shown(second) << written;
    ASSERT_EQ(second.config->banks.size(), 2U);
    for (const Option& row : kOptions)
        for (std::size_t i = 0; i < 2; ++i)
            EXPECT_EQ(row.access.get(*first.config, first.config->banks[i]),
                      row.access.get(*second.config, second.config->banks[i]))
                << row.key;
    EXPECT_TRUE(Schema().accepts(written));
}

TEST(EffectiveConfig, OfTheDefaultsNamesEveryKeyAndReadsBack) {
    const std::string written = effectiveConfig(Config{});
    EXPECT_EQ(shown(written), "");
    for (const Option& row : kOptions)
        EXPECT_THAT(written,
                    HasSubstr("\"" + std::string(row.key.substr(row.key.rfind('.') + 1)) + "\": "))
            << row.key;
    EXPECT_EQ(effectiveConfig(*readConfig(written).config), written);
}

} // namespace
} // namespace busbar::config
