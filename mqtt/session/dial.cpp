// SPDX-License-Identifier: MIT
// Names to addresses, addresses to TCP connections.
#include "mqtt/session/dial.hpp"

#include "mqtt/session/url.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace busbar::mqtt {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

struct Lookup {
    AddressList list{nullptr, &::freeaddrinfo};
    int code{0};
};

Lookup lookUp(const std::string& host, const std::string& port, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* first = nullptr;
    Lookup result;
    result.code =
        ::getaddrinfo(host.c_str(), port.empty() ? nullptr : port.c_str(), &hints, &first);
    result.list.reset(first);
    return result;
}

std::string lookUpError(const std::string& host, int code) {
    const std::string what =
        code == EAI_SYSTEM ? std::generic_category().message(errno) : ::gai_strerror(code);
    return "name not resolvable: " + host + " (" + what + ")";
}

std::string numeric(const addrinfo& entry) {
    std::array<char, NI_MAXHOST> text{};
    const int code = ::getnameinfo(entry.ai_addr, entry.ai_addrlen, text.data(), text.size(),
                                   nullptr, 0, NI_NUMERICHOST);
    return code == 0 ? std::string(text.data()) : std::string();
}

std::string dialError(const std::string& address, std::uint16_t port, int code) {
    const std::string where = " (" + hostPort(address, port) + ")";
    if (code == ECONNREFUSED)
        return "connection refused" + where;
    return "not reachable: " + std::generic_category().message(code) + where;
}

/// 0 = connected, else an errno.
int connectSocket(int fd, const addrinfo& target, const Deadline& deadline) {
    if (::connect(fd, target.ai_addr, target.ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    if (!deadline.waitFor(fd, POLLOUT))
        return ETIMEDOUT;
    int code = 0;
    socklen_t size = sizeof code;
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0)
        return errno;
    return code;
}

} // namespace

// The only clock here: waiting on a socket needs one, and it never leaves this object.
Deadline::Deadline(std::chrono::milliseconds limit, std::stop_token stop)
    : end_(std::chrono::steady_clock::now() + limit), stop_(std::move(stop)) {}

bool Deadline::waitFor(int fd, short events) const {
    using std::chrono::milliseconds;
    constexpr milliseconds kSlice{50};
    while (!stop_.stop_requested()) {
        const auto left =
            std::chrono::duration_cast<milliseconds>(end_ - std::chrono::steady_clock::now());
        if (left.count() <= 0)
            return false;
        pollfd entry{fd, events, 0};
        const int ready = ::poll(&entry, 1, static_cast<int>(std::min(left, kSlice).count()));
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
    return false;
}

Resolved resolve(const std::string& host) {
    const auto lookup = lookUp(host, {}, 0);
    if (lookup.code != 0)
        return {{}, lookUpError(host, lookup.code)};
    Resolved result;
    for (const int family : {AF_INET, AF_INET6})
        for (const auto* entry = lookup.list.get(); entry != nullptr; entry = entry->ai_next)
            if (entry->ai_family == family)
                if (auto text = numeric(*entry); !text.empty())
                    result.addresses.push_back(std::move(text));
    if (result.addresses.empty())
        result.error = "name not resolvable: " + host + " (no address)";
    return result;
}

void limitResolver() {
    if (::res_init() != 0)
        return;
    _res.retrans = 2;
    _res.retry = 1;
}

Dialled dial(const std::string& address, std::uint16_t port, const Deadline& deadline) {
    const auto found = lookUp(address, std::to_string(port), AI_NUMERICHOST | AI_NUMERICSERV);
    if (found.code != 0)
        return {{}, lookUpError(address, found.code)};
    const auto& target = *found.list;
    Descriptor socket(::socket(target.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int code = socket.get() < 0 ? errno : connectSocket(socket.get(), target, deadline);
    if (code != 0)
        return {{}, dialError(address, port, code)};
    return {std::move(socket), {}};
}

Dialled dialAny(const std::vector<std::string>& addresses, std::uint16_t port,
                const Deadline& deadline) {
    Dialled result{{}, "no address"};
    for (const auto& address : addresses) {
        result = dial(address, port, deadline);
        if (result.error.empty())
            break;
    }
    return result;
}

} // namespace busbar::mqtt
