// SPDX-License-Identifier: MIT
// Child processes of tests: mosquitto and openssl.
#include "support/private_broker.hpp"

#include "support/pipe.hpp"
#include "support/wait.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <sstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace busbar::test {
namespace {

int checked(int result, const std::string& what) {
    if (result < 0)
        throw std::system_error(errno, std::generic_category(), what);
    return result;
}

/// Starts a child that dies with us. `output` is its standard output, -1 = nowhere.
pid_t spawn(const std::vector<std::string>& command, int output) {
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const auto& each : command)
        arguments.push_back(const_cast<char*>(each.c_str())); // execvp does not write to them
    arguments.push_back(nullptr);
    const int nowhere = checked(::open("/dev/null", O_RDWR | O_CLOEXEC), "/dev/null");
    const pid_t child = checked(::fork(), "fork");
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::dup2(nowhere, STDIN_FILENO);
        ::dup2(output < 0 ? nowhere : output, STDOUT_FILENO);
        ::dup2(nowhere, STDERR_FILENO);
        ::execvp(arguments.front(), arguments.data());
        ::_exit(127);
    }
    ::close(nowhere);
    return child;
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

const sockaddr* generic(const sockaddr_in& address) {
    return reinterpret_cast<const sockaddr*>(&address); // as the socket API wants it
}

std::string fingerprintOf(const std::string& certFile) {
    auto text = run({"openssl", "x509", "-in", certFile, "-noout", "-fingerprint", "-sha256"});
    text.erase(0, text.find('=') + 1);
    text.erase(text.find('\n'));
    return text;
}

std::vector<std::string> keyOptions(const std::string& keyFile) {
    return {"-newkey", "ec",      "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes",  "-keyout", keyFile};
}

} // namespace

ScratchDir::ScratchDir() {
    std::string name = std::filesystem::temp_directory_path() / "busbar-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), name);
    path_ = name;
}

ScratchDir::~ScratchDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string ScratchDir::write(std::string_view name, std::string_view content) const {
    std::ofstream stream(file(name), std::ios::binary | std::ios::trunc);
    stream << content;
    stream.close();
    if (!stream)
        throw std::runtime_error("cannot write " + file(name));
    return file(name);
}

std::string run(const std::vector<std::string>& command) {
    std::array<int, 2> ends{};
    checked(::pipe2(ends.data(), O_CLOEXEC), "pipe");
    const pid_t child = spawn(command, ends[1]);
    ::close(ends[1]);
    auto text = readAll(ends[0]);
    ::close(ends[0]);
    int status = 0;
    checked(::waitpid(child, &status, 0), "waitpid");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw std::runtime_error(command.front() + " failed");
    return text;
}

TestCertificate selfSigned(const ScratchDir& dir, const std::string& name, const std::string& names,
                           const std::vector<std::string>& extensions) {
    TestCertificate made{dir.file(name + ".crt"), dir.file(name + ".key"), {}};
    std::vector<std::string> command{"openssl", "req",         "-x509", "-days",      "2",
                                     "-subj",   "/CN=" + name, "-out",  made.certFile};
    for (const auto& each : keyOptions(made.keyFile))
        command.push_back(each);
    if (!names.empty())
        command.insert(command.end(), {"-addext", "subjectAltName=" + names});
    for (const auto& each : extensions)
        command.insert(command.end(), {"-addext", each});
    run(command);
    made.fingerprint = fingerprintOf(made.certFile);
    return made;
}

TestCertificate expired(const TestCertificate& certificate, const ScratchDir& dir,
                        const std::string& name) {
    TestCertificate made{dir.file(name + ".crt"), certificate.keyFile, {}};
    run({"openssl", "x509", "-in", certificate.certFile, "-signkey", certificate.keyFile, "-days",
         "-1", "-out", made.certFile});
    made.fingerprint = fingerprintOf(made.certFile);
    return made;
}

TestCertificate signedBy(const TestCertificate& authority, const ScratchDir& dir,
                         const std::string& name, const std::string& names) {
    TestCertificate made{dir.file(name + ".crt"), dir.file(name + ".key"), {}};
    const auto request = dir.file(name + ".csr");
    std::vector<std::string> command{"openssl",     "req",  "-new", "-subj",
                                     "/CN=" + name, "-out", request};
    for (const auto& each : keyOptions(made.keyFile))
        command.push_back(each);
    run(command);
    const auto extensions = dir.write(name + ".ext", "subjectAltName=" + names + "\n");
    run({"openssl", "x509", "-req", "-days", "2", "-in", request, "-CA", authority.certFile,
         "-CAkey", authority.keyFile, "-CAcreateserial", "-extfile", extensions, "-out",
         made.certFile});
    made.fingerprint = fingerprintOf(made.certFile);
    return made;
}

