// SPDX-License-Identifier: MIT
// The page of the whole program: documents of now, ready when the GX was read, a reload, a restart.
#include "plant.hpp"
#include "support/wait.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <csignal>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace busbar::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

sockaddr_in loopbackAt(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int unusedPort() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopbackAt(0);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
    ::close(fd);
    return ntohs(address.sin_port);
}

/// The answer to one request, headers and all, read to its end; empty without a server.
std::string answerAt(int port, const std::string& path) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopbackAt(port);
    const std::string request =
        "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    std::string answer;
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    if (::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
        ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
        ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
        std::array<char, 65536> part{};
        for (ssize_t size = 1; size > 0;) {
            size = ::recv(fd, part.data(), part.size(), 0);
            answer.append(part.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        }
    }
    ::close(fd);
    return answer;
}

Options listening(int port) {
    return {{"http.listen", "\"127.0.0.1:" + std::to_string(port) + "\""}};
}

TEST(Web, ShowsTheBankOnceTheGxWasRead) {
    Plant plant;
    const int port = unusedPort();
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    plant.start(listening(port));
    const auto isReady = [&] { return answerAt(port, "/readyz").starts_with("HTTP/1.1 200"); };
    ASSERT_TRUE(plant.until(isReady)) << plant.log();
    const auto state = [&] { return answerAt(port, "/api/v1/state"); };
    EXPECT_TRUE(plant.until([&] {
        return state().find(R"("stage":"normal")") != std::string::npos;
    })) << state();
    EXPECT_THAT(state(), HasSubstr(R"("site":"home","status":"online")"));
    EXPECT_THAT(state(), HasSubstr(R"("name":"B")"));
    EXPECT_THAT(answerAt(port, "/metrics"), HasSubstr("busbar_bank_charge_limit_amperes{"));
    EXPECT_THAT(answerAt(port, "/api/v1/history"), HasSubstr(R"("count":1,)"));
    plant.gx.set(2, "/Dc/0/Current", 25.0);
    EXPECT_TRUE(plant.until([&] {
        return answerAt(port, "/metrics")
                   .find("busbar_bank_current_amperes{site=\"home\",bank=\"main\"} 35") !=
               std::string::npos;
    })) << answerAt(port, "/metrics");
    plant.gx.vanish(2);
    EXPECT_TRUE(plant.until([&] {
        return state().find(R"("type":"battery_)") != std::string::npos;
    })) << "an event";
}

TEST(Web, IsNotReadyUnderAWrongPortalId) {
    Plant plant;
    const int port = unusedPort();
    plant.gx.add(kPackA);
    Options options = listening(port);
    options["gx.portal_id"] = "\"c0619ab0ffff\"";
    plant.start(options);
    ASSERT_TRUE(plant.until([&] {
        return plant.log().find("nothing at all comes for portal id") != std::string::npos;
    })) << plant.log();
    EXPECT_FALSE(plant.until([&] { return answerAt(port, "/readyz").starts_with("HTTP/1.1 200"); },
                             std::chrono::seconds(2)));
    EXPECT_THAT(answerAt(port, "/healthz"), StartsWith("HTTP/1.1 200"));
}

TEST(Web, ASiteWhoseGxFallsSilentIsOffline) {
    Plant plant;
    const int port = unusedPort();
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    plant.start(listening(port));
    const auto isSaid = [&](const std::string& path, std::string_view what) {
        return answerAt(port, path).find(what) != std::string::npos;
    };
    ASSERT_TRUE(plant.until([&] {
        return isSaid("/metrics", "busbar_site_online{site=\"home\"} 1");
    })) << plant.log();
    // Nobody pumps the GX now: the broker is there, and its heartbeat is not.
    EXPECT_TRUE(waitUntil([&] { return isSaid("/metrics", "busbar_site_online{site=\"home\"} 0"); },
                          std::chrono::seconds(30)));
    EXPECT_TRUE(isSaid("/api/v1/sites", R"("site":"home","status":"offline")"));
    EXPECT_TRUE(plant.until([&] {
        return isSaid("/metrics", "busbar_site_online{site=\"home\"} 1");
    })) << "it is back";
}

