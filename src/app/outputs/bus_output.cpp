// SPDX-License-Identifier: MIT
// Banks onto D-Bus, names and page requests back.
#include "app/outputs/bus_output.hpp"

#include "config/config.hpp"
#include "core/gx/gx_pages.hpp"
#include "core/snapshot.hpp"
#include "core/urgency.hpp"

#include <utility>

namespace busbar {

namespace {

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

} // namespace

BusOutput::BusOutput(EventLoop& loop, const config::Config& config, Keeper& keeper,
                     const ShowPage& showPage) {
    for (std::size_t i = 0; i < config.banks.size(); ++i) {
        const config::BankConfig& bank = config.banks[i];
        const std::string& id = bank.bank.id;
        dbus::BatteryIdentity identity{keeper.settingsEntry(id, bank.dbus.service),
                                       keeper.nameOf(id)};
        services_.emplace_back(loop, bank.dbus, std::move(identity),
                               callbacksOf(i, id, keeper, showPage));
    }
}

void BusOutput::begin(const Earlier& /*earlier*/) {
    for (dbus::BatteryService& service : services_)
        service.start();
}

void BusOutput::offer(const Offer& offer, const Now& /*now*/) {
    if (!offer.isConcluded)
        return;
    for (std::size_t i = 0; i < services_.size(); ++i) {
        services_[i].publish(offer.banks[i].view.snapshot);
        services_[i].setOnBus(offer.banks[i].isThere);
    }
}

void BusOutput::end() {
    for (dbus::BatteryService& service : services_)
        service.stop();
}

bool BusOutput::isCutBy(std::size_t bank, const Snapshot& snapshot) const {
    return hasCut(services_.at(bank).shown(), snapshot);
}

std::uint64_t BusOutput::signals() const {
    std::uint64_t all = 0;
    for (const dbus::BatteryService& service : services_)
        all += service.health().signals;
    return all;
}

} // namespace busbar
