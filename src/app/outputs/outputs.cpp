// SPDX-License-Identifier: MIT
// Offers each cycle to all outputs.
#include "app/outputs/outputs.hpp"

#include "app/kept/places.hpp"
#include "app/outputs/write_ways.hpp"
#include "app/run/run_token.hpp"
#include "app/site/earlier.hpp"
#include "app/site/owner_commands.hpp"
#include "base/log.hpp"
#include "config/config.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/units/readings.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace busbar {

namespace {

bool hasEvents(const Bank& bank) {
    return !bank.events().empty();
}

} // namespace

Outputs::Outputs(OutputsPlace place, bool publishes)
    : place_(std::move(place)),
      desk_(
          place_.site.made(), place_.label,
          [this](const Now& now) {
              if (place_.wakeForWrite)
                  place_.wakeForWrite(now);
          },
          [this](const MadeSettings& made) { return waysToWrite(place_.config, made); }),
      log_(place_.label), commands_(place_.loop, [this](const Now& now) {
          session_->act(now);
          armCommands(now);
      }) {
    if (!publishes)
        return;
    bus_.emplace(
        place_.loop, place_.config, place_.keeper,
        [this](std::size_t bank, int battery) {
            place_.site.banks()[bank].surroundings().page = battery;
            place_.wake();
        },
        [this](const std::string& id, const WrittenValue& value) {
            return desk_.write("dbus", id, std::span(&value, 1), place_.loop.now());
        });
    gx_.emplace(place_.config, place_.site, place_.keeper, place_.links, place_.label);
    if (place_.page)
        page_.emplace(*place_.page);
}

/// The bus first: from there limits go to the inverters.
template <class Do>
void Outputs::forEach(Do&& act) {
    if (bus_)
        act(*bus_);
    act(log_);
    if (session_)
        act(*session_);
    if (gx_)
        act(*gx_);
    if (page_)
        act(*page_);
}

OutputActions Outputs::actions() {
    OutputActions actions;
    actions.highest = [this](mqtt::CommandKind kind, std::string_view id) {
        return highestValue(place_.site, reports_, kind, id);
    };
    actions.command = [this](const mqtt::Command& command) {
        obey(place_.site, command);
        place_.wake();
    };
    actions.rename = [this](std::size_t bank, const std::string& name) {
        return bus_->rename(bank, name);
    };
    actions.desk = &desk_;
    return actions;
}

bool speaksByMqtt(const config::Config& config, Keeper& keeper) {
    return publishesByMqtt(config) || !keeper.places().stateAt(placeOf(config)).left.empty();
}

std::unique_ptr<SessionOutputs> Outputs::make(const config::Config& config) {
    if (!bus_ || !speaksByMqtt(config, place_.keeper))
        return nullptr;
    const State there = place_.keeper.places().stateAt(placeOf(config));
    OutputParts parts{.config = config, .process = newToken()};
    parts.announced = there.announced;
    parts.instanceOf = [this](const std::string& id) { return place_.keeper.instanceOfMade(id); };
    parts.left = there.left;
    parts.forgetLeft = [this](const mqtt::LeftTopics& left) {
        place_.keeper.places().forgetLeft(left);
    };
    parts.keepAnnounced = [this](const std::set<std::string>& devices) {
        place_.keeper.places().keepAnnounced(devices);
    };
    parts.isWanted = [this](std::string_view device) {
        return isWanted(place_.site, place_.keeper.saved(), place_.config.site, device);
    };
    parts.keepPublished = [this](const std::set<std::string>& batteries) {
        place_.keeper.places().keepPublished(batteries);
    };
    parts.health = place_.health;
    OutputPort port;
    port.subscribe = [this](const std::vector<std::string>& filters) {
        return place_.links.output().client().subscribe(filters);
    };
    port.publish = [this](std::string_view topic, std::string_view payload, int qos, bool retain) {
        return place_.links.output().client().publish(topic, payload, qos, retain);
    };
    const mqtt::CommandsInForce commands = mqtt::commandsInForce(config.output);
    log::info("commands taken={} reason=\"{}\"", commands.areTaken ? "yes" : "no", commands.why);
    return std::make_unique<SessionOutputs>(std::move(parts), std::move(port), actions());
}

