// SPDX-License-Identifier: MIT
// Hands mail, time and signals on to the sites.
#include "app/run/app.hpp"

#include "app/kept/gone_sites.hpp"
#include "app/run/hand_on.hpp"
#include "app/version.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <exception>
#include <sys/epoll.h>
#include <unistd.h>
#include <utility>

namespace busbar {

namespace {

using namespace std::chrono_literals;

constexpr int kCannotGoOn = 1; // kFailed of the commands

void logIssues(const std::string& file, const std::vector<config::Issue>& issues) {
    for (const config::Issue& issue : issues) {
        std::string line = config::formatIssues(file, {issue});
        std::erase(line, '\n');
        log::write(issue.severity == config::Severity::Error ? log::Level::Error : log::Level::Warn,
                   "config_issue {}", line);
    }
}

std::vector<std::string> namesOf(const config::Config& config) {
    std::vector<std::string> names;
    for (const config::Config& site : sitesOf(config))
        names.push_back(site.site);
    return names;
}

/// The site ends and begins again, in this program or with it.
bool isMadeAnew(const ReloadPlan& plan) {
    return plan.restart || plan.isGivingBack;
}

/// The configuration that follows has no such site.
bool isGone(const std::optional<config::Config>& next, const std::string& site) {
    const std::vector<std::string> names = next ? namesOf(*next) : std::vector{site};
    return std::ranges::find(names, site) == names.end();
}

void dispatch(const std::vector<std::unique_ptr<SiteRun>>& sites, const Mail& mail,
              const Now& now) {
    const SessionId session = sessionOf(mail);
    if (const auto& site = sites.at(session.site))
        site->take(mail, session.use, now);
}

} // namespace

App::App(const config::Config& config, AppOptions options)
    : config_(config), options_(std::move(options)),
      inbox_(loop_, [this](const Now& now) { onMail(now); }), page_(loop_, board_),
      second_(loop_, [this](const Now& now) { onSecond(now); }),
      stops_(loop_, options_.reload ? std::function<void()>([this] { reload(); }) : nullptr) {
    page_.setReaders(std::move(options_.texts));
    board_.version = kVersion;
    board_.setSites(namesOf(config_));
    // What sites that are no more have left goes to those that are: first to their disks.
    const std::vector<config::Config> sites = sitesOf(config_);
    const auto gone = options_.publish ? goneSites(sites) : std::vector<GoneSite>{};
    const auto left = handOver(gone, sites);
    for (std::size_t i = 0; i < sites.size(); ++i)
        sites_.push_back(make(sites[i], i, left[i]));
    std::ranges::for_each(gone, forgetLeft);
    if (options_.onInput)
        input_.emplace(loop_, STDIN_FILENO, EPOLLIN, [this](const Now& now, std::uint32_t events) {
            if ((events & (EPOLLHUP | EPOLLERR)) != 0) // its terminal is gone, for good
                loop_.exit(0);
            else
                options_.onInput(*this, now);
        });
}

std::unique_ptr<SiteRun> App::make(const config::Config& site, std::size_t index,
                                   std::vector<mqtt::LeftTopics> left) {
    SitePlace place{.loop = loop_, .inbox = inbox_, .index = index, .names = namesOf(config_)};
    place.publishes = options_.publish;
    place.left = std::move(left);
    place.board = options_.publish ? &board_ : nullptr;
    place.takeMail = [this](const Now& now) { onMail(now); };
    place.told = [this](const Now& now) {
        page_.said(now);
        if (options_.onCycle)
            options_.onCycle(*this, now);
        if (options_.isDone && options_.isDone(*this, now))
            loop_.exit(0);
    };
    return std::make_unique<SiteRun>(site, std::move(place));
}

App::~App() = default;

/// What one site throws costs no other.
template <class Do>
void App::forEachSite(Do&& act) {
    for (const auto& site : sites_)
        if (site)
            alone(loop_.faults(), [&] { act(*site); });
}

void App::start() {
    const Now now = loop_.now();
    if (options_.publish)
        page_.configure(config_.http, now);
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
    if (!next_)
        loop_.notifyStopping();
    if (options_.onEnd)
        options_.onEnd(*this);
    page_.stop();
    forEachSite([this](SiteRun& site) { site.end(isGone(next_, site.config().site)); });
    const int share = static_cast<int>(sites_.size());
    forEachSite([&](SiteRun& site) { site.sayGoodbye(share, !next_); });
    log::info("stop");
    return code;
}

bool isTurning(const App& app, const Now& now) {
    return std::ranges::all_of(app.sites(),
                               [&now](const auto& site) { return site && site->isTurning(now); });
}

/// A site that lost messages asks its GX for everything again.
void App::takeMail(const std::function<void(const Mail&)>& reader, const Now& now) {
    auto gather = config_.cycle;
    for (const config::Config& site : config_.others)
        gather = std::min(gather, site.cycle);
    const Sessions lost = inbox_.take(gather, reader, now);
    if (lost.any())
        forEachSite([&](SiteRun& site) {
            if (isAnyOf(site.index(), lost))
                site.overflow(now);
        });
}

void App::onMail(const Now& now) {
    std::vector<bool> hasEvent(sites_.size());
    const auto reader = [&](const Mail& mail) {
        const std::size_t site = sessionOf(mail).site;
        hasEvent.at(site) = hasEvent.at(site) || mail.kind != MailKind::Message;
        dispatch(sites_, mail, now);
        if (options_.onMail)
            options_.onMail(mail, site, now);
    };
    takeMail(reader, now);
    forEachSite([&](SiteRun& site) { site.batchEnded(hasEvent.at(site.index()), now); });
}

/// What has gathered comes first: it is worked out here.
void App::onSecond(const Now& now) {
    onMail(now);
    inbox_.tick(now);
    forEachSite([&](SiteRun& site) { site.tick(now); });
    page_.tick(now);
}

/// Whatever goes wrong, the program goes on as it was.
void App::reload() {
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
    if (namesOf(*result.config) != namesOf(config_))
        return restartWith(*result.config, true);
    std::vector<ReloadPlan> plans;
    for (std::size_t i = 0; i < sites_.size(); ++i)
        plans.push_back(sites_[i]->planFor(wanted[i]));
    if (sites_.size() == 1 && isMadeAnew(plans.front()))
        restartWith(*result.config, plans.front().restart);
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
    for (config::Config& site : sitesOf(config)) {
        const ReloadPlan& plan = plans[changes.size()];
        SiteChange change =
            sites_[changes.size()]->prepare(site, isMadeAnew(plan) ? kAllLinks : plan);
        if (isMadeAnew(plan)) // it makes its own; these showed that they can be had
            change = {.config = std::move(site), .plan = plan};
        changes.push_back(std::move(change));
    }
    config_ = config;
    log::start(config_.logLevel);
    if (options_.publish)
        page_.configure(config_.http, now);
    for (std::size_t i = 0; i < sites_.size(); ++i)
        alone(loop_.faults(), [&] {
            if (isMadeAnew(plans[i]))
                return makeAnew(i, changes[i].config, now);
            sites_[i]->endLinks(plans[i], now);
            takeLastMail(i, plans[i], now);
            sites_[i]->takeOver(std::move(changes[i]), now);
        });
    onMail(now); // what was taken of one site while another took over may be a cut
}

/// The others stay as they are, on the bus as well. One that cannot be started goes on as before;
/// if not even that is possible, the program ends, and is started again by who started it.
void App::makeAnew(std::size_t index, const config::Config& site, const Now& now) {
    std::unique_ptr<SiteRun>& run = sites_.at(index);
    const config::Config former = run->config();
    log::info("reload_restart site={}", former.site);
    run->end();
    run->sayGoodbye(1, false);
    run.reset();
    takeLastMail(index, kAllLinks, now);
    const auto starts = [&](const config::Config& wanted) {
        try {
            run = make(wanted, index);
            run->start(now);
            return true;
        } catch (const std::exception& error) {
            log::error("reload_failed site={} reason=\"{}\"", former.site, error.what());
            return false;
        }
    };
    if (!starts(site) && !starts(former))
        loop_.exit(kCannotGoOn);
}

/// What waits of the sessions that are gone must not be taken for their successors'.
void App::takeLastMail(std::size_t site, const ReloadPlan& gone, const Now& now) {
    const auto reader = [&](const Mail& mail) {
        const SessionId session = sessionOf(mail);
        const bool isGone = session.use == SessionUse::Output ? gone.output : gone.readings;
        if (session.site != site || !isGone)
            dispatch(sites_, mail, now);
    };
    takeMail(reader, now);
}

} // namespace busbar
