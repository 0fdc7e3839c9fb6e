// SPDX-License-Identifier: MIT
#include "bench.hpp"
#include "web/text_desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace busbar::web::test {
namespace {

using namespace std::chrono_literals;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

TEST(WebBadInput, WaysOutOfTheTreeLeadNowhere) {
    Bench bench;
    for (const char* path : {"/../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
                             "/%00", "/plain%00", "/%00/plain", "//plain", "/plain/", "/./plain",
                             "/api/v1/../../plain", "/..%5c..%5cx", "/%", "/%zz", "/a%0d%0ab",
                             "/proc/self/environ", "/api/v1/sites/../banks/main"}) {
        const TestClient client = bench.ask(get(path));
        EXPECT_EQ(client.status(), 404) << path << "\n" << client.got();
    }
}

TEST(WebBadInput, TooLongIsSaidAndForgotten) {
    Bench bench;
    const TestClient uri = bench.ask(get("/" + std::string(100'000, 'a')));
    EXPECT_EQ(uri.status(), 414) << uri.got();
    const TestClient header =
        bench.ask(get("/healthz", "GET", "X-Long: " + std::string(100'000, 'b') + "\r\n"));
    EXPECT_EQ(header.status(), 431) << header.got();
    const TestClient huge =
        bench.ask(get("/healthz", "GET", "X-Long: " + std::string(1'000'000, 'c') + "\r\n"));
    EXPECT_THAT(huge.status(), AnyOf(431, 0)) << "it may be cut off while it still sends";
    std::string many;
    for (int i = 0; i < 5000; ++i)
        many += "X-" + std::to_string(i) + ": y\r\n";
    EXPECT_THAT(bench.ask(get("/healthz", "GET", many)).status(), AnyOf(431, 0));
    EXPECT_EQ(bench.ask(get("/healthz")).status(), 200);
}

std::string escaped(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        result.append({'%', kDigits[byte >> 4U], kDigits[byte & 15U]});
    }
    return result;
}

/// Reads what it is given, and remembers it.
TextReaders remembering(std::vector<std::string>& read) {
    return {.check =
                [&read](std::string_view text) {
                    read.emplace_back(text);
                    return CheckedText{.isValid = true};
                },
            .migrate =
                [&read](TextPeer, std::string_view text, const Now&) {
                    read.emplace_back(text);
                    return MigratedText{.error = "no"};
                }};
}

TEST(WebBadInput, TextsComeWholeOrNotAtAll) {
    Bench bench;
    std::vector<std::string> read;
    bench.server.setReaders(remembering(read));
    const std::string full(kMostText, '"');
    const TestClient none = bench.ask(get("/api/v1/check"));
    EXPECT_EQ(none.status(), 400);
    EXPECT_EQ(bench.ask(get("/api/v1/check?text=%4")).status(), 400);
    EXPECT_EQ(bench.ask(get("/api/v1/check?text=" + full + "x")).status(), 413);
    EXPECT_THAT(bench.ask(get("/api/v1/check?text=" + escaped(full + "x"))).status(),
                AnyOf(413, 414));
    EXPECT_EQ(bench.ask(get("/api/v1/check?text=" + std::string(1'000'000, 'a'))).status(), 414);
    EXPECT_THAT(read, testing::IsEmpty());
    EXPECT_EQ(bench.ask(get("/api/v1/check?text=" + full)).status(), 200);
    EXPECT_EQ(bench.ask(get("/api/v1/check", "POST", "Content-Length: 2\r\n") + "{}").status(),
              405);
    EXPECT_THAT(read, testing::ElementsAre(full));
}

/// 24570 bytes are what Home Assistant's ingress lets through.
TEST(WebBadInput, AnAddressAsLongAsAProxyTakesIsRead) {
    Bench bench;
    std::vector<std::string> read;
    bench.server.setReaders(remembering(read));
    std::string text("\0\xFF\n+&=#%", 8);
    while (text.size() < 8150)
        text += '\n';
    const std::string path = "/api/v1/migrate?from=bag&text=" + escaped(text);
    ASSERT_GT(path.size(), 24'400U);
    const TestClient client =
        bench.ask(get(path, "GET", "User-Agent: " + std::string(200, 'u') + "\r\nAccept: */*\r\n"));
    EXPECT_EQ(client.status(), 200) << client.got();
    EXPECT_THAT(read, testing::ElementsAre(text));
}

TEST(WebBadInput, ManyTextsAreReadOneInTwoSeconds) {
    Bench bench;
    std::vector<std::string> read;
    bench.server.setReaders(remembering(read));
    int busy = 0;
    for (int i = 0; i < 20; ++i) {
        const TestClient client = bench.ask(get("/api/v1/check?text=" + std::to_string(i)));
        const bool isBusy = client.status() == 429;
        EXPECT_EQ(client.hasHeader("Retry-After: 2"), isBusy);
        busy += isBusy ? 1 : 0;
    }
    EXPECT_GE(busy, 15) << "twenty take much less than ten seconds";
    EXPECT_EQ(read.size() + static_cast<std::size_t>(busy), 20U);
    EXPECT_EQ(bench.ask(get("/healthz")).status(), 200);
}

TEST(WebBadInput, ABodyIsNeverRead) {
    Bench bench;
    TestClient client(bench.port);
    const std::string chunk(64 * 1024, 'x');
    std::size_t sent = 0;
    bench.until([&] {
        return client.send("POST /api/v1/state HTTP/1.1\r\nHost: localhost\r\n"
                           "Content-Length: 30000000\r\n\r\n") > 0;
    });
    EXPECT_TRUE(bench.until([&] {
        sent += client.send(chunk);
        client.read();
        return client.isClosed() || client.status() != 0;
    }));
    EXPECT_EQ(client.status(), 405) << client.got();
    EXPECT_LT(sent, 4'000'000U) << "what buffers of sockets hold, not the 30 MB";
    EXPECT_EQ(bench.ask(get("/healthz", "GET", "Content-Length: 5\r\n") + "abcde").status(), 400);
    EXPECT_EQ(
        bench.ask(get("/healthz", "GET", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n").status(),
        400);
}

TEST(WebBadInput, WhatIsNoHttpEndsTheConnection) {
    Bench bench;
    for (const std::string& text :
         {std::string("hello\r\n\r\n"),
          std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), std::string(1000, '\0'),
          std::string("GET\r\n\r\n"), std::string("\r\n\r\n\r\n\r\n")}) {
        TestClient client(bench.port);
        bench.until([&] { return client.send(text) > 0; });
        bench.until(
            [&] {
                client.read();
                return client.isClosed() || client.status() != 0;
            },
            200ms);
        EXPECT_NE(client.status(), 200);
    }
    EXPECT_EQ(bench.ask(get("/healthz")).status(), 200);
}

TEST(WebBadInput, HalfRequestsAreClosedByAge) {
    Bench bench;
    std::deque<TestClient> clients;
    const long before = residentMemory_KiB();
    for (int i = 0; i < 300; ++i) {
        TestClient& client = clients.emplace_back(bench.port);
        ASSERT_TRUE(
            bench.until([&] { return client.send("GET /healthz HTTP/1.1\r\nHost: loc") > 0; }));
        if (i % 60 == 59) // four seconds later, by its clock
            bench.server.tick(bench.now() + 4s);
    }
    EXPECT_LT(residentMemory_KiB() - before, mostMemory_KiB());
    const auto closed = [&clients] {
        return std::ranges::count_if(clients, [](const TestClient& c) { return c.isClosed(); });
    };
    EXPECT_TRUE(bench.until([&] {
        bench.server.tick(bench.now() + 16s);
        for (TestClient& client : clients)
            client.read();
        return closed() == 300;
    }));
    EXPECT_EQ(bench.ask(get("/healthz")).status(), 200) << "and there is room again";
}

/// A byte now and then is activity for the library.
TEST(WebBadInput, ATricklingClientIsClosedByAge) {
    Bench bench;
    TestClient client(bench.port);
    const std::string request = get("/healthz");
    std::size_t sent = 0;
    ASSERT_TRUE(bench.until([&] {
        sent += client.send(request.substr(sent, 1));
        return sent == 20;
    }));
    bench.server.tick(bench.now() + 14s);
    client.read();
    EXPECT_FALSE(client.isClosed());
    bench.server.tick(bench.now() + 16s);
    EXPECT_TRUE(bench.until([&] {
        client.read();
        return client.isClosed();
    }));
    EXPECT_EQ(client.got(), "");
}

TEST(WebBadInput, InACrowdHalfRequestsGoSooner) {
    Bench bench;
    std::deque<TestClient> clients;
    for (int i = 0; i < 110; ++i) {
        TestClient& client = clients.emplace_back(bench.port);
        ASSERT_TRUE(bench.until([&] { return client.send("GET /") > 0; }));
    }
    bench.server.tick(bench.now() + 4s);
    EXPECT_TRUE(bench.until([&] {
        for (TestClient& client : clients)
            client.read();
        return std::ranges::count_if(clients, [](const TestClient& c) { return c.isClosed(); }) >
               100;
    }));
}

TEST(WebBadInput, AClientThatVanishesCostsNothing) {
    Bench bench;
    for (int i = 0; i < 50; ++i) {
        TestClient client(bench.port);
        bench.until(
            [&] { return client.send(get(i % 2 == 0 ? "/api/v1/stream" : "/api/v1/state")) > 0; });
    }
    EXPECT_TRUE(bench.until([&] { return bench.board.streams() == 0; }));
    EXPECT_EQ(bench.ask(get("/api/v1/state")).status(), 200);
}

TEST(WebBadInput, AnswersNeverRepeatWhatWasAsked) {
    Bench bench;
    for (const char* path : {"/%3Cscript%3Ealert(1)%3C/script%3E", "/<script>alert(1)</script>",
                             "/api/v1/history?bank=<script>", "/api/v1/sites/<script>/banks/x"}) {
        const TestClient client = bench.ask(get(path));
        EXPECT_THAT(client.body(), Not(HasSubstr("script"))) << path;
        EXPECT_THAT(client.status(), AnyOf(404, 400)) << path;
    }
}

} // namespace
} // namespace busbar::web::test
