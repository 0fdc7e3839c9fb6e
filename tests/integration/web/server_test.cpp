// SPDX-License-Identifier: MIT
#include "base/log.hpp"
#include "bench.hpp"
#include "web/reading.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace busbar::web::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kAll[] = {"/",
                                "/healthz",
                                "/readyz",
                                "/metrics",
                                "/plain",
                                "/api/v1/state",
                                "/api/v1/stream",
                                "/api/v1/sites",
                                "/api/v1/limits",
                                "/api/v1/check?text=%7B%7D",
                                "/api/v1/migrate?from=dab&text=",
                                "/api/v1/history",
                                "/api/v1/openapi.json",
                                "/api/v1/sites/boat/banks/main",
                                "/nothing"};

TEST(WebServer, AnswersWhatItHas) {
    Bench bench;
    const TestClient state = bench.ask(get("/api/v1/state"));
    EXPECT_EQ(state.status(), 200) << state.got();
    EXPECT_TRUE(state.hasHeader("Content-Type: application/json"));
    EXPECT_TRUE(state.hasHeader("Cache-Control: no-store"));
    EXPECT_TRUE(state.hasHeader("X-Content-Type-Options: nosniff"));
    EXPECT_TRUE(parsed(state.body()).IsObject()) << state.body();
    EXPECT_EQ(bench.ask(get("/healthz")).body(), "ok\n");
    EXPECT_EQ(bench.ask(get("/nothing")).status(), 404);
    EXPECT_THAT(bench.ask(get("/metrics")).body(), HasSubstr("busbar_bank_voltage_volts{"));
    EXPECT_EQ(bench.ask(get("/api/v1/history?site=boat&bank=ma%69n")).status(), 200);
    EXPECT_EQ(bench.ask(get("/api/v1/history?bank=other")).status(), 404);
}

TEST(WebServer, FilesComePackedAndOnce) {
    Bench bench;
    const TestClient first = bench.ask(get("/api/v1/openapi.json"));
    EXPECT_EQ(first.status(), 200);
    EXPECT_TRUE(first.hasHeader("Content-Encoding: gzip"));
    EXPECT_THAT(first.body(), StartsWith("\x1f\x8b"));
    const std::size_t at = first.got().find("ETag: ");
    ASSERT_NE(at, std::string::npos);
    const std::string etag = first.got().substr(at + 6, first.got().find('\r', at) - at - 6);
    const TestClient again =
        bench.ask(get("/api/v1/openapi.json", "GET", "If-None-Match: " + etag + "\r\n"), true);
    EXPECT_EQ(again.status(), 304);
    EXPECT_EQ(
        bench.ask(get("/api/v1/openapi.json", "GET", "Accept-Encoding: identity\r\n")).status(),
        406);
}

TEST(WebServer, EveryPathIsReadOnly) {
    Bench bench;
    for (const char* path : kAll)
        for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT",
                                   "PROPFIND", "BREW", "get"}) {
            const TestClient client = bench.ask(get(path, method, "Content-Length: 0\r\n"), true);
            EXPECT_EQ(client.status(), 405) << method << " " << path << "\n" << client.got();
            EXPECT_TRUE(client.hasHeader("Allow: GET, HEAD")) << method << " " << path;
        }
}

TEST(WebServer, HeadHasTheHeadersAlone) {
    Bench bench;
    for (const char* path : kAll) {
        const TestClient client = bench.ask(get(path, "HEAD"), true);
        EXPECT_THAT(client.status(), testing::AnyOf(200, 404)) << path;
        EXPECT_EQ(client.body(), "") << path;
    }
}

