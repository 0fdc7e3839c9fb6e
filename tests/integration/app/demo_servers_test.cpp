// SPDX-License-Identifier: MIT
#include "app/demo/demo_servers.hpp"
#include "support/wait.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace busbar {
namespace {

using test::waitUntil;

bool accepts(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool result =
        ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    return result;
}

TEST(DemoServers, StartBothAndLeaveNothingBehind) {
    std::string folder;
    std::uint16_t port = 0;
    {
        DemoServers servers({});
        folder = servers.folder();
        port = servers.port();
        EXPECT_EQ(servers.brokerUrl(), "mqtt://127.0.0.1:" + std::to_string(port));
        EXPECT_EQ(servers.busAddress(), "unix:path=" + folder + "/bus");
        EXPECT_TRUE(accepts(port));
        EXPECT_FALSE(servers.ended());
        const auto mode = std::filesystem::status(folder).permissions();
        EXPECT_EQ(mode, std::filesystem::perms::owner_all);
    }
    EXPECT_FALSE(accepts(port));
    EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST(DemoServers, SeveralRunSideBySide) {
    DemoServers first({.hasBus = false});
    DemoServers second({.hasBus = false});
    EXPECT_NE(first.port(), second.port());
    EXPECT_TRUE(first.busAddress().empty());
}

TEST(DemoServers, ABusAnswersAClient) {
    DemoServers servers({.hasBroker = false});
    EXPECT_EQ(servers.port(), 0);
    ChildProcess client(
        {.program = "dbus-send",
         .arguments = {"--bus=" + servers.busAddress(), "--print-reply",
                       "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.ListNames"},
         .out = {ChildStream::Kind::Discard, {}}});
    ASSERT_TRUE(waitUntil([&] { return client.poll().has_value(); }));
    EXPECT_EQ(client.poll()->exitCode, 0);
}

TEST(DemoServers, WorkInAFolderWithAStrangeName) {
    const auto parent =
        std::filesystem::temp_directory_path() / ("busbar demo,&;=" + std::to_string(::getpid()));
    std::filesystem::create_directory(parent);
    {
        DemoServers servers({.temporaryFolder = parent.string()});
        EXPECT_THAT(servers.busAddress(), testing::HasSubstr("busbar%20demo%2c%26%3b%3d"));
    }
    EXPECT_TRUE(std::filesystem::is_empty(parent));
    std::filesystem::remove_all(parent);
}

TEST(DemoServers, NameThePackageOfAMissingProgram) {
    // NOLINTBEGIN(concurrency-mt-unsafe): this test has one thread
    const char* old = std::getenv("PATH");
    const std::string before = old == nullptr ? "" : old;
    ASSERT_EQ(::setenv("PATH", "/nowhere", 1), 0);
    std::string message;
    try {
        DemoServers servers({.hasBroker = false});
    } catch (const std::runtime_error& error) {
        message = error.what();
    }
    ASSERT_EQ(::setenv("PATH", before.c_str(), 1), 0);
    // NOLINTEND(concurrency-mt-unsafe)
    EXPECT_EQ(message, "dbus-daemon is not installed: apt install dbus-daemon");
}

TEST(DemoServers, SayWhyAServerDoesNotStart) {
    const auto parent = std::filesystem::temp_directory_path() / std::string(100, 'x');
    std::filesystem::create_directory(parent);
    try {
        DemoServers servers({.hasBroker = false, .temporaryFolder = parent.string()});
        ADD_FAILURE() << "a socket path of more than 107 bytes cannot work";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("too long"));
    }
    EXPECT_TRUE(std::filesystem::is_empty(parent)) << "cleaned up after the failure too";
    std::filesystem::remove_all(parent);
}

} // namespace
} // namespace busbar
