// SPDX-License-Identifier: MIT
// Configuration files for mosquitto and dbus-daemon, and questions to both that only they can
// answer.
#include "app/demo/demo_servers.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace busbar {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAskEvery{20};
constexpr int kPortAttempts =
    5; // somebody else may take a port between our look and the broker's start

class Socket {
public:
    Socket(int family, milliseconds patience)
        : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (fd_ < 0)
            throw std::system_error(errno, std::generic_category(), "socket");
        const timeval limit{.tv_sec = patience.count() / 1000,
                            .tv_usec = (patience.count() % 1000) * 1000};
        static_cast<void>(::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit,
                                       sizeof limit)); // loopback: writes never wait
    }
    ~Socket() { static_cast<void>(::close(fd_)); } // nothing to lose
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    Socket(Socket&&) = delete;
    Socket& operator=(Socket&&) = delete;

    template <typename Address>
    [[nodiscard]] bool connect(const Address& address) const {
        return ::connect(fd_, generic(address), sizeof address) == 0;
    }
    [[nodiscard]] bool bind(const sockaddr_in& address) const {
        return ::bind(fd_, generic(address), sizeof address) == 0;
    }
    [[nodiscard]] std::uint16_t port() const {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        auto* bytes = reinterpret_cast<sockaddr*>(&address); // the way of the socket API
        return ::getsockname(fd_, bytes, &size) == 0 ? ntohs(address.sin_port) : std::uint16_t{0};
    }
    /// Says something and compares the beginning of the answer.
    [[nodiscard]] bool answers(std::string_view question, std::string_view expected) const {
        if (::send(fd_, question.data(), question.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(question.size()))
            return false;
        std::array<char, 64> buffer{};
        std::size_t got = 0;
        while (got < expected.size()) {
            const ssize_t more = ::recv(fd_, buffer.data() + got, buffer.size() - got, 0);
            if (more <= 0)
                return false;
            got += static_cast<std::size_t>(more);
        }
        return std::string_view(buffer.data(), got).starts_with(expected);
    }

private:
    template <typename Address>
    static const sockaddr* generic(const Address& address) {
        return reinterpret_cast<const sockaddr*>(&address); // the way of the socket API
    }
    int fd_;
};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

} // namespace

std::uint16_t freePort() {
    const Socket socket(AF_INET, milliseconds(0));
    if (!socket.bind(loopback(0)))
        throw std::system_error(errno, std::generic_category(), "no free port on 127.0.0.1");
    return socket.port();
}

namespace {

/// MQTT 3.1.1 CONNECT with a clean session and an empty client id; CONNACK without error.
bool brokerAnswers(std::uint16_t port, milliseconds patience) {
    using namespace std::string_view_literals;
    const Socket socket(AF_INET, patience);
    return socket.connect(loopback(port)) &&
           socket.answers("\x10\x0c\x00\x04MQTT\x04\x02\x00\x0a\x00\x00"sv, "\x20\x02\x00\x00"sv);
}

std::string hex(std::string_view text) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        result.append(1, kDigits[byte >> 4U]).append(1, kDigits[byte & 0x0FU]);
    }
    return result;
}

/// D-Bus' own greeting: one zero byte, then EXTERNAL with the user id as text in hex.
bool busAnswers(const std::string& path, milliseconds patience) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        throw std::runtime_error("path of the bus socket is too long: " + path);
    path.copy(static_cast<char*>(address.sun_path), path.size());
    const Socket socket(AF_UNIX, patience);
    const std::string greeting =
        std::string(1, '\0') + "AUTH EXTERNAL " + hex(std::to_string(::geteuid())) + "\r\n";
    return socket.connect(address) && socket.answers(greeting, "OK ");
}

/// A path in a D-Bus address: everything but [-0-9A-Za-z_/.] as %xx.
std::string escapedPath(std::string_view path) {
    std::string result;
    for (const char c : path) {
        const bool isPlain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                             (c >= 'a' && c <= 'z') ||
                             std::string_view("-_/.").find(c) != std::string_view::npos;
        result += isPlain ? std::string(1, c) : "%" + hex({&c, 1});
    }
    return result;
}

void writeFile(const std::string& file, const std::string& text) {
    std::ofstream out(file);
    out << text;
    out.close();
    if (!out)
        throw std::runtime_error("cannot write " + file);
}

