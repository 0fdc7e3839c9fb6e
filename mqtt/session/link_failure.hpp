// SPDX-License-Identifier: MIT
// Where on its way to a broker a session has failed, and why.
#pragma once

#include <cstdint>
#include <string>

namespace busbar::mqtt {

/// What an attempt passes, in this order.
enum class LinkStep : std::uint8_t {
    Password, ///< can be read
    Name,     ///< of the host: to an address
    Port,     ///< something takes connections there
    Tls,      ///< its certificate is trusted
    Login,    ///< it is a broker, and lets us in
};

/// What is wrong there, as far as something else helps than what mostly does at that step.
enum class LinkFault : std::uint8_t {
    Usual,
    NoHandshake, ///< of `Tls`: there is none at that port, or not with us; no question of trust
    NoBroker,    ///< of `Login`: what listens there says nothing, so it has not refused a password
};

/// An attempt that came to nothing; all steps before `step` were passed.
struct LinkFailure {
    LinkStep step{LinkStep::Password};
    std::string text{}; ///< for people; empty = none
    LinkFault fault{LinkFault::Usual};
};

} // namespace busbar::mqtt
