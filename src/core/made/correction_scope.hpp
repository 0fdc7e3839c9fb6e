// SPDX-License-Identifier: MIT
// Of which batteries the corrections of a bank hold, beside its own members.
#pragma once

#include "core/made/correction_settings.hpp"
#include "core/made/made_settings.hpp"

#include <cstddef>
#include <vector>

namespace busbar {

class Bank;

/// By index of made batteries: the corrections of their parts by all banks that they are in, the
/// nearest bank first; of two that stand side by side the one that lists them. `order`: each after
/// what it is made of.
[[nodiscard]] std::vector<std::vector<BatteryCorrection>>
correctionsOf(const std::vector<MadeSettings>& settings, const std::vector<std::size_t>& order,
              const std::vector<Bank>& banks);

} // namespace busbar
