// SPDX-License-Identifier: MIT
// Hands mail, time and signals on to the sites.
#include "app/run/app.hpp"

#include "app/run/hand_on.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace busbar {

namespace {

using namespace std::chrono_literals;

constexpr ReloadPlan kAllLinks = {.restart = false, .readings = true, .output = true};

void logIssues(const std::string& file, const std::vector<config::Issue>& issues) {
    for (const config::Issue& issue : issues) {
        std::string line = config::formatIssues(file, {issue});
        std::erase(line, '\n');
        log::write(issue.severity == config::Severity::Error ? log::Level::Error : log::Level::Warn,
                   "config_issue {}", line);
    }
}

} // namespace

App::App(const config::Config& config, AppOptions options)
    : config_(config), options_(std::move(options)),
      inbox_(loop_, [this](const Now& now) { onMail(now); }),
      second_(loop_, [this](const Now& now) { onSecond(now); }),
      stops_(loop_, [this] { reload(); }) {
    const std::vector<config::Config> sites = sitesOf(config_);
    std::vector<std::string> names;
    for (const config::Config& site : sites)
        names.push_back(site.site);
    for (const config::Config& site : sites) {
        SitePlace place{.loop = loop_, .inbox = inbox_};
        place.index = sites_.size();
        place.names = names;
        place.publishes = options_.publish;
        place.told = [this](const Now& now) {
            if (options_.onCycle)
                options_.onCycle(*this, now);
        };
        sites_.push_back(std::make_unique<SiteRun>(site, std::move(place)));
    }
}

App::~App() = default;

/// What one site throws costs no other.
template <class Do>
void App::forEachSite(Do&& act) {
    for (const auto& site : sites_)
        alone(loop_.faults(), [&] { act(*site); });
}

void App::start() {
    const Now now = loop_.now();
    for (const auto& site : sites_)
        site->start(now);
    isStarted_ = true;
    second_.armEvery(1s);
    stops_.endAfter(options_.runFor);
}

int App::run() {
    if (!isStarted_)
        start();
    loop_.keepWatchdogFed();
    loop_.notifyReady();
    const int code = loop_.run();
    shutDown();
    return code;
}

void App::shutDown() {
    if (!next_)
        loop_.notifyStopping();
    forEachSite([](SiteRun& site) { site.end(); });
    const int share = static_cast<int>(sites_.size());
    forEachSite([&](SiteRun& site) { site.sayGoodbye(share, !next_); });
    log::info("stop");
}

bool isTurning(const App& app, const Now& now) {
    return std::ranges::all_of(app.sites(),
                               [&now](const auto& site) { return site->isTurning(now); });
}

bool App::takeMail(const std::function<void(const Mail&)>& reader, const Now& now) {
    auto gather = config_.cycle;
    for (const config::Config& site : config_.others)
        gather = std::min(gather, site.cycle);
    return inbox_.take(gather, reader, now);
}

void App::onMail(const Now& now) {
    std::vector<bool> hasEvent(sites_.size());
    const auto reader = [&](const Mail& mail) {
        const std::size_t site = sessionOf(mail).site;
        hasEvent.at(site) = hasEvent.at(site) || mail.kind != MailKind::Message;
        dispatch(mail, now);
        if (options_.onMail)
            options_.onMail(mail, site, now);
    };
    if (takeMail(reader, now))
        forEachSite([&](SiteRun& site) { site.overflow(now); });
    std::size_t index = 0;
    forEachSite([&](SiteRun& site) { site.batchEnded(hasEvent.at(index++), now); });
}

void App::onSecond(const Now& now) {
    inbox_.tick(now);
    forEachSite([&](SiteRun& site) { site.tick(now); });
}

void App::dispatch(const Mail& mail, const Now& now) {
    const SessionId session = sessionOf(mail);
    sites_.at(session.site)->take(mail, session.use, now);
}

/// Whatever goes wrong, the program goes on as it was.
void App::reload() {
    if (!options_.reload)
        return;
    try {
        takeReload(options_.reload());
    } catch (const std::exception& error) {
        log::error("reload_refused reason=\"{}\" the configuration in force stays", error.what());
    }
}

void App::takeReload(const config::ReadResult& result) {
    logIssues(options_.configFile, result.issues);
    if (!result.config) {
        log::error("reload_refused the configuration in force stays");
        return;
    }
    const std::vector<config::Config> wanted = sitesOf(*result.config);
    if (wanted.size() != sites_.size())
        return restartWith(*result.config, true);
    std::vector<ReloadPlan> plans;
    for (std::size_t i = 0; i < sites_.size(); ++i)
        plans.push_back(sites_[i]->planFor(wanted[i]));
    const bool isChanged = std::ranges::any_of(plans, &ReloadPlan::restart);
    if (isChanged || std::ranges::any_of(plans, &ReloadPlan::isGivingBack))
        restartWith(*result.config, isChanged);
    else
        takeOver(*result.config, plans);
}

void App::restartWith(const config::Config& config, bool isChanged) {
    // These throw while it costs nothing.
    for (const config::Config& site : sitesOf(config))
        static_cast<void>(sites_.front()->prepare(site, kAllLinks));
    log::info("reload_restart {}", isChanged
                                       ? "published batteries or the place of the state change"
                                       : "settings of this GX have to be given back before");
    next_ = config;
    loop_.exit(0);
}

/// All that may fail comes before anything has changed, at any site.
void App::takeOver(const config::Config& config, const std::vector<ReloadPlan>& plans) {
    const Now now = loop_.now();
    std::vector<SiteChange> changes;
    for (config::Config& site : sitesOf(config))
        changes.push_back(sites_[changes.size()]->prepare(std::move(site), plans[changes.size()]));
    config_ = config;
    log::start(config_.logLevel);
    for (std::size_t i = 0; i < sites_.size(); ++i)
        alone(loop_.faults(), [&] {
            sites_[i]->endLinks(plans[i], now);
            takeLastMail(i, plans[i], now);
            sites_[i]->takeOver(std::move(changes[i]), now);
        });
}

/// What waits of the sessions that are gone must not be taken for their successors'.
void App::takeLastMail(std::size_t site, const ReloadPlan& gone, const Now& now) {
    const auto reader = [&](const Mail& mail) {
        const SessionId session = sessionOf(mail);
        const bool isGone = session.use == SessionUse::Output ? gone.output : gone.readings;
        if (session.site != site || !isGone)
            dispatch(mail, now);
    };
    if (takeMail(reader, now))
        forEachSite([&](SiteRun& each) { each.overflow(now); });
}

} // namespace busbar
