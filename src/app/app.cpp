// SPDX-License-Identifier: MIT
// Wires session, site and published batteries to the loop.
#include "app/app.hpp"

#include "app/hand_on.hpp"
#include "app/log.hpp"
#include "app/version.hpp"
#include "base/log.hpp"
#include "core/advice.hpp"
#include "core/controls.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/events.hpp"
#include "core/gx_pages.hpp"
#include "core/memory.hpp"
#include "core/readings.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/urgency.hpp"
#include "mqtt/vrm.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <random>
#include <stdexcept>
#include <sys/epoll.h>
#include <utility>

namespace busbar {

namespace {

using namespace std::chrono_literals;

/// Single messages gather this long before the loop wakes for them again, and not longer than a
/// cycle; what may cut a limit does not wait (mqtt/cut_watch.hpp).
constexpr std::chrono::milliseconds kGather = 200ms;
constexpr auto kGoodbye = 500ms;
/// If it is not sure that the owner's settings went back, the next start writes them again, even
/// over what the owner has set since. Both sessions with the GX and the output's end within the 10
/// s that a container gets.
constexpr auto kGoodbyeWithSettings = 4s;

mqtt::BrokerSettings brokerOf(const mqtt::GxSettings& gx) {
    if (!gx.vrm)
        return gx.broker;
    mqtt::VrmBroker vrm = mqtt::vrmBroker(gx);
    if (!vrm.broker)
        throw std::runtime_error(vrm.error);
    return *vrm.broker;
}

/// Unlike any other client's, so that its completions and its health are not taken for ours.
std::string newToken() {
    std::random_device random;
    return formatted("busbar-{:08x}", random());
}

constexpr ReloadPlan kAllLinks = {.restart = false, .readings = true, .output = true};

/// True if the broker has taken everything.
bool sayGoodbye(Session& session, std::chrono::milliseconds patience = kGoodbye) {
    const bool isDone = session.client().disconnect(patience);
    if (!isDone)
        log::debug("mqtt_goodbye_incomplete");
    return isDone;
}

template <class Events>
void logControl(std::string_view what, const Events& events) {
    for (const auto& event : events)
        log::write(event.isProblem ? log::Level::Warn : log::Level::Info, "{} status={} {}", what,
                   toText(event.status), event.text);
}

/// By a way that does not show on the GX which service stands for the bank.
bool isReachedIndirectly(const config::Config& config, const config::BankConfig& bank) {
    return config.dvcc.isEnabled || !bank.driver.topic.empty();
}

} // namespace

App::App(const config::Config& config, AppOptions options)
    : config_(config), options_(std::move(options)),
      site_(config_,
            {[this](const std::vector<std::string>& filters) {
                 return gxSession_->client().subscribe(filters);
             },
             [this](const std::vector<std::string>& filters) {
                 return gxSession_->client().unsubscribe(filters);
             },
             [this](const std::string& topic, const std::string& payload) {
                 return gxSession_->client().publish(topic, payload);
             }},
            newToken()),
      store_(config.stateDir), choices_(config.stateDir),
      mailWatch_(loop_, mailbox_.fd(), EPOLLIN,
                 [this](const Now& now, std::uint32_t) { onMailbox(now); }),
      rearm_(loop_, [this](const Now&) { mailbox_.arm(); }),
      cycle_(loop_, [this](const Now& now) { evaluate(now); }),
      second_(loop_, [this](const Now& now) { onSecond(now); }), commands_(loop_,
                                                                           [this](const Now& now) {
                                                                               output_->act(now);
                                                                               armCommands(now);
                                                                           }),
      end_(loop_, [this](const Now&) { loop_.exit(0); }),
      terminate_(loop_, SIGTERM, [this](const Now&) { loop_.exit(0); }),
      interrupt_(loop_, SIGINT, [this](const Now&) { loop_.exit(0); }),
      hangUp_(loop_, SIGHUP, [this](const Now&) { reload(); }) {
    if (options_.publish)
        restore();
    install(makeLinks(config_, kAllLinks), kAllLinks);
}

App::~App() = default;

void App::restore() {
    store_.load();
    choices_.load(store_.choices());
    std::vector<std::string> ids;
    for (std::size_t bank = 0; bank < config_.banks.size(); ++bank) {
        const std::string& id = ids.emplace_back(config_.banks[bank].bank.id);
        BankMemory& memory = store_.state.banks[id].memory;
        memory.controls = choices_.of(id);
        site_.banks()[bank].restore(memory);
        addService(bank);
    }
    store_.takeOverOwners(ids);
    site_.restore(store_.state.sites);
}

App::Links App::makeLinks(const config::Config& config, const ReloadPlan& plan) {
    Links links;
    if (plan.readings)
        links.gx =
            std::make_unique<Session>(loop_, brokerOf(config.gx), SessionUse::Readings, mailbox_);
    if (!plan.output || !options_.publish || !publishesByMqtt(config))
        return links;
    if (!config.output.broker.url.empty())
        links.output =
            std::make_unique<Session>(loop_, config.output.broker, SessionUse::Output, mailbox_);
    links.outputs = makeOutput(config);
    return links;
}

void App::install(Links links, const ReloadPlan& plan) {
    if (plan.readings)
        gxSession_ = std::move(links.gx);
    if (!plan.output)
        return;
    outputSession_ = std::move(links.output);
    output_ = std::move(links.outputs);
    if (!output_)
        return;
    if (const auto will = output_->will())
        outputSession().client().will(will->topic, will->payload, true);
    takeOverTopics();
}

Session& App::outputSession() {
    return outputSession_ ? *outputSession_ : *gxSession_;
}

std::unique_ptr<Output> App::makeOutput(const config::Config& config) {
    OutputPort port;
    port.subscribe = [this](const std::vector<std::string>& filters) {
        return outputSession().client().subscribe(filters);
    };
    port.publish = [this](std::string_view topic, std::string_view payload, int qos, bool retain) {
        return outputSession().client().publish(topic, payload, qos, retain);
    };
    OutputActions actions;
    actions.highest = [this](mqtt::CommandKind kind, std::string_view id) {
        return highest(kind, id);
    };
    actions.command = [this](const mqtt::Command& command) { obey(command); };
    actions.rename = [this](std::size_t bank, const std::string& name) {
        return services_.at(bank).rename(name);
    };
    const mqtt::CommandsInForce commands = mqtt::commandsInForce(config.output);
    log::info("commands taken={} reason=\"{}\"", commands.areTaken ? "yes" : "no", commands.why);
    return std::make_unique<Output>(config, newToken(), store_.state.announced, std::move(port),
                                    std::move(actions));
}

/// What an earlier run has left on the broker must not look like now, or like ours.
void App::takeOverTopics() {
    for (const Bank& bank : site_.banks())
        for (const auto& [id, battery] : bank.memory().book)
            isConfiguredSomewhere(id) ? output_->expect(id) : output_->forget(id);
    for (const auto& [id, state] : store_.saved().banks)
        if (std::ranges::none_of(config_.banks,
                                 [&id = id](const auto& bank) { return bank.bank.id == id; }))
            output_->forgetBank(id);
}

void App::addService(std::size_t bank) {
    const config::BankConfig& settings = config_.banks[bank];
    const std::string id = settings.bank.id;
    BankState& state = store_.state.banks[id];
    state.settingsEntry = settingsEntryOf(store_.saved(), id, settings.dbus.service);
    log::info("settings_entry service={} entry={}", settings.dbus.service, state.settingsEntry);
    dbus::BatteryIdentity identity{state.settingsEntry, state.customName};
    dbus::BatteryCallbacks callbacks;
    callbacks.storeName = [this, id](const std::string& name) {
        store_.state.banks[id].customName = name;
        store_.save();
    };
    callbacks.nameKept = [this, id] {
        if (!std::exchange(store_.state.banks[id].customName, {}).empty())
            store_.save();
    };
    callbacks.chosen = [this, bank](const std::string& path, int choice) {
        if (path != kPageRequest)
            return;
        site_.banks()[bank].surroundings().page = choice;
        cycle_.arm(std::chrono::microseconds(0));
    };
    services_.emplace_back(loop_, settings.dbus, std::move(identity), std::move(callbacks));
}

void App::start() {
    const Now now = loop_.now();
    log::info("start version={} broker={} banks={}", kVersion,
              config_.gx.vrm ? "vrm" : config_.gx.broker.url, config_.banks.size());
    for (dbus::BatteryService& service : services_)
        service.start();
    started_ = now.steady;
    startSessions(kAllLinks, now);
    second_.armEvery(1s);
    if (options_.runFor.count() > 0)
        end_.arm(options_.runFor);
}

void App::startSessions(const ReloadPlan& made, const Now& now) {
    if (made.readings)
        gxSession_->start(now);
    if (made.output && outputSession_)
        outputSession_->start(now);
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
    for (dbus::BatteryService& service : services_)
        service.stop();
    if (output_)
        output_->shutDown();
    const bool isGivingBack = options_.publish && site_.hasToGiveBack();
    bool isRestored = false;
    if (options_.publish) {
        isRestored = site_.giveBack();
        saveAll();
    }
    const bool hasArrived = endSessions(isGivingBack ? kGoodbyeWithSettings : kGoodbye);
    if (isGivingBack && !(hasArrived && isRestored))
        log::warn("settings_unconfirmed the GX did not confirm the settings given back; the next "
                  "start writes them again");
    else if (options_.publish && !next_) {
        site_.forgetGivenBack();
        saveAll();
    }
    log::info("stop");
}

void App::saveAll() {
    noteAll();
    choices_.save(std::nullopt);
    store_.save();
}

/// What is to be kept of the banks.
void App::noteAll() {
    for (const Bank& bank : site_.banks()) {
        store_.state.banks[bank.settings().id].memory = bank.memory();
        choices_.note(bank.settings().id, bank.controls());
    }
    store_.state.choicesNumber = choices_.number();
    store_.state.sites = site_.memories();
}

/// True if the GX's broker has taken all that was written, and has no last will to write itself.
bool App::endSessions(std::chrono::milliseconds patience) {
    const auto isConnected = [](const Session& session) { return session.client().isConnected(); };
    bool hasArrived = isConnected(*gxSession_) && (!control_ || isConnected(*control_));
    // In order, so without the will.
    hasArrived = (!control_ || sayGoodbye(*control_, patience)) && hasArrived;
    hasArrived = sayGoodbye(*gxSession_, patience) && hasArrived;
    if (outputSession_)
        sayGoodbye(*outputSession_);
    return hasArrived;
}

/// What comes from now on gathers for a while.
void App::takeMail() {
    mailbox_.take(batch_);
    rearm_.arm(std::min(kGather, config_.cycle));
}

void App::onMailbox(const Now& now) {
    takeMail();
    bool isSessionEvent = false;
    const std::uint64_t failed = handOn(batch_, loop_.faults(), [&](const Mail& mail) {
        isSessionEvent = isSessionEvent || mail.kind != MailKind::Message;
        dispatch(mail, now);
        if (options_.onMail)
            options_.onMail(mail, now);
    });
    noteLost(failed, now);
    if (isSessionEvent)
        tickSessions(now);
    logNotices(site_.source().takeNotices());
    const bool isUrgent = site_.takeUrgent() || isSessionEvent;
    if (isUrgent)
        evaluateAtOnce(now);
    if ((site_.takeChanged() || isUrgent) && !cycle_.isArmed())
        cycle_.arm(config_.cycle);
}

void App::noteLost(std::uint64_t failed, const Now& now) {
    if (batch_.dropped + failed == 0)
        return;
    dropped_ += batch_.dropped + failed;
    site_.overflow(now);
    overflows_.note(batch_.dropped);
    logOverflows(now);
}

void App::logOverflows(const Now& now) {
    if (const auto messages = overflows_.take(now))
        log::warn("mailbox_overflow messages_lost={} they came faster than they could be read; "
                  "asking the GX for everything again",
                  *messages);
}

void App::onSecond(const Now& now) {
    site_.tick(now);
    logOverflows(now);
    tickSessions(now);
    logNotices(site_.source().takeNotices());
    evaluate(now);
    logLeftOut(logPace_, now);
    tickOutput(now);
    if (options_.publish)
        keepState(now);
}

void App::tickSessions(const Now& now) {
    gxSession_->tick(now);
    if (outputSession_)
        outputSession_->tick(now);
    if (control_)
        control_->tick(now);
}

/// The session of the readings may carry the output as well.
void App::dispatch(const Mail& mail, const Now& now) {
    const auto use = static_cast<SessionUse>(mail.session);
    const SessionUse outputs = outputSession_ ? SessionUse::Output : SessionUse::Readings;
    const bool isOutputs = output_ && use == outputs;
    // Whatever the output does, the readings know of their session.
    if (use == SessionUse::Readings && mail.kind != MailKind::Message)
        site_.take(mail, now);
    if (isOutputs && mail.kind == MailKind::Connected)
        output_->connected(now);
    else if (isOutputs && mail.kind == MailKind::Disconnected)
        output_->disconnected();
    else if (isOutputs && mail.kind == MailKind::Message && output_->message(mail, now)) {
        armCommands(now);
        return;
    }
    if (use == SessionUse::Readings && mail.kind == MailKind::Message)
        site_.take(mail, now);
}

void App::armCommands(const Now& now) {
    if (const auto at = output_->nextAct())
        commands_.arm(std::chrono::ceil<std::chrono::microseconds>(*at - now.steady));
}

/// The will needs a session of its own, because a session has one, which says offline elsewhere.
void App::armWill(const Now& now) {
    const auto will_A = site_.dvcc().willCurrent_A;
    const std::string topic = site_.writeTopic(GxItem::MaxChargeCurrent);
    if (control_ && !topic.empty() && topic != willTopic_)
        disarmWill(); // another GX
    if (control_ || !will_A || topic.empty())
        return;
    mqtt::BrokerSettings broker = brokerOf(config_.gx);
    if (!broker.clientId.empty())
        broker.clientId += "-control";
    control_ = std::make_unique<Session>(loop_, std::move(broker), SessionUse::Control, mailbox_);
    willTopic_ = topic;
    control_->client().will(topic, mqtt::writePayload(GxItem::MaxChargeCurrent, *will_A), false);
    control_->start(now);
}

/// The session ends in order, so nobody writes its will.
void App::disarmWill() {
    if (control_)
        sayGoodbye(*control_);
    control_.reset();
}

void App::controlGx(const Now& now) {
    site_.control(store_.saved().sites, control_ && control_->client().isConnected(), now);
    if (!config_.dvcc.isEnabled)
        disarmWill();
    armWill(now);
    logControl("feed_in", site_.feedIn().events);
    logControl("dvcc", site_.dvcc().events);
}

/// Control goes first: what it wants to have remembered is on disk before its next step writes.
void App::keepState(const Now& now) {
    controlGx(now);
    noteAll();
    choices_.save(now.steady);
    store_.saveSparingly(savePaces(), now.steady);
}

/// By bank id, of the settings in force.
std::map<std::string, SavePace> App::savePaces() const {
    std::map<std::string, SavePace> paces;
    for (const Bank& bank : site_.banks())
        paces[bank.settings().id] = {bank.settings().soc.saveStep_pct,
                                     store_.saveEvery(bank.settings().meters.saveEvery)};
    return paces;
}

void App::tellReach() {
    for (std::size_t i = 0; i < services_.size(); ++i) {
        Reach reach;
        reach.isIndirect = isReachedIndirectly(config_, config_.banks[i]);
        site_.banks()[i].surroundings().reach = reach;
    }
}

void App::evaluate(const Now& now) {
    cycle_.disarm();
    (void)site_.takeUrgent();
    (void)site_.takeChanged();
    tellReach();
    if (site_.evaluate(now)) {
        ++evaluations_;
        publishOnBus();
    }
    tell(now);
}

/// What is not worse than what is published waits for the cycle: of many limits that move, most
/// bind nothing.
void App::evaluateAtOnce(const Now& now) {
    tellReach();
    const bool isConcluded = site_.evaluate(now, Pace::AtOnce);
    evaluations_ += isConcluded ? 1 : 0;
    if (!isWorthTelling())
        return;
    if (isConcluded)
        publishOnBus();
    tell(now);
}

/// Events are those of this evaluation only.
bool App::isWorthTelling() const {
    const auto& banks = site_.banks();
    for (std::size_t i = 0; i < banks.size(); ++i)
        if (!banks[i].events().empty() || i >= services_.size() ||
            hasCut(services_[i].shown(), banks[i].snapshot()))
            return true;
    return false;
}

void App::tell(const Now& now) {
    for (const Bank& bank : site_.banks())
        logEvents(bank, logPace_, now);
    offer(now);
    if (options_.onCycle)
        options_.onCycle(*this, now);
}

void App::publishOnBus() {
    for (std::size_t i = 0; i < services_.size(); ++i) {
        const Bank& bank = site_.banks()[i];
        services_[i].publish(bank.snapshot());
        services_[i].setOnBus(wantsBus(bank.view()));
    }
}

/// Takes down what outputs may know, until the next message.
void App::look() {
    const auto& banks = site_.banks();
    views_.clear();
    reports_.clear();
    for (const Bank& bank : banks)
        reports_.push_back(bank.report());
    for (std::size_t i = 0; i < banks.size(); ++i)
        views_.push_back({banks[i].settings(), banks[i].snapshot(), reports_[i], banks[i].events(),
                          banks[i].controls(), banks[i].advice(), site_.readings().batteries(),
                          hasBalancing(banks[i].settings()), hasCounter(banks[i].settings())});
}

void App::offer(const Now& now) {
    if (!output_)
        return;
    look();
    std::vector<Output::Bank> banks;
    for (std::size_t i = 0; i < views_.size(); ++i)
        banks.push_back({views_[i], services_[i].customName(), wantsBus(site_.banks()[i].view())});
    output_->offer(banks, now);
}

void App::tickOutput(const Now& now) {
    if (!output_)
        return;
    output_->tick(
        views_, [this](std::string_view id) { return isWanted(id); }, now);
    store_.state.announced = output_->announced();
    if (output_->isHealthDue(now))
        output_->health(health(now), now);
}

mqtt::Health App::health(const Now& now) const {
    mqtt::Health health;
    health.version = kVersion;
    health.uptime = std::chrono::duration_cast<std::chrono::seconds>(now.steady -
                                                                     started_.value_or(now.steady));
    health.evaluations = evaluations_;
    health.mailboxDropped = dropped_;
    for (const dbus::BatteryService& service : services_)
        health.busSignals += service.health().signals;
    health.source = site_.source().counters();
    health.gxSession = gxSession_->client().counters();
    if (outputSession_)
        health.outputSession = outputSession_->client().counters();
    return health;
}

bool App::isConfiguredSomewhere(const std::string& battery) const {
    return std::ranges::any_of(site_.banks(), [&battery](const Bank& bank) {
        const auto known = bank.memory().book.find(battery);
        return known != bank.memory().book.end() &&
               isConfigured(known->second, bank.settings().membership);
    });
}

/// Of a device that was announced once and is not there now: the configuration still has its bank,
/// or would take its battery.
bool App::isWanted(std::string_view deviceId) const {
    mqtt::HaContext context;
    context.site = config_.site;
    for (const Bank& bank : site_.banks()) {
        if (deviceId == mqtt::bankDeviceId(context, bank.settings().id))
            return true;
        for (const auto& [id, battery] : bank.memory().book)
            if (deviceId == mqtt::batteryDeviceId(context, id) && isConfiguredSomewhere(id))
                return true;
    }
    return false;
}

/// Of a battery that some bank reports; see mqtt::HighestValue.
bool App::takesCommands(std::string_view battery) const {
    const auto isIt = [battery](const MemberReport& member) {
        return member.id == battery && mqtt::hasDocument(member);
    };
    const auto isLost = [battery](const Bank& bank) {
        return busbar::isLost(bank.view(), std::string(battery));
    };
    return std::ranges::any_of(site_.banks(), isLost) ||
           std::ranges::any_of(reports_, [&isIt](const BankReport& report) {
               return std::ranges::any_of(report.members, isIt);
           });
}

std::optional<double> App::highest(mqtt::CommandKind kind, std::string_view id) const {
    if (rowOf(kind).of == ControlOf::Battery)
        return takesCommands(id) ? std::optional(1.0) : std::nullopt;
    const auto bank =
        std::ranges::find(site_.banks(), id, [](const Bank& each) { return each.settings().id; });
    if (bank == site_.banks().end())
        return std::nullopt;
    return rowOf(kind).highest(offerOf(bank->settings()));
}

void App::obey(const mqtt::Command& command) {
    log::info("command {} id={} value={}", toText(command.kind), command.id,
              command.value.value_or(0.0));
    for (Bank& bank : site_.banks())
        apply(bank, command.kind, command.id, command.value.value_or(0.0));
    cycle_.arm(std::chrono::microseconds(0));
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
    for (const config::Issue& issue : result.issues) {
        std::string line = config::formatIssues(options_.configFile, {issue});
        std::erase(line, '\n');
        log::write(issue.severity == config::Severity::Error ? log::Level::Error : log::Level::Warn,
                   "config_issue {}", line);
    }
    if (!result.config) {
        log::error("reload_refused the configuration in force stays");
        return;
    }
    const ReloadPlan plan = planReload(config_, *result.config);
    const bool isGivingBack = plan.readings && site_.hasToGiveBack();
    if (!plan.restart && !isGivingBack) {
        takeOver(*result.config, plan);
        return;
    }
    static_cast<void>(makeLinks(*result.config, kAllLinks)); // throws while it costs nothing
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
    if (output_)
        store_.state.announced = output_->announced();
    Links links = makeLinks(config, plan);
    config::Config next = config;
    endLinks(plan, now);
    config_ = std::move(next);
    log::start(config_.logLevel);
    site_.setSettings(config_, now);
    install(std::move(links), plan);
    startSessions(plan, now);
    log::info("reloaded readings={} output={}", plan.readings ? "reconnect" : "as before",
              plan.output ? "anew" : "as before");
    evaluate(now);
}

void App::endLinks(const ReloadPlan& plan, const Now& now) {
    if (plan.output && output_)
        output_->shutDown();
    if (plan.readings) {
        disarmWill();
        sayGoodbye(*gxSession_);
        site_.disconnected(now);
        gxSession_.reset();
    }
    if (plan.output) {
        if (outputSession_)
            sayGoodbye(*outputSession_);
        commands_.disarm();
        output_.reset();
        outputSession_.reset();
    }
    takeLastMail(plan, now);
}

/// What waits of the sessions that are gone must not be taken for their successors'.
void App::takeLastMail(const ReloadPlan& gone, const Now& now) {
    takeMail();
    const std::uint64_t failed = handOn(batch_, loop_.faults(), [&](const Mail& mail) {
        const bool isOutputs = static_cast<SessionUse>(mail.session) == SessionUse::Output;
        if (!(isOutputs ? gone.output : gone.readings))
            dispatch(mail, now);
    });
    noteLost(failed, now);
}

} // namespace busbar
