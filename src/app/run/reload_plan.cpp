// SPDX-License-Identifier: MIT
// Compares configurations part by part.
#include "app/run/reload_plan.hpp"

#include "config/config.hpp"
#include "config/output.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace busbar {

namespace {

bool isSameText(const config::Config& a, const config::Config& b) {
    return config::effectiveConfig(a) == config::effectiveConfig(b);
}

/// What of a made battery is seen outside, or is a bank of its own.
bool isSameOutside(const MadeSettings& a, const MadeSettings& b) {
    return a.id == b.id && a.name == b.name && a.kind == b.kind && isPublished(a) == isPublished(b);
}

/// Of a bank, its id and its name are on the bus already.
bool differsOnTheBus(const config::Config& running, config::Config wanted) {
    if (wanted.banks.size() != running.banks.size())
        return true;
    for (std::size_t i = 0; i < wanted.banks.size(); ++i) {
        BankSettings bank = running.banks[i].bank;
        bank.id = wanted.banks[i].bank.id;
        bank.name = wanted.banks[i].bank.name;
        wanted.banks[i].bank = std::move(bank);
        wanted.banks[i].driver = running.banks[i].driver;
    }
    if (std::ranges::equal(running.made, wanted.made, isSameOutside))
        wanted.made = running.made;
    wanted.gx = running.gx;
    wanted.output = running.output;
    wanted.dvcc = running.dvcc;
    wanted.logLevel = running.logLevel;
    wanted.cycle = running.cycle;
    wanted.http = running.http;
    return !isSameText(running, wanted);
}

bool differsInGx(const config::Config& running, const config::Config& wanted) {
    config::Config changed = running;
    changed.gx = wanted.gx;
    return !isSameText(running, changed);
}

bool differsInOutput(const config::Config& running, const config::Config& wanted) {
    config::Config changed = running;
    changed.output = wanted.output;
    for (std::size_t i = 0; i < changed.banks.size(); ++i)
        changed.banks[i].driver = wanted.banks[i].driver;
    return !isSameText(running, changed) || publishesByMqtt(running) != publishesByMqtt(wanted);
}

/// Then its last will is that session's, which a session has from its beginning.
bool publishesWhereItReads(const config::Config& config) {
    return publishesByMqtt(config) && config.output.broker.url.empty();
}

} // namespace

bool publishesByMqtt(const config::Config& config) {
    const bool hasBroker = !config.gx.vrm || !config.output.broker.url.empty();
    const bool hasDriver = std::ranges::any_of(
        config.banks, [](const config::BankConfig& bank) { return !bank.driver.topic.empty(); });
    return hasBroker &&
           (config.output.results.isEnabled || config.output.venus.isEnabled || hasDriver);
}

ReloadPlan planReload(const config::Config& running, const config::Config& wanted) {
    if (differsOnTheBus(running, wanted))
        return {.restart = true};
    const bool isShared = publishesWhereItReads(running) || publishesWhereItReads(wanted);
    const bool gx = differsInGx(running, wanted);
    const bool output = differsInOutput(running, wanted);
    return {.restart = false,
            .readings = gx || (output && isShared),
            .output = output || (gx && isShared)};
}

} // namespace busbar
