// SPDX-License-Identifier: MIT
// Everything that can be configured, side by side.
#pragma once

#include "core/gx/dvcc_settings.hpp"
#include "core/made/made_settings.hpp"
#include "core/settings.hpp"
#include "dbus/settings.hpp"
#include "mqtt/settings.hpp"
#include "web/settings.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace busbar::config {

/// A bank and where it is published.
struct BankConfig {
    BankSettings bank;
    dbus::BusSettings dbus;
    mqtt::DriverJsonSettings driver;
};

/// One site: a GX, its banks and where they are published, whole with what holds for the program.
struct Config {
    std::string site = "home"; ///< part of topics and ids: [A-Za-z0-9_-]
    mqtt::GxSettings gx;
    mqtt::OutputSettings output;
    DvccSettings dvcc; ///< of the GX that is read; `control` in the file
    std::vector<BankConfig> banks{
        BankConfig{}};              ///< at least one; those that are made batteries last
    std::vector<MadeSettings> made; ///< batteries that are made of others
    std::string stateDir;           ///< empty = the platform's default, see app
    std::string logLevel = "info";  ///< error, warn, info, debug, trace
    web::HttpSettings http;         ///< of the program
    /// Changes are collected this long before they are published.
    std::chrono::milliseconds cycle{1000};
    /// Further sites of the program, in the order of the file; these have none themselves.
    std::vector<Config> others;
};

/// Banks that are no made batteries come first; so many.
[[nodiscard]] inline std::size_t outerBanks(const Config& site) {
    const auto isBank = [](const MadeSettings& made) { return made.kind == MadeKind::Bank; };
    const auto inner = static_cast<std::size_t>(std::ranges::count_if(site.made, isBank));
    return site.banks.size() - std::min(inner, site.banks.size());
}

inline constexpr std::size_t kMaxSites = 16;

/// Each site by itself, in the order of the file; at least one.
[[nodiscard]] inline std::vector<Config> sitesOf(Config config) {
    std::vector<Config> sites = std::exchange(config.others, {});
    sites.insert(sites.begin(), std::move(config));
    return sites;
}

} // namespace busbar::config
