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

/// An attempt that came to nothing; all steps before `step` were passed.
struct LinkFailure {
    LinkStep step{LinkStep::Password};
    std::string text{}; ///< for people; empty = none
};

} // namespace busbar::mqtt