/// The page has documents of its own.
TEST(Web, ShowsTheSameWhereNothingIsPublishedByMqtt) {
    Plant plant;
    const int port = unusedPort();
    plant.gx.add(kPackA);
    plant.gx.add(kPackB);
    Options options = listening(port);
    options["mqtt.publish"] = "false";
    plant.start(options);
    ASSERT_TRUE(plant.until([&] { return answerAt(port, "/readyz").starts_with("HTTP/1.1 200"); }))
        << plant.log();
    EXPECT_THAT(answerAt(port, "/healthz"), StartsWith("HTTP/1.1 200"));
    const auto state = [&] { return answerAt(port, "/api/v1/state"); };
    EXPECT_TRUE(plant.until([&] {
        return state().find(R"("stage":"normal")") != std::string::npos;
    })) << state();
    EXPECT_THAT(state(), HasSubstr(R"("site":"home","status":"online")"));
    EXPECT_THAT(state(), HasSubstr(R"("health":{)"));
    EXPECT_THAT(state(), HasSubstr(R"("evaluations":)"));
    EXPECT_THAT(state(), Not(HasSubstr(R"("process")"))) << "of MQTT alone";
    EXPECT_THAT(answerAt(port, "/metrics"), HasSubstr("busbar_bank_charge_limit_amperes{"));
}

TEST(Web, ReadsTextsAsTheCommandsDoAndForgetsThem) {
    Plant plant;
    const int port = unusedPort();
    plant.start(listening(port));
    ASSERT_TRUE(plant.until([&] { return !answerAt(port, "/healthz").empty(); })) << plant.log();
    EXPECT_THAT(
        answerAt(port, "/api/v1/check?text=%7B%0A%22limits%22:%7B%22max_charge_A%22:98765%7D%7D"),
        AllOf(HasSubstr(R"("valid":false)"), HasSubstr(R"("line":2,"column":26)"),
              HasSubstr("outside 0…5000 A")));
    const std::string ini = "/api/v1/migrate?from=dab&text=%5BDEFAULT%5D%0ANR_OF_BATTERIES+=+2";
    std::string answer;
    ASSERT_TRUE(plant.until([&] { // one text in 2 s
        answer = answerAt(port, ini);
        return !answer.starts_with("HTTP/1.1 429");
    }));
    EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 200"), HasSubstr(R"("error":null)"),
                              HasSubstr(R"(\"expected\": 2)"), HasSubstr("TAKEN OVER")));
    EXPECT_THAT(plant.log(), Not(HasSubstr("98765")));
    EXPECT_THAT(plant.log(), Not(HasSubstr("NR_OF_BATTERIES")));
}

TEST(Web, IsSwitchedOnAndOffByAReload) {
    Plant plant;
    const int port = unusedPort();
    plant.gx.add(kPackA);
    plant.start();
    ASSERT_TRUE(plant.until(plant.says("start version="))) << plant.log();
    EXPECT_EQ(answerAt(port, "/healthz"), "") << "off unless told";
    plant.writeConfig(listening(port));
    plant.busbar->signal(SIGHUP);
    EXPECT_TRUE(plant.until([&] { return !answerAt(port, "/healthz").empty(); })) << plant.log();
    plant.writeConfig();
    plant.busbar->signal(SIGHUP);
    EXPECT_TRUE(plant.until([&] { return answerAt(port, "/healthz").empty(); })) << plant.log();
    EXPECT_THAT(plant.log(), Not(HasSubstr("reload_restart"))) << "in place";
}

TEST(Web, APortThatIsTakenCostsThePageOnly) {
    Plant plant;
    const int port = unusedPort();
    const int taken = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopbackAt(port);
    ASSERT_EQ(::bind(taken, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    ASSERT_EQ(::listen(taken, 1), 0);
    plant.gx.add(kPackA);
    EXPECT_TRUE(plant.startAndWait(listening(port))) << plant.log();
    EXPECT_EQ(plant.busbar->logged("http_not_listening"), 1U) << plant.log();
    ::close(taken);
    EXPECT_TRUE(plant.until(plant.says("http_listening"))) << "tried again";
}

TEST(Web, ADayIsKeptOverARestart) {
    Plant plant;
    const int port = unusedPort();
    plant.gx.add(kPackA);
    plant.start(listening(port));
    const auto hasSample = [&] {
        return answerAt(port, "/api/v1/history").find("\"voltage_V\":[52.8") != std::string::npos;
    };
    ASSERT_TRUE(plant.until(hasSample)) << answerAt(port, "/api/v1/history") << plant.log();
    plant.busbar->signal(SIGTERM);
    ASSERT_TRUE(plant.busbar->waitForEnd());
    plant.gx.vanish(1); // so that the sample can only be the former one
    plant.start(listening(port));
    EXPECT_TRUE(plant.until(hasSample)) << answerAt(port, "/api/v1/history") << plant.log();
}

} // namespace
} // namespace busbar::test