void Outputs::install(std::unique_ptr<SessionOutputs> made) {
    if (bus_)
        place_.keeper.places().moveTo(placeOf(place_.config));
    session_ = std::move(made);
    if (!session_)
        return;
    if (const auto will = session_->will())
        place_.links.output().client().will(will->topic, will->payload, true);
    session_->begin(earlierOf(place_.site, place_.keeper.saved()));
}

void Outputs::takeBackGone() {
    if (session_)
        session_->begin(earlierOf(place_.site, place_.keeper.saved()));
}

void Outputs::endSession() {
    if (session_)
        session_->end();
}

void Outputs::forgetSession() {
    commands_.disarm();
    session_.reset();
}

void Outputs::begin() {
    if (bus_)
        bus_->begin({});
}

/// Takes down what outputs may know, until the next message. Reports cost the most, and only those
/// on the session read them, the screen of the GX now and then, and the page while somebody looks
/// at it.
void Outputs::look(bool isConcluded, const Now& now) {
    static const std::string kNoName;
    const auto& banks = place_.site.banks();
    offered_.clear();
    views_.clear();
    reports_.clear();
    const bool isEventful = std::ranges::any_of(banks, hasEvents);
    const bool isRead = session_ || (bus_ && bus_->readsReports(isEventful, now)) ||
                        (page_ && page_->readsReports(isEventful, now));
    for (const Bank& bank : banks)
        reports_.push_back(isRead ? bank.report() : BankReport{});
    for (std::size_t i = 0; i < banks.size(); ++i)
        views_.push_back({banks[i].settings(), banks[i].snapshot(), reports_[i], banks[i].events(),
                          banks[i].controls(), banks[i].advice(),
                          place_.site.readings().batteries(), hasBalancing(banks[i].settings()),
                          hasCounter(banks[i].settings())});
    for (std::size_t i = 0; i < banks.size(); ++i)
        offered_.push_back(
            {views_[i], bus_ ? bus_->nameOf(i) : kNoName, wantsBus(banks[i].view())});
    lookAtMade(isConcluded, now);
}

void Outputs::lookAtMade(bool isConcluded, const Now& now) {
    if (bus_)
        made_.look({place_.site.made(), place_.site.readings(), place_.config.site, *bus_},
                   isConcluded, now);
}

Offer Outputs::offered(bool isConcluded) const {
    return {offered_, isConcluded, made_.offered()};
}

void Outputs::offer(bool isConcluded, const Now& now) {
    look(isConcluded, now);
    forEach([&](Output& output) { output.offer(offered(isConcluded), now); });
}

void Outputs::tick(const Now& now) {
    desk_.tick(now);
    forEach([&](Output& output) { output.tick(offered(true), now); });
}

void Outputs::end(bool isGone) {
    if (isGone && session_)
        session_->withdraw();
    forEach([](Output& output) { output.end(); });
}

bool Outputs::take(const Mail& mail, const Now& now) {
    if (!session_)
        return false;
    switch (mail.kind) {
    case MailKind::Connected:
        session_->connected(now);
        return false;
    case MailKind::Disconnected:
        session_->disconnected();
        return false;
    case MailKind::ConnectFailed:
        return false;
    case MailKind::Message:
        break;
    }
    const bool isTaken = session_->message(mail, now);
    if (isTaken)
        armCommands(now);
    return isTaken;
}

void Outputs::armCommands(const Now& now) {
    if (const auto at = session_->nextAct())
        commands_.arm(std::chrono::ceil<std::chrono::microseconds>(*at - now.steady));
}

/// Events are those of this evaluation only.
bool Outputs::isWorthTelling(bool isConcluded, const Now& now) {
    const auto& banks = place_.site.banks();
    for (std::size_t i = 0; i < banks.size(); ++i)
        if (!banks[i].events().empty() || !bus_ || bus_->isCutBy(i, banks[i].snapshot()))
            return true;
    lookAtMade(isConcluded, now);
    return bus_ && bus_->isAnyCutBy(made_.offered());
}

} // namespace busbar
