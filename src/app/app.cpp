// SPDX-License-Identifier: MIT
// Wires session, site and published batteries to the loop.
#include "app/app.hpp"

#include "app/log.hpp"
#include "app/version.hpp"
#include "base/log.hpp"
#include "config/output.hpp"
#include "mqtt/vrm.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <random>
#include <stdexcept>
#include <sys/epoll.h>

namespace busbar {

namespace {

using namespace std::chrono_literals;

/// Single messages gather this long before the loop wakes for them again; a cut limit must be on
/// the bus within 20 ms.
constexpr auto kGather = 10ms;
constexpr auto kGoodbye = 500ms;

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

/// True if the two differ in nothing but what a running bank, the log level and the cycle can take
/// over.
bool differsLightly(const config::Config& running, config::Config wanted) {
    if (wanted.banks.size() != running.banks.size())
        return false;
    for (std::size_t i = 0; i < wanted.banks.size(); ++i) {
        if (wanted.banks[i].bank.id != running.banks[i].bank.id ||
            wanted.banks[i].bank.name != running.banks[i].bank.name)
            return false;
        wanted.banks[i].bank = running.banks[i].bank;
    }
    wanted.logLevel = running.logLevel;
    wanted.cycle = running.cycle;
    return config::effectiveConfig(wanted) == config::effectiveConfig(running);
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
                 sessions_.front().client().subscribe(filters);
             },
             [this](const std::string& topic, const std::string& payload) {
                 sessions_.front().client().publish(topic, payload);
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
    addSessions();
    if (!options_.publish)
        return;
    store_.load();
    choices_.load(store_.choices());
    for (std::size_t bank = 0; bank < config_.banks.size(); ++bank) {
        const BankSettings& settings = config_.banks[bank].bank;
        BankMemory& memory = store_.state.banks[settings.id].memory;
        memory.controls = choices_.of(settings.id);
        site_.banks()[bank].restore(memory);
        paces_[settings.id] = {settings.soc.saveStep_pct, settings.meters.saveEvery};
        addService(bank);
    }
    addOutput();
    site_.startDvcc(savedDvcc());
}

App::~App() = default;

void App::addSessions() {
    sessions_.emplace_back(loop_, brokerOf(config_.gx), SessionUse::Readings, mailbox_);
    const bool hasOwn = options_.publish && !config_.output.broker.url.empty();
    if (hasOwn && Output::isWanted(config_))
        sessions_.emplace_back(loop_, config_.output.broker, SessionUse::Output, mailbox_);
}

Session& App::outputSession() {
    return sessions_.back();
}

void App::addOutput() {
    if (!Output::isWanted(config_))
        return;
    OutputPort port;
    port.subscribe = [this](const std::vector<std::string>& filters) {
        outputSession().client().subscribe(filters);
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
    const mqtt::CommandsInForce commands = mqtt::commandsInForce(config_.output);
    log::info("commands taken={} reason=\"{}\"", commands.areTaken ? "yes" : "no", commands.why);
    output_.emplace(config_, newToken(), store_.state.announced, std::move(port),
                    std::move(actions));
    if (const auto will = output_->will())
        outputSession().client().will(will->topic, will->payload, true);
    takeOverTopics();
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
    dbus::BatteryIdentity identity{"busbar_" + id, store_.state.banks[id].customName};
    dbus::BatteryCallbacks callbacks;
    callbacks.storeName = [this, id](const std::string& name) {
        store_.state.banks[id].customName = name;
        store_.save();
    };
    callbacks.nameKept = [this, id] {
        if (!std::exchange(store_.state.banks[id].customName, {}).empty())
            store_.save();
    };
    services_.emplace_back(loop_, settings.dbus, std::move(identity), std::move(callbacks));
}

int App::run() {
    const Now now = loop_.now();
    log::info("start version={} broker={} banks={}", kVersion,
              config_.gx.vrm ? "vrm" : config_.gx.broker.url, config_.banks.size());
    for (dbus::BatteryService& service : services_)
        service.start();
    started_ = now.steady;
    for (Session& session : sessions_)
        session.start(now);
    second_.armEvery(1s);
    if (options_.runFor.count() > 0)
        end_.arm(options_.runFor);
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
    if (options_.publish) {
        site_.restoreFeedIn();
        site_.restoreDvcc();
        saveAll();
    }
    const bool hasArrived = endSessions();
    if (options_.publish && hasArrived && !next_) {
        site_.forgetDvcc();
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
}

/// True if the GX's broker has taken all that was written, and has no last will to write itself.
bool App::endSessions() {
    const auto isConnected = [](const Session& session) { return session.client().isConnected(); };
    bool hasArrived = isConnected(sessions_.front()) && (!control_ || isConnected(*control_));
    // In order, so without the will.
    hasArrived = (!control_ || control_->client().disconnect(kGoodbye)) && hasArrived;
    for (Session& session : sessions_) {
        if (session.client().disconnect(kGoodbye))
            continue;
        log::debug("mqtt_goodbye_incomplete");
        hasArrived = hasArrived && &session != &sessions_.front();
    }
    return hasArrived;
}

void App::onMailbox(const Now& now) {
    mailbox_.take(batch_);
    rearm_.arm(kGather);
    bool isSessionEvent = false;
    for (std::size_t i = 0; i < batch_.size(); ++i) {
        const Mail mail = batch_.at(i);
        isSessionEvent = isSessionEvent || mail.kind != MailKind::Message;
        dispatch(mail, now);
        if (options_.onMail)
            options_.onMail(mail, now);
    }
    if (batch_.dropped > 0) {
        dropped_ += batch_.dropped;
        site_.overflow(now);
    }
    if (isSessionEvent)
        tickSessions(now);
    logNotices(site_.source().takeNotices());
    if (isSessionEvent || site_.takeUrgent())
        evaluate(now);
    else if (site_.takeChanged() && !cycle_.isArmed())
        cycle_.arm(config_.cycle);
}

void App::onSecond(const Now& now) {
    site_.tick(now);
    tickSessions(now);
    logNotices(site_.source().takeNotices());
    evaluate(now);
    logLeftOut(logPace_, now);
    tickOutput(now);
    if (options_.publish)
        keepState(now);
}

void App::tickSessions(const Now& now) {
    for (Session& session : sessions_)
        session.tick(now);
    if (control_)
        control_->tick(now);
}

/// The session of the readings may carry the output as well.
void App::dispatch(const Mail& mail, const Now& now) {
    const auto use = static_cast<std::size_t>(mail.session);
    const bool isOutputs = output_ && use + 1 == sessions_.size(); // Control is not among them
    if (isOutputs && mail.kind == MailKind::Connected)
        output_->connected(now);
    else if (isOutputs && mail.kind == MailKind::Disconnected)
        output_->disconnected();
    else if (isOutputs && mail.kind == MailKind::Message && output_->message(mail, now)) {
        armCommands(now);
        return;
    }
    if (use == static_cast<std::size_t>(SessionUse::Readings))
        site_.take(mail, now);
}

void App::armCommands(const Now& now) {
    if (const auto at = output_->nextAct())
        commands_.arm(std::chrono::ceil<std::chrono::microseconds>(*at - now.steady));
}

std::optional<double> App::savedFeedIn() const {
    const auto keeper = site_.feedInBank();
    if (!keeper)
        return std::nullopt;
    const auto& banks = store_.saved().banks;
    const auto saved = banks.find(config_.banks.at(*keeper).bank.id);
    return saved == banks.end() ? std::nullopt : saved->second.memory.ownersFeedIn;
}

DvccValues App::savedDvcc() const {
    const auto& banks = store_.saved().banks;
    const auto saved = banks.find(config_.banks.front().bank.id);
    return saved == banks.end() ? DvccValues{} : saved->second.memory.ownersDvcc;
}

/// The will needs a session of its own, because a session has one, which says offline elsewhere.
void App::armWill(const Now& now) {
    const auto will_A = site_.dvcc().willCurrent_A;
    const std::string topic = site_.writeTopic(GxItem::MaxChargeCurrent);
    if (control_ || !will_A || topic.empty())
        return;
    mqtt::BrokerSettings broker = brokerOf(config_.gx);
    if (!broker.clientId.empty())
        broker.clientId += "-control";
    control_ = std::make_unique<Session>(loop_, std::move(broker), SessionUse::Control, mailbox_);
    control_->client().will(topic, mqtt::writePayload(GxItem::MaxChargeCurrent, *will_A), false);
    control_->start(now);
}

void App::controlGx(const Now& now) {
    site_.controlFeedIn(savedFeedIn(), now);
    site_.controlDvcc(savedDvcc(), control_ && control_->client().isConnected(), now);
    armWill(now);
    logControl("feed_in", site_.feedIn().events);
    logControl("dvcc", site_.dvcc().events);
}

/// Control goes first: what it wants to have remembered is on disk before its next step writes.
void App::keepState(const Now& now) {
    controlGx(now);
    noteAll();
    choices_.save(now.steady);
    store_.saveSparingly(paces_, now.steady);
}

void App::tellReach() {
    for (std::size_t i = 0; i < services_.size(); ++i) {
        Reach reach;
        reach.isIndirect = isReachedIndirectly(config_, config_.banks[i]);
        site_.banks()[i].setReach(reach);
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
        services_[i].setOnBus(bank.wantsBus());
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
        banks.push_back({views_[i], services_[i].customName(), site_.banks()[i].wantsBus()});
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
    health.gxSession = sessions_.front().client().counters();
    if (sessions_.size() > 1)
        health.outputSession = sessions_.back().client().counters();
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
    const auto isLost = [battery](const Bank& bank) { return bank.isLost(std::string(battery)); };
    return std::ranges::any_of(site_.banks(), isLost) ||
           std::ranges::any_of(reports_, [&isIt](const BankReport& report) {
               return std::ranges::any_of(report.members, isIt);
           });
}

std::optional<double> App::highest(mqtt::CommandKind kind, std::string_view id) const {
    using enum mqtt::CommandKind;
    const auto only = [](bool isThere) { return isThere ? std::optional(1.0) : std::nullopt; };
    if (kind == InService)
        return only(takesCommands(id));
    const auto bank =
        std::ranges::find(site_.banks(), id, [](const Bank& each) { return each.settings().id; });
    if (bank == site_.banks().end())
        return std::nullopt;
    const BankSettings& settings = bank->settings();
    if (kind == ConfirmChoices)
        return 1.0;
    if (kind == BalanceNow)
        return only(hasBalancing(settings));
    if (kind == ResetCounter)
        return only(hasCounter(settings));
    const auto& ceiling_A =
        kind == MaxCharge ? settings.limits.maxCharge_A : settings.limits.maxDischarge_A;
    return ceiling_A.value_or(kHighestCeiling_A);
}

void App::obey(const mqtt::Command& command) {
    using enum mqtt::CommandKind;
    log::info("command {} id={} value={}", toText(command.kind), command.id,
              command.value.value_or(0.0));
    if (command.kind == InService) {
        putInService(command.id, command.value == 1.0);
        return;
    }
    for (Bank& bank : site_.banks()) {
        if (bank.settings().id != command.id)
            continue;
        Controls controls = bank.controls();
        if (command.kind == BalanceNow)
            bank.balanceNow();
        else if (command.kind == ResetCounter)
            bank.resetCounter();
        else if (command.kind == ConfirmChoices)
            controls.doubt = {};
        else if (command.kind == MaxCharge)
            setChargeCeiling(controls, command.value);
        else
            setDischargeCeiling(controls, command.value);
        bank.setControls(std::move(controls));
    }
    cycle_.arm(std::chrono::microseconds(0));
}

void App::putInService(const std::string& battery, bool isIn) {
    for (Bank& bank : site_.banks()) {
        Controls controls = bank.controls();
        if (isIn)
            controls.outOfService.erase(battery);
        else
            controls.outOfService.insert(battery);
        bank.setControls(std::move(controls));
    }
    cycle_.arm(std::chrono::microseconds(0));
}

void App::reload() {
    if (!options_.reload)
        return;
    const config::ReadResult result = options_.reload();
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
    if (differsLightly(config_, *result.config)) {
        takeOver(*result.config);
        return;
    }
    log::info("reload_restart sessions or published batteries change");
    next_ = result.config;
    loop_.exit(0);
}

void App::takeOver(const config::Config& config) {
    config_ = config;
    log::start(config_.logLevel);
    const Now now = loop_.now();
    for (std::size_t i = 0; i < config_.banks.size(); ++i)
        site_.setSettings(i, config_.banks[i].bank, now);
    log::info("reloaded");
    evaluate(now);
}

} // namespace busbar
