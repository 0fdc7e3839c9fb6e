// SPDX-License-Identifier: MIT
// Passing bytes between two sockets, in a thread of its own.
#include "integration/mqtt/tcp_relay.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace busbar::test {
namespace {

int openSocket(std::uint16_t port, bool isServer) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address); // as the socket API wants it
    const int result =
        isServer ? ::bind(fd, generic, sizeof address) : ::connect(fd, generic, sizeof address);
    if (fd < 0 || result != 0) {
        ::close(fd);
        return -1;
    }
    return fd;
}

std::uint16_t portOf(int fd) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("getsockname");
    return ntohs(address.sin_port);
}

} // namespace

TcpRelay::TcpRelay(std::vector<std::uint16_t> targets)
    : targets_(std::move(targets)), listener_(openSocket(0, true)) {
    if (listener_ < 0 || ::listen(listener_, 16) != 0)
        throw std::runtime_error("the relay cannot listen");
    port_ = portOf(listener_);
    thread_ = std::jthread([this] { serve(); });
}

TcpRelay::~TcpRelay() {
    wantsEnd_ = true;
    thread_.join();
    closeAll();
    ::close(listener_);
}

void TcpRelay::serve() {
    while (!wantsEnd_) {
        if (wantsCut_.exchange(false))
            closeAll();
        std::vector<pollfd> entries{{listener_, POLLIN, 0}};
        for (const auto& [left, right] : pairs_)
            entries.insert(entries.end(), {{left, POLLIN, 0}, {right, POLLIN, 0}});
        if (::poll(entries.data(), entries.size(), 10) <= 0)
            continue;
        std::vector<std::pair<int, int>> alive;
        for (std::size_t i = 0; i < pairs_.size(); ++i) {
            const auto [left, right] = pairs_[i];
            const bool isOk = (entries[2 * i + 1].revents == 0 || pass(left, right)) &&
                              (entries[2 * i + 2].revents == 0 || pass(right, left));
            if (isOk) {
                alive.push_back(pairs_[i]);
            } else {
                ::close(left);
                ::close(right);
            }
        }
        pairs_ = std::move(alive);
        if (entries.front().revents != 0)
            acceptOne();
    }
}

void TcpRelay::acceptOne() {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0)
        return;
    const auto index = std::min(static_cast<std::size_t>(connections_), targets_.size() - 1);
    const int server = openSocket(targets_[index], false);
    ++connections_;
    if (server < 0)
        ::close(client);
    else
        pairs_.emplace_back(client, server);
}

void TcpRelay::closeAll() {
    for (const auto& [left, right] : pairs_) {
        ::close(left);
        ::close(right);
    }
    pairs_.clear();
}

bool TcpRelay::pass(int from, int to) {
    std::array<char, 65536> part{};
    const auto got = ::recv(from, part.data(), part.size(), 0);
    return got > 0 && ::send(to, part.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) == got;
}

} // namespace busbar::test
