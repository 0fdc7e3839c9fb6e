// SPDX-License-Identifier: MIT
// From snapshots to a battery service, and the order in which it comes to the bus.
#include "dbus/battery_service.hpp"

#include "base/log.hpp"
#include "core/control_table.hpp"
#include "core/display_name.hpp"
#include "core/path_table.hpp"

#include <algorithm>
#include <utility>

namespace busbar::dbus {

namespace {

using namespace std::chrono_literals;

constexpr const char* kPrefix = "com.victronenergy.battery.";
// Normally nothing waits: a message goes straight into the socket. Above this, changes are
// collected instead of sent, which bounds the memory that a stuck bus costs.
constexpr std::uint64_t kCollectAbove = 16;
constexpr auto kLookAgain = 250ms;

constexpr RowIndex kInstanceRow = row("/DeviceInstance");
constexpr RowIndex kNameRow = row(rowOf(ControlKind::CustomName).path);

template <class... Arguments>
void call(const std::function<void(Arguments...)>& callback, const auto&... arguments) {
    if (callback)
        callback(arguments...);
}

/// One of those that others may set; false for an item that nobody may set.
bool isChoice(const Item& item, const Value& value) {
    const auto number = value.number();
    return number && *number >= 1.0 && *number <= item.choices;
}

LocalSettings::Request settingsRequest(const BusSettings& settings,
                                       const BatteryIdentity& identity) {
    return {identity.uid, settings.instance, fittedName(identity.customName),
            settings.settingsTimeout};
}

} // namespace

BatteryService::BatteryService(EventLoop& loop, const BusSettings& settings,
                               const BatteryIdentity& identity, BatteryCallbacks callbacks)
    : loop_(loop), busSettings_(settings), callbacks_(std::move(callbacks)),
      customName_(fittedName(identity.customName)), tree_(loop.faults()),
      settings_(
          loop, settings.service, settingsRequest(settings, identity),
          {.resolved = [this](int instance) { onResolved(instance); },
           .instanceChanged = [this](int instance) { onInstanceChanged(instance); },
           .nameChanged = [this](const std::string& name) { showName(fittedName(name)); },
           .nameNotStored = [this](const std::string& name) { call(callbacks_.storeName, name); },
           .nameKept = [this] { call(callbacks_.nameKept); }}),
      name_(loop, kPrefix + settings.service, settings, [this](bool owned) { onName(owned); }),
      connection_(
          loop, settings.service, settings,
          {.connected = [this](sd_bus& bus) { onConnected(bus); }, .lost = [this] { onLost(); }}),
      later_(loop, [this](const Now&) { tellChanges(); }) {
    addRows();
}

BatteryService::~BatteryService() {
    callbacks_ = {}; // who destroys it may be half destroyed itself
    stop();
}

void BatteryService::addRows() {
    for (std::size_t i = 0; i < kRowCount; ++i)
        if (isPublished(kRows.at(i)) && i != kInstanceRow && i != kNameRow)
            leaves_.at(i) = tree_.add(kRows.at(i).path, kRows.at(i).quantity, {});
    instanceLeaf_ = tree_.add(kRows[kInstanceRow].path, kRows[kInstanceRow].quantity, {});
    nameLeaf_ = tree_.add(kRows[kNameRow].path, kRows[kNameRow].quantity, customName_,
                          [this](Value& wanted) { return onNameWritten(wanted); });
}

void BatteryService::start() {
    isStarted_ = busSettings_.bus != "none";
    connection_.start();
}

void BatteryService::stop() noexcept {
    isStarted_ = false;
    later_.disarm();
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
    later_.disarm();
    slowSince_.reset();
    tellOnBus(false);
}

void BatteryService::onResolved(int instance) {
    showInstance(instance);
    reconsiderName();
}

/// Clients read the instance once, when the name appears: the name goes, the number changes, the
/// name comes back.
void BatteryService::onInstanceChanged(int instance) {
    nextInstance_ = instance;
    reconsiderName();
}

void BatteryService::tellOnBus(bool isOnBus) {
    if (std::exchange(isToldOnBus_, isOnBus) != isOnBus)
        call(callbacks_.onBusChanged, isOnBus);
}

void BatteryService::onName(bool owned) {
    tellOnBus(owned);
    reconsiderName();
}

void BatteryService::reconsiderName() {
    if (nextInstance_ && name_.isFree())
        showInstance(*std::exchange(nextInstance_, std::nullopt));
    name_.want(isWanted_ && hasPublished_ && settings_.instance() && !nextInstance_);
}

void BatteryService::setOnBus(bool wanted) {
    isWanted_ = wanted;
    reconsiderName();
}

void BatteryService::showInstance(int instance) {
    tree_.set(*instanceLeaf_, Value(static_cast<double>(instance)));
    tellChanges();
}

void BatteryService::showName(const std::string& name) {
    if (name != customName_) {
        customName_ = name;
        call(callbacks_.nameChanged, customName_);
    }
    tree_.set(*nameLeaf_, Value(customName_));
    tellChanges();
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

void BatteryService::publish(const Snapshot& snapshot) {
    try {
        takeRows(snapshot);
        takeExtras(snapshot.extras);
    } catch (const std::system_error& error) {
        connection_.fail(error.what());
    }
    tellChanges();
    if (!std::exchange(hasPublished_, true))
        reconsiderName();
}

void BatteryService::takeRows(const Snapshot& snapshot) {
    for (std::size_t i = 0; i < kRowCount; ++i) {
        if (leaves_.at(i) == nullptr || snapshot.rows.at(i) == last_.rows.at(i))
            continue;
        last_.rows.at(i) = snapshot.rows.at(i);
        tree_.set(*leaves_.at(i), last_.rows.at(i));
    }
}

void BatteryService::takeExtras(const std::vector<Item>& extras) {
    if (!std::ranges::equal(extras, last_.extras, {}, &Item::path, &Item::path)) {
        takeNewExtras(extras);
        return;
    }
    for (std::size_t i = 0; i < extras.size(); ++i) {
        if (extras[i] == last_.extras[i])
            continue;
        last_.extras[i] = extras[i];
        showExtra(extraLeaves_[i], extras[i]);
    }
}

void BatteryService::takeNewExtras(const std::vector<Item>& extras) {
    for (const Item& before : last_.extras)
        if (!std::ranges::binary_search(extras, before.path, {}, &Item::path) &&
            !findRow(before.path))
            if (auto* leaf = tree_.find(before.path))
                tree_.set(*leaf, {});
    last_.extras = extras;
    extraLeaves_.clear();
    for (const Item& item : last_.extras) {
        extraLeaves_.push_back(extraLeaf(item));
        showExtra(extraLeaves_.back(), item);
    }
}

/// nullptr if the tree does not take the path.
BusItemTree::Leaf* BatteryService::extraLeaf(const Item& item) {
    BusItemTree::Writer choose;
    if (item.choices > 0)
        choose = [this, path = item.path](Value& wanted) { return onChosen(path, wanted); };
    auto* leaf = findRow(item.path) ? nullptr : tree_.find(item.path);
    if (leaf == nullptr && !findRow(item.path))
        leaf = tree_.add(item.path, item.quantity, item.value, choose);
    if (leaf == nullptr && refusedExtras_.insert(item.path).second)
        log::error("path_refused service={} path=\"{}\"", busSettings_.service,
                   item.path.substr(0, 100));
    return leaf;
}

void BatteryService::showExtra(BusItemTree::Leaf* leaf, const Item& item) {
    if (leaf != nullptr && !isChoice(item, BusItemTree::value(*leaf)))
        tree_.set(*leaf, item.value);
}

int BatteryService::onChosen(const std::string& path, const Value& wanted) const {
    const auto item = std::ranges::lower_bound(last_.extras, path, {}, &Item::path);
    const bool isThere = item != last_.extras.end() && item->path == path;
    if (!isThere || !isChoice(*item, wanted))
        return kRefusedByOwner;
    call(callbacks_.chosen, path, static_cast<int>(*wanted.number()));
    return 0;
}

/// One signal with what changed; none while nobody can know the service, and none while the bus
/// does not keep up.
void BatteryService::tellChanges() {
    if (!connection_.isConnected() || !name_.isWanted()) {
        tree_.forgetChanges();
        return;
    }
    noteSlowness(connection_.queued() > kCollectAbove);
    if (slowSince_)
        return;
    try {
        tree_.flush();
    } catch (const std::system_error& error) {
        connection_.fail(error.what());
    }
}

void BatteryService::noteSlowness(bool isSlow) {
    if (isSlow != slowSince_.has_value())
        log::write(isSlow ? log::Level::Warn : log::Level::Info,
                   "bus_slow service={} slow={} queued={}", busSettings_.service, isSlow,
                   connection_.queued());
    if (!isSlow) {
        slowSince_.reset();
        return;
    }
    later_.arm(kLookAgain);
    const SteadyTime now = loop_.now().steady;
    if (now - slowSince_.value_or(now) >= busSettings_.stallTimeout)
        connection_.fail("the bus takes no messages");
    slowSince_ = slowSince_.value_or(now);
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
