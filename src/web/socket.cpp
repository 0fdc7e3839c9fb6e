// SPDX-License-Identifier: MIT
// Sockets by POSIX.
#include "web/socket.hpp"

#include "base/guarded.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>

namespace busbar::web {

namespace {

constexpr int kBacklog = 64;
constexpr int kSendBuffer = 8 * 1024; // bytes; the kernel doubles it
constexpr unsigned kUnansweredMs = 20'000;

int orErrno(int result) {
    return result < 0 ? -errno : result;
}

template <class Address>
void bindTo(int fd, const Address& address) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): what bind takes
    const auto* any = reinterpret_cast<const sockaddr*>(&address);
    check(orErrno(::bind(fd, any, sizeof(address))), "bind");
}

} // namespace

Descriptor listeningSocket(const ListenAddress& address) {
    const int family = address.isIpv6() ? AF_INET6 : AF_INET;
    Descriptor socket(
        check(orErrno(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)), "socket"));
    const int on = 1;
    check(orErrno(::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on))),
          "reuse the address");
    if (address.isIpv6()) {
        sockaddr_in6 to{};
        to.sin6_family = AF_INET6;
        to.sin6_port = htons(address.port);
        if (inet_pton(AF_INET6, address.host.c_str(), &to.sin6_addr) != 1)
            throw std::runtime_error(address.host + " is no address");
        bindTo(socket.get(), to);
    } else {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(address.port);
        inet_pton(AF_INET, address.host.c_str(), &to.sin_addr);
        bindTo(socket.get(), to);
    }
    check(orErrno(::listen(socket.get(), kBacklog)), "listen");
    return socket;
}

void limitClient(int fd) {
    static_cast<void>(::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof(kSendBuffer)));
    static_cast<void>(
        ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnansweredMs, sizeof(kUnansweredMs)));
}

void hangUp(int fd) {
    static_cast<void>(::shutdown(fd, SHUT_RDWR));
}

} // namespace busbar::web
