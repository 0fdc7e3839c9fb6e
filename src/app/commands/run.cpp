// SPDX-License-Identifier: MIT
// `busbar run`.
#include "app/commands/commands.hpp"
#include "app/commands/health_check.hpp"
#include "app/commands/text_readers.hpp"
#include "app/run/app.hpp"
#include "app/run/log.hpp"
#include "app/view/values_json.hpp"
#include "base/hang_guard.hpp"
#include "base/log.hpp"
#include "core/settings.hpp"

#include <cstdint>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace busbar {

namespace {

/// As systemd's in config/systemd; a cycle comes every second at the latest.
constexpr std::chrono::seconds kHung{60};

/// Empty for the only one.
std::string_view siteNameIn(const App& app, const SiteRun& run) {
    return app.sites().size() > 1 ? std::string_view(run.config().site) : std::string_view();
}

/// Prints what would be published: values as they change, one JSON line each.
class DryRun {
public:
    void print(App& app, const Now& now) {
        if (start_ == SteadyTime{})
            start_ = now.steady;
        const auto t = std::chrono::duration_cast<std::chrono::milliseconds>(now.steady - start_);
        for (const auto& site : app.sites())
            print(*site, {.t = t, .site = siteNameIn(app, *site)});
        std::fflush(stdout);
    }

private:
    void print(SiteRun& run, LineHead head) {
        if (!run.site().readings().everComplete())
            return; // not on the bus yet
        for (const Bank& bank : run.site().banks()) {
            head.bank = bank.settings().id;
            Snapshot& before = before_[{run.config().site, bank.settings().id}];
            std::fputs(changedLines(head, before, bank.snapshot()).c_str(), stdout);
            before = bank.snapshot();
        }
    }

    SteadyTime start_{};
    std::map<std::pair<std::string, std::string>, Snapshot> before_; ///< by site and bank
};

/// Made and started, or thrown.
std::unique_ptr<App> startedApp(const config::Config& config, AppOptions options) {
    log::start(config.logLevel);
    auto app = std::make_unique<App>(config, std::move(options));
    app->start();
    return app;
}

config::ReadResult readAgain(const RunOptions& options) {
    return readToRun(configFile(options.config));
}

/// One App after the other, each with its own configuration.
class Runner {
public:
    explicit Runner(const RunOptions& options) : options_(options) {
        if (!options.healthFile.empty())
            health_.emplace(options.healthFile);
    }

    int run(config::Config config) {
        std::optional<config::Config> former;
        while (true) {
            const auto running = startOr(former, config);
            if (const int code = running->run(); code != 0 || !running->next())
                return code;
            former = running->config();
            config = *running->next();
        }
    }

private:
    /// A configuration that cannot be started leaves the one before it in force.
    std::unique_ptr<App> startOr(const std::optional<config::Config>& former,
                                 const config::Config& config) {
        try {
            return startedApp(config, appOptions());
        } catch (const std::exception& error) {
            if (!former)
                throw;
            log::error("reload_failed reason=\"{}\" going on with the configuration before",
                       error.what());
        }
        return startedApp(*former, appOptions());
    }

    AppOptions appOptions() {
        AppOptions app;
        app.publish = !options_.dryRun;
        app.runFor =
            std::chrono::milliseconds(static_cast<std::int64_t>(options_.seconds * 1000.0));
        app.configFile = configFile(options_.config);
        app.texts = textReaders();
        app.reload = [this] { return readAgain(options_); };
        app.onCycle = [this](App& running, const Now& now) {
            if (options_.dryRun)
                dryRun_.print(running, now);
            if (!isTurning(running, now))
                return; // the worst site counts
            guard_.turned();
            if (health_ && health_->isDue(now.steady))
                health_->write({now.steady, healthFacts(running, now)});
        };
        return app;
    }

    const RunOptions& options_;
    DryRun dryRun_;
    std::optional<HealthFile> health_;
    HangGuard guard_{kHung};
};

} // namespace

int runCommand(const RunOptions& options) {
    auto config = loadToRun(options.config);
    if (!config)
        return kBadConfig;
    log::start(config->logLevel);
    return Runner(options).run(std::move(*config));
}

} // namespace busbar
