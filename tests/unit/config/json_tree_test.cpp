// SPDX-License-Identifier: MIT
#include "config/json_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

namespace busbar::config {
namespace {

using ::testing::HasSubstr;

std::string place(const Position& at) {
    return std::to_string(at.line) + ":" + std::to_string(at.column);
}

/// "1:2 key 1:5; …" of the members of the outermost object: places of keys and values.
std::string places(std::string_view text) {
    const ParsedJson json = parseJson(text);
    if (!json.root)
        return "refused: " + json.problem.message;
    std::string all = place(json.root->at);
    for (const Node& child : json.root->children)
        all += "; " + place(child.keyAt) + " " + child.key + " " + place(child.at);
    return all;
}

std::string problem(std::string_view text) {
    const ParsedJson json = parseJson(text);
    EXPECT_FALSE(json.root) << text;
    return place(json.problem.at) + " " + json.problem.message;
}

TEST(JsonTree, KnowsThePlaceOfEveryKeyAndValue) {
    EXPECT_EQ(places(R"({"a":1,"b":"x"})"), "1:1; 1:2 a 1:6; 1:8 b 1:12");
    EXPECT_EQ(places("{\n  \"a\" : -1.5e3 ,\n\t\"b\":[ 1 , 2, ],\n  \"c\": {} }"),
              "1:1; 2:3 a 2:9; 3:2 b 3:6; 4:3 c 4:8");
}

TEST(JsonTree, CountsPlacesThroughCommentsMarkLineEndsAndUtf8) {
    EXPECT_EQ(places("// \"x\": {\n/* , \n: */{/**/\"a\"/*:*/:/*,*/1//}\n,\"b\":2}"),
              "3:5; 3:10 a 3:24; 4:2 b 4:6");
    EXPECT_EQ(places("\xEF\xBB\xBF{\"a\":1}"), "1:1; 1:2 a 1:6");
    EXPECT_EQ(places("{\r\n\"a\":1,\r\n\"b\":2}\r\n"), "1:1; 2:1 a 2:5; 3:1 b 3:5");
    EXPECT_EQ(places("{\"ü☀😀\":\"é\",\"b\":2}"), "1:1; 1:2 ü☀😀 1:8; 1:12 b 1:16");
}

TEST(JsonTree, CountsPlacesBehindTrailingCommas) {
    EXPECT_EQ(places(R"({"a":[1,[2,],],"b":{"c":1,},"d":true,})"),
              "1:1; 1:2 a 1:6; 1:16 b 1:20; 1:29 d 1:33");
}

TEST(JsonTree, KeepsValues) {
    const ParsedJson json =
        parseJson(R"([null, true, -0.25, "a\n\u00e9", 18446744073709551615, 0.1])");
    ASSERT_TRUE(json.root);
    const auto& list = json.root->children;
    ASSERT_EQ(list.size(), 6U);
    EXPECT_EQ(list[0].type, Node::Type::Null);
    EXPECT_TRUE(list[1].flag);
    EXPECT_EQ(list[2].number, -0.25);
    EXPECT_EQ(list[2].text, "-0.25");
    EXPECT_EQ(list[3].text, "a\né");
    EXPECT_EQ(list[4].number, 18446744073709551615.0);
    EXPECT_EQ(list[5].number, 0.1);
}

TEST(JsonTree, SyntaxErrorsHaveTheirPlaceAndPlainWords) {
    struct Case {
        const char* text;
        const char* expected;
    };
    constexpr auto kCases = std::to_array<Case>({
        {"{\n \"a\": 1\n \"b\": 2}", "3:2 a , or } is missing"},
        {"[1 2]", "1:4 a , or ] is missing"},
        {"{\"a\" 1}", "1:6 a : is missing"},
        {"{a: 1}", "1:2 a key in double quotes"},
        {"{\"a\": 'x'}", "1:7 texts stand in double quotes"},
        {"{\"a\": NaN}", "1:7 NaN and Infinity are no numbers"},
        {"{\"a\":\n -Infinity}", "2:2 NaN and Infinity are no numbers"},
        {"{\"a\": nan}", "1:7 NaN and Infinity are no numbers"},
        {"{\"a\": True}", "1:7 not a value"},
        {"{\"a\": nul}", "1:7 not a value"},
        {"{\"a\": .5}", "1:7 not a value"},
        {"{\"a\": +5}", "1:7 not a value"},
        {"{\"a\":", "1:6 the file ends"},
        {"{\"a\": 1e999}", "the number is too big"},
        {"{\"a\": 1.}", "digits are missing after the decimal point"},
        {"{\"a\": 1e}", "digits are missing in the exponent"},
        {"{\"a\": \"x\ny\"}", "1:9 the text has no closing quote"},
        {"{\"a\": \"x\ty\"}", "1:9 a tab or another control character"},
        {"{\"a\": \"x", "the text has no closing quote"},
        {"{\"a\": \"\\q\"}", "unknown escape"},
        {"{\"a\": \"\\ud800\"}", "surrogate"},
        {"{\"a\": \"\\u12g4\"}", "hexadecimal"},
        {"{\"a\": \"\xFF\"}", "not valid UTF-8"},
        {"{\"a\": \"\xC0\x80\"}", "not valid UTF-8"},
        {"{} {}", "1:4 something follows"},
        {"{} /* x", "a comment is"},
        {"{} / x", "a comment is"},
    });
    for (const Case& it : kCases)
        EXPECT_THAT(problem(it.text), HasSubstr(it.expected)) << it.text;
}

TEST(JsonTree, WhatIsNoTextFileSaysSo) {
    for (std::string_view empty :
         {"", " \r\n\t", "\xEF\xBB\xBF", "// only, a: comment", "/* a */ // b\n"})
        EXPECT_EQ(problem(empty), "0:0 empty; {} stands for all defaults") << empty;
    EXPECT_THAT(problem(std::string("{\n}\0{", 5)), HasSubstr("2:2 a NUL byte"));
    EXPECT_THAT(problem("\xFF\xFE{"), HasSubstr("UTF-16"));
    EXPECT_THAT(problem("/"), HasSubstr("a comment is"));
}

TEST(JsonTree, DepthSizeAndNumberOfValuesAreBounded) {
    EXPECT_THAT(problem(std::string(1'000'000, '[')), HasSubstr("1:17 nested deeper than 16"));
    std::string objects;
    for (int i = 0; i < 20'000; ++i)
        objects += "{\"a\":";
    EXPECT_THAT(problem(objects), HasSubstr("nested deeper"));
    EXPECT_THAT(problem("{}" + std::string(kMaxTextBytes, ' ')), HasSubstr("longer than 1024 kB"));
    EXPECT_TRUE(parseJson("{}" + std::string(kMaxTextBytes - 2, ' ')).root);
    std::string numbers = "[";
    for (std::size_t i = 1; i < kMaxNodes; ++i)
        numbers += "0,";
    EXPECT_TRUE(parseJson(numbers + "]").root);
    EXPECT_THAT(problem(numbers + "0]"), HasSubstr("more than 5000 values"));
    EXPECT_TRUE(parseJson(std::string(16, '[') + std::string(16, ']')).root);
}

TEST(JsonTree, VeryLongNumbersAreHarmless) {
    EXPECT_TRUE(parseJson("0." + std::string(100'000, '1')).root);
    EXPECT_TRUE(parseJson("1e-" + std::string(1000, '9')).root);
    EXPECT_THAT(problem(std::string(100'000, '1')), HasSubstr("too big"));
}

} // namespace
} // namespace busbar::config
