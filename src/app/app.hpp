// SPDX-License-Identifier: MIT
// The running program: sessions, site, published batteries and outputs on one event loop.
#pragma once

#include "app/choices.hpp"
#include "app/log_pace.hpp"
#include "app/output.hpp"
#include "app/reload_plan.hpp"
#include "app/session.hpp"
#include "app/site.hpp"
#include "app/state.hpp"
#include "base/event_loop.hpp"
#include "base/mailbox.hpp"
#include "config/config.hpp"
#include "config/reader.hpp"
#include "dbus/battery_service.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
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
    [[nodiscard]] bool isConnected() const { return gxSession_->client().isConnected(); }
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
    [[nodiscard]] const config::Config& config() const { return config_; }

private:
    void takeMail();
    void onMailbox(const Now& now);
    void noteLost(std::uint64_t failed, const Now& now);
    void logOverflows(const Now& now);
    void onSecond(const Now& now);
    void evaluate(const Now& now);
    void evaluateAtOnce(const Now& now);
    [[nodiscard]] bool isWorthTelling() const;
    void tell(const Now& now);
    void dispatch(const Mail& mail, const Now& now);
    void tickSessions(const Now& now);
    /// What a new configuration may replace while the program runs; not connected yet.
    struct Links {
        std::unique_ptr<Session> gx;     ///< null: not replaced
        std::unique_ptr<Session> output; ///< null: not replaced, or it has none of its own
        std::unique_ptr<Output> outputs; ///< null: not replaced, or nothing is published
    };
    [[nodiscard]] Links makeLinks(const config::Config& config, const ReloadPlan& plan);
    void install(Links links, const ReloadPlan& plan);
    [[nodiscard]] std::unique_ptr<Output> makeOutput(const config::Config& config);
    void takeOverTopics();
    void restore();
    void startSessions(const ReloadPlan& made, const Now& now);
    void addService(std::size_t bank);
    [[nodiscard]] Session& outputSession();
    void publishOnBus();
    void look();
    void offer(const Now& now);
    void tickOutput(const Now& now);
    [[nodiscard]] mqtt::Health health(const Now& now) const;
    [[nodiscard]] bool isConfiguredSomewhere(const std::string& battery) const;
    [[nodiscard]] bool isWanted(std::string_view deviceId) const;
    [[nodiscard]] bool takesCommands(std::string_view battery) const;
    [[nodiscard]] std::optional<double> highest(mqtt::CommandKind kind, std::string_view id) const;
    void armCommands(const Now& now);
    void obey(const mqtt::Command& command);
    void keepState(const Now& now);
    void controlGx(const Now& now);
    void armWill(const Now& now);
    void disarmWill();
    void tellReach();
    [[nodiscard]] std::map<std::string, SavePace> savePaces() const;
    void reload();
    void takeReload(const config::ReadResult& result);
    void takeOver(const config::Config& config, const ReloadPlan& plan);
    void endLinks(const ReloadPlan& plan, const Now& now);
    void takeLastMail(const ReloadPlan& gone, const Now& now);
    void saveAll();
    void noteAll();
    bool endSessions(std::chrono::milliseconds patience);
    void shutDown();

    config::Config config_;
    AppOptions options_;
    std::optional<config::Config> next_;
    EventLoop loop_;
    Mailbox mailbox_;
    MailBatch batch_;
    std::unique_ptr<Session> gxSession_;     ///< the readings', always there
    std::unique_ptr<Session> outputSession_; ///< the output's own, if any

    Site site_;
    StateStore store_;
    LogPace logPace_;
    RepeatPace overflows_;
    ChoicesStore choices_;
    std::deque<dbus::BatteryService> services_; ///< one per bank, or none
    std::vector<BankReport> reports_;           ///< of the last cycle, one per bank
    std::vector<BankView> views_;               ///< of the last cycle, valid until the next message
    std::unique_ptr<Output> output_;
    std::unique_ptr<Session> control_; ///< while a last will has to close the GX's limit
    std::string willTopic_;            ///< its last will's
    std::uint64_t evaluations_{0};
    std::optional<SteadyTime> started_;
    std::uint64_t dropped_{0};
    IoWatch mailWatch_;
    Timer rearm_; ///< ends the pause in which single messages gather
    Timer cycle_; ///< armed by the first change
    Timer second_;

    Timer commands_; ///< armed while one waits
    Timer end_;
    SignalWatch terminate_;
    SignalWatch interrupt_;
    SignalWatch hangUp_;
};

} // namespace busbar
