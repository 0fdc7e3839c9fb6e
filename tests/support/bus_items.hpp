// SPDX-License-Identifier: MIT
// Items as GetItems and ItemsChanged carry them.
#pragma once

#include "core/value.hpp"

#include <map>
#include <string>

struct sd_bus_message;

namespace busbar::test {

using Values = std::map<std::string, Value>;

/// `a{sa{sv}}`: the value of each path; its text is left out. Throws std::system_error if the
/// message holds anything else.
[[nodiscard]] Values readBusItems(sd_bus_message& message);
/// `a{sv}`, as PropertiesChanged carries it: the value in it. Throws likewise.
[[nodiscard]] Value readBusItem(sd_bus_message& message);

} // namespace busbar::test
