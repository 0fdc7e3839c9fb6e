// SPDX-License-Identifier: MIT
// From the setting to the D-Bus address that it means.
#pragma once

#include <functional>
#include <string>

namespace busbar::dbus {

/// Value of an environment variable, "" if it is not set.
using Environment = std::function<std::string(const char* name)>;

/// The address of `system`, `session` or of what already is one; "" for `none` and for a session
/// that the environment does not name. `system` without $DBUS_SYSTEM_BUS_ADDRESS is both usual
/// places of the socket.
[[nodiscard]] std::string busAddress(const std::string& bus, const Environment& environment);
/// With this process's environment.
[[nodiscard]] std::string busAddress(const std::string& bus);

} // namespace busbar::dbus
