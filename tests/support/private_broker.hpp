// SPDX-License-Identifier: MIT
// A real mosquitto for tests: own child process, own loopback port, own configuration, gone with
// the object.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace busbar::test {

/// A directory below the system's temporary one that only its owner reads, removed with the object.
class ScratchDir {
public:
    ScratchDir();
    ~ScratchDir();
    ScratchDir(const ScratchDir&) = delete;
    ScratchDir& operator=(const ScratchDir&) = delete;
    ScratchDir(ScratchDir&&) = delete;
    ScratchDir& operator=(ScratchDir&&) = delete;

    [[nodiscard]] std::string file(std::string_view name) const { return path_ / name; }
    /// Writes a file and returns its path.
    std::string write(std::string_view name, std::string_view content) const;

private:
    std::filesystem::path path_;
};

/// Runs a program to its end and returns what it wrote to standard output; throws
/// std::runtime_error unless it succeeds.
std::string run(const std::vector<std::string>& command);

/// Files in PEM, made by the openssl command.
struct TestCertificate {
    std::string certFile;
    std::string keyFile;
    std::string fingerprint; ///< SHA-256, upper-case hex with colons, as openssl prints it
};

/// `names` is a subjectAltName such as "IP:127.0.0.1,DNS:localhost"; `extensions` are more
/// `-addext` values.
TestCertificate selfSigned(const ScratchDir& dir, const std::string& name, const std::string& names,
                           const std::vector<std::string>& extensions = {});
/// The same certificate, but its last day was yesterday.
TestCertificate expired(const TestCertificate& certificate, const ScratchDir& dir,
                        const std::string& name);
TestCertificate signedBy(const TestCertificate& authority, const ScratchDir& dir,
                         const std::string& name, const std::string& names);

struct BrokerConfig {
    bool webSockets = false;
    std::optional<TestCertificate> tls{}; ///< TLS with this certificate
    std::string clientCaFile{};           ///< client certificates are required, signed by this one
    std::string user{};                   ///< with `password`: the only login; else anybody
    std::string password{};
    std::string acl{};  ///< content of an ACL file
    std::string more{}; ///< further lines of the configuration
};

/// Every start uses the same port. All methods throw std::runtime_error when mosquitto does not do
/// as told.
class PrivateBroker {
public:
    /// Chooses a port and starts.
    explicit PrivateBroker(BrokerConfig config = {});
    ~PrivateBroker();
    PrivateBroker(const PrivateBroker&) = delete;
    PrivateBroker& operator=(const PrivateBroker&) = delete;
    PrivateBroker(PrivateBroker&&) = delete;
    PrivateBroker& operator=(PrivateBroker&&) = delete;

    void start();
    [[nodiscard]] pid_t pid() const { return child_; }
    void stop();   ///< as by a crash: no goodbye to clients
    void freeze(); ///< SIGSTOP: the port stays open, nobody answers
    void thaw();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// The address with the scheme that fits the listener, for example mqtts://127.0.0.1:40123.
    [[nodiscard]] std::string url(std::string_view host = "127.0.0.1") const;

private:
    void writeConfig();
    void launch();
    [[nodiscard]] bool isListening() const;
    [[nodiscard]] bool hasEnded();
    void signal(int number) const;

    ScratchDir dir_;
    BrokerConfig config_;
    std::uint16_t port_{0};
    pid_t child_{-1};
};

/// A TCP port on loopback that nobody listened to a moment ago.
std::uint16_t freePort();

} // namespace busbar::test
