// SPDX-License-Identifier: MIT
// Reaching a GX through Victron's cloud broker: which of its hosts, and how to log in there.
#pragma once

#include "mqtt/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::mqtt {

/// The broker that serves a portal id: `mqtt<n>.victronenergy.com`, where n is the sum of the
/// character codes of the trimmed, lower-cased id modulo 128. Source: mqtt/VENUS.md. Every id has
/// one, even an empty one.
[[nodiscard]] std::string vrmHost(std::string_view portalId);

/// Why a session through VRM is impossible. The one place of these rules: the check of a
/// configuration asks for each, and `vrmBroker` for all.
enum class VrmProblem : std::uint8_t {
    NoPortalId,  ///< none, or "auto": this broker cannot be asked for it
    BadPortalId, ///< not letters and digits only
    NoUser,
    NoToken,
    TopicPrefix, ///< this broker has none
};
inline constexpr std::size_t kVrmProblemCount = 5;
[[nodiscard]] bool hasVrmProblem(const GxSettings& gx, VrmProblem problem);

/// Either `broker`, or `error`: one sentence for whoever wrote the configuration.
struct VrmBroker {
    std::optional<BrokerSettings> broker;
    std::string error;
};

/// The session settings of `vrm` mode, from the owner's settings: user = e-mail address of the VRM
/// account, the password file or variable holds an access token (VRM portal, Preferences,
/// Integrations, Access tokens), with or without the word "Token" in front. The portal id must be
/// given: this broker grants no wildcard in its place. Any `url` is replaced. Port 8883 with TLS.
/// The certificate is signed by Victron's own authority and not by a public one, so `caFile` must
/// name Victron's venus-ca.crt (from the dbus-flashmq repository), unless the owner has installed
/// it among the system's certificates; without it the session is refused with "certificate not
/// trusted".
[[nodiscard]] VrmBroker vrmBroker(const GxSettings& gx);

} // namespace busbar::mqtt
