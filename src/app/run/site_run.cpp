// SPDX-License-Identifier: MIT
// Wires sessions, banks, outputs and files of a site to the loop.
#include "app/run/site_run.hpp"

#include "app/kept/site_folder.hpp"
#include "app/run/chain.hpp"
#include "app/run/log.hpp"
#include "app/run/run_token.hpp"
#include "app/version.hpp"
#include "base/log.hpp"
#include "mqtt/venus/cut_watch.hpp"

#include <chrono>
#include <utility>
#include <vector>

namespace busbar {

namespace {

/// A cycle comes every second; ten that did not end are no accident.
constexpr std::chrono::seconds kTurning{10};
/// A GX in the house has answered by then, and a connection that nobody answers has not timed out.
constexpr std::chrono::seconds kFirstAnswer{8};

/// Functions of the session that reads the GX, whichever it is.
/// Only who publishes results does without something.
mqtt::SourcePort sourcePort(Links& links, bool publishes) {
    mqtt::SourcePort port;
    if (publishes)
        port.leanness =
            mqtt::hasBufferedReads() ? mqtt::Leanness::IfChosen : mqtt::Leanness::ByDefault;
    port.subscribe = [&links](const std::vector<std::string>& filters) {
        return links.gx().client().subscribe(filters);
    };
    port.unsubscribe = [&links](const std::vector<std::string>& filters) {
        return links.gx().client().unsubscribe(filters);
    };
    port.publish = [&links](const std::string& topic, const std::string& payload) {
        return links.gx().client().publish(topic, payload);
    };
    port.setSlacks = [&links](std::shared_ptr<const Slacks> slacks) {
        links.gx().cuts().setSlacks(std::move(slacks));
    };
    return port;
}

KeptSite keptSite(const config::Config& config, const SitePlace& place) {
    return {.stateDir = config.stateDir, .name = config.site, .all = place.names};
}

/// Nothing where there is no page.
std::optional<PageParts> pageParts(const config::Config& config, const SitePlace& place,
                                   std::function<bool()> isGxRead,
                                   std::function<mqtt::Health(const Now&)> health) {
    if (place.board == nullptr)
        return std::nullopt;
    return PageParts{.board = *place.board,
                     .site = place.index,
                     .kept = keptSite(config, place),
                     .keepsHistory = [&config] { return config.http.keepHistory; },
                     .isGxRead = std::move(isGxRead),
                     .health = std::move(health)};
}

/// What an earlier run has left is known before the first output is made.
Keeper& restored(Keeper& keeper, Site& site, const SitePlace& place) {
    if (!place.publishes)
        return keeper;
    keeper.restore(site, place.loop.now());
    for (const mqtt::LeftTopics& left : place.left)
        keeper.places().adopt(left);
    return keeper;
}

bool speaks(const config::Config& config, const SitePlace& place, Keeper& keeper) {
    return place.publishes && speaksByMqtt(config, keeper);
}

} // namespace

SiteRun::SiteRun(const config::Config& config, SitePlace place)
    : place_(std::move(place)), config_(config),
      label_(place_.names.size() > 1 ? config_.site : std::string()),
      links_(place_.loop, place_.inbox.mailbox(), place_.inbox.pause(), place_.index),
      site_(config_, sourcePort(links_, place_.publishes), newToken()),
      keeper_(keptSite(config_, place_)),
      outputs_({.loop = place_.loop,
                .config = config_,
                .site = site_,
                .keeper = restored(keeper_, site_, place_),
                .links = links_,
                .health = [this](const Now& now) { return health(now); },
                .wake = [this] { cycle_.wake(); },
                .label = label_,
                .wakeForWrite = [this](const Now& now) { cycle_.wakeForWrite(now); },
                .page = pageParts(
                    config_, place_, [this] { return isConnected() && site_.readings().linkUp(); },
                    [this](const Now& now) { return health(now); })},
               place_.publishes),
      cycle_(place_.loop, config_, site_, outputs_,
             {.takeMail = place_.takeMail, .told = [this](const Now& now) { told(now); }}) {
    links_.install(links_.make(config_, kAllLinks, speaks(config_, place_, keeper_)), kAllLinks);
    outputs_.install(outputs_.make(config_));
}

SiteRun::~SiteRun() = default;

void SiteRun::start(const Now& now) {
    log::info("start version={}{} broker={} banks={}", kVersion, siteField(label_),
              config_.gx.vrm ? "vrm" : config_.gx.broker.url, config_.banks.size());
    outputs_.begin();
    started_ = now.steady;
    toldAt_ = now.steady;
    links_.start(kAllLinks, now);
}

void SiteRun::told(const Now& now) {
    toldAt_ = now.steady;
    place_.told(now);
}

bool SiteRun::isTurning(const Now& now) const {
    return now.steady - toldAt_ <= kTurning;
}

/// The session of the readings may carry the outputs as well. Whatever these do, the readings know
/// of their session.
void SiteRun::take(const Mail& mail, SessionUse use, const Now& now) {
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

void SiteRun::batchEnded(bool isEvent, const Now& now) {
    if (isEvent)
        links_.tick(now);
    logNotices(label_, site_.source().takeNotices());
    cycle_.notice(isEvent, now);
}

void SiteRun::tick(const Now& now) {
    site_.tick(now);
    links_.tick(now);
    logNotices(label_, site_.source().takeNotices());
    cycle_.run(now);
    sayWhatIsAwaited(now);
    outputs_.tick(now);
    if (place_.publishes)
        keeper_.save(site_, now);
}

/// Once after the start: who begins with Busbar looks at its log, and should not have to wait for
/// time-outs of the network.
void SiteRun::sayWhatIsAwaited(const Now& now) {
    if (isAwaitedSaid_ || !started_ || now.steady - *started_ < kFirstAnswer)
        return;
    isAwaitedSaid_ = true;
    const auto chain = chainToBatteries(chainFactsOf(*this));
    if (const ChainFinding* broken = firstBroken(chain))
        log::warn("awaited{} tried={} missing=\"{}\" reason=\"{}\" advice=\"{}\" going on trying",
                  siteField(label_), config_.gx.vrm ? "vrm" : config_.gx.broker.url,
                  toText(broken->link), broken->what, broken->remedy);
}

mqtt::Health SiteRun::health(const Now& now) const {
    mqtt::Health health;
    health.version = kVersion;
    health.uptime = std::chrono::duration_cast<std::chrono::seconds>(now.steady -
                                                                     started_.value_or(now.steady));
    health.evaluations = cycle_.count();
    health.mailboxDropped = place_.inbox.lost();
    if (const BusOutput* bus = outputs_.bus())
        health.busSignals = bus->signals();
    health.writes = outputs_.desk().taken();
    health.writesRefused = outputs_.desk().refused();
    health.source = site_.source().counters();
    health.gxSession = links_.gx().client().counters();
    if (const Session* own = links_.ownOutput())
        health.outputSession = own->client().counters();
    return health;
}

ReloadPlan SiteRun::planFor(const config::Config& wanted) const {
    ReloadPlan plan = planReload(config_, wanted);
    plan.isGivingBack = plan.readings && site_.gx().hasToGiveBack();
    return plan;
}

SiteChange SiteRun::prepare(config::Config wanted, const ReloadPlan& plan) {
    SiteChange change{.config = std::move(wanted), .plan = plan};
    change.sessions = links_.make(change.config, plan, speaks(change.config, place_, keeper_));
    if (plan.output)
        change.outputs = outputs_.make(change.config);
    return change;
}

void SiteRun::endLinks(const ReloadPlan& plan, const Now& now) {
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
}

/// The battery stays on the bus: without a session its data is held, and then lost, as with any
/// other loss of the link.
void SiteRun::takeOver(SiteChange change, const Now& now) {
    const ReloadPlan plan = change.plan;
    config_ = std::move(change.config);
    site_.setSettings(config_, now);
    links_.install(std::move(change.sessions), plan);
    if (plan.output)
        outputs_.install(std::move(change.outputs));
    else
        outputs_.takeBackGone();
    links_.start(plan, now);
    log::info("reloaded{} readings={} output={}", siteField(label_),
              plan.readings ? "reconnect" : "as before", plan.output ? "anew" : "as before");
    cycle_.run(now);
}

void SiteRun::end(bool isGone) {
    const bool isHeard = isGone && links_.output().client().isConnected();
    outputs_.end(isGone);
    if (isHeard)
        keeper_.places().forgetPlace();
    if (place_.publishes)
        keeper_.saveAll(site_);
}

void SiteRun::sayGoodbye(int share, bool isForGood) {
    const GxOutput* gx = outputs_.gx();
    const bool hasArrived = links_.end((gx != nullptr ? gx->patience() : kGoodbye) / share);
    if (gx != nullptr && gx->isDone(hasArrived) && isForGood) {
        site_.gx().forgetGivenBack();
        keeper_.saveAll(site_);
    }
}

} // namespace busbar
