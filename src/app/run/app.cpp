// SPDX-License-Identifier: MIT
// Wires sessions, site, outputs and files to the loop.
#include "app/run/app.hpp"

#include "app/run/log.hpp"
#include "app/run/run_token.hpp"
#include "app/version.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace busbar {

namespace {

using namespace std::chrono_literals;

constexpr ReloadPlan kAllLinks = {.restart = false, .readings = true, .output = true};

/// Functions of the session that reads the GX, whichever it is.
mqtt::SourcePort sourcePort(Links& links) {
    mqtt::SourcePort port;
    port.subscribe = [&links](const std::vector<std::string>& filters) {
        return links.gx().client().subscribe(filters);
    };
    port.unsubscribe = [&links](const std::vector<std::string>& filters) {
        return links.gx().client().unsubscribe(filters);
    };
    port.publish = [&links](const std::string& topic, const std::string& payload) {
        return links.gx().client().publish(topic, payload);
    };
    return port;
}

void logIssues(const std::string& file, const std::vector<config::Issue>& issues) {
    for (const config::Issue& issue : issues) {
        std::string line = config::formatIssues(file, {issue});
        std::erase(line, '\n');
        log::write(issue.severity == config::Severity::Error ? log::Level::Error : log::Level::Warn,
                   "config_issue {}", line);
    }
}

/// What an earlier run has left is known before the first output is made.
Keeper& restored(Keeper& keeper, Site& site, bool publishes) {
    if (publishes)
        keeper.restore(site);
    return keeper;
}

} // namespace

App::App(const config::Config& config, AppOptions options)
    : config_(config), options_(std::move(options)),
      inbox_(loop_, [this](const Now& now) { onMail(now); }), links_(loop_, inbox_.mailbox()),
      site_(config_, sourcePort(links_), newToken()), keeper_(config.stateDir),
      outputs_({.loop = loop_,
                .config = config_,
                .site = site_,
                .keeper = restored(keeper_, site_, options_.publish),
                .links = links_,
                .health = [this](const Now& now) { return health(now); },
                .wake = [this] { cycle_.wake(); }},
               options_.publish),
      cycle_(loop_, config_, site_, outputs_,
             [this](const Now& now) {
                 if (options_.onCycle)
                     options_.onCycle(*this, now);
             }),
      second_(loop_, [this](const Now& now) { onSecond(now); }),
      stops_(loop_, [this] { reload(); }) {
    links_.install(links_.make(config_, kAllLinks, options_.publish), kAllLinks);
    outputs_.install(outputs_.make(config_));
}

App::~App() = default;

void App::start() {
    const Now now = loop_.now();
    log::info("start version={} broker={} banks={}", kVersion,
              config_.gx.vrm ? "vrm" : config_.gx.broker.url, config_.banks.size());
    outputs_.begin();
    started_ = now.steady;
    links_.start(kAllLinks, now);
    second_.armEvery(1s);
    stops_.endAfter(options_.runFor);
}

int App::run() {
    if (!started_)
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
    outputs_.end();
    if (options_.publish)
        keeper_.saveAll(site_);
    const GxOutput* gx = outputs_.gx();
    const bool hasArrived = links_.end(gx != nullptr ? gx->patience() : kGoodbye);
    if (gx != nullptr && gx->isDone(hasArrived) && !next_) {
        site_.gx().forgetGivenBack();
        keeper_.saveAll(site_);
    }
    log::info("stop");
}

void App::onMail(const Now& now) {
    bool isEvent = false;
    const bool wasLost = inbox_.take(
        config_.cycle,
        [&](const Mail& mail) {
            isEvent = isEvent || mail.kind != MailKind::Message;
            dispatch(mail, now);
            if (options_.onMail)
                options_.onMail(mail, now);
        },
        now);
    if (wasLost)
        site_.source().overflow(now);
    if (isEvent)
        links_.tick(now);
    logNotices(site_.source().takeNotices());
    cycle_.notice(isEvent, now);
}

