// SPDX-License-Identifier: MIT
// A twin's strings as the core is told of them.
#pragma once

#include "core/made/made_settings.hpp"

#include <vector>

namespace busbar::sim {

struct TwinSpec;

/// The strings of a bank as batteries that are made of their blocks, as their owner would write it:
/// "string_1", "String 1". None if every pack is by itself.
[[nodiscard]] std::vector<MadeSettings> madeStrings(const TwinSpec& spec);

} // namespace busbar::sim
