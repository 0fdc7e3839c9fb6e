// SPDX-License-Identifier: MIT
#include "boat.hpp"
#include "web/api.hpp"
#include "web/plain.hpp"
#include "web/reading.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace busbar::web::api_test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Api : public testing::Test {
protected:
    Api() { test::fill(board); }
    [[nodiscard]] Answer get(const std::string& path, const std::string& site = {},
                             const std::string& bank = {}) const {
        Request request;
        request.path = path;
        request.site = site;
        request.bank = bank;
        return answerTo(request, board);
    }
    [[nodiscard]] rapidjson::Document json(const std::string& path) const {
        return parsed(get(path).body);
    }

    Board board;
};

TEST_F(Api, TheStateHasAllThatASiteSays) {
    const auto root = json("api/v1/state");
    ASSERT_TRUE(root.IsObject());
    EXPECT_EQ(textIn(root["busbar"], "version"), "0.4.0");
    EXPECT_EQ(textIn(root["busbar"], "time"), "2026-11-29T14:30:00Z");
    const auto& site = root["sites"][0];
    EXPECT_EQ(textIn(site, "site"), "boat");
    EXPECT_EQ(textIn(site, "status"), "online");
    EXPECT_EQ(textIn(site["banks"][0], "id"), "main");
    EXPECT_EQ(numberIn(site["banks"][0], {"age_s"}), 0.4) << "the stamp is part of a document";
    EXPECT_EQ(site["batteries"].Size(), 2U);
    EXPECT_EQ(textIn(site["events"][0], "type"), "battery_lost");
    EXPECT_EQ(numberIn(site["health"], {"evaluations"}), 9.0);
}

TEST_F(Api, TheStateIsOneLine) {
    EXPECT_EQ(stateJson(board).find('\n'), std::string::npos) << "a line of an event stream";
}

TEST_F(Api, NothingKnownIsStillJson) {
    Board empty;
    EXPECT_EQ(stateJson(empty), R"({"busbar":{"version":"","time":null},"sites":[]})");
    empty.setSites({"a"});
    EXPECT_EQ(parsed(stateJson(empty))["sites"][0]["health"].IsNull(), true);
    Request request;
    request.path = "api/v1/history";
    EXPECT_EQ(answerTo(request, empty).status, 404);
}

TEST_F(Api, OneDocumentHasAPathOfItsOwn) {
    EXPECT_EQ(textIn(json("api/v1/sites/boat/banks/main"), "stage"), "normal");
    EXPECT_EQ(textIn(json("api/v1/sites/boat/batteries/pack_e"), "name"), "😀");
    for (const char* path :
         {"api/v1/sites/boat/banks/other", "api/v1/sites/barn/banks/main", "api/v1/sites/boat",
          "api/v1/sites/boat/banks", "api/v1/sites/boat/banks/main/x", "api/v1/sites/boat/events/1",
          "api/v1", "api", "x", "api/v1/state/"})
        EXPECT_EQ(get(path).status, 404) << path;
}

TEST_F(Api, SitesNamesWhatThereIs) {
    EXPECT_EQ(get("api/v1/sites").body,
              R"({"sites":[{"site":"boat","status":"online","banks":["main"],)"
              R"("batteries":["pack_d","pack_e"]}]})");
}

TEST_F(Api, LimitsHaveAllLimiters) {
    const auto root = json("api/v1/limits");
    const auto& limits = root["sites"][0]["banks"][0]["limits"];
    EXPECT_EQ(limits["charge"]["limiters"].Size(), 2U);
    EXPECT_EQ(textIn(limits["discharge"], "cause"), "no_data");
    EXPECT_TRUE(limits["charge_voltage"].IsNull());
}

TEST_F(Api, HistoryIsOfTheFirstBankUnlessAnotherIsAskedFor) {
    EXPECT_EQ(textIn(json("api/v1/history"), "bank"), "main");
    EXPECT_EQ(get("api/v1/history", "boat", "main").status, 200);
    EXPECT_EQ(get("api/v1/history", "boat", "x").status, 404);
    EXPECT_EQ(get("api/v1/history", "barn").status, 404);
}

TEST_F(Api, IsReadyWhenEachSiteWasReadToItsEnd) {
    EXPECT_EQ(get("healthz").status, 200);
    EXPECT_EQ(get("readyz").status, 200);
    board.site(0).isConcluded = false;
    EXPECT_EQ(get("readyz").status, 503);
    EXPECT_EQ(get("healthz").status, 200) << "it lives";
    Board empty;
    EXPECT_FALSE(empty.isReady()) << "nobody to be ready";
}

TEST_F(Api, NamesAreTextOnThePlainPage) {
    const std::string page = get("plain").body;
    EXPECT_THAT(page, HasSubstr("Main &lt;b&gt;&quot;bank&quot;"));
    EXPECT_THAT(page, HasSubstr("lost &amp; &lt;gone&gt;"));
    EXPECT_THAT(page, Not(HasSubstr("<b>")));
    EXPECT_THAT(page, HasSubstr("1 of 2"));
    EXPECT_THAT(page, HasSubstr("57.0 A"));
    EXPECT_THAT(page, Not(HasSubstr("=\"/"))) << "links are relative";
    EXPECT_THAT(page, Not(HasSubstr("script")));
}

TEST_F(Api, AFileThatTheClientHasIsNotSentAgain) {
    Request request;
    request.path = "api/v1/openapi.json";
    const Answer first = answerTo(request, board);
    ASSERT_NE(first.asset, nullptr);
    EXPECT_EQ(first.type, "application/json");
    request.etag = first.asset->etag;
    EXPECT_EQ(answerTo(request, board).status, 304);
    request.etag = "\"other\"";
    EXPECT_EQ(answerTo(request, board).status, 200);
    request.takesGzip = false;
    EXPECT_EQ(answerTo(request, board).status, 406);
}

TEST_F(Api, OnlyWhatShowsDocumentsWaitsForThem) {
    for (const char* path : {"api/v1/state", "metrics", "plain", "api/v1/sites/a/banks/b"})
        EXPECT_TRUE(needsDocuments(path)) << path;
    for (const char* path : {"healthz", "readyz", "api/v1/openapi.json", "x", "api/v1/stream"})
        EXPECT_FALSE(needsDocuments(path)) << path;
}

TEST_F(Api, IsWantedForAWhileAfterAQuestion) {
    using namespace std::chrono_literals;
    const Now now = test::kThen;
    board.ask(now);
    EXPECT_FALSE(board.isWanted(now)) << "switched off";
    board.switchOn(true);
    EXPECT_TRUE(board.isWanted(now + 9s));
    EXPECT_FALSE(board.isWanted(now + 10s)) << "nobody reads: nothing is rendered";
    board.setStreams(1);
    EXPECT_TRUE(board.isWanted(now + 1h));
    EXPECT_TRUE(board.isFresh(now + 1s));
    EXPECT_FALSE(board.isFresh(now + 2s));
}

TEST_F(Api, EventsAreBoundedAndTheNewestIsFirst) {
    for (int i = 0; i < 60; ++i)
        board.site(0).addEvent(std::to_string(i));
    EXPECT_EQ(board.site(0).events.size(), kMostEvents);
    EXPECT_EQ(board.site(0).events.front(), "59");
}

TEST_F(Api, SitesThatStayKeepWhatTheyHave) {
    board.setSites({"barn", "boat"});
    EXPECT_EQ(board.sites().front().banks.size(), 0U);
    EXPECT_EQ(board.sites().back().banks.size(), 1U);
}

} // namespace
} // namespace busbar::web::api_test