void App::onSecond(const Now& now) {
    site_.tick(now);
    inbox_.tick(now);
    links_.tick(now);
    logNotices(site_.source().takeNotices());
    cycle_.run(now);
    outputs_.tick(now);
    if (options_.publish)
        keeper_.save(site_, now);
}

/// The session of the readings may carry the outputs as well. Whatever these do, the readings know
/// of their session.
void App::dispatch(const Mail& mail, const Now& now) {
    const auto use = static_cast<SessionUse>(mail.session);
    const bool isReadings = use == SessionUse::Readings;
    const bool isMessage = mail.kind == MailKind::Message;
    const bool isOutputs =
        use == (links_.ownOutput() != nullptr ? SessionUse::Output : SessionUse::Readings);
    if (isReadings && !isMessage)
        site_.take(mail, now);
    if (isOutputs && outputs_.take(mail, now))
        return;
    if (isReadings && isMessage)
        site_.take(mail, now);
}

mqtt::Health App::health(const Now& now) const {
    mqtt::Health health;
    health.version = kVersion;
    health.uptime = std::chrono::duration_cast<std::chrono::seconds>(now.steady -
                                                                     started_.value_or(now.steady));
    health.evaluations = cycle_.count();
    health.mailboxDropped = inbox_.lost();
    if (const BusOutput* bus = outputs_.bus())
        health.busSignals = bus->signals();
    health.source = site_.source().counters();
    health.gxSession = links_.gx().client().counters();
    if (const Session* own = links_.ownOutput())
        health.outputSession = own->client().counters();
    return health;
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
    const ReloadPlan plan = planReload(config_, *result.config);
    const bool isGivingBack = plan.readings && site_.gx().hasToGiveBack();
    if (!plan.restart && !isGivingBack) {
        takeOver(*result.config, plan);
        return;
    }
    // These throw while it costs nothing.
    static_cast<void>(links_.make(*result.config, kAllLinks, options_.publish));
    static_cast<void>(outputs_.make(*result.config));
    log::info("reload_restart {}", plan.restart
                                       ? "published batteries or the place of the state change"
                                       : "settings of this GX have to be given back before");
    next_ = result.config;
    loop_.exit(0);
}

/// All that may fail comes before anything has changed. The battery stays on the bus: without a
/// session its data is held, and then lost, as with any other loss of the link.
void App::takeOver(const config::Config& config, const ReloadPlan& plan) {
    const Now now = loop_.now();
    MadeSessions sessions = links_.make(config, plan, options_.publish);
    auto outputs = plan.output ? outputs_.make(config) : nullptr;
    config::Config next = config;
    endLinks(plan, now);
    config_ = std::move(next);
    log::start(config_.logLevel);
    site_.setSettings(config_, now);
    links_.install(std::move(sessions), plan);
    if (plan.output)
        outputs_.install(std::move(outputs));
    links_.start(plan, now);
    log::info("reloaded readings={} output={}", plan.readings ? "reconnect" : "as before",
              plan.output ? "anew" : "as before");
    cycle_.run(now);
}

void App::endLinks(const ReloadPlan& plan, const Now& now) {
    if (plan.output)
        outputs_.endSession();
    if (plan.readings) {
        links_.endReadings();
        site_.disconnected(now);
    }
    if (plan.output) {
        links_.endOutput();
        outputs_.forgetSession();
    }
    takeLastMail(plan, now);
}

/// What waits of the sessions that are gone must not be taken for their successors'.
void App::takeLastMail(const ReloadPlan& gone, const Now& now) {
    const auto reader = [&](const Mail& mail) {
        const bool isOutputs = static_cast<SessionUse>(mail.session) == SessionUse::Output;
        if (!(isOutputs ? gone.output : gone.readings))
            dispatch(mail, now);
    };
    if (inbox_.take(config_.cycle, reader, now))
        site_.source().overflow(now);
}

} // namespace busbar
