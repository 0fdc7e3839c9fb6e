// SPDX-License-Identifier: MIT
#include "bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>

namespace busbar::web::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::size_t events(const TestClient& client) {
    std::size_t count = 0;
    for (std::size_t at = client.got().find("event: state"); at != std::string::npos;
         at = client.got().find("event: state", at + 1))
        ++count;
    return count;
}

/// Connected, and asked for the stream.
TestClient& open(Bench& bench, std::deque<TestClient>& clients, int receiveBuffer = 0) {
    TestClient& client = clients.emplace_back(bench.port, receiveBuffer);
    EXPECT_TRUE(bench.until([&] { return client.send(get("/api/v1/stream")) > 0; }));
    return client;
}

bool readUntil(Bench& bench, std::deque<TestClient>& clients, const std::function<bool()>& holds,
               std::chrono::milliseconds limit = busbar::test::kPatience) {
    return bench.until(
        [&] {
            for (TestClient& client : clients)
                client.read();
            return holds();
        },
        limit);
}

TEST(WebStream, BeginsAtOnceAndGoesOn) {
    Bench bench;
    std::deque<TestClient> clients;
    const TestClient& client = open(bench, clients);
    EXPECT_TRUE(readUntil(bench, clients, [&] { return events(client) >= 3; }));
    EXPECT_TRUE(client.hasHeader("Content-Type: text/event-stream"));
    EXPECT_TRUE(client.hasHeader("X-Accel-Buffering: no"));
    EXPECT_THAT(client.got(), HasSubstr("retry: 3000\nevent: state\ndata: {\"busbar\":{"));
}

TEST(WebStream, ComesAtMostOnceASecond) {
    Bench bench;
    std::deque<TestClient> clients;
    const TestClient& client = open(bench, clients);
    ASSERT_TRUE(readUntil(bench, clients, [&] { return events(client) >= 1; }));
    const std::size_t before = events(client);
    EXPECT_FALSE(readUntil(
        bench, clients, [&] { return events(client) > before + 1; }, 1500ms))
        << "documents changed a hundred times";
}

TEST(WebStream, OneTooManyIsToldSo) {
    Bench bench;
    std::deque<TestClient> clients;
    for (int i = 0; i < 32; ++i)
        open(bench, clients);
    ASSERT_TRUE(readUntil(bench, clients, [&] { return bench.board.streams() == 32; }));
    const TestClient extra = bench.ask(get("/api/v1/stream"));
    EXPECT_EQ(extra.status(), 503);
    EXPECT_TRUE(extra.hasHeader("Retry-After: 5"));
    EXPECT_EQ(bench.ask(get("/healthz")).status(), 200) << "all else is served";
    clients.pop_front();
    EXPECT_TRUE(readUntil(bench, clients, [&] { return bench.board.streams() == 31; }))
        << "one that has gone is noticed when it is written to";
    EXPECT_TRUE(readUntil(bench, clients, [&] { return events(open(bench, clients)) == 0; }));
}

TEST(WebStream, TwoHundredAreBorne) {
    Bench bench;
    std::deque<TestClient> clients;
    for (int i = 0; i < 200; ++i)
        open(bench, clients);
    ASSERT_TRUE(readUntil(bench, clients, [&] {
        return std::ranges::all_of(clients, [](const TestClient& c) { return c.status() != 0; });
    }));
    EXPECT_EQ(std::ranges::count(clients, 200, &TestClient::status), 32);
    EXPECT_EQ(std::ranges::count(clients, 503, &TestClient::status), 168);
    EXPECT_EQ(bench.ask(get("/healthz")).status(), 200);
    EXPECT_TRUE(readUntil(bench, clients, [&] {
        return std::ranges::all_of(
            clients, [](const TestClient& c) { return c.status() == 503 || events(c) >= 2; });
    }));
}

/// It must hold up nobody and cost little; after a while it is cut off.
TEST(WebStream, AReaderThatDoesNotReadHoldsUpNobody) {
    Bench bench;
    bench.board.site(0).banks.front().body = "{\"x\":\"" + std::string(200'000, 'x') + "\"}";
    std::deque<TestClient> lazy;
    open(bench, lazy, 2048);
    std::deque<TestClient> clients;
    const TestClient& client = open(bench, clients);
    const long before = residentMemory_KiB();
    EXPECT_TRUE(readUntil(bench, clients, [&] { return events(client) >= 4; }));
    EXPECT_LT(residentMemory_KiB() - before, mostMemory_KiB()) << "frames do not queue up";
    EXPECT_TRUE(readUntil(bench, clients, [&] { return bench.board.streams() == 1; }))
        << "who does not read for 10 s is cut off";
    EXPECT_FALSE(client.isClosed());
}

TEST(WebStream, EndsInGoodOrderWithTheServer) {
    Bench bench;
    std::deque<TestClient> clients;
    for (int i = 0; i < 5; ++i)
        open(bench, clients);
    ASSERT_TRUE(readUntil(bench, clients, [&] {
        return std::ranges::all_of(clients, [](const TestClient& c) { return events(c) > 0; });
    }));
    bench.server.stop();
    EXPECT_TRUE(readUntil(bench, clients, [&] {
        return std::ranges::all_of(clients, [](const TestClient& c) { return c.isClosed(); });
    }));
    EXPECT_EQ(bench.board.streams(), 0U);
    bench.server.configure({}, bench.now());
    bench.server.configure(bench.settings, bench.now());
    EXPECT_EQ(bench.ask(get("/healthz")).status(), 200) << "and begins again at the same port";
}

TEST(WebStream, NobodyIsRenderedForWhenAllHaveGone) {
    Bench bench;
    std::deque<TestClient> clients;
    open(bench, clients);
    ASSERT_TRUE(readUntil(bench, clients, [&] { return bench.board.streams() == 1; }));
    EXPECT_TRUE(bench.board.isWanted(bench.now() + 1h));
    clients.clear();
    EXPECT_TRUE(bench.until([&] { return bench.board.streams() == 0; }));
    EXPECT_FALSE(bench.board.isWanted(bench.now() + 1h));
}

} // namespace
} // namespace busbar::web::test