/// False when it has ended or the time is over.
template <typename Question>
bool waitFor(ChildProcess& child, milliseconds patience, Question isReady) {
    for (milliseconds waited{0}; !child.poll() && waited < patience; waited += kAskEvery) {
        if (isReady())
            return true;
        std::this_thread::sleep_for(kAskEvery);
    }
    return false;
}

std::string brokerConfiguration(std::uint16_t port) {
    std::string text = "listener " + std::to_string(port) +
                       " 127.0.0.1\n"
                       "allow_anonymous true\n"
                       "persistence false\n"
                       "log_dest stderr\n";
    // A server that gives up root also loses the signal that ends it together with this process
    // (prctl(2)).
    if (::geteuid() == 0)
        text += "user root\n";
    return text;
}

std::string busConfiguration(const std::string& address) {
    return R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>)" +
           address + R"(</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
)";
}

} // namespace

DemoServers::Folder::Folder(const std::string& parent) {
    namespace fs = std::filesystem;
    path_ = ((parent.empty() ? fs::temp_directory_path() : fs::path(parent)) / "busbar-XXXXXX")
                .string();
    if (::mkdtemp(path_.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), "cannot make a folder " + path_);
}

DemoServers::Folder::~Folder() {
    std::error_code ignored; // a leftover in the temporary folder harms nobody
    std::filesystem::remove_all(path_, ignored);
}

DemoServers::DemoServers(const DemoServersSettings& settings) : folder_(settings.temporaryFolder) {
    if (settings.hasBroker)
        startBroker(settings.patience);
    if (settings.hasBus)
        startBus(settings.patience);
}

DemoServers::~DemoServers() = default;

std::string DemoServers::brokerUrl() const {
    return "mqtt://127.0.0.1:" + std::to_string(port_);
}

std::unique_ptr<ChildProcess> DemoServers::start(const std::string& program,
                                                 const std::string& package,
                                                 std::vector<std::string> arguments) const {
    if (!findProgram(program))
        throw std::runtime_error(program + " is not installed: apt install " + package);
    const ChildStream log{.kind = ChildStream::Kind::File,
                          .file = folder() + "/" + program + ".log"};
    return std::make_unique<ChildProcess>(ChildSettings{
        .program = program, .arguments = std::move(arguments), .out = log, .err = log});
}

std::string DemoServers::lastLog(const std::string& program) const {
    std::ifstream in(folder() + "/" + program + ".log");
    std::string last = "it logged nothing";
    for (std::string line; std::getline(in, line);)
        if (!line.empty())
            last = line;
    return last;
}

bool DemoServers::tryBroker(milliseconds patience) {
    port_ = freePort();
    const std::string file = folder() + "/mosquitto.conf";
    writeFile(file, brokerConfiguration(port_));
    broker_ = start("mosquitto", "mosquitto", {"-c", file});
    return waitFor(*broker_, patience, [&] { return brokerAnswers(port_, patience); });
}

void DemoServers::startBroker(milliseconds patience) {
    for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
        if (tryBroker(patience))
            return;
        if (!broker_->poll())
            break;
    }
    throw std::runtime_error("mosquitto does not answer on port " + std::to_string(port_) + ": " +
                             lastLog("mosquitto"));
}

void DemoServers::startBus(milliseconds patience) {
    const std::string path = folder() + "/bus";
    const std::string address = "unix:path=" + escapedPath(path);
    const std::string file = folder() + "/bus.conf";
    writeFile(file, busConfiguration(address));
    bus_ = start("dbus-daemon", "dbus-daemon",
                 {"--config-file=" + file, "--nofork", "--nopidfile", "--nosyslog"});
    if (!waitFor(*bus_, patience, [&] { return busAnswers(path, patience); }))
        throw std::runtime_error("dbus-daemon does not answer: " + lastLog("dbus-daemon"));
    busAddress_ = address;
}

std::optional<std::string> DemoServers::ended() {
    if (broker_ && broker_->poll())
        return "mosquitto: " + lastLog("mosquitto");
    if (bus_ && bus_->poll())
        return "dbus-daemon: " + lastLog("dbus-daemon");
    return std::nullopt;
}

} // namespace busbar
