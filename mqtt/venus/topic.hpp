// SPDX-License-Identifier: MIT
// Topics of the Venus layout: [prefix]N/<portal id>/<type>/<instance>/<path>.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace busbar::mqtt {

/// What follows in a topic below `root`, level by level: of "busbar/home/status" below
/// "busbar/home" "status". Nothing for the root itself, and for "busbar/home2/status". `root` has
/// no slash at its end and is not empty.
[[nodiscard]] std::optional<std::string_view> tailBelow(std::string_view root,
                                                        std::string_view topic);

/// `battery/2/Dc/0/Voltage`, taken apart. Views into the topic.
struct ServicePath {
    std::string_view type;
    int instance{0};
    std::string_view path; ///< with its leading slash: "/Dc/0/Voltage"
};

/// The part behind `N/<portal id>/`: nothing if there are less than three elements, an empty one,
/// or the instance is not a whole number in −1 … 2147483647 (the bridge sends texts for services
/// without a device instance).
[[nodiscard]] std::optional<ServicePath> parseServicePath(std::string_view tail);

/// `N/c0619ab00001/system/0/Serial` gives `c0619ab00001`; nothing for any other topic. `prefix` as
/// in the settings.
[[nodiscard]] std::optional<std::string_view> portalIdOf(std::string_view topic,
                                                         std::string_view prefix);

/// True for what a message can be published on: MQTT 3.1.1 §4.7.3 (1 to 65535 bytes, no NUL) and
/// §3.3.2.1 (no wildcards).
[[nodiscard]] bool isTopicName(std::string_view topic);

/// True for what Victron's bridge uses as an id: 1 to 64 of [A-Za-z0-9_-].
[[nodiscard]] bool isPortalId(std::string_view text);

} // namespace busbar::mqtt
