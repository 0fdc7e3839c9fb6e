// SPDX-License-Identifier: MIT
// The cell chemistries that presets are made for, by name.
#pragma once

#include <cstdint>

namespace busbar {

/// Cell chemistry whose values stand in for what the owner did not give (limits/preset.hpp). Auto =
/// recognised from the members' charge voltage per cell.
enum class Preset : std::uint8_t { Auto, None, Lfp, Lto, Nmc };

} // namespace busbar
