// SPDX-License-Identifier: MIT
// Banks and writable batteries onto D-Bus; names, page requests and values back.
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

dbus::BatteryCallbacks callbacksOf(const std::string& id, Keeper& keeper,
                                   const BusOutput::Write& write) {
    dbus::BatteryCallbacks callbacks;
    callbacks.storeName = [&keeper, id](const std::string& name) {
        keeper.keepWritableName(id, name);
    };
    callbacks.nameKept = [&keeper, id] { keeper.keepWritableName(id, {}); };
    callbacks.written = [write, id](std::string_view path, const Value& value) {
        return answerOf(write(id, {std::string(path), value}));
    };
    return callbacks;
}

/// As the first bank, which there always is.
dbus::BusSettings busOf(const config::Config& config, const MadeSettings& made,
                        std::size_t writable) {
    dbus::BusSettings settings = config.banks.front().dbus;
    settings.service = serviceOf(made);
    settings.instance = kWritableInstance + static_cast<int>(writable);
    return settings;
}

} // namespace

BusOutput::BusOutput(EventLoop& loop, const config::Config& config, Keeper& keeper,
                     const ShowPage& showPage, const Write& write) {
    for (std::size_t i = 0; i < config.banks.size(); ++i) {
        const config::BankConfig& bank = config.banks[i];
        const std::string& id = bank.bank.id;
        dbus::BatteryIdentity identity{keeper.settingsEntry(id, bank.dbus.service),
                                       keeper.nameOf(id)};
        services_.emplace_back(loop, bank.dbus, std::move(identity),
                               callbacksOf(i, id, keeper, showPage));
    }
    for (const MadeSettings& made : config.made) {
        if (!isPublishedWritable(made))
            continue;
        const std::string& kept = keeper.writableName(made.id);
        writables_.emplace_back(
            loop, busOf(config, made, writables_.size()),
            dbus::BatteryIdentity{serviceOf(made), kept.empty() ? busbar::nameOf(made) : kept},
            callbacksOf(made.id, keeper, write));
    }
}

void BusOutput::begin(const Earlier& /*earlier*/) {
    for (dbus::BatteryService& service : services_)
        service.start();
    for (dbus::BatteryService& service : writables_)
        service.start();
}

void BusOutput::offer(const Offer& offer, const Now& /*now*/) {
    for (std::size_t i = 0; i < offer.writables.size() && i < writables_.size(); ++i) {
        writables_[i].publish(offer.writables[i].snapshot);
        writables_[i].setOnBus(true);
    }
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
    for (dbus::BatteryService& service : writables_)
        service.stop();
}

bool BusOutput::isCutBy(std::size_t bank, const Snapshot& snapshot) const {
    return hasCut(services_.at(bank).shown(), snapshot);
}

std::uint64_t BusOutput::signals() const {
    std::uint64_t all = 0;
    for (const dbus::BatteryService& service : services_)
        all += service.health().signals;
    for (const dbus::BatteryService& service : writables_)
        all += service.health().signals;
    return all;
}

} // namespace busbar
