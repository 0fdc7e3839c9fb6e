// SPDX-License-Identifier: MIT
// An MQTT broker and a D-Bus daemon of one's own, for `demo` and for tests.
#pragma once

#include "app/demo/child_process.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace busbar {

struct DemoServersSettings {
    bool hasBroker = true;
    bool hasBus = true;
    std::chrono::milliseconds patience{5000}; ///< for each of them to answer
    std::string temporaryFolder{}; ///< where the private folder is made; empty = the system's
};

/// Of 127.0.0.1; nobody listens there now. Throws std::system_error.
[[nodiscard]] std::uint16_t freePort();

/// mosquitto on a free port of 127.0.0.1 without persistence, and a dbus-daemon on a socket that
/// anybody who runs as this user may own names on. Configuration, log and socket live in a folder
/// (mode 0700) that goes with this object.
class DemoServers {
public:
    /// Waits until both answer. Throws std::runtime_error that says what to do: which Debian
    /// package is missing, or what the program last logged.
    explicit DemoServers(const DemoServersSettings& settings);
    ~DemoServers();
    DemoServers(const DemoServers&) = delete;
    DemoServers& operator=(const DemoServers&) = delete;
    DemoServers(DemoServers&&) = delete;
    DemoServers& operator=(DemoServers&&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; } ///< 0 without a broker
    [[nodiscard]] std::string brokerUrl() const;               ///< "mqtt://127.0.0.1:41883"
    [[nodiscard]] const std::string& busAddress() const {
        return busAddress_;
    } ///< "unix:path=…"; empty without a bus
    [[nodiscard]] const std::string& folder() const { return folder_.path(); }
    /// "mosquitto" or "dbus-daemon" once one of them has ended by itself, with its last log line.
    [[nodiscard]] std::optional<std::string> ended();

private:
    /// Made in the constructor, removed with everything in it in the destructor.
    class Folder {
    public:
        explicit Folder(const std::string& parent);
        ~Folder();
        Folder(const Folder&) = delete;
        Folder& operator=(const Folder&) = delete;
        Folder(Folder&&) = delete;
        Folder& operator=(Folder&&) = delete;
        [[nodiscard]] const std::string& path() const { return path_; }

    private:
        std::string path_;
    };

    void startBroker(std::chrono::milliseconds patience);
    [[nodiscard]] bool tryBroker(std::chrono::milliseconds patience);
    void startBus(std::chrono::milliseconds patience);
    [[nodiscard]] std::unique_ptr<ChildProcess> start(const std::string& program,
                                                      const std::string& package,
                                                      std::vector<std::string> arguments) const;
    [[nodiscard]] std::string lastLog(const std::string& program) const;

    Folder folder_;
    std::uint16_t port_{0};
    std::string busAddress_;
    std::unique_ptr<ChildProcess> broker_;
    std::unique_ptr<ChildProcess> bus_;
};

} // namespace busbar
