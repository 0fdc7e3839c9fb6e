// SPDX-License-Identifier: MIT
#include "mqtt/venus/payload.hpp"

#include <gtest/gtest.h>

namespace busbar::mqtt {
namespace {

TEST(Payload, ReadsNumbersAsTheBridgeWritesThem) {
    struct Case {
        const char* payload;
        double number;
    };
    for (const Case& c : {Case{R"({"value":13.0})", 13.0},
                          {R"({"value":-0.5})", -0.5},
                          {R"({"value":0})", 0.0},
                          {R"({"value":1e-05})", 1e-05},
                          {R"({"value":0.00012345})", 0.00012345},
                          {R"({"value":1e+15})", 1e15},
                          {R"({"value":5e-324})", 5e-324},
                          {R"({"value":13.199999809265137})", 13.199999809265137},
                          {R"({"value":18446744073709551615})", 18446744073709551615.0},
                          {R"({"value":-9223372036854775808})", -9223372036854775808.0},
                          {R"({"max":16.0,"min":0.0,"value":3})", 3.0},
                          {R"({"min":null,"value":3.5})", 3.5},
                          {R"( { "value" : 3.25 } )", 3.25},
                          {R"({"value":3,"min":1})", 3.0},
                          {R"({"value":true})", 1.0},
                          {R"({"value":false})", 0.0},
                          {R"({"value":1e308})", 1e308}}) {
        const Payload payload = parsePayload(c.payload);
        EXPECT_EQ(payload.kind, PayloadKind::Value) << c.payload;
        EXPECT_EQ(payload.value, Value(c.number)) << c.payload;
    }
}

TEST(Payload, ReadsTexts) {
    EXPECT_EQ(parsePayload(R"({"value":"Pack \"A\" \u00e4\n"})").value,
              Value("Pack \"A\" \xC3\xA4\n"));
    EXPECT_EQ(parsePayload("{\"value\":\"\xC3\xA4\"}").value, Value("\xC3\xA4"));
    EXPECT_EQ(parsePayload(R"({"value":""})").value, Value(""));
    EXPECT_EQ(parsePayload(R"({"value":"13.5"})").value, Value("13.5"));
}

TEST(Payload, NullIsAValueAndNothingAtAllIsGone) {
    EXPECT_EQ(parsePayload(R"({"value":null})").kind, PayloadKind::Value);
    EXPECT_FALSE(parsePayload(R"({"value":null})").value.isKnown());
    EXPECT_FALSE(parsePayload(R"({"max":16.0,"min":0.0,"value":null})").value.isKnown());
    EXPECT_EQ(parsePayload("").kind, PayloadKind::Gone);
}

TEST(Payload, ListsAndObjectsAreNoValues) {
    for (const char* payload : {R"({"value":[]})", R"({"value":[13.5]})", R"({"value":{}})",
                                R"({"value":{"value":1}})"}) {
        EXPECT_EQ(parsePayload(payload).kind, PayloadKind::Other) << payload;
        EXPECT_FALSE(parsePayload(payload).value.isKnown()) << payload;
    }
}

TEST(Payload, EverythingElseIsMalformed) {
    for (const char* payload : {" ",
                                "13.5",
                                "\"13.5\"",
                                "null",
                                "[13.5]",
                                "{}",
                                "{\"value\"}",
                                "{\"value\":}",
                                "{\"value\":1",
                                "{\"value\":1}}",
                                "{\"value\":1} x",
                                "{\"Value\":1}",
                                "{'value':1}",
                                "{\"value\":NaN}",
                                "{\"value\":Infinity}",
                                "{\"value\":-Infinity}",
                                "{\"value\":-inf}",
                                "{\"value\":nan}",
                                "{\"value\":1e400}",
                                "{\"value\":-1e400}",
                                "{\"value\":1.}",
                                "{\"value\":.5}",
                                "{\"value\":+1}",
                                "{\"value\":0x10}",
                                "{\"value\":-}",
                                "{\"value\":1,}",
                                "{\"value\":\"\xFF\"}",
                                "{\"value\":\"\\ud800\"}"}) {
        EXPECT_EQ(parsePayload(payload).kind, PayloadKind::Malformed) << payload;
        EXPECT_FALSE(parsePayload(payload).value.isKnown()) << payload;
    }
}

TEST(Payload, NumbersThatJsonDoesNotKnowAreMalformed) {
    for (const char* payload :
         {"{\"value\":01}", "{\"value\":-01.5}", "{\"value\":-.5}", "{\"value\":1.e5}"})
        EXPECT_EQ(parsePayload(payload).kind, PayloadKind::Malformed) << payload;
}

constexpr std::size_t kLongest = std::size_t{64} * 1024;

TEST(Payload, SizeIsBounded) {
    const auto text = [](std::size_t size) {
        return R"({"value":")" + std::string(size - 12, 'x') + R"("})";
    };
    EXPECT_EQ(parsePayload(text(kLongest)).kind, PayloadKind::Value);
    EXPECT_EQ(parsePayload(text(kLongest + 1)).kind, PayloadKind::Malformed);
    EXPECT_EQ(parsePayload(text(16 * kLongest)).kind, PayloadKind::Malformed);
}

TEST(Payload, DeepNestingCostsNoStack) {
    const std::string deep(60000, '[');
    EXPECT_EQ(parsePayload("{\"value\":" + deep).kind, PayloadKind::Malformed);
    const std::string half(30000, '[');
    EXPECT_EQ(parsePayload("{\"value\":" + half + std::string(30000, ']') + "}").kind,
              PayloadKind::Other);
}

TEST(Payload, AZeroByteInATextIsKept) {
    EXPECT_EQ(parsePayload(R"({"value":"a\u0000b"})").value, Value(std::string("a\0b", 3)));
}

TEST(Echo, IsTheWordOfTheEndMark) {
    EXPECT_EQ(parseEcho(R"({"full-publish-completed-echo":"busbar-7","value":5})"), "busbar-7");
    for (const char* payload :
         {"", "x", "{}", R"({"value":5})", R"("busbar-7")", R"({"full-publish-completed-echo":7})",
          R"({"full-publish-completed-echo":["busbar-7"]})"})
        EXPECT_EQ(parseEcho(payload), "") << payload;
}

} // namespace
} // namespace busbar::mqtt