TEST(WebServer, AForeignHostIsRefused) {
    Bench bench;
    const auto statusFor = [&bench](const std::string& host) {
        return bench.ask("GET /api/v1/state HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status();
    };
    EXPECT_EQ(statusFor("evil.example"), 421);
    EXPECT_EQ(statusFor("busbar.lan"), 421);
    EXPECT_EQ(statusFor("127.0.0.1:8088"), 200);
    EXPECT_EQ(statusFor("[::1]"), 200);
    bench.settings.hosts = "busbar.lan";
    bench.server.configure(bench.settings, bench.now());
    EXPECT_EQ(statusFor("busbar.lan:80"), 200);
    EXPECT_EQ(statusFor("evil.example"), 421);
    bench.settings.proxies = "10.1.1.1, 127.0.0.1";
    bench.server.configure(bench.settings, bench.now());
    EXPECT_EQ(statusFor("homeassistant.local:8123"), 200) << "by a proxy that the owner has named";
    EXPECT_EQ(bench.ask("GET /healthz HTTP/1.0\r\n\r\n").status(), 200)
        << "a proxy may leave it out";
}

TEST(WebServer, AnotherPageReadsTheApiOnlyIfItMay) {
    Bench bench;
    const auto ask = [&bench](const char* path) {
        return bench.ask(get(path, "GET", "Origin: https://a.example\r\n"));
    };
    EXPECT_FALSE(ask("/api/v1/state").hasHeader("Access-Control-Allow-Origin"));
    bench.settings.cors = "https://a.example";
    bench.server.configure(bench.settings, bench.now());
    EXPECT_TRUE(ask("/api/v1/state").hasHeader("Access-Control-Allow-Origin: https://a.example"));
    EXPECT_FALSE(ask("/plain").hasHeader("Access-Control-Allow-Origin")) << "the API alone";
}

TEST(WebServer, AnswersWithDocumentsOfNow) {
    Bench bench;
    bench.speaks = false;
    bench.board.site(0).said.reset();
    TestClient client(bench.port);
    bench.until([&] { return client.send(get("/api/v1/state")) > 0; });
    EXPECT_FALSE(bench.until(
        [&] {
            client.read();
            return client.status() != 0;
        },
        200ms))
        << "nobody has rendered any";
    EXPECT_TRUE(bench.board.isWanted(bench.now())) << "but now they are wanted";
    bench.say();
    EXPECT_TRUE(bench.until([&] {
        client.read();
        return client.isAnswered();
    }));
    EXPECT_EQ(client.status(), 200);
}

TEST(WebServer, ASiteThatHangsDoesNotHoldTheAnswerForEver) {
    Bench bench;
    bench.speaks = false;
    bench.board.site(0).said.reset();
    TestClient client(bench.port);
    bench.until([&] { return client.send(get("/api/v1/state")) > 0; });
    EXPECT_TRUE(bench.until([&] {
        client.read();
        bench.server.tick(bench.now());
        return client.isAnswered();
    }));
    EXPECT_EQ(client.status(), 200) << "what there is";
    EXPECT_EQ(bench.ask(get("/healthz")).status(), 200);
}

TEST(WebServer, APortThatIsTakenIsSaidOnceAndTriedAgain) {
    const log::Tail tail(100);
    EventLoop loop;
    Board board;
    std::optional<Bench> other(std::in_place);
    loop.step(0ms);
    const HttpSettings settings = other->settings;
    Server server(loop, board);
    server.configure(settings, loop.now());
    server.tick(loop.now() + 11s);
    server.tick(loop.now() + 22s);
    const auto said = [&tail](std::string_view text) {
        const std::vector<std::string> lines = tail.lines();
        return std::ranges::count_if(lines, [text](const std::string& line) {
            return line.find(text) != std::string::npos;
        });
    };
    EXPECT_EQ(said("http_not_listening address=" + settings.listen), 1);
    other.reset();
    server.tick(loop.now() + 33s);
    EXPECT_EQ(said("http_listening address=" + settings.listen), 2) << "the other, and this one";
}

TEST(WebServer, MovesAndEndsAsItIsConfigured) {
    Bench bench;
    const std::uint16_t former = bench.port;
    bench.port = freePort();
    bench.settings.listen = "127.0.0.1:" + std::to_string(bench.port);
    bench.server.configure(bench.settings, bench.now());
    EXPECT_EQ(bench.ask(get("/healthz")).status(), 200);
    bench.settings.listen.clear();
    bench.server.configure(bench.settings, bench.now());
    EXPECT_FALSE(bench.board.isOn());
    for (const std::uint16_t port : {former, bench.port}) {
        TestClient client(port);
        EXPECT_TRUE(bench.until([&] {
            client.read();
            return client.isClosed();
        })) << "nobody listens any more";
    }
}

TEST(WebServer, ListensOnIpv6) {
    Bench bench;
    bench.settings.listen = "[::1]:" + std::to_string(freePort());
    const log::Tail tail(10);
    bench.server.configure(bench.settings, bench.now());
    EXPECT_THAT(tail.lines(), testing::Contains(HasSubstr("address=[::1]")));
}

TEST(WebServer, AConnectionServesManyRequests) {
    Bench bench;
    TestClient client(bench.port);
    std::size_t count = 0;
    const auto answers = [&client] {
        std::size_t found = 0;
        for (std::size_t at = client.got().find("HTTP/1.1 200"); at != std::string::npos;
             at = client.got().find("HTTP/1.1 200", at + 1))
            ++found;
        return found;
    };
    for (; count < 20; ++count) {
        ASSERT_TRUE(bench.until([&] { return client.send(get("/healthz")) > 0; }));
        ASSERT_TRUE(bench.until([&] {
            client.read();
            return answers() > count;
        }));
    }
    EXPECT_FALSE(client.isClosed());
}

} // namespace
} // namespace busbar::web::test
