// SPDX-License-Identifier: MIT
// /proc, CPU clocks of processes, and the kernel's socket diagnosis.
#include "bench/process_probe.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace busbar::bench {

namespace {

namespace fs = std::filesystem;

fs::path procOf(pid_t process) {
    return fs::path("/proc") / std::to_string(process);
}

/// The number behind `key:` in a file of lines "key: number …".
std::uint64_t numberIn(const fs::path& file, const std::string& key) {
    std::ifstream in(file);
    for (std::string word; in >> word;)
        if (std::uint64_t number = 0; word == key + ":" && in >> number)
            return number;
    throw std::runtime_error(file.string() + " has no " + key);
}

/// Inodes of all sockets that the process has open.
std::set<std::uint32_t> socketsOf(pid_t process) {
    std::set<std::uint32_t> inodes;
    for (const auto& entry : fs::directory_iterator(procOf(process) / "fd")) {
        std::error_code gone; // closed meanwhile
        const std::string target = fs::read_symlink(entry.path(), gone).string();
        if (constexpr std::string_view kSocket = "socket:["; target.starts_with(kSocket))
            inodes.insert(static_cast<std::uint32_t>(std::stoul(target.substr(kSocket.size()))));
    }
    return inodes;
}

class Netlink {
public:
    Netlink() : fd_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {
        if (fd_ < 0)
            throw std::system_error(errno, std::generic_category(), "socket diagnosis");
    }
    ~Netlink() { ::close(fd_); }
    Netlink(const Netlink&) = delete;
    Netlink& operator=(const Netlink&) = delete;
    Netlink(Netlink&&) = delete;
    Netlink& operator=(Netlink&&) = delete;

    /// Asks for all established IPv4 TCP sockets with their statistics.
    void askForAll() const {
        struct {
            nlmsghdr header;
            inet_diag_req_v2 request;
        } message{};
        message.header.nlmsg_len = sizeof message;
        message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
        message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
        message.request.sdiag_family = AF_INET;
        message.request.sdiag_protocol = IPPROTO_TCP;
        message.request.idiag_ext = 1U << (INET_DIAG_INFO - 1U);
        message.request.idiag_states = 1U << 1U; // established
        if (::send(fd_, &message, sizeof message, 0) != static_cast<ssize_t>(sizeof message))
            throw std::system_error(errno, std::generic_category(), "socket diagnosis");
    }

    [[nodiscard]] std::span<std::byte> receive(std::span<std::byte> buffer) const {
        const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
        if (got <= 0)
            throw std::system_error(errno, std::generic_category(), "socket diagnosis");
        return buffer.first(static_cast<std::size_t>(got));
    }

private:
    int fd_;
};

/// A structure that the kernel wrote at the beginning of `bytes`; a shorter one of an older kernel
/// is filled with zeros.
template <class T>
T readFrom(std::span<const std::byte> bytes) {
    T value{};
    std::memcpy(&value, bytes.data(), std::min(sizeof value, bytes.size()));
    return value;
}

/// Length of a part with its padding; both protocols align to four bytes.
constexpr std::size_t aligned(std::size_t size) {
    return (size + 3U) & ~std::size_t{3U};
}

std::optional<std::uint64_t> bytesIn(std::span<const std::byte> attributes) {
    while (attributes.size() >= sizeof(rtattr)) {
        const auto head = readFrom<rtattr>(attributes);
        if (head.rta_len < sizeof(rtattr) || head.rta_len > attributes.size())
            break;
        if (head.rta_type == INET_DIAG_INFO)
            return readFrom<tcp_info>(attributes.first(head.rta_len).subspan(sizeof(rtattr)))
                .tcpi_bytes_received;
        attributes = attributes.subspan(std::min(aligned(head.rta_len), attributes.size()));
    }
    return std::nullopt;
}

struct Wanted {
    std::set<std::uint32_t> inodes;
    std::uint16_t port;
};

/// What one message of the answer says about the wanted socket.
std::optional<std::uint64_t> bytesOf(std::span<const std::byte> message, const Wanted& wanted) {
    if (message.size() < sizeof(nlmsghdr) + sizeof(inet_diag_msg))
        return std::nullopt;
    const auto socket = readFrom<inet_diag_msg>(message.subspan(sizeof(nlmsghdr)));
    if (ntohs(socket.id.idiag_dport) != wanted.port || !wanted.inodes.contains(socket.idiag_inode))
        return std::nullopt;
    return bytesIn(message.subspan(sizeof(nlmsghdr) + sizeof(inet_diag_msg)));
}

} // namespace

std::chrono::nanoseconds cpuTime(pid_t process) {
    clockid_t clock{};
    timespec time{};
    if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
        throw std::runtime_error("no CPU time of process " + std::to_string(process));
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

Memory memoryOf(pid_t process) {
    const fs::path status = procOf(process) / "status";
    return {.peak_kB = numberIn(status, "VmHWM"),
            .resident_kB = numberIn(status, "VmRSS"),
            .anonymous_kB = numberIn(status, "RssAnon"),
            .file_kB = numberIn(status, "RssFile")};
}

std::uint64_t wakeUps(pid_t process) {
    std::uint64_t sum = 0;
    for (const auto& thread : fs::directory_iterator(procOf(process) / "task"))
        sum += numberIn(thread.path() / "status", "voluntary_ctxt_switches");
    return sum;
}

std::uint64_t bytesReceived(pid_t process, std::uint16_t remotePort) {
    const Wanted wanted{socketsOf(process), remotePort};
    const Netlink netlink;
    netlink.askForAll();
    alignas(nlmsghdr) std::array<std::byte, 32768> buffer{};
    std::optional<std::uint64_t> bytes;
    for (bool isDone = false; !isDone;) {
        std::span<const std::byte> answer = netlink.receive(buffer);
        while (answer.size() >= sizeof(nlmsghdr)) {
            const auto head = readFrom<nlmsghdr>(answer);
            if (head.nlmsg_len < sizeof(nlmsghdr) || head.nlmsg_len > answer.size())
                break;
            isDone = isDone || head.nlmsg_type == NLMSG_DONE || head.nlmsg_type == NLMSG_ERROR;
            if (const auto found = bytesOf(answer.first(head.nlmsg_len), wanted))
                bytes = found;
            answer = answer.subspan(std::min(aligned(head.nlmsg_len), answer.size()));
        }
    }
    if (!bytes)
        throw std::runtime_error("process " + std::to_string(process) +
                                 " has no connection to port " + std::to_string(remotePort));
    return *bytes;
}

} // namespace busbar::bench
