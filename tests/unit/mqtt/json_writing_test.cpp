// SPDX-License-Identifier: MIT
// Texts, numbers and times as they stand in documents.
#include "core/utf8.hpp"
#include "mqtt/results/json_writing.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <array>
#include <cstdlib>
#include <limits>

namespace busbar::mqtt {
namespace {

template <typename Write>
std::string written(const Write& write) {
    rapidjson::StringBuffer buffer;
    JsonWriter json(buffer);
    write(json);
    return textOf(buffer);
}

std::string shortly(std::optional<double> number, int decimals) {
    return written([&](JsonWriter& json) { writeShort(json, number, decimals); });
}

std::string quoted(std::string_view text) {
    return written([&](JsonWriter& json) { writeText(json, text); });
}

/// By whole numbers only: 12345 thousandths are 12.345.
std::string decimalText(int thousandths) {
    std::string digits = std::to_string(std::abs(thousandths));
    digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
    digits.insert(digits.size() - 3, ".");
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.')
        digits.pop_back();
    return (thousandths < 0 ? "-" : "") + digits;
}

TEST(JsonNumber, IsAsShortAsItIsForEveryThousandth) {
    for (int n = -70000; n <= 70000; ++n)
        ASSERT_EQ(shortly(n / 1000.0, 3), decimalText(n)) << n;
}

TEST(JsonNumber, RoundsAwayWhatIsNotShown) {
    EXPECT_EQ(shortly(2.500000001, 2), "2.5");
    EXPECT_EQ(shortly(99.96, 1), "100");
    EXPECT_EQ(shortly(-0.04, 1), "0");
    EXPECT_EQ(shortly(1e300, 3), "1e300");
}

TEST(JsonNumber, IsNullIfThereIsNone) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    for (const std::optional<double> none :
         {std::optional<double>(), std::optional(std::numeric_limits<double>::quiet_NaN()),
          std::optional(kInfinity), std::optional(-kInfinity)}) {
        EXPECT_EQ(shortly(none, 2), "null");
        EXPECT_EQ(written([&](JsonWriter& json) { writeDouble(json, none); }), "null");
    }
}

TEST(JsonNumber, HasAllItsDecimalsWhereThatIsWanted) {
    const auto fixed = [](std::optional<double> number, int decimals) {
        return written([&](JsonWriter& json) { writeFixed(json, number, decimals); });
    };
    EXPECT_EQ(fixed(53.2, 2), "53.20");
    EXPECT_EQ(fixed(70.0, 1), "70.0");
    EXPECT_EQ(fixed(70.4, 0), "70");
    EXPECT_EQ(fixed(-0.004, 2), "0.00");
    EXPECT_EQ(fixed(-0.006, 2), "-0.01");
    EXPECT_EQ(fixed(-12345.678, 3), "-12345.678");
    EXPECT_EQ(fixed(1e300, 2), "1e300");
    EXPECT_EQ(fixed(std::nullopt, 2), "null");
    EXPECT_EQ(fixed(std::numeric_limits<double>::quiet_NaN(), 2), "null");
    EXPECT_EQ(fixed(std::numeric_limits<double>::infinity(), 2), "null");
}

TEST(JsonNumber, KeepsTheTypeOfThePathWhereItMatters) {
    const auto typed = [](Quantity quantity, const Value& value) {
        return written([&](JsonWriter& json) { writeTyped(json, quantity, value); });
    };
    EXPECT_EQ(typed(Quantity::Voltage, 52.0), "52.0");
    EXPECT_EQ(typed(Quantity::Alarm, 2.0), "2");
    EXPECT_EQ(typed(Quantity::Voltage, {}), "null");
    EXPECT_EQ(typed(Quantity::Text, "x"), R"("x")");
}

TEST(JsonText, EscapesAndKeepsUnicode) {
    EXPECT_EQ(quoted("a\"b\\c\nd"), R"("a\"b\\c\nd")");
    EXPECT_EQ(quoted("Säule 🔋"), "\"Säule 🔋\"");
    EXPECT_EQ(quoted(""), "\"\"");
    EXPECT_EQ(quoted(std::string_view("a\0b", 3)), "\"a\\u0000b\"");
}

TEST(JsonText, IsUtf8WhateverItIsMadeFrom) {
    for (const std::string_view bad : {"\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80"}) {
        const std::string text = quoted(bad);
        EXPECT_TRUE(isUtf8(text)) << text;
        EXPECT_NE(text.find("\xEF\xBF\xBD"), std::string::npos) << text;
    }
    EXPECT_EQ(quoted("a\xff"
                     "b"),
              "\"a\xEF\xBF\xBD"
              "b\"");
}

TEST(IsoText, IsUtcWithWholeSeconds) {
    const WallTime epoch{};
    EXPECT_EQ(isoText(epoch), "1970-01-01T00:00:00Z");
    EXPECT_EQ(isoText(epoch + std::chrono::milliseconds(1709251199999)), "2024-02-29T23:59:59Z");
    EXPECT_EQ(isoText(epoch - std::chrono::milliseconds(1)), "1969-12-31T23:59:59Z");
}

} // namespace
} // namespace busbar::mqtt
