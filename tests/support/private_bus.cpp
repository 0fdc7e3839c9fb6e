// SPDX-License-Identifier: MIT
// Starting and ending a private dbus-daemon.
#include "support/private_bus.hpp"

#include "support/wait.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace busbar::test {

namespace {

using namespace std::chrono_literals;

std::filesystem::path makeDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "busbar-bus-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("cannot make a directory for the private bus");
    return pattern;
}

/// A port that is free now; the daemon takes it a moment later.
std::uint16_t freePort() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool isBound = ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                         ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(socket);
    if (!isBound)
        throw std::runtime_error("no free port for the private bus");
    return ntohs(address.sin_port);
}

/// In the child: nothing of the test's signal state, and the end of the test is its end.
[[noreturn]] void becomeDaemon(const char* configuration, const char* log, pid_t parent) {
    sigset_t none{};
    ::sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
        ::_exit(1);
    const int output = ::open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execlp("dbus-daemon", "dbus-daemon", "--nofork", "--nopidfile", "--nosyslog", configuration,
             nullptr);
    ::_exit(127);
}

bool connects(const sockaddr* address, socklen_t size) {
    const int socket = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool isUp = ::connect(socket, address, size) == 0;
    ::close(socket);
    return isUp;
}

} // namespace

PrivateBus::PrivateBus(Transport transport) : directory_(makeDirectory()) {
    const bool isTcp = transport == Transport::Tcp;
    address_ = isTcp ? "tcp:host=127.0.0.1,port=" + std::to_string(freePort())
                     : "unix:path=" + (directory_ / "socket").string();
    writeConfiguration(address_, isTcp);
    start();
}

PrivateBus::~PrivateBus() {
    kill();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

void PrivateBus::writeConfiguration(const std::string& listen, bool isAnonymous) const {
    std::ofstream file(directory_ / "bus.conf");
    file << R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" )"
         << R"("http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">)"
         << "<busconfig><type>session</type><listen>" << listen << "</listen>"
         << (isAnonymous ? "<auth>ANONYMOUS</auth><allow_anonymous/>" : "<auth>EXTERNAL</auth>")
         << R"(<policy context="default"><allow send_destination="*" eavesdrop="true"/>)"
         << R"(<allow eavesdrop="true"/><allow own="*"/><allow user="*"/></policy></busconfig>)";
}

bool PrivateBus::answers() const {
    if (address_.starts_with("unix:")) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        (directory_ / "socket").string().copy(address.sun_path, sizeof address.sun_path - 1);
        return connects(reinterpret_cast<sockaddr*>(&address), sizeof address);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(address_.substr(address_.rfind('=') + 1))));
    return connects(reinterpret_cast<sockaddr*>(&address), sizeof address);
}

void PrivateBus::start() {
    const std::string configuration = "--config-file=" + (directory_ / "bus.conf").string();
    std::filesystem::remove(directory_ / "socket");
    const std::string log = (directory_ / "log").string();
    const pid_t parent = ::getpid();
    process_ = ::fork();
    if (process_ == 0)
        becomeDaemon(configuration.c_str(), log.c_str(), parent);
    const auto settled = [this] {
        if (process_ > 0 && ::waitpid(process_, nullptr, WNOHANG) == process_)
            process_ = -1;
        return process_ <= 0 || answers();
    };
    if (!waitUntil(settled) || process_ <= 0)
        throw std::runtime_error(
            "dbus-daemon did not start (is the package dbus-daemon installed?)");
}

void PrivateBus::kill() {
    if (process_ <= 0)
        return;
    ::kill(process_, SIGKILL);
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
}

void PrivateBus::pause() const {
    ::kill(process_, SIGSTOP);
}

void PrivateBus::resume() const {
    ::kill(process_, SIGCONT);
}

} // namespace busbar::test
