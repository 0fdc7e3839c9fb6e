// SPDX-License-Identifier: MIT
#include "app/commands/recording.hpp"
#include "app/view/wall_text.hpp"
#include "support/source_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace busbar {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

/// Lines that are not what they should be, and a word of the complaint about each.
const std::vector<std::pair<std::string, std::string>> kBadLines = {
    {"x", "not a JSON object"},
    {"[]", "not a JSON object"},
    {R"({"t":0,"topic":"a","payload":""} x)", "not a JSON object"},
    {R"({"topic":"a","payload":""})", "\"t\""},
    {R"({"t":-1,"topic":"a","payload":""})", "\"t\""},
    {R"({"t":1e300,"topic":"a","payload":""})", "\"t\""},
    {R"({"t":"0","topic":"a","payload":""})", "\"t\""},
    {R"({"t":0,"payload":""})", "\"topic\""},
    {R"({"t":0,"topic":"","payload":""})", "\"topic\""},
    {R"({"t":0,"topic":"a"})", "\"payload\""},
    {R"({"t":0,"topic":"a","payload":5})", "\"payload\""},
    {R"({"t":0,"initial":1,"topic":"a","payload":""})", "\"initial\""},
    {R"({"t":0,"wall":-5,"topic":"a","payload":""})", "\"wall\""},
    {R"({"t":0,"wall":"yesterday","topic":"a","payload":""})", "\"wall\""},
};

TEST(Recording, CarriesTheWallClock) {
    const WallTime july(std::chrono::seconds(1782907200)); // 2026-07-01T12:00Z
    std::ostringstream out;
    ASSERT_TRUE(writeRecord(out, {{}, false, "N/x/a", "1", july}));
    for (const std::string& line :
         {out.str(),
          std::string(R"({"t":0,"wall":"2026-07-01T12:00","topic":"a","payload":""})")}) {
        std::istringstream in(line);
        EXPECT_EQ(RecordingReader(in, "f", OnBadLine::Fail).next()->wall, july) << line;
    }
}

TEST(Recording, ReadsDatesAsPeopleWriteThem) {
    const WallTime day(std::chrono::seconds(1782864000)); // 2026-07-01
    EXPECT_EQ(wallTimeOf("2026-07-01"), day);
    EXPECT_EQ(wallTimeOf("2026-07-01 12:30"), day + std::chrono::minutes(750));
    EXPECT_EQ(wallTimeOf("2026-07-01T12:30:15Z"), day + std::chrono::seconds(45015));
    for (const char* text : {"", "2026", "2026-13-01", "2026-02-30", "2026-07-01T25:00",
                             "2026-07-01x", "1970-01-01", "-026-07-01", "2026-07-01T"})
        EXPECT_FALSE(wallTimeOf(text)) << text;
}

TEST(Recording, ReadsLineByLine) {
    std::istringstream in(
        "{\"t\":0,\"initial\":true,\"topic\":\"N/x/a\",\"payload\":\"{\\\"value\\\":1}\"}\r\n"
        "\n"
        "{\"t\":1.2345,\"topic\":\"N/x/b\",\"payload\":{\"value\":2.5}}\n"
        "{\"t\":1.2345,\"topic\":\"N/x/b\",\"payload\":\"\"}");
    RecordingReader reader(in, "f", OnBadLine::Fail);
    const auto first = reader.next();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->at, milliseconds(0));
    EXPECT_TRUE(first->isInitial);
    EXPECT_EQ(first->topic, "N/x/a");
    EXPECT_EQ(first->payload, R"({"value":1})");
    const auto second = reader.next();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->at, milliseconds(1235)) << "rounded";
    EXPECT_FALSE(second->isInitial);
    EXPECT_EQ(second->payload, R"({"value":2.5})") << "an object is a payload too";
    const auto third = reader.next();
    ASSERT_TRUE(third);
    EXPECT_EQ(third->payload, "");
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.next()) << "still the end";
}

TEST(Recording, NamesTheLineThatIsWrong) {
    for (const auto& [line, complaint] : kBadLines) {
        std::istringstream in("\n" + line + "\n");
        RecordingReader reader(in, "lp.jsonl", OnBadLine::Fail);
        try {
            static_cast<void>(reader.next());
            ADD_FAILURE() << line;
        } catch (const std::runtime_error& error) {
            EXPECT_THAT(error.what(), testing::StartsWith("lp.jsonl:2: ")) << line;
            EXPECT_THAT(error.what(), HasSubstr(complaint)) << line;
        }
    }
}

