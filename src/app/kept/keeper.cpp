// SPDX-License-Identifier: MIT
// Between a site and its files.
#include "app/kept/keeper.hpp"

#include "base/log.hpp"
#include "core/settings.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace busbar {

void Keeper::restore(Site& site) {
    store_.load();
    store_.state.site = site_.name;
    choices_.load(store_.choices());
    std::vector<std::string> ids;
    for (Bank& bank : site.banks()) {
        const std::string& id = ids.emplace_back(bank.settings().id);
        BankMemory& memory = store_.state.banks[id].memory;
        memory.controls = choices_.of(id);
        bank.restore(memory);
    }
    store_.takeOverOwners(ids);
    site.gx().restore(store_.state.sites);
}

std::string Keeper::settingsEntry(const std::string& bank, const std::string& service) {
    std::string& entry = store_.state.banks[bank].settingsEntry;
    std::string part = site_.isFirst() ? std::string() : site_.name;
    std::ranges::replace(part, '-', '_');
    entry = settingsEntryOf(store_.saved(), bank, service, part);
    log::info("settings_entry service={} entry={}", service, entry);
    return entry;
}

void Keeper::keepName(const std::string& bank, const std::string& name) {
    store_.state.banks[bank].customName = name;
    store_.save();
}

void Keeper::forgetName(const std::string& bank) {
    if (!std::exchange(store_.state.banks[bank].customName, {}).empty())
        store_.save();
}

/// What is to be kept of the banks.
void Keeper::note(const Site& site) {
    for (const Bank& bank : site.banks()) {
        store_.state.banks[bank.settings().id].memory = bank.memory();
        choices_.note(bank.settings().id, bank.controls());
    }
    store_.state.choicesNumber = choices_.number();
    store_.state.sites = site.gx().memories();
}

void Keeper::save(const Site& site, const Now& now) {
    note(site);
    choices_.save(now.steady);
    store_.saveSparingly(savePaces(site), now.steady);
}

void Keeper::saveAll(const Site& site) {
    note(site);
    choices_.save(std::nullopt);
    store_.save();
}

/// By bank id, of the settings in force.
std::map<std::string, SavePace> Keeper::savePaces(const Site& site) const {
    std::map<std::string, SavePace> paces;
    for (const Bank& bank : site.banks())
        paces[bank.settings().id] = {bank.settings().soc.saveStep_pct,
                                     store_.saveEvery(bank.settings().meters.saveEvery)};
    return paces;
}

} // namespace busbar
