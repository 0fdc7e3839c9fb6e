// SPDX-License-Identifier: MIT
// What a new configuration changes in a program that runs.
#pragma once

namespace busbar::config {
struct Config;
} // namespace busbar::config

namespace busbar {

/// Everything that is not named here is taken over in place.
struct ReloadPlan {
    bool restart{false};  ///< what is published on the bus, or where the state is kept
    bool readings{false}; ///< the session that reads the GX is made anew
    bool output{false};   ///< what is published on MQTT, and its session, if it has one of its own
    bool isGivingBack{false}; ///< settings of the GX have to be given back before: restarts, too

    friend bool operator==(const ReloadPlan&, const ReloadPlan&) = default;
};

/// Both sessions, as at the start.
inline constexpr ReloadPlan kAllLinks = {.restart = false, .readings = true, .output = true};

/// There is something to publish, and a broker that takes it: VRM's takes nothing.
[[nodiscard]] bool publishesByMqtt(const config::Config& config);

/// Of one site. By construction: what is not known to be taken over in place restarts the program.
[[nodiscard]] ReloadPlan planReload(const config::Config& running, const config::Config& wanted);

} // namespace busbar
