// SPDX-License-Identifier: MIT
// From snapshots to a battery service, and the order in which it comes to the bus.
#include "dbus/battery_service.hpp"

#include "base/log.hpp"
#include "core/units/display_name.hpp"

#include <system_error>
#include <utility>

namespace busbar::dbus {

namespace {

constexpr const char* kPrefix = "com.victronenergy.battery.";
template <class... Arguments>
void call(const std::function<void(Arguments...)>& callback, const auto&... arguments) {
    if (callback)
        callback(arguments...);
}

LocalSettings::Request settingsRequest(const BusSettings& settings,
                                       const BatteryIdentity& identity) {
    return {identity.uid, settings.instance, fittedName(identity.customName),
            settings.settingsTimeout};
}

} // namespace

BatteryService::BatteryService(EventLoop& loop, const BusSettings& settings,
                               const BatteryIdentity& identity, BatteryCallbacks callbacks)
    : callbacks_(std::move(callbacks)), hasBus_(settings.bus != "none"),
      customName_(fittedName(identity.customName)), tree_(loop.faults()),
      items_(
          tree_, settings.service, customName_,
          [this](Value& wanted) { return onNameWritten(wanted); },
          [this](const std::string& path, int choice) { call(callbacks_.chosen, path, choice); },
          callbacks_.written),
      settings_(loop, settings.service, settingsRequest(settings, identity), settingsEvents()),
      name_(loop, kPrefix + settings.service, settings,
            [this](bool isOwned) {
                tellOnBus(isOwned);
                reconsiderName();
            }),
      connection_(
          loop, settings.service, settings,
          {.connected = [this](sd_bus& bus) { onConnected(bus); }, .lost = [this] { onLost(); }}),
      teller_(loop, settings, tree_, connection_, [this] { return name_.isWanted(); }) {}

LocalSettings::Events BatteryService::settingsEvents() {
    return {.resolved =
                [this](int instance) {
                    items_.showInstance(instance);
                    teller_.tell();
                    reconsiderName();
                },
            // Clients read the instance once, when the name appears: the name goes, the number
            // changes, the name comes back.
            .instanceChanged =
                [this](int instance) {
                    nextInstance_ = instance;
                    reconsiderName();
                },
            .nameChanged = [this](const std::string& name) { showName(fittedName(name)); },
            .nameNotStored = [this](const std::string& name) { call(callbacks_.storeName, name); },
            .nameKept = [this] { call(callbacks_.nameKept); }};
}

BatteryService::~BatteryService() {
    callbacks_ = {}; // who destroys it may be half destroyed itself
    stop();
}

void BatteryService::start() {
    isStarted_ = hasBus_;
    connection_.start();
}

void BatteryService::stop() noexcept {
    isStarted_ = false;
    teller_.rest();
    name_.want(false);
    connection_.stop();
}

void BatteryService::onConnected(sd_bus& bus) {
    tree_.attach(bus);
    settings_.attach(bus);
    name_.attach(bus);
    reconsiderName();
}

void BatteryService::onLost() {
    name_.detach();
    settings_.detach();
    tree_.detach();
    teller_.lost();
    tellOnBus(false);
}

void BatteryService::tellOnBus(bool isOnBus) {
    if (std::exchange(isToldOnBus_, isOnBus) != isOnBus)
        call(callbacks_.onBusChanged, isOnBus);
}

void BatteryService::reconsiderName() {
    if (nextInstance_ && name_.isFree()) {
        items_.showInstance(*std::exchange(nextInstance_, std::nullopt));
        teller_.tell();
    }
    name_.want(isWanted_ && hasPublished_ && settings_.instance() && !nextInstance_);
}

void BatteryService::setOnBus(bool wanted) {
    isWanted_ = wanted;
    reconsiderName();
}

void BatteryService::showName(const std::string& name) {
    if (name != customName_) {
        customName_ = name;
        call(callbacks_.nameChanged, customName_);
    }
    items_.showName(customName_);
    teller_.tell();
}

/// Unknown means that a client cleared the name; the name is then empty, as localsettings keeps it.
int BatteryService::onNameWritten(Value& wanted) {
    const std::string name = wanted.isKnown() ? *wanted.text() : std::string();
    if (!isName(name))
        return kRefusedByOwner;
    customName_ = name;
    wanted = Value(customName_);
    settings_.storeName(customName_);
    call(callbacks_.nameChanged, customName_);
    return 0;
}

bool BatteryService::rename(const std::string& name) {
    Value wanted(name);
    if (onNameWritten(wanted) != 0)
        return false;
    showName(customName_);
    return true;
}

void BatteryService::publish(const Snapshot& snapshot, const std::vector<Item>& beside) {
    try {
        items_.take(snapshot);
        items_.show(beside);
    } catch (const std::system_error& error) {
        connection_.fail(error.what());
    }
    teller_.tell();
    if (!std::exchange(hasPublished_, true))
        reconsiderName();
}

BusState BatteryService::state() const {
    if (!isStarted_)
        return BusState::Off;
    if (!connection_.isConnected())
        return BusState::Connecting;
    if (!settings_.instance())
        return BusState::Resolving;
    return name_.isOwned() ? BusState::OnBus : BusState::Ready;
}

BusHealth BatteryService::health() const {
    const auto& counters = tree_.counters();
    return {.signals = counters.signals,
            .items = counters.items,
            .writes = counters.writes,
            .refusedWrites = counters.refusedWrites,
            .reconnects = connection_.losses(),
            .queued = connection_.queued()};
}

} // namespace busbar::dbus
