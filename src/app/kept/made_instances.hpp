// SPDX-License-Identifier: MIT
// Which device instance a made battery has that is published by itself.
#pragma once

#include "app/kept/state.hpp"
#include "core/made/made_settings.hpp"

#include <vector>

namespace busbar {

/// The last one: above are numbers that Modbus TCP does not know (dbus/VENUS.md).
inline constexpr int kLastPublishedInstance = 246;

/// Gives each that has none the lowest that nobody has or had; names, VRM's history and the GX's
/// choices hang on the number, so it belongs to the id and not to the place in the list. Those of
/// batteries that are gone are given again only when all others are taken.
void numberMade(State& state, const std::vector<MadeSettings>& made);

} // namespace busbar
