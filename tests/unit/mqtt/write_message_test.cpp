// SPDX-License-Identifier: MIT
// Messages to writable batteries: what is read from them, and what is not.
#include "mqtt/results/write_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace busbar::mqtt::write_message_test {
namespace {

using testing::HasSubstr;

constexpr const char* kValues = "battery/gw/values";

/// "/Soc=50 /Dc/0/Current=null", or the problem.
std::string read(std::string_view tail, std::string_view payload) {
    const WriteMessage message = parseWriteMessage(tail, payload);
    if (!message.problem.empty()) {
        EXPECT_TRUE(message.group.empty()) << "nothing of it may be taken";
        return message.problem;
    }
    std::string text;
    for (const auto& [path, value] : message.group) {
        const std::string* words = value.text();
        const auto number = value.number();
        text += text.empty() ? path : " " + path;
        text += "=";
        if (words != nullptr)
            text += "'" + *words + "'";
        else
            text += number ? std::to_string(static_cast<int>(*number)) : "null";
    }
    return text;
}

TEST(WriteMessages, HaveTopicsOfTheirOwn) {
    for (const char* tail : {"battery/gw/values", "battery/gw/values/Soc",
                             "battery/gw/values/Dc/0/Voltage", "battery/gw/values/"})
        EXPECT_TRUE(isWriteTopic(tail)) << tail;
    for (const char* tail : {"battery/gw/in_service", "battery//values", "battery/values",
                             "bank/main/values", "battery/gw/valuesx", "battery/gw/x/values", ""})
        EXPECT_FALSE(isWriteTopic(tail)) << tail;
}

TEST(WriteMessages, NamePathsOrKeysOfTheDocuments) {
    EXPECT_EQ(read(kValues, R"({"/Dc/0/Voltage":53,"current":-8,"alarm_low_soc":true})"),
              "/Dc/0/Voltage=53 /Dc/0/Current=-8 /Alarms/LowSoc=1");
    EXPECT_EQ(read(kValues, R"({"/Soc":null,"/System/MinVoltageCellId":"C3"})"),
              "/Soc=null /System/MinVoltageCellId='C3'");
    EXPECT_EQ(parseWriteMessage(kValues, R"({"soc":1})").id, "gw");
}

TEST(WriteMessages, MayHaveATopicPerValue) {
    EXPECT_EQ(read("battery/gw/values/Dc/0/Voltage", "53"), "/Dc/0/Voltage=53");
    EXPECT_EQ(read("battery/gw/values/Soc", "null"), "/Soc=null");
    EXPECT_EQ(read("battery/gw/values/System/MinVoltageCellId", R"("C3")"),
              "/System/MinVoltageCellId='C3'");
    EXPECT_THAT(read("battery/gw/values/Soc", "half"), HasSubstr("a text goes in quotes"));
    EXPECT_THAT(read("battery/gw/values/Soc", R"({"value":3})"), HasSubstr("/Soc: a list"));
}

TEST(WriteMessages, BringNoNumbersThroughThatAreNone) {
    for (const char* number : {"NaN", "Infinity", "-Inf"}) {
        const auto message = parseWriteMessage(kValues, R"({"/Soc":)" + std::string(number) + "}");
        ASSERT_EQ(message.group.size(), 1U) << number << message.problem;
        EXPECT_FALSE(std::isfinite(message.group[0].value.number().value_or(0.0)));
        busbar::Written written{{}};
        const WriteResult result = written.write(message.group, Now{});
        EXPECT_EQ(result.problem, WriteProblem::OutOfRange) << number;
        EXPECT_EQ(busbar::toText(result),
                  "/Soc: outside what the path can have; allowed is 0.0%…105.0%");
    }
}

TEST(WriteMessages, WithSomethingWrongAreNothingAtAll) {
    EXPECT_THAT(read(kValues, R"({"/Soc":50,"/Dc/0/Voltage":[1]})"),
                HasSubstr("/Dc/0/Voltage: a list, an object or no UTF-8; allowed is 0.00V…"));
    EXPECT_THAT(read(kValues, R"({"/Soc":50,"/Dc":{"0":1}})"), HasSubstr("/Dc: a list"));
    EXPECT_THAT(read(kValues, R"({"/Soc":50,"soc":60})"), HasSubstr("/Soc: it is there twice"));
    EXPECT_THAT(read(kValues, "{}"), HasSubstr("no value"));
    EXPECT_THAT(read(kValues, "[1]"), HasSubstr("a JSON object"));
    EXPECT_THAT(read(kValues, "53.2"), HasSubstr("a JSON object"));
    EXPECT_THAT(read(kValues, R"({"/Soc":1e999})"), HasSubstr("no JSON"));
    EXPECT_THAT(read(kValues, R"({"/Soc":50} x)"), HasSubstr("no JSON"));
    EXPECT_THAT(read(kValues, "{\"/System/MinVoltageCellId\":\"\xff\"}"), HasSubstr("no JSON"));
    EXPECT_THAT(read(kValues, R"({"/System/MinVoltageCellId":"\udc00"})"), HasSubstr("UTF-8"));
}

TEST(WriteMessages, OfAnySizeCostLittle) {
    std::string huge = "{";
    for (int i = 0; i < 1000000; ++i)
        huge += "\"/Soc\":1,";
    EXPECT_THAT(read(kValues, huge), HasSubstr("at most 16384 bytes"));
    EXPECT_THAT(read(kValues, std::string(16000, '[')), HasSubstr("no JSON"));
    std::string many = R"({"a":0)";
    for (int i = 0; i < 200; ++i)
        many.append(",\"p").append(std::to_string(i)).append("\":0");
    EXPECT_THAT(read(kValues, many + "}"), HasSubstr("more than a battery has"));
}

} // namespace
} // namespace busbar::mqtt::write_message_test
