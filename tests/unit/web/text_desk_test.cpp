// SPDX-License-Identifier: MIT
#include "boat.hpp"
#include "web/reading.hpp"
#include "web/text_desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace busbar::web::text_desk_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Desk : public testing::Test {
protected:
    Desk() {
        desk.setReaders({.check =
                             [this](std::string_view text) {
                                 read.emplace_back(text);
                                 return checked;
                             },
                         .migrate =
                             [this](TextPeer peer, std::string_view text, const Now&) {
                                 read.push_back((peer == TextPeer::Dab ? "dab:" : "bag:") +
                                                std::string(text));
                                 return migrated;
                             }});
    }
    Answer ask(const std::string& path, std::optional<std::string> text,
               const std::string& from = {}) {
        now.steady += 2s;
        return askAtOnce(path, std::move(text), from);
    }
    Answer askAtOnce(const std::string& path, std::optional<std::string> text,
                     const std::string& from = {}) {
        Request request;
        request.path = path;
        request.from = from;
        request.text = std::move(text);
        return desk.answer(request, now);
    }

    TextDesk desk;
    CheckedText checked{.isValid = true};
    MigratedText migrated;
    std::vector<std::string> read;
    Now now = test::kThen;
};

TEST_F(Desk, SaysWhereSomethingIsWrong) {
    checked = {.isValid = false,
               .messages = {{.line = 3, .column = 9, .path = "a.b", .message = "no \"x\""},
                            {.isWarning = true, .message = "whole"}},
               .notes = {"good to know"}};
    const Answer answer = ask("api/v1/check", "{\n}");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body,
              R"({"valid":false,"messages":[{"severity":"error","line":3,"column":9,"path":"a.b",)"
              R"("message":"no \"x\""},{"severity":"warning","line":0,"column":0,"path":"",)"
              R"("message":"whole"}],"left_out":0,"notes":["good to know"]})");
    EXPECT_THAT(read, testing::ElementsAre("{\n}"));
}

TEST_F(Desk, TellsWhatBecameOfAnotherProgramsText) {
    migrated = {.error = {}, .config = "{}\n", .report = "TAKEN OVER\n"};
    const auto root = parsed(ask("api/v1/migrate", "[DEFAULT]", "dab").body);
    EXPECT_TRUE(root["error"].IsNull());
    EXPECT_EQ(textIn(root, "config"), "{}\n");
    EXPECT_EQ(textIn(root, "report"), "TAKEN OVER\n");
    migrated = {.error = "config.json is no JSON object"};
    EXPECT_EQ(ask("api/v1/migrate", "[]", "bag").body,
              R"({"error":"config.json is no JSON object","config":"","report":""})");
    EXPECT_THAT(read, testing::ElementsAre("dab:[DEFAULT]", "bag:[]"));
}

TEST_F(Desk, RefusesWhatItCannotRead) {
    EXPECT_EQ(ask("api/v1/check", std::nullopt).status, 400);
    EXPECT_EQ(ask("api/v1/migrate", "x").status, 400);
    EXPECT_EQ(ask("api/v1/migrate", "x", "wvb").status, 400);
    EXPECT_EQ(ask("api/v1/check", std::string(kMostText + 1, ' ')).status, 413);
    EXPECT_THAT(read, testing::IsEmpty());
    EXPECT_EQ(ask("api/v1/check", std::string(kMostText, ' ')).status, 200);
}

TEST_F(Desk, ReadsOneTextInTwoSeconds) {
    EXPECT_EQ(ask("api/v1/check", "{}").status, 200);
    now.steady += 1999ms;
    EXPECT_EQ(askAtOnce("api/v1/migrate", "x", "dab").status, 429);
    EXPECT_EQ(askAtOnce("api/v1/check", std::nullopt).status, 400) << "costs nothing";
    now.steady += 1ms;
    EXPECT_EQ(askAtOnce("api/v1/migrate", "x", "dab").status, 200) << "a refusal is no reading";
    EXPECT_EQ(read.size(), 2U);
}

TEST_F(Desk, AnswersStaySmall) {
    checked.messages.resize(5000, {.line = 1, .message = "m"});
    checked.notes.resize(5000, "n");
    const auto root = parsed(ask("api/v1/check", "{}").body);
    EXPECT_EQ(root["messages"].Size(), 200U);
    EXPECT_EQ(numberIn(root, {"left_out"}), 4800.0);
    EXPECT_EQ(root["notes"].Size(), 200U);
    for (int i = 0; i < 20'000; ++i)
        migrated.report += "line\n";
    const std::string report = textIn(parsed(ask("api/v1/migrate", "", "dab").body), "report");
    EXPECT_LT(report.size(), 66'000U);
    EXPECT_THAT(report, HasSubstr("line\n(cut here"));
}

TEST(TextDesk, WithoutReadersThereIsNoSuchPage) {
    TextDesk desk;
    Request request;
    request.path = "api/v1/check";
    request.text = "{}";
    EXPECT_EQ(desk.answer(request, test::kThen).status, 404);
}

} // namespace
} // namespace busbar::web::text_desk_test
