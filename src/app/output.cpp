// SPDX-License-Identifier: MIT
// One session's publications and commands.
#include "app/output.hpp"

#include "app/version.hpp"
#include "base/log.hpp"
#include "core/display_name.hpp"
#include "mqtt/client.hpp"
#include "mqtt/topic.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <utility>

namespace busbar {

namespace {

constexpr int kAtLeastOnce = 1;
/// A second Busbar with our site's name speaks once a minute (Results::health).
constexpr auto kSayTakenAgain = std::chrono::hours(1);
/// Refused commands are said once each, but not without end.
constexpr std::size_t kMostRefusals = 100;
constexpr std::size_t kLongestShown = 100; // bytes of a topic in the log
/// A broker answers a subscription within a round trip; nobody at a switch notices this much. Over
/// a slower way a retained command acts once, and is refused from the next connection on.
constexpr auto kProof = std::chrono::milliseconds(400);
/// Every battery of a large bank switched at once.
constexpr std::size_t kMostPending = 64;
/// Of one topic: the one whose turn is next, and the newest, so that a hand on a slider, which
/// makes some ten per second, takes no room from others, and is obeyed on its way as well as at its
/// end.
constexpr std::ptrdiff_t kMostOfTopic = 2;
/// Who sends the same command again and again need not read the same about it.
constexpr auto kSayShadowedAgain = std::chrono::hours(1);

mqtt::HaContext contextOf(const config::Config& config) {
    mqtt::HaContext context;
    context.site = config.site;
    context.base = config.output.results.base + "/" + config.site;
    context.version = kVersion;
    for (const config::BankConfig& bank : config.banks)
        context.bankIds.push_back(bank.bank.id);
    context.takesCommands = mqtt::commandsInForce(config.output).areTaken;
    context.hasBatteries = config.output.results.publishBatteries;
    context.expireAfter = std::max<std::chrono::seconds>(
        context.expireAfter,
        std::chrono::duration_cast<std::chrono::seconds>(3 * config.output.results.interval));
    return context;
}

/// Announced devices are taken back when discovery is switched off, so it exists with results.
bool needsDiscovery(const config::Config& config, const std::set<std::string>& announced) {
    return config.output.results.isEnabled &&
           (config.output.homeAssistant.isEnabled || !announced.empty());
}

} // namespace

Output::Output(const config::Config& config, std::string process, std::set<std::string> announced,
               OutputPort port, OutputActions actions)
    : bankCount_(config.banks.size()), process_(std::move(process)), port_(std::move(port)),
      actions_(std::move(actions)), commands_(mqtt::commandsInForce(config.output)) {
    const auto publish = [this](const std::string& topic, const std::string& payload, int qos,
                                bool retain) { return this->publish(topic, payload, qos, retain); };
    if (config.output.results.isEnabled)
        results_.emplace(config.output.results, config.site, mqtt::ResultsPort{publish});
    if (needsDiscovery(config, announced))
        homeAssistant_.emplace(config.output.homeAssistant, contextOf(config), std::move(announced),
                               [this](const std::string& topic, const std::string& payload) {
                                   return this->publish(topic, payload, kAtLeastOnce, true);
                               });
    if (config.output.venus.isEnabled)
        venus_.emplace(
            config.output.venus, config.site, config.banks.size(),
            mqtt::VenusOutput::Port{
                [this](std::string_view topic, std::string_view payload, bool retain) {
                    return this->publish(topic, payload, 0, retain);
                },
                [this](std::size_t bank, const std::string& name) { rename(bank, name); }});
    for (const config::BankConfig& bank : config.banks)
        drivers_.emplace_back(bank.driver, mqtt::ResultsPort{publish});
}

/// The one way out. What no session can ever take counts as done, so that it does not stop what
/// waits behind it.
bool Output::publish(std::string_view topic, std::string_view payload, int qos, bool retain) {
    const std::size_t bytes = topic.size() + payload.size();
    if (!mqtt::isTopicName(topic) || bytes > mqtt::ClientOptions{}.maxInFlightBytes) {
        sayImpossible(topic, bytes);
        return true;
    }
    const bool isTaken = port_.publish(topic, payload, qos, retain);
    untaken_.note(isTaken ? 0 : 1);
    return isTaken;
}

void Output::sayImpossible(std::string_view topic, std::size_t bytes) {
    const std::string shown(topic.substr(0, kLongestShown));
    if (impossible_.size() < kMostRefusals && impossible_.insert(shown).second)
        log::error("publish_impossible topic={} bytes={} no broker takes this topic or this much; "
                   "it is left out",
                   shown, bytes);
}

std::optional<mqtt::Results::Will> Output::will() const {
    return results_ ? std::optional(results_->will()) : std::nullopt;
}

std::vector<std::string> Output::filters() const {
    std::vector<std::string> filters;
    if (results_) {
        std::ranges::copy(results_->subscriptions(), std::back_inserter(filters));
        filters.push_back(results_->topics().health());
        filters.push_back(commandFilter());
    }
    if (homeAssistant_)
        filters.push_back(homeAssistant_->birthTopic());
    if (venus_)
        std::ranges::copy(venus_->subscriptions(), std::back_inserter(filters));
    return filters;
}

void Output::connected(const Now& now) {
    port_.subscribe(filters());
    if (results_)
        results_->connected(now);
    if (homeAssistant_)
        homeAssistant_->connected();
    if (venus_)
        venus_->connected(now);
    for (mqtt::DriverJson& driver : drivers_)
        driver.connected();
}

void Output::disconnected() {
    if (results_)
        results_->disconnected();
    if (homeAssistant_)
        homeAssistant_->disconnected();
    pending_.clear();
    if (venus_)
        venus_->disconnected();
    for (mqtt::DriverJson& driver : drivers_)
        driver.disconnected();
}

bool Output::message(const Mail& mail, const Now& now) {
    const std::string_view topic = mail.topic;
    if (homeAssistant_ && topic == homeAssistant_->birthTopic()) {
        homeAssistant_->takeBirth(mail.payload, now);
        return true;
    }
    return (results_ && takeResult(mail, now)) ||
           (venus_ && venus_->message(topic, mail.payload, now));
}

/// Only what was subscribed: anything else below our root may be a reading or a request that a
/// bridge puts there.
bool Output::takeResult(const Mail& mail, const Now& now) {
    const auto tail = mqtt::tailBelow(results_->topics().root, mail.topic);
    if (!tail)
        return false;
    if (const auto command = mqtt::tailBelow("set", *tail)) {
        takeCommand(*command, mail, now);
        return true;
    }
    if (mail.topic == results_->topics().health()) {
        takeHealth(mail, now);
        return true;
    }
    return results_->heard(mail.topic, mail.payload, mail.retained);
}

/// What is retained may be our own last words, or those of one who has ended.
void Output::takeHealth(const Mail& mail, const Now& now) {
    const bool isOurs = mail.payload.find(process_) != std::string_view::npos;
    const bool wasSaid = saidTaken_ && now.steady - *saidTaken_ < kSayTakenAgain;
    if (mail.retained || mail.payload.empty() || isOurs || wasSaid)
        return;
    saidTaken_ = now.steady;
    log::error("site_taken: another Busbar publishes under {} as well; give one of them another "
               "`site` (or `mqtt.base`)",
               results_->topics().root);
}

std::string Output::commandFilter() const {
    return results_->topics().root + "/set/#";
}

void Output::takeCommand(std::string_view tail, const Mail& mail, const Now& now) {
    if (!commands_.areTaken) {
        refuse(notTaken());
        return;
    }
    if (mail.payload.empty())
        return; // somebody clears what the broker keeps
    const auto isThis = [&](const Pending& each) {
        return each.tail == tail && each.payload == mail.payload;
    };
    if (mail.retained && std::erase_if(pending_, isThis) > 0) {
        sayShadowed(tail, mail.payload, now);
        return;
    }
    const auto parsed = mqtt::parseCommand(tail, mail.payload, mail.retained, actions_.highest);
    if (parsed.command)
        hold(tail, mail.payload, now);
    else
        refuse(parsed.refusal);
}

/// A new message cannot be told from one like it that the broker keeps, so it would be refused for
/// ever. Only what was a command comes here, so there are not many of them.
void Output::sayShadowed(std::string_view tail, std::string_view payload, const Now& now) {
    ++refused_;
    if (saidShadowed_.size() >= kMostRefusals && !saidShadowed_.contains(std::string(tail)))
        return;
    const auto [said, isFirst] = saidShadowed_.try_emplace(std::string(tail), now.steady);
    if (!isFirst && now.steady - said->second < kSayShadowedAgain)
        return;
    said->second = now.steady;
    const std::string topic = results_->topics().root + "/set/" + std::string(tail);
    log::warn("command_refused \"{}\" on {}: the broker keeps the same as a retained "
              "message. To clear it, publish an empty retained message to {}; send commands "
              "without retain",
              std::string(payload), topic, topic);
}

/// To those who have subscribed already, a broker hands on a retained message like any other
/// (MQTT 3.1.1, 3.3.1.3). A new subscription has it told once more what it keeps, marked so: a
/// command that comes again then was retained, and is dropped.
void Output::hold(std::string_view tail, std::string_view payload, const Now& now) {
    const auto isOfTopic = [tail](const Pending& each) { return each.tail == tail; };
    const auto newest = std::find_if(pending_.rbegin(), pending_.rend(), isOfTopic);
    if (newest != pending_.rend() && newest->payload == payload)
        return;
    if (std::ranges::count_if(pending_, isOfTopic) >= kMostOfTopic)
        pending_.erase(std::next(newest).base());
    if (pending_.size() >= kMostPending) {
        refuse("too many commands at once");
        return;
    }
    if (port_.subscribe({commandFilter()}))
        pending_.push_back({std::string(tail), std::string(payload), now.steady + kProof});
    else
        refuse("the session has too much in flight to prove that it is not retained");
}

void Output::act(const Now& now) {
    while (!pending_.empty() && pending_.front().at <= now.steady) {
        const Pending due = std::move(pending_.front());
        pending_.pop_front();
        const auto parsed = mqtt::parseCommand(due.tail, due.payload, false, actions_.highest);
        if (parsed.command)
            actions_.command(*parsed.command);
        else
            refuse(parsed.refusal);
    }
}

std::optional<SteadyTime> Output::nextAct() const {
    return pending_.empty() ? std::nullopt : std::optional(pending_.front().at);
}

void Output::rename(std::size_t bank, const std::string& name) {
    if (!commands_.areTaken)
        refuse(notTaken());
    else if (!actions_.rename(bank, name))
        refuse("a name is UTF-8 of at most " + std::to_string(kLongestName) +
               " bytes, without control characters");
}

std::string Output::notTaken() const {
    return "commands are not taken: " + std::string(commands_.why);
}

void Output::refuse(const std::string& why) {
    ++refused_;
    if (refusals_.size() < kMostRefusals && refusals_.insert(why).second)
        log::warn("command_refused {}", why);
}

void Output::sayOverwritten() {
    for (const mqtt::StatusGuard::Notice& notice : results_->takeNotices())
        if (notice.isContested)
            log::error("status_contested topic={} somebody else writes it again and again; give "
                       "one of two Busbars another `site` (or `mqtt.base`)",
                       notice.topic);
        else
            log::warn("status_overwritten topic={} put right; an earlier run's last will does "
                      "that once",
                      notice.topic);
}

void Output::expect(const std::string& battery) {
    if (results_)
        results_->expect(battery);
}

void Output::forget(const std::string& battery) {
    if (results_)
        results_->forget(battery);
}

void Output::forgetBank(const std::string& bank) {
    if (results_)
        results_->forgetBank(bank);
}

void Output::offer(std::span<const Bank> banks, const Now& now) {
    for (std::size_t i = 0; i < banks.size(); ++i) {
        const Bank& bank = banks[i];
        if (results_)
            results_->offer(i, bank.view, now);
        drivers_.at(i).offer(bank.view, now);
        if (venus_ && bank.isThere)
            venus_->publish(i, bank.view.snapshot, bank.name);
        else if (venus_)
            venus_->leave(i);
    }
    if (!results_)
        return;
    results_->finish(now);
    sayOverwritten();
}

void Output::tick(std::span<const BankView> banks, const mqtt::HaDiscovery::IsWanted& isWanted,
                  const Now& now) {
    if (homeAssistant_) {
        homeAssistant_->update(banks, isWanted);
        homeAssistant_->tick(now);
    }
    if (venus_)
        venus_->tick(now);
    if (const auto messages = untaken_.take(now))
        log::warn("publish_refused times={} the session has too much in flight; what was not taken "
                  "is sent again",
                  *messages);
}

bool Output::isHealthDue(const Now& now) const {
    return results_ && results_->isHealthDue(now);
}

void Output::health(mqtt::Health health, const Now& now) {
    health.process = process_;
    health.commandsRefused = refused_;
    results_->health(health, now);
}

void Output::shutDown() {
    for (std::size_t i = 0; venus_ && i < bankCount_; ++i)
        venus_->leave(i);
    if (results_)
        results_->shutDown();
}

std::set<std::string> Output::announced() const {
    return homeAssistant_ ? homeAssistant_->announced() : std::set<std::string>();
}

} // namespace busbar
