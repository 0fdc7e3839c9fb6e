// SPDX-License-Identifier: MIT
// `busbar check` and `busbar config`.
#include "app/commands/check_live.hpp"
#include "app/commands/check_notes.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/live_look.hpp"
#include "app/run/app.hpp"
#include "app/run/chain.hpp"
#include "app/run/site_run.hpp"
#include "base/log.hpp"
#include "config/output.hpp"
#include "mqtt/results/topics_manual.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace busbar {

namespace {

/// What came of one site.
struct Seen {
    /// Why nothing can be said of its batteries; empty = something can.
    std::string silence{};
    std::vector<std::string> lines;
    std::vector<config::Issue> issues;
};

/// ": connection refused (…)", and what to do.
std::string whyNot(SiteRun& run) {
    const auto chain = chainToBatteries(chainFactsOf(run));
    const ChainFinding* broken = firstBroken(chain);
    return broken == nullptr ? "" : ": " + broken->what + "; " + broken->remedy;
}

Seen seenAt(SiteRun& run, const config::MadeTree& tree) {
    const std::string& url = run.config().gx.broker.url;
    const Site& site = run.site();
    const LiveSite live{run.config(), tree, site.readings(), site.banks()};
    if (!run.isConnected())
        return {"the broker " + url + " is not reached" + whyNot(run), {}, {}};
    if (!hearsAny(live))
        return {"no battery is heard at the broker " + url + whyNot(run), {}, {}};
    return {{}, liveLines(live), liveIssues(live)};
}

/// False if nothing of the site was seen.
bool printSeen(const Seen& seen, const std::string& head) {
    if (!seen.silence.empty())
        std::fputs((head + seen.silence + "\n").c_str(), stdout);
    for (const std::string& line : seen.lines)
        std::fputs((head + line + "\n").c_str(), stdout);
    return seen.silence.empty();
}

/// Runs as `watch` does, and says what has come of it.
int checkLive(const CheckOptions& options, const config::ReadResult& result) {
    log::start("error");
    std::vector<Seen> seen(result.trees.size());
    App running(*result.config, lookOptions(options.seconds, [&](App& app) {
        for (const auto& run : app.sites())
            seen.at(run->index()) = seenAt(*run, result.trees.at(run->index()));
    }));
    if (const int code = running.run(); code != kDone)
        return code;
    std::vector<config::Issue> issues;
    bool isSeen = true;
    for (const auto& run : running.sites()) {
        const std::string head = seen.size() > 1 ? "site " + run->config().site + ": " : "";
        const Seen& own = seen.at(run->index());
        isSeen = printSeen(own, head) && isSeen;
        std::ranges::copy(own.issues, std::back_inserter(issues));
    }
    std::fputs(config::formatIssues(options.file, issues).c_str(), stdout);
    const bool isBad = std::ranges::any_of(issues, [](const config::Issue& issue) {
        return issue.severity == config::Severity::Error;
    });
    if (isBad)
        return kBadConfig;
    if (issues.empty() && isSeen)
        std::fputs((options.file + ": the batteries are as it has them\n").c_str(), stdout);
    return isSeen ? kDone : kFailed;
}

} // namespace

int checkCommand(const CheckOptions& options) {
    const std::string& file = options.file;
    const config::ReadResult result = readToRun(file);
    std::fputs(config::formatIssues(file, result.issues).c_str(), stdout);
    if (!result.config)
        return kBadConfig;
    for (const std::string& note : notesOf(*result.config))
        std::fputs(std::string(file).append(": ").append(note).append("\n").c_str(), stdout);
    std::fputs((file + ": no errors\n").c_str(), stdout);
    return options.isLive ? checkLive(options, result) : kDone;
}

int configCommand(ConfigOutput output, const std::string& file) {
    if (output == ConfigOutput::Schema) {
        std::fputs(config::jsonSchema().c_str(), stdout);
        return kDone;
    }
    if (output == ConfigOutput::Options) {
        std::fputs(config::optionsManual().c_str(), stdout);
        return kDone;
    }
    if (output == ConfigOutput::Topics) {
        std::fputs(mqtt::topicsManual().c_str(), stdout);
        return kDone;
    }
    const auto config = loadConfig(file);
    if (!config)
        return kBadConfig;
    std::fputs(config::effectiveConfig(*config).c_str(), stdout);
    return kDone;
}

} // namespace busbar
