// SPDX-License-Identifier: MIT
// A dbus-daemon of the test's own: own address, own rules, ended with the test.
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>

namespace busbar::test {

/// Everybody may own, send and receive everything, as on Venus OS. The address stays the same over
/// restarts. Needs the program dbus-daemon; throws std::runtime_error if it does not come up.
class PrivateBus {
public:
    enum class Transport { Unix, Tcp }; ///< Tcp: loopback, free port, logins are anonymous

    explicit PrivateBus(Transport transport = Transport::Unix);
    ~PrivateBus();
    PrivateBus(const PrivateBus&) = delete;
    PrivateBus& operator=(const PrivateBus&) = delete;
    PrivateBus(PrivateBus&&) = delete;
    PrivateBus& operator=(PrivateBus&&) = delete;

    /// For D-Bus clients: `unix:path=…` or `tcp:host=127.0.0.1,port=…`.
    [[nodiscard]] const std::string& address() const { return address_; }
    [[nodiscard]] pid_t pid() const { return process_; }
    /// Ends it at once, as a crash would.
    void kill();
    /// After `kill`: again, on the same address.
    void start();
    /// Stops and continues the process: a bus that is there and does nothing.
    void pause() const;
    void resume() const;

private:
    void writeConfiguration(const std::string& listen, bool isAnonymous) const;
    [[nodiscard]] bool answers() const;

    std::filesystem::path directory_;
    std::string address_;
    pid_t process_ = -1;
};

} // namespace busbar::test
