// SPDX-License-Identifier: MIT
// Compares what is known of earlier runs with the banks of this one.
#include "app/site/earlier.hpp"

#include "core/settings.hpp"
#include "mqtt/ha/ha_discovery.hpp"

#include <algorithm>

namespace busbar {

namespace {

bool isConfiguredSomewhere(const Site& site, const std::string& battery) {
    return std::ranges::any_of(site.banks(), [&battery](const Bank& bank) {
        const auto known = bank.memory().book.find(battery);
        return known != bank.memory().book.end() &&
               isConfigured(known->second, bank.settings().membership);
    });
}

bool hasBank(const Site& site, const std::string& id) {
    return std::ranges::any_of(site.banks(),
                               [&id](const Bank& bank) { return bank.settings().id == id; });
}

} // namespace

Earlier earlierOf(const Site& site, const State& saved) {
    Earlier earlier;
    for (const Bank& bank : site.banks())
        for (const auto& [id, battery] : bank.memory().book)
            (isConfiguredSomewhere(site, id) ? earlier.batteries : earlier.gone).push_back(id);
    for (const auto& [id, state] : saved.banks)
        if (!hasBank(site, id))
            earlier.goneBanks.push_back(id);
    return earlier;
}

bool isWanted(const Site& site, const std::string& siteName, std::string_view deviceId) {
    mqtt::HaContext context;
    context.site = siteName;
    for (const Bank& bank : site.banks()) {
        if (deviceId == mqtt::bankDeviceId(context, bank.settings().id))
            return true;
        for (const auto& [id, battery] : bank.memory().book)
            if (deviceId == mqtt::batteryDeviceId(context, id) && isConfiguredSomewhere(site, id))
                return true;
    }
    return false;
}

} // namespace busbar
