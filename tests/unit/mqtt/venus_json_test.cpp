// SPDX-License-Identifier: MIT
#include "mqtt/venus/venus_json.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <utility>
#include <vector>

namespace busbar::mqtt {
namespace {

std::string asDouble(double number) {
    std::string out;
    appendJsonNumber(out, number, WireType::Double);
    return out;
}

std::string asInteger(double number) {
    std::string out;
    appendJsonNumber(out, number, WireType::Int);
    return out;
}

std::string asText(std::string_view text) {
    std::string out;
    appendJsonText(out, text);
    return out;
}

TEST(VenusJson, WritesDoublesAsTheBridgeDoes) {
    // left: what a service had on D-Bus, right: what the bridge published for it
    const std::vector<std::pair<double, std::string>> seen = {
        {13.0, "13.0"},
        {100.0, "100.0"},
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {1.0 / 3.0, "0.3333333333333333"},
        {static_cast<double>(13.2F), "13.199999809265137"},
        {1e6, "1000000.0"},
        {123456789012345.0, "123456789012345.0"},
        {1e14, "100000000000000.0"},
        {1e15, "1e+15"},
        {123456789012345678.0, "1.2345678901234568e+17"},
        {1e22, "1e+22"},
        {0.00012345, "0.00012345"},
        {0.0001, "0.0001"},
        {1e-5, "1e-05"},
        {-2.5e-7, "-2.5e-07"},
        {5e-324, "5e-324"},
        {std::numeric_limits<double>::max(), "1.7976931348623157e+308"},
        {std::numeric_limits<double>::quiet_NaN(), "null"},
        {-std::numeric_limits<double>::infinity(), "null"},
    };
    for (const auto& [number, text] : seen)
        EXPECT_EQ(asDouble(number), text);
}

TEST(VenusJson, WritesIntegersWithoutPoint) {
    EXPECT_EQ(asInteger(0.0), "0");
    EXPECT_EQ(asInteger(-0.0), "0");
    EXPECT_EQ(asInteger(-8.0), "-8");
    EXPECT_EQ(asInteger(4000000000.0), "4000000000");
    EXPECT_EQ(asInteger(-9223372036854775808.0), "-9223372036854775808");
    EXPECT_EQ(asInteger(1e19), "1e+19") << "beyond 64 bits";
    EXPECT_EQ(asInteger(0.5), "0.5") << "no integer";
    EXPECT_EQ(asInteger(std::numeric_limits<double>::infinity()), "null");
}

TEST(VenusJson, KeepsTextsRawButForControlsAndBadBytes) {
    EXPECT_EQ(asText(""), R"("")");
    EXPECT_EQ(asText("Küche € 🔋"), R"("Küche € 🔋")");
    EXPECT_EQ(asText("hello \"quoted\" \\ back / slash"), R"("hello \"quoted\" \\ back / slash")");
    EXPECT_EQ(asText(std::string_view("tab\tnl\ncr\r\x01\x1f\b\f\0", 15)),
              R"("tab\tnl\ncr\r\u0001\u001f\b\f\u0000")");
    EXPECT_EQ(asText("a\x7f"), "\"a\x7f\"");
    EXPECT_EQ(asText("a\xff\xc3"), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");
    EXPECT_EQ(asText("\xc0\xaf\xed\xa0\x80"),
              "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"")
        << "overlong slash and a surrogate";
}

TEST(VenusJson, WritesUnknownAsNull) {
    std::string out;
    appendJsonValue(out, Value(), WireType::Int);
    appendJsonValue(out, "x", WireType::Double);
    appendJsonValue(out, 2.0, WireType::Double);
    EXPECT_EQ(out, R"(null"x"2.0)");
}

TEST(VenusJson, TakesWritesAsTheBridgeDoes) {
    const std::vector<std::pair<std::string, std::string>> taken = {
        {R"({"value": 1})", "1"},
        {R"({"value": 3.0})", "3.0"},
        {R"({"value": -0.0})", "-0.0"},
        {R"({"value": 1e3})", "1000.0"},
        {R"({"value": 5000000000})", "5000000000"},
        {R"({"value": 99999999999999999999})", "1e+20"},
        {R"({"value": true})", "true"},
        {R"({"value": null})", "null"},
        {R"({"value": "Küche €"})", R"("Küche €")"},
        {R"({"value": [1,2,3]})", "[1,2,3]"},
        {R"({"value": []})", "null"},
        {R"({"value": [[1,2],[3]]})", "[[1,2],[3]]"},
        {R"({"value": [1.5,2.5]})", "[1.5,2.5]"},
        {R"({"value": 2, "min": 0, "extra": "x"})", "2"},
        {R"({"value": 2, "value": 4})", "4"},
        {"\xEF\xBB\xBF{\"value\": 2}", "2"},
    };
    for (const auto& [payload, json] : taken) {
        const auto written = parseWrite(payload);
        ASSERT_TRUE(written) << payload;
        EXPECT_EQ(written->json, json) << payload;
    }
}

TEST(VenusJson, RefusesWhatTheBridgeRefuses) {
    for (const std::string payload :
         {"", "2", "\"2\"", "null", "{}", R"({"Value": 2})", R"({"value": })", "value=2", "[2]",
          R"({"value": 2)", R"({"value": 2} trailing)", R"({"value": NaN})", R"({"value": 1e400})",
          R"({"value": [1,"a"]})", R"({"value": {"a":1}})", R"({"value": [{"a":1}]})",
          "{'value': 2}", "{\"value\": \"\xff\"}", R"({"value": [[[[[[[[[1]]]]]]]]]})"})
        EXPECT_FALSE(parseWrite(payload)) << payload;
    EXPECT_FALSE(parseWrite(R"({"value": ")" + std::string(70000, 'x') + "\"}"));
    EXPECT_FALSE(parseWrite(R"({"value": )" + std::string(60000, '[')));
}

TEST(VenusJson, GivesTheValueOfAWrite) {
    EXPECT_EQ(parseWrite(R"({"value": 2})")->value, Value(2.0));
    EXPECT_EQ(parseWrite(R"({"value": true})")->value, Value(1.0));
    EXPECT_EQ(parseWrite(R"({"value": "x"})")->value, Value("x"));
    EXPECT_EQ(parseWrite(R"({"value": null})")->value, Value());
    EXPECT_EQ(parseWrite(R"({"value": []})")->value, Value());
    EXPECT_EQ(parseWrite(R"({"value": [1]})")->value, std::nullopt)
        << "a list is no value of a battery";
}

TEST(VenusJson, FindsTheLastEchoWord) {
    EXPECT_EQ(keepaliveEcho(R"({"keepalive-options":[{"full-publish-completed-echo":"a"}]})"), "a");
    EXPECT_EQ(keepaliveEcho(R"({"keepalive-options":[{"full-publish-completed-echo":"a"},7,)"
                            R"({"full-publish-completed-echo":"b"}]})"),
              "b");
    for (const std::string payload :
         {"", "{}", "[]", "x", R"({"keepalive-options":{}})",
          R"({"keepalive-options":[{"full-publish-completed-echo":42}]})"})
        EXPECT_EQ(keepaliveEcho(payload), std::nullopt) << payload;
}

} // namespace
} // namespace busbar::mqtt
