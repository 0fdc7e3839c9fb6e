// SPDX-License-Identifier: MIT
// The running program: sessions, site, published batteries and outputs on one event loop.
#pragma once

#include "app/kept/keeper.hpp"
#include "app/outputs/outputs.hpp"
#include "app/run/cycle.hpp"
#include "app/run/inbox.hpp"
#include "app/run/links.hpp"
#include "app/run/reload_plan.hpp"
#include "app/run/stops.hpp"
#include "app/site/site.hpp"
#include "base/event_loop.hpp"
#include "base/mailbox.hpp"
#include "config/config.hpp"
#include "config/reader.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

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
    /// Signals must be blocked (blockSignals). Throws std::runtime_error for settings that no
    /// session can have.
    App(const config::Config& config, AppOptions options);
    ~App();
    App(const App&) = delete;
    App& operator=(const App&) = delete;
    App(App&&) = delete;
    App& operator=(App&&) = delete;

    /// Connects. Throws what keeps a program from starting.
    void start();
    /// Starts, if that is still to be done, and goes on until SIGTERM, SIGINT, `runFor`, or a
    /// reload that needs a new App: then `next` holds its configuration.
    int run();
    [[nodiscard]] const std::optional<config::Config>& next() const { return next_; }

    [[nodiscard]] Site& site() { return site_; }
    [[nodiscard]] Now now() const { return loop_.now(); }
    [[nodiscard]] bool isConnected() const { return links_.gx().client().isConnected(); }
    [[nodiscard]] std::uint64_t dropped() const { return inbox_.lost(); }
    [[nodiscard]] const config::Config& config() const { return config_; }

private:
    void onMail(const Now& now);
    void dispatch(const Mail& mail, const Now& now);
    void onSecond(const Now& now);
    [[nodiscard]] mqtt::Health health(const Now& now) const;
    void reload();
    void takeReload(const config::ReadResult& result);
    void takeOver(const config::Config& config, const ReloadPlan& plan);
    void endLinks(const ReloadPlan& plan, const Now& now);
    void takeLastMail(const ReloadPlan& gone, const Now& now);
    void shutDown();

    config::Config config_;
    AppOptions options_;
    std::optional<config::Config> next_;
    EventLoop loop_;
    Inbox inbox_;
    Links links_;
    Site site_;
    Keeper keeper_;
    Outputs outputs_;
    Cycle cycle_;
    Timer second_;
    Stops stops_;
    std::optional<SteadyTime> started_;
};

} // namespace busbar
