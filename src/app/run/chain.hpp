// SPDX-License-Identifier: MIT
// The way from this program to the batteries of a GX, link by link: which hold, which does not, and
// what to do about it.
#pragma once

#include "mqtt/session/link_failure.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

class SiteRun;

/// In the order in which they are passed. The last three are looked at by `busbar doctor` only.
enum class ChainLink : std::uint8_t {
    Password,
    Name,
    Port,
    Tls,
    Login,
    Portal,
    Keepalive,
    Batteries,
    Bus,
    LocalSettings,
    Control,
};

/// "portal id"
[[nodiscard]] std::string_view toText(ChainLink link);

enum class LinkState : std::uint8_t {
    Fine,
    Unused,  ///< this configuration has no such link
    Wrong,   ///< something is to be done
    Waiting, ///< no answer yet
    Unknown, ///< a link before it does not hold
};

struct ChainFinding {
    ChainLink link{ChainLink::Password};
    LinkState state{LinkState::Unknown};
    std::string what{};   ///< what is so
    std::string remedy{}; ///< what to do; empty = nothing
};

/// What is known of the way, now.
struct ChainFacts {
    std::string url{}; ///< as configured; "vrm" for Victron's broker
    bool isTls{false};
    bool hasPassword{false}; ///< one is configured
    bool isConnected{false};
    std::optional<mqtt::LinkFailure> failure{}; ///< of the last attempt, if it was one
    std::string portalId{};                     ///< empty = not known yet
    bool isPortalGiven{false};                  ///< by the configuration, not found
    std::set<std::string> portalsSeen{};
    bool hasAnswered{false};            ///< anything at all came of that GX
    bool isComplete{false};             ///< a full publish has ended
    std::vector<std::string> members{}; ///< names of those that take part in some bank
    std::vector<std::string> others{};  ///< "name (reason)" of batteries that take part in none
};

[[nodiscard]] ChainFacts chainFactsOf(SiteRun& site);

/// From the password to the batteries, one finding each.
[[nodiscard]] std::vector<ChainFinding> chainToBatteries(const ChainFacts& facts);

/// The first that does not hold; nullptr = all do.
[[nodiscard]] const ChainFinding* firstBroken(const std::vector<ChainFinding>& chain);

} // namespace busbar