std::uint16_t freePort() {
    const int fd = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    auto address = loopback(0);
    socklen_t size = sizeof address;
    const bool isBound = ::bind(fd, generic(address), size) == 0 &&
                         ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(fd);
    if (!isBound)
        throw std::runtime_error("no free port");
    return ntohs(address.sin_port);
}

PrivateBroker::PrivateBroker(BrokerConfig config) : config_(std::move(config)) {
    constexpr int kTries = 5; // somebody else may take the port between our look and mosquitto's
    for (int i = 1; child_ < 0; ++i) {
        port_ = freePort();
        writeConfig();
        try {
            start();
        } catch (const std::runtime_error&) {
            if (i == kTries)
                throw;
        }
    }
}

PrivateBroker::~PrivateBroker() {
    if (child_ < 0)
        return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
}

void PrivateBroker::writeConfig() {
    std::ostringstream text;
    text << "persistence false\nlog_dest file " << dir_.file("log") << "\n";
    if (::geteuid() == 0)
        text << "user root\n"; // else mosquitto becomes a user that cannot read our files
    if (config_.webSockets)    // mosquitto 2.0.11 wants another listener besides, and binds to all
                               // addresses
        text << "listener 0 " << dir_.file("socket") << "\nlistener " << port_
             << "\nsocket_domain ipv4\nprotocol websockets\n";
    else
        text << "listener " << port_ << " 127.0.0.1\n";
    text << "allow_anonymous " << (config_.user.empty() ? "true" : "false") << "\n";
    if (!config_.user.empty()) {
        run({"mosquitto_passwd", "-c", "-b", dir_.file("users"), config_.user, config_.password});
        text << "password_file " << dir_.file("users") << "\n";
    }
    if (!config_.acl.empty())
        text << "acl_file " << dir_.write("acl", config_.acl) << "\n";
    if (config_.tls)
        text << "certfile " << config_.tls->certFile << "\nkeyfile " << config_.tls->keyFile
             << "\n";
    if (!config_.clientCaFile.empty())
        text << "cafile " << config_.clientCaFile << "\nrequire_certificate true\n";
    text << config_.more;
    dir_.write("conf", text.str());
}

void PrivateBroker::launch() {
    child_ = spawn({"mosquitto", "-c", dir_.file("conf")}, -1);
}

void PrivateBroker::start() {
    if (child_ >= 0)
        return;
    launch();
    const bool isDecided = waitUntil([this] { return isListening() || hasEnded(); });
    if (child_ < 0 || !isDecided) {
        std::ifstream log(dir_.file("log"));
        std::ostringstream text;
        text << log.rdbuf();
        throw std::runtime_error("mosquitto does not start: " + text.str());
    }
}

bool PrivateBroker::isListening() const {
    const int fd = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    const auto address = loopback(port_);
    const bool isOpen = ::connect(fd, generic(address), sizeof address) == 0;
    ::close(fd);
    return isOpen;
}

bool PrivateBroker::hasEnded() {
    if (::waitpid(child_, nullptr, WNOHANG) == 0)
        return false;
    child_ = -1;
    return true;
}

void PrivateBroker::signal(int number) const {
    if (child_ < 0)
        throw std::runtime_error("mosquitto does not run");
    checked(::kill(child_, number), "kill");
}

void PrivateBroker::stop() {
    signal(SIGKILL);
    checked(::waitpid(child_, nullptr, 0), "waitpid");
    child_ = -1;
}

void PrivateBroker::freeze() {
    signal(SIGSTOP);
    int status = 0;
    checked(::waitpid(child_, &status, WUNTRACED), "waitpid");
}

void PrivateBroker::thaw() {
    signal(SIGCONT);
}

std::string PrivateBroker::url(std::string_view host) const {
    const std::string_view scheme =
        config_.webSockets ? (config_.tls ? "wss" : "ws") : (config_.tls ? "mqtts" : "mqtt");
    return std::string(scheme) + "://" + std::string(host) + ":" + std::to_string(port_);
}

} // namespace busbar::test
