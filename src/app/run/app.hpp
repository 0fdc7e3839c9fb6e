// SPDX-License-Identifier: MIT
// The running program: its sites on one event loop, with one mailbox.
#pragma once

#include "app/run/inbox.hpp"
#include "app/run/site_run.hpp"
#include "app/run/stops.hpp"
#include "base/event_loop.hpp"
#include "base/mailbox.hpp"
#include "config/config.hpp"
#include "config/reader.hpp"
#include "web/board.hpp"
#include "web/server.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

/// What a command wants beside the work itself.
struct AppOptions {
    bool publish = true;                        ///< false: nothing is published anywhere
    std::chrono::milliseconds runFor{0};        ///< ends by itself; 0 = runs until a signal
    std::function<config::ReadResult()> reload; ///< for SIGHUP; empty = SIGHUP ends it
    std::string configFile;                     ///< what it reads, for messages
    std::function<void(const Mail&, std::size_t site, const Now&)> onMail;
    std::function<void(class App&, const Now&)>
        onCycle; ///< after each evaluation of a site, and each second without one
    /// Asked after each `onCycle`; true ends the program, code 0. Empty = never.
    std::function<bool(class App&, const Now&)> isDone{};
    /// Before the sessions are ended, with all as it was then.
    std::function<void(class App&)> onEnd{};
    /// Standard input, which is a terminal, has something to be read; empty = nobody reads it. The
    /// program ends with its terminal then.
    std::function<void(class App&, const Now&)> onInput{};
    /// Reads the texts that the page asks about; empty = nobody does.
    web::TextReaders texts{};
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

    /// In the order of the configuration, at least one.
    [[nodiscard]] const std::vector<std::unique_ptr<SiteRun>>& sites() const { return sites_; }
    [[nodiscard]] Now now() const { return loop_.now(); }
    [[nodiscard]] std::uint64_t dropped() const { return inbox_.lost(); }
    [[nodiscard]] const config::Config& config() const { return config_; }

private:
    [[nodiscard]] std::unique_ptr<SiteRun> make(const config::Config& site, std::size_t index,
                                                std::vector<mqtt::LeftTopics> left = {});
    void onMail(const Now& now);
    void onSecond(const Now& now);
    void reload();
    void takeReload(const config::ReadResult& result);
    void restartWith(const config::Config& config, bool isChanged);
    void takeOver(const config::Config& config, const std::vector<ReloadPlan>& plans);
    void makeAnew(std::size_t index, const config::Config& site, const Now& now);
    void takeLastMail(std::size_t site, const ReloadPlan& gone, const Now& now);
    template <class Do>
    void forEachSite(Do&& act);
    void takeMail(const std::function<void(const Mail&)>& reader, const Now& now);

    config::Config config_;
    AppOptions options_;
    std::optional<config::Config> next_;
    EventLoop loop_;
    Inbox inbox_;
    web::Board board_; ///< what sites show on the page
    web::Server page_;
    std::vector<std::unique_ptr<SiteRun>> sites_; ///< null only where nothing could be made anew
    Timer second_;
    Stops stops_;
    std::optional<IoWatch> input_;
    bool isStarted_{false};
};

/// No site stands still, however its GX may be.
[[nodiscard]] bool isTurning(const App& app, const Now& now);

} // namespace busbar
