// SPDX-License-Identifier: MIT
// Wires session, site and published batteries to the loop.
#include "app/app.hpp"

#include "app/log.hpp"
#include "app/version.hpp"
#include "config/output.hpp"
#include "mqtt/vrm.hpp"

#include <spdlog/spdlog.h>

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

/// Unlike any other client's, so that its completions are not taken for ours.
std::string newEchoSeed() {
    std::random_device random;
    return fmt::format("busbar-{:08x}", random());
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

} // namespace

App::App(const config::Config& config, AppOptions options)
    : config_(config), options_(std::move(options)), client_(brokerOf(config.gx), {}, mailbox_),
      site_(config_,
            {[this](const std::vector<std::string>& filters) { client_.subscribe(filters); },
             [this](const std::string& topic, const std::string& payload) {
                 client_.publish(topic, payload);
             }},
            newEchoSeed()),
      store_(config.stateDir),
      mailWatch_(loop_, mailbox_.fd(), EPOLLIN,
                 [this](const Now& now, std::uint32_t) { onMailbox(now); }),
      rearm_(loop_, [this](const Now&) { mailbox_.arm(); }),
      cycle_(loop_, [this](const Now& now) { evaluate(now); }),
      second_(loop_, [this](const Now& now) { onSecond(now); }), connect_(loop_,
                                                                          [this](const Now& now) {
                                                                              client_.tick(now);
                                                                              scheduleConnect(now);
                                                                          }),
      end_(loop_, [this](const Now&) { loop_.exit(0); }),
      terminate_(loop_, SIGTERM, [this](const Now&) { loop_.exit(0); }),
      interrupt_(loop_, SIGINT, [this](const Now&) { loop_.exit(0); }),
      hangUp_(loop_, SIGHUP, [this](const Now&) { reload(); }) {
    if (!options_.publish)
        return;
    store_.load();
    for (std::size_t bank = 0; bank < config_.banks.size(); ++bank) {
        const BankSettings& settings = config_.banks[bank].bank;
        site_.banks()[bank].restore(store_.state.banks[settings.id].memory);
        paces_[settings.id] = {settings.soc.saveStep_pct, settings.meters.saveEvery};
        addService(bank);
    }
}

App::~App() = default;

void App::addService(std::size_t bank) {
    const config::BankConfig& settings = config_.banks[bank];
    const std::string id = settings.bank.id;
    dbus::BatteryIdentity identity{"busbar_" + id, store_.state.banks[id].customName};
    dbus::BatteryCallbacks callbacks;
    callbacks.storeName = [this, id](const std::string& name) {
        store_.state.banks[id].customName = name;
        store_.save();
    };
    services_.emplace_back(loop_, settings.dbus, std::move(identity), std::move(callbacks));
}

int App::run() {
    const Now now = loop_.now();
    spdlog::info("start version={} broker={} banks={}", kVersion,
                 config_.gx.vrm ? "vrm" : config_.gx.broker.url, config_.banks.size());
    for (dbus::BatteryService& service : services_)
        service.start();
    client_.connectNow(now);
    scheduleConnect(now);
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
    if (options_.publish) {
        site_.restoreFeedIn();
        for (const Bank& bank : site_.banks())
            store_.state.banks[bank.settings().id].memory = bank.memory();
        store_.save();
    }
    if (!client_.disconnect(kGoodbye))
        spdlog::debug("mqtt_goodbye_incomplete");
    spdlog::info("stop");
}

void App::onMailbox(const Now& now) {
    mailbox_.take(batch_);
    rearm_.arm(kGather);
    bool isSessionEvent = false;
    for (std::size_t i = 0; i < batch_.size(); ++i) {
        const Mail mail = batch_.at(i);
        isSessionEvent = isSessionEvent || mail.kind != MailKind::Message;
        site_.take(mail, now);
        if (options_.onMail)
            options_.onMail(mail, now);
    }
    if (batch_.dropped > 0) {
        dropped_ += batch_.dropped;
        site_.overflow(now);
    }
    if (isSessionEvent) {
        client_.tick(now);
        scheduleConnect(now);
    }
    logNotices(site_.source().takeNotices());
    if (site_.takeUrgent())
        evaluate(now);
    else if (site_.takeChanged() && !cycle_.isArmed())
        cycle_.arm(config_.cycle);
}

void App::onSecond(const Now& now) {
    site_.tick(now);
    client_.tick(now);
    scheduleConnect(now);
    logNotices(site_.source().takeNotices());
    evaluate(now);
    if (options_.publish)
        keepState(now);
}

std::optional<double> App::savedFeedIn() const {
    const auto keeper = site_.feedInBank();
    if (!keeper)
        return std::nullopt;
    const auto& banks = store_.saved().banks;
    const auto saved = banks.find(config_.banks.at(*keeper).bank.id);
    return saved == banks.end() ? std::nullopt : saved->second.memory.ownersFeedIn;
}

/// Feed-in goes first: what it wants to have remembered is on disk before its next step writes.
void App::keepState(const Now& now) {
    site_.controlFeedIn(savedFeedIn(), now);
    for (const FeedInEvent& event : site_.feedIn().events)
        spdlog::log(event.isProblem ? spdlog::level::warn : spdlog::level::info,
                    "feed_in status={} {}", toText(event.status), event.text);
    for (const Bank& bank : site_.banks())
        store_.state.banks[bank.settings().id].memory = bank.memory();
    store_.saveSparingly(paces_, now.steady);
}

void App::evaluate(const Now& now) {
    cycle_.disarm();
    (void)site_.takeUrgent();
    (void)site_.takeChanged();
    if (site_.evaluate(now)) {
        for (std::size_t i = 0; i < site_.banks().size(); ++i) {
            const Bank& bank = site_.banks()[i];
            logEvents(bank);
            if (services_.empty())
                continue;
            services_[i].publish(bank.snapshot());
            services_[i].setOnBus(bank.wantsBus());
        }
    }
    if (options_.onCycle)
        options_.onCycle(*this, now);
}

void App::scheduleConnect(const Now& now) {
    const auto at = client_.nextAttempt();
    if (!at)
        connect_.disarm();
    else
        connect_.arm(std::chrono::duration_cast<std::chrono::microseconds>(*at - now.steady));
}

void App::reload() {
    if (!options_.reload)
        return;
    const config::ReadResult result = options_.reload();
    for (const config::Issue& issue : result.issues) {
        std::string line = config::formatIssues(options_.configFile, {issue});
        std::erase(line, '\n');
        spdlog::log(issue.severity == config::Severity::Error ? spdlog::level::err
                                                              : spdlog::level::warn,
                    "config_issue {}", line);
    }
    if (!result.config) {
        spdlog::error("reload_refused the configuration in force stays");
        return;
    }
    if (differsLightly(config_, *result.config)) {
        takeOver(*result.config);
        return;
    }
    spdlog::info("reload_restart sessions or published batteries change");
    next_ = result.config;
    loop_.exit(0);
}

void App::takeOver(const config::Config& config) {
    config_ = config;
    startLog(config_.logLevel);
    const Now now = loop_.now();
    for (std::size_t i = 0; i < config_.banks.size(); ++i)
        site_.setSettings(i, config_.banks[i].bank, now);
    spdlog::info("reloaded");
    evaluate(now);
}

} // namespace busbar
