// SPDX-License-Identifier: MIT
// Banks and made batteries onto D-Bus; names, page requests and values back.
#include "app/outputs/bus_output.hpp"

#include "app/outputs/gx_screen.hpp"
#include "config/config.hpp"
#include "core/bank_view.hpp"
#include "core/gx/gx_pages.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/urgency.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace busbar {

namespace {

/// What nobody looks at most of the time costs the GX's bus and its MQTT bridge as much as what
/// somebody does; as often as the pages of single batteries (core/cycle/rows.cpp).
constexpr auto kScreenEvery = std::chrono::seconds(10);

dbus::BatteryCallbacks callbacksOf(std::size_t bank, const std::string& id, Keeper& keeper,
                                   const BusOutput::ShowPage& showPage) {
    dbus::BatteryCallbacks callbacks;
    callbacks.storeName = [&keeper, id](const std::string& name) { keeper.keepName(id, name); };
    callbacks.nameKept = [&keeper, id] { keeper.forgetName(id); };
    callbacks.chosen = [showPage, bank](const std::string& path, int choice) {
        if (path == kPageRequest)
            showPage(bank, choice);
    };
    return callbacks;
}

/// What a client of the bus is answered.
int answerOf(const WriteResult& result) {
    switch (result.problem) {
    case WriteProblem::None:
        return 0;
    case WriteProblem::ReadOnly:
        return dbus::kRefusedReadOnly;
    case WriteProblem::WrongType:
        return dbus::kRefusedType;
    case WriteProblem::NoBattery:
    case WriteProblem::UnknownPath:
    case WriteProblem::OutOfRange:
        break;
    }
    return dbus::kRefusedByOwner;
}

dbus::BatteryCallbacks callbacksOf(const MadeSettings& made, Keeper& keeper,
                                   const BusOutput::Write& write) {
    const std::string& id = made.id;
    dbus::BatteryCallbacks callbacks;
    callbacks.storeName = [&keeper, id](const std::string& name) { keeper.keepMadeName(id, name); };
    callbacks.nameKept = [&keeper, id] { keeper.keepMadeName(id, {}); };
    if (made.kind == MadeKind::Writable)
        callbacks.written = [write, id](std::string_view path, const Value& value) {
            return answerOf(write(id, {std::string(path), value}));
        };
    return callbacks;
}

/// As the first bank, which there always is.
dbus::BusSettings busOf(const config::Config& config, const MadeSettings& made, int instance) {
    dbus::BusSettings settings = config.banks.front().dbus;
    settings.service = serviceOf(made);
    settings.instance = instance;
    return settings;
}

} // namespace

BusOutput::BusOutput(EventLoop& loop, const config::Config& config, Keeper& keeper,
                     const ShowPage& showPage, const Write& write)
    : config_(config) {
    for (std::size_t i = 0; i < config.banks.size(); ++i) {
        const config::BankConfig& bank = config.banks[i];
        const std::string& id = bank.bank.id;
        dbus::BatteryIdentity identity{keeper.settingsEntry(id, bank.dbus.service),
                                       keeper.nameOf(id)};
        services_.emplace_back(loop, bank.dbus, std::move(identity),
                               callbacksOf(i, id, keeper, showPage));
    }
    for (const MadeSettings& made : config.made) {
        if (!isPublished(made))
            continue;
        const std::string& kept = keeper.nameOfMade(made.id);
        made_.emplace_back(
            loop, busOf(config, made, keeper.instanceOfMade(made.id)),
            dbus::BatteryIdentity{serviceOf(made), kept.empty() ? busbar::nameOf(made) : kept},
            callbacksOf(made, keeper, write));
    }
}

void BusOutput::begin(const Earlier& /*earlier*/) {
    for (dbus::BatteryService& service : services_)
        service.start();
    for (dbus::BatteryService& service : made_)
        service.start();
}

bool BusOutput::readsReports(bool hasEvents, const Now& now) const {
    return hasEvents || !screenShown_ || now.steady - *screenShown_ >= kScreenEvery;
}

bool BusOutput::isScreenDue(const Offer& offer, const Now& now) {
    const bool hasEvents = std::ranges::any_of(
        offer.banks, [](const OfferedBank& bank) { return !bank.view.events.empty(); });
    if (!readsReports(hasEvents, now))
        return false;
    screenShown_ = now.steady;
    return true;
}

void BusOutput::offer(const Offer& offer, const Now& now) {
    for (std::size_t i = 0; i < offer.made.size() && i < made_.size(); ++i) {
        made_[i].publish(offer.made[i].snapshot);
        made_[i].setOnBus(offer.made[i].isThere);
    }
    if (!offer.isConcluded)
        return;
    const bool isDue = isScreenDue(offer, now);
    const std::string address =
        screenAddress(config_.http.listen, config_.output.homeAssistant.pageUrl);
    for (std::size_t i = 0; i < services_.size(); ++i) {
        const BankView& view = offer.banks[i].view;
        const Screen screen{.isWanted = view.settings.gxPages, .address = address};
        services_[i].publish(view.snapshot,
                             isDue ? screenItems(view.report, screen) : std::vector<Item>());
        services_[i].setOnBus(offer.banks[i].isThere);
    }
}

void BusOutput::end() {
    for (dbus::BatteryService& service : services_)
        service.stop();
    for (dbus::BatteryService& service : made_)
        service.stop();
}

bool BusOutput::isCutBy(std::size_t bank, const Snapshot& snapshot) const {
    return hasCut(services_.at(bank).shown(), snapshot);
}

bool BusOutput::isAnyCutBy(std::span<const OfferedMade> made) const {
    for (std::size_t i = 0; i < made.size() && i < made_.size(); ++i)
        if (made[i].isThere && hasCut(made_[i].shown(), made[i].snapshot))
            return true;
    return false;
}

std::uint64_t BusOutput::signals() const {
    std::uint64_t all = 0;
    for (const dbus::BatteryService& service : services_)
        all += service.health().signals;
    for (const dbus::BatteryService& service : made_)
        all += service.health().signals;
    return all;
}

} // namespace busbar