TEST(Recording, SkipsBadLinesIfToldTo) {
    std::string text;
    for (const auto& [line, complaint] : kBadLines)
        text += line + "\n";
    for (int i = 0; i < 100; ++i)
        text += "x\n";
    std::istringstream in(text + R"({"t":3,"topic":"N/x/b","payload":"1"})");
    RecordingReader reader(in, "f", OnBadLine::Skip);
    const auto record = reader.next();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->topic, "N/x/b");
    EXPECT_EQ(reader.badLines(), kBadLines.size() + 100);
    EXPECT_EQ(reader.complaints().size(), 20U) << "bounded";
}

TEST(Recording, OfOneThatIsCutOffAllUpToThereCounts) {
    const std::string good = R"({"t":2,"topic":"a","payload":""})";
    std::istringstream in(good + "\n" + good.substr(0, good.size() / 2));
    RecordingReader reader(in, "f", OnBadLine::Fail);
    EXPECT_TRUE(reader.next());
    EXPECT_EQ(reader.cutOff(), "");
    EXPECT_FALSE(reader.next());
    EXPECT_THAT(reader.cutOff(), testing::StartsWith("f:2: cut off"));
    EXPECT_EQ(reader.badLines(), 0U);
}

TEST(Recording, WhatOnlyLooksCutOffIsBad) {
    const std::string good = R"({"t":2,"topic":"a","payload":""})";
    for (const std::string& text : {std::string(R"({"t":2,)"),         // nothing good before it
                                    good + "\n" + R"({"t":2,)" + "\n", // has its end
                                    good + "\nhello"}) {
        std::istringstream in(text);
        RecordingReader reader(in, "f", OnBadLine::Skip);
        while (reader.next()) {
        }
        EXPECT_EQ(reader.badLines(), 1U) << text;
        EXPECT_EQ(reader.cutOff(), "") << text;
    }
}

TEST(Recording, TimeDoesNotRunBackwards) {
    std::istringstream in("{\"t\":2,\"topic\":\"a\",\"payload\":\"\"}\n{\"t\":1.9,\"topic\":\"a\","
                          "\"payload\":\"\"}\n");
    RecordingReader reader(in, "f", OnBadLine::Skip);
    EXPECT_TRUE(reader.next());
    EXPECT_FALSE(reader.next());
    EXPECT_THAT(reader.complaints(), ElementsAre("f:2: \"t\" is less than in the line before"));
}

TEST(Recording, BoundsTheLengthOfALine) {
    std::istringstream in(std::string(std::size_t{2} << 20U, 'x') +
                          "\n{\"t\":2,\"topic\":\"a\",\"payload\":\"\"}\n");
    RecordingReader reader(in, "f", OnBadLine::Skip);
    EXPECT_TRUE(reader.next());
    EXPECT_THAT(reader.complaints(), ElementsAre("f:1: longer than 1 MiB"));
}

TEST(Recording, ReadsBackWhatItWrote) {
    std::stringstream file;
    const std::vector<Record> records = {
        {milliseconds(0), true, "N/x/battery/1/CustomName", R"({"value":"Küche \"1\" 🔋"})"},
        {milliseconds(1234), false, "N/x/battery/1/Soc", ""},
        {milliseconds(86400007), false, "N/x/battery/1/Soc", "\x01\n\\"},
    };
    for (const Record& record : records)
        EXPECT_TRUE(writeRecord(file, record));
    RecordingReader reader(file, "f", OnBadLine::Fail);
    for (const Record& expected : records) {
        const auto record = reader.next();
        ASSERT_TRUE(record);
        EXPECT_EQ(record->at, expected.at);
        EXPECT_EQ(record->isInitial, expected.isInitial);
        EXPECT_EQ(record->topic, expected.topic);
        EXPECT_EQ(record->payload, expected.payload);
    }
    EXPECT_FALSE(reader.next());
}

TEST(Recording, WritesBytesThatAreNotTextAsReplacement) {
    std::stringstream file;
    EXPECT_TRUE(writeRecord(file, {milliseconds(500), false, "t", "\xff\x80"}));
    EXPECT_EQ(file.str(), "{\"t\":0.5,\"topic\":\"t\",\"payload\":\"��\"}\n");
}

TEST(Recording, SaysWhenItCannotWrite) {
    std::ostream nowhere(nullptr);
    EXPECT_FALSE(writeRecord(nowhere, {milliseconds(0), false, "t", ""}));
}

TEST(Recording, ReadsTheRecordingsOfThisProject) {
    const std::string folder = test::sourcePath("tests/data/recordings/");
    EXPECT_EQ(readRecording(folder + "lp.jsonl").size(), 4111U);
    EXPECT_EQ(readRecording(folder + "lpp.jsonl").size(), 1288U);
    EXPECT_THROW(static_cast<void>(readRecording(folder + "none.jsonl")), std::runtime_error);
}

} // namespace
} // namespace busbar
