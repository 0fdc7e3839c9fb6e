// SPDX-License-Identifier: MIT
// What the parts of a translation of BAG share.
#pragma once

#include "config/json_tree.hpp"
#include "migrate/draft.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::migrate {

/// What hooks give a battery for good; the smaller of several.
struct BagBound {
    std::optional<double> charge_A;
    std::optional<double> discharge_A;
    std::optional<double> cvl_V;
};

/// While it is read.
struct BagWork {
    const config::Node* root = nullptr;
    std::string file;
    Draft draft;
    std::vector<std::string> excluded;      ///< selectors
    std::vector<std::string> made;          ///< objects of `made`, as JSON
    std::map<std::string, BagBound> bounds; ///< by id of a made battery
    std::vector<std::string> uses;          ///< hooks' settings that a member names
};

/// Nullptr if the object has no such member; of several the last, as Python's reader.
[[nodiscard]] const config::Node* memberOf(const config::Node& object, std::string_view key);
/// "excludedServices, config.json line 3"
[[nodiscard]] std::string originOf(const BagWork& work, const config::Node& node);
/// "config.json:3: "
[[nodiscard]] std::string placeOf(const BagWork& work, const config::Node& node);

/// `com.victronenergy.battery.ttyUSB0` → `connection:ttyUSB0`, `name:Pack` stays. Nothing for what
/// names no service.
[[nodiscard]] std::optional<std::string> serviceSelector(std::string_view service);

/// A service and which of its paths; empty = all.
struct BagService {
    std::string name;
    std::vector<std::string> paths;
};
/// Which paths can be wanted of a service.
using PathTest = bool (*)(std::string_view);
/// Both forms: a list of names, or an object of names with lists of paths. Other paths are said and
/// left out, and a service of which none is left.
[[nodiscard]] std::vector<BagService> bagServices(BagWork& work, const config::Node& node,
                                                  PathTest isKnown);
/// `{"match": "name:A", "paths": ["/Soc"]}`, or the selector alone.
[[nodiscard]] std::string sourceText(const std::string& selector,
                                     const std::vector<std::string>& paths);

/// A member of a virtual battery that begins with `class:`. `made`: id of that battery.
void takeHook(BagWork& work, const std::string& member, const config::Node& at,
              const std::string& made, std::vector<std::string>& sources);
/// All virtual batteries.
void takeVirtual(BagWork& work, const config::Node& node);

/// Letters, digits and _ only, at most 32: an id of a made battery.
[[nodiscard]] std::string madeId(std::string_view service);

} // namespace busbar::migrate
