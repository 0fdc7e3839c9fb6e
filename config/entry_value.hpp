// SPDX-License-Identifier: MIT
// Checks of the values that stand in lists of objects; a part of option_value.hpp.
#pragma once

#include "config/subject.hpp"

namespace busbar::config {

[[nodiscard]] Result checkPaths(const Subject& it);
[[nodiscard]] Result checkPathValues(const Subject& it);
/// True for an object; what is in it is checked by the option table (made_reader.cpp).
[[nodiscard]] Result checkBankOptions(const Subject& it);
[[nodiscard]] Result checkObject(const Subject& it);
[[nodiscard]] Result checkObjects(const Subject& it);

} // namespace busbar::config
