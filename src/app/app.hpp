// SPDX-License-Identifier: MIT
// The running program: session, site and published batteries on one event loop.
#pragma once

#include "app/site.hpp"
#include "app/state.hpp"
#include "base/mailbox.hpp"
#include "config/config.hpp"
#include "config/reader.hpp"
#include "dbus/battery_service.hpp"
#include "dbus/event_loop.hpp"
#include "mqtt/client.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace busbar {

/// What a command wants beside the work itself.
struct AppOptions {
    bool publish = true;                        ///< false: nothing is published anywhere
    std::chrono::milliseconds runFor{0};        ///< ends by itself; 0 = runs until a signal
    std::function<config::ReadResult()> reload; ///< for SIGHUP; empty = SIGHUP is ignored
    std::string configFile;                     ///< what it reads, for messages
    std::function<void(const Mail&, const Now&)> onMail;
    std::function<void(class App&, const Now&)>
        onCycle; ///< after each evaluation, and each second without one
};

/// Made anew for every configuration that cannot be taken over while running.
class App {
public:
    /// Signals must be blocked (dbus::blockSignals). Throws std::runtime_error for settings that no
    /// session can have.
    App(const config::Config& config, AppOptions options);
    ~App();
    App(const App&) = delete;
    App& operator=(const App&) = delete;
    App(App&&) = delete;
    App& operator=(App&&) = delete;

    /// Until SIGTERM, SIGINT, `runFor`, or a reload that needs a new App: then `next` holds its
    /// configuration.
    int run();
    [[nodiscard]] const std::optional<config::Config>& next() const { return next_; }

    [[nodiscard]] Site& site() { return site_; }
    [[nodiscard]] Now now() const { return loop_.now(); }
    [[nodiscard]] bool isConnected() const { return client_.isConnected(); }
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
    [[nodiscard]] const config::Config& config() const { return config_; }

private:
    void onMailbox(const Now& now);
    void onSecond(const Now& now);
    void evaluate(const Now& now);
    void scheduleConnect(const Now& now);
    void addService(std::size_t bank);
    void keepState(const Now& now);
    [[nodiscard]] std::optional<double> savedFeedIn() const;
    void reload();
    void takeOver(const config::Config& config);
    void shutDown();

    config::Config config_;
    AppOptions options_;
    std::optional<config::Config> next_;
    dbus::EventLoop loop_;
    Mailbox mailbox_;
    MailBatch batch_;
    mqtt::Client client_;
    Site site_;
    StateStore store_;
    std::map<std::string, SavePace> paces_;     ///< by bank id
    std::deque<dbus::BatteryService> services_; ///< one per bank, or none
    std::uint64_t dropped_{0};
    dbus::IoWatch mailWatch_;
    dbus::Timer rearm_; ///< ends the pause in which single messages gather
    dbus::Timer cycle_; ///< armed by the first change
    dbus::Timer second_;
    dbus::Timer connect_; ///< for the session's next attempt
    dbus::Timer end_;
    dbus::SignalWatch terminate_;
    dbus::SignalWatch interrupt_;
    dbus::SignalWatch hangUp_;
};

} // namespace busbar
