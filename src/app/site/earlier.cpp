// SPDX-License-Identifier: MIT
// Compares what is known of earlier runs with the banks of this one.
#include "app/site/earlier.hpp"

#include "core/made/made_key.hpp"
#include "core/settings.hpp"
#include "mqtt/ha/ha_discovery.hpp"

#include <algorithm>
#include <set>

namespace busbar {

namespace {

bool hasBank(const Site& site, const std::string& id) {
    return std::ranges::any_of(site.banks(),
                               [&id](const Bank& bank) { return bank.settings().id == id; });
}

/// Of the banks of this run, and of those that are gone.
std::vector<const IdentityBook*> booksOf(const Site& site, const State& saved) {
    std::vector<const IdentityBook*> books;
    for (const Bank& bank : site.banks())
        books.push_back(&bank.memory().book);
    for (const auto& [id, bank] : saved.banks)
        if (!hasBank(site, id))
            books.push_back(&bank.memory.book);
    return books;
}

/// The id of a made battery is the owner's, and stands in its serial (made/composition.cpp); those
/// of found ones are made from their serials.
bool isMadeHere(const std::string& id, const RememberedBattery& battery) {
    return battery.serial == id;
}

bool hasMade(const Site& site, const std::string& id) {
    return std::ranges::any_of(site.made().settings(),
                               [&id](const MadeSettings& made) { return made.id == id; });
}

bool isConfigured(const Site& site, const std::string& id, RememberedBattery battery) {
    if (isMadeHere(id, battery)) {
        if (!hasMade(site, id))
            return false;
        battery.instance = kMadeFrom; // as selectors know it; which one is of no account
    }
    return std::ranges::any_of(site.banks(), [&battery](const Bank& bank) {
        return busbar::isConfigured(battery, bank.settings().membership);
    });
}

/// By any bank, whichever had it: it may have moved.
bool isConfiguredSomewhere(const Site& site, const State& saved, const std::string& id) {
    return std::ranges::any_of(booksOf(site, saved), [&](const IdentityBook* book) {
        const auto known = book->find(id);
        return known != book->end() && isConfigured(site, id, known->second);
    });
}

/// All that may have topics.
std::set<std::string> batteriesOf(const Site& site, const State& saved) {
    std::set<std::string> ids = saved.published;
    for (const IdentityBook* book : booksOf(site, saved))
        for (const auto& [id, battery] : *book)
            ids.insert(id);
    return ids;
}

} // namespace

Earlier earlierOf(const Site& site, const State& saved) {
    Earlier earlier;
    for (const std::string& id : batteriesOf(site, saved))
        (isConfiguredSomewhere(site, saved, id) ? earlier.batteries : earlier.gone).push_back(id);
    for (const auto& [id, state] : saved.banks)
        if (!hasBank(site, id))
            earlier.goneBanks.push_back(id);
    return earlier;
}

bool isWanted(const Site& site, const State& saved, const std::string& siteName,
              std::string_view deviceId) {
    mqtt::HaContext context;
    context.site = siteName;
    const auto isDevice = [&](const Bank& bank) {
        return deviceId == mqtt::bankDeviceId(context, bank.settings().id);
    };
    if (std::ranges::any_of(site.banks(), isDevice))
        return true;
    return std::ranges::any_of(batteriesOf(site, saved), [&](const std::string& id) {
        return deviceId == mqtt::batteryDeviceId(context, id) &&
               isConfiguredSomewhere(site, saved, id);
    });
}

} // namespace busbar
