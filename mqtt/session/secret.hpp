// SPDX-License-Identifier: MIT
// The password of a session, read anew for every attempt because its file may have been corrected
// meanwhile.
#pragma once

#include "mqtt/settings.hpp"

#include <string>

namespace busbar::mqtt {

/// `error` non-empty = no attempt makes sense now; it names the file or variable, never its
/// content.
struct Secret {
    std::string password; ///< empty = log in without one
    std::string error;
};

/// First line of `passwordFile`, else the variable `passwordEnv`, else empty. Any thread.
[[nodiscard]] Secret readSecret(const BrokerSettings& settings);

} // namespace busbar::mqtt
