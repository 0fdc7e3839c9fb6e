// SPDX-License-Identifier: MIT
// Puts what the bridge of a GX says into the readings; what a path cannot have is unknown, and
// said.
#pragma once

#include "core/gx/plant.hpp"
#include "mqtt/venus/venus_bridge.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace busbar::mqtt {

class ValueIntake {
public:
    explicit ValueIntake(VenusBridge& bridge) : bridge_(bridge) {}

    /// What Busbar itself has published on the bus.
    [[nodiscard]] bool isEcho(const ServicePath& path, std::string_view payload) const {
        return path.type == "battery" && !payload.empty() &&
               bridge_.readings.drops(path.instance, path.path);
    }
    /// A battery that has said something, if it was one.
    std::optional<int> take(const ServicePath& path, std::string_view payload, const Now& now);
    /// Below `battery/`, but no path of one.
    void reject(std::string_view tail, std::string_view payload) { note(tail, false, payload); }

private:
    std::optional<int> takeBattery(const ServicePath& path, std::string_view payload,
                                   const Now& now);
    void takePlant(const PlantKey& key, std::string_view path, std::string_view payload);
    void takeGxItem(const GxTopic& gxTopic, std::string_view payload);
    void note(std::string_view tail, bool isGood, std::string_view payload);

    VenusBridge& bridge_;
    std::set<std::string, std::less<>> badTopics_;
};

} // namespace busbar::mqtt
