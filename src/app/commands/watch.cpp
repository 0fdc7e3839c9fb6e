// SPDX-License-Identifier: MIT
// `busbar watch`: the live view of what Busbar makes of a GX, and recordings of what the GX says.
#include "app/commands/commands.hpp"
#include "app/commands/new_file.hpp"
#include "app/commands/recording.hpp"
#include "app/run/app.hpp"
#include "app/run/log.hpp"
#include "app/view/live_view.hpp"
#include "base/log.hpp"

#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

namespace busbar {

namespace {

/// Every message as a line of a recording, times from the first.
class Recorder {
public:
    /// Throws std::runtime_error if it cannot be written, or something is there already.
    explicit Recorder(const std::string& file) : file_(file) {
        if (const std::string why = whyNotOver(file); !why.empty())
            throw std::runtime_error(why);
        out_.open(file);
        if (!out_)
            throw std::runtime_error("cannot write the recording " + file);
    }

    /// `isInitial`: the GX is still saying how everything stands.
    void put(const Mail& mail, bool isInitial, const Now& now) {
        if (mail.kind != MailKind::Message)
            return;
        const bool isFirst = start_ == SteadyTime{};
        if (isFirst)
            start_ = now.steady;
        const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(now.steady - start_);
        const bool isWritten =
            writeRecord(out_, {at, isInitial, std::string(mail.topic), std::string(mail.payload),
                               isFirst ? std::optional(now.wall) : std::nullopt});
        if (isWritten == isBroken_)
            log::write(isWritten ? log::Level::Info : log::Level::Error, "recording_{} file={}",
                       isWritten ? "goes_on" : "stopped", file_);
        isBroken_ = !isWritten;
        out_.flush();
    }

private:
    std::string file_;
    std::ofstream out_;
    SteadyTime start_{};
    bool isBroken_{false};
};

/// No full publish has ended yet, completely or otherwise: what comes is no change, but the state
/// that a replay has to begin with.
bool isFirstState(SiteRun& run) {
    const auto& counters = run.site().source().counters();
    return counters.sweeps + counters.sweepsFailed == 0;
}

/// Those that are shown; throws std::runtime_error if there are none.
std::vector<ShownBank> wantedBanks(const WatchOptions& options,
                                   const std::vector<config::Config>& sites) {
    const std::optional<std::size_t> only =
        options.site.empty() ? std::nullopt : std::optional(siteIndex(sites, options.site));
    std::vector<ShownBank> banks;
    for (std::size_t site = 0; site < sites.size(); ++site)
        for (std::size_t bank = 0; bank < sites[site].banks.size(); ++bank)
            if (only.value_or(site) == site &&
                (options.bank.empty() || sites[site].banks[bank].bank.id == options.bank))
                banks.push_back({.site = site, .bank = bank});
    if (banks.empty())
        throw std::runtime_error("the configuration has no bank \"" + options.bank + "\"");
    return banks;
}

} // namespace

int watchCommand(const WatchOptions& options) {
    const auto config = loadToRun(options.config);
    if (!config)
        return kBadConfig;
    log::start(config->logLevel);
    const std::vector<ShownBank> banks = wantedBanks(options, sitesOf(*config));
    if (!options.record.empty() && !config->others.empty() && options.site.empty())
        throw std::runtime_error("a recording is of one GX: give --site as well");
    std::unique_ptr<Recorder> recorder;
    if (!options.record.empty())
        recorder = std::make_unique<Recorder>(options.record);
    LiveView view(banks, "");
    AppOptions app;
    app.publish = false;
    app.runFor = std::chrono::milliseconds(static_cast<std::int64_t>(options.seconds * 1000.0));
    app.onCycle = [&view](App& running, const Now& now) { view.paint(running, now); };
    if (view.takesKeys())
        app.onInput = [&view](App& running, const Now& now) { view.keys(running, now); };
    std::optional<App> running;
    if (recorder)
        app.onMail = [&](const Mail& mail, std::size_t site, const Now& now) {
            if (site == banks.front().site)
                recorder->put(mail, isFirstState(*running->sites().at(site)), now);
        };
    running.emplace(*config, std::move(app));
    const int code = running->run();
    view.paintLast(*running, running->now());
    return code;
}

} // namespace busbar
