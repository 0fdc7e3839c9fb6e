// SPDX-License-Identifier: MIT
// `busbar compare`: beside another service for the same bank, for hours, publishing nothing.
#include "app/commands/commands.hpp"
#include "app/commands/live_look.hpp"
#include "app/commands/new_file.hpp"
#include "app/compare/comparison_report.hpp"
#include "app/compare/moment.hpp"
#include "app/run/app.hpp"
#include "app/run/chain.hpp"
#include "app/view/terminal_kind.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "core/bank.hpp"
#include "core/gx/gx_state.hpp"
#include "core/settings.hpp"
#include "core/units/selector.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace busbar {

namespace {

using namespace std::chrono_literals;

/// A power cut costs no more of the report than this.
constexpr auto kSaveEvery = 10min;

/// Of --with: what the GX itself makes of its batteries, com.victronenergy.system.
constexpr std::string_view kGxItself = "gx";

/// "8" is "instance:8".
std::optional<Selector> wantedOther(const std::string& text) {
    const bool isNumber =
        !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    return parseSelector(isNumber ? "instance:" + text : text);
}

std::string reportFor(const std::string& file, const ComparedWith& with,
                      const Comparison& comparison) {
    if (file.ends_with(".json"))
        return comparisonJson(with, comparison);
    return file.ends_with(".html") ? comparisonHtml(with, comparison)
                                   : comparisonText(with, comparison);
}

/// Finds the other, and then watches both.
class Comparer {
public:
    Comparer(const CompareOptions& options, std::size_t site, std::size_t bank)
        : options_(options), site_(site), bank_(bank) {
        if (!options.with.empty() && !isBesideGx())
            other_ = wantedOther(options.with);
    }

    void cycle(App& app, const Now& now) {
        SiteRun& run = *app.sites().at(site_);
        if (!watched_ && !find(run, now))
            return;
        const ComparedMoment moment = momentNow(run);
        with_.inControl = whomGxObeys(run, bank_);
        comparison_.add(moment, now.steady);
        if (isPaintable(STDOUT_FILENO))
            std::fputs(("\x1b[H\x1b[J" + momentText(with_, moment)).c_str(), stdout);
        std::fflush(stdout);
        if (now.steady - saved_ >= kSaveEvery)
            save(now);
    }

    void save(const Now& now) {
        saved_ = now.steady;
        if (options_.report.empty())
            return;
        const std::string why =
            replaceFile(options_.report, reportFor(options_.report, with_, comparison_));
        if (!why.empty())
            std::fprintf(stderr, "busbar: the report is not written: %s\n", why.c_str());
    }

    /// What keeps the GX from being read, if something does; to be asked before sessions end.
    void noteObstacle(App& app) {
        const auto chain = chainToBatteries(chainFactsOf(*app.sites().at(site_)));
        if (const ChainFinding* broken = firstBroken(chain))
            obstacle_ = ": " + std::string(toText(broken->link)) + ": " + broken->what +
                        "; what to do: " + broken->remedy;
    }
    [[nodiscard]] const std::string& obstacle() const { return obstacle_; }

    [[nodiscard]] bool isGivenUp() const { return !problem_.empty(); }
    [[nodiscard]] const std::string& problem() const { return problem_; }
    [[nodiscard]] bool hasCompared() const { return watched_.has_value(); }
    [[nodiscard]] std::string text() const { return comparisonText(with_, comparison_); }

private:
    [[nodiscard]] bool isBesideGx() const { return options_.with == kGxItself; }

    ComparedMoment momentNow(SiteRun& run) {
        const Bank& ours = run.site().banks().at(bank_);
        if (!isBesideGx())
            return momentOf(ours, otherOf(run, *watched_));
        ComparedMoment moment = momentOf(ours, nullptr);
        sayTotals(moment, run.site().readings().gx().totals);
        return moment;
    }

    [[nodiscard]] FoundOther look(SiteRun& run) const {
        if (!isBesideGx())
            return findOther(run, bank_, other_);
        return {.instance = kGxInstance,
                .bank = run.site().banks().at(bank_).settings().name,
                .other = "the GX's own totals"};
    }

    /// True if there is one. Gives up when all has been seen and there is none, or several.
    bool find(SiteRun& run, const Now& now) {
        began_ = began_.value_or(now.steady);
        if (!hasShown(run) && now.steady - *began_ < kPatience)
            return false;
        const FoundOther found = look(run);
        if (!found.instance) {
            if (now.steady - *began_ >= kPatience || run.site().readings().everComplete())
                problem_ = found.problem;
            return false;
        }
        watched_ = found.instance;
        with_.bank = found.bank;
        with_.other = found.other;
        saved_ = now.steady;
        return true;
    }

    static constexpr int kGxInstance = 0; ///< of its service `system`
    static constexpr auto kPatience = std::chrono::seconds(30);

    const CompareOptions& options_;
    std::size_t site_;
    std::size_t bank_;
    std::optional<Selector> other_;
    std::optional<SteadyTime> began_;
    std::optional<int> watched_;
    ComparedWith with_;
    Comparison comparison_;
    SteadyTime saved_{};
    std::string problem_;
    std::string obstacle_;
};

int badCompareUsage(const std::string& why) {
    std::fprintf(stderr, "busbar: %s\n", why.c_str());
    return kBadUsage;
}

int compareFailed(const std::string& why) {
    std::fprintf(stderr, "busbar: %s\n", why.c_str());
    return kFailed;
}

/// Runs until the time is over, a signal, or there is nothing to compare with.
int watchBoth(const CompareOptions& options, const config::Config& config, Comparer& comparer) {
    AppOptions app;
    app.publish = false;
    app.runFor = std::chrono::milliseconds(static_cast<std::int64_t>(options.hours * 3.6e6));
    app.onCycle = [&](App& running, const Now& now) { comparer.cycle(running, now); };
    app.isDone = [&](App&, const Now&) { return comparer.isGivenUp(); };
    app.onEnd = [&](App& running) {
        if (comparer.hasCompared())
            comparer.save(running.now());
        else
            comparer.noteObstacle(running);
    };
    return App(config, std::move(app)).run();
}

} // namespace

int compareCommand(const CompareOptions& options) {
    const bool isBesideGx = options.with == kGxItself;
    if (!options.with.empty() && !isBesideGx && !wantedOther(options.with))
        return badCompareUsage("--with: " + options.with +
                               " is no battery; write instance:8, name:…, serial:…, product:… or "
                               "gx for the GX's own totals");
    auto config = loadToRun(options.config);
    if (!config)
        return kBadConfig;
    config->gx.readsTotals = isBesideGx;
    for (config::Config& other : config->others)
        other.gx.readsTotals = isBesideGx;
    log::start("error");
    const std::vector<config::Config> sites = sitesOf(*config);
    const std::size_t site = options.site.empty() ? 0 : siteIndex(sites, options.site);
    Comparer comparer(options, site, bankIndex(sites.at(site), options.bank));
    if (!options.report.empty())
        if (const std::string why = writeNewFile(options.report, ""); !why.empty())
            return compareFailed(why);
    const int code = watchBoth(options, *config, comparer);
    if (comparer.hasCompared()) {
        std::fputs(("\n" + comparer.text()).c_str(), stdout);
        return code;
    }
    if (!options.report.empty())
        ::unlink(options.report.c_str());
    return compareFailed(comparer.isGivenUp()
                             ? comparer.problem()
                             : "it ended before the GX had answered" + comparer.obstacle());
}

} // namespace busbar
