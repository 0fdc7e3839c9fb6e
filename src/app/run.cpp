// SPDX-License-Identifier: MIT
// `busbar run`.
#include "app/app.hpp"
#include "app/commands.hpp"
#include "app/health_check.hpp"
#include "app/log.hpp"
#include "app/values_json.hpp"
#include "base/hang_guard.hpp"
#include "base/log.hpp"

#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

namespace busbar {

namespace {

/// As systemd's in config/systemd; a cycle comes every second at the latest.
constexpr std::chrono::seconds kHung{60};

/// Prints what would be published: values as they change, one JSON line each.
class DryRun {
public:
    void print(App& app, const Now& now) {
        const auto& banks = app.site().banks();
        if (start_ == SteadyTime{})
            start_ = now.steady;
        if (!app.site().readings().everComplete())
            return; // not on the bus yet
        before_.resize(banks.size());
        const auto t = std::chrono::duration_cast<std::chrono::milliseconds>(now.steady - start_);
        for (std::size_t i = 0; i < banks.size(); ++i) {
            std::fputs(changedLines(t, before_[i], banks[i].snapshot()).c_str(), stdout);
            before_[i] = banks[i].snapshot();
        }
        std::fflush(stdout);
    }

private:
    SteadyTime start_{};
    std::vector<Snapshot> before_;
};

} // namespace

int runCommand(const RunOptions& options) {
    auto config = loadConfig(options.config);
    if (!config)
        return kBadConfig;
    log::start(config->logLevel);
    DryRun dryRun;
    std::optional<HealthFile> health;
    if (!options.healthFile.empty())
        health.emplace(options.healthFile);
    HangGuard guard(kHung);
    while (config) {
        AppOptions app;
        app.publish = !options.dryRun;
        app.runFor = std::chrono::milliseconds(static_cast<std::int64_t>(options.seconds * 1000.0));
        app.configFile = configFile(options.config);
        app.reload = [&options] {
            const std::string file = configFile(options.config);
            return file.empty() ? config::readConfig("{}", configEnvironment())
                                : config::readConfigFile(file, configEnvironment());
        };
        app.onCycle = [&options, &dryRun, &health, &guard](App& running, const Now& now) {
            guard.turned();
            if (options.dryRun)
                dryRun.print(running, now);
            if (health && health->isDue(now.steady))
                health->write({now.steady, healthFacts(running, now)});
        };
        App running(*config, std::move(app));
        if (const int code = running.run(); code != 0)
            return code;
        config = running.next();
        if (config)
            log::start(config->logLevel);
    }
    return kDone;
}

} // namespace busbar
