// SPDX-License-Identifier: MIT
// What `busbar check` says beforehand of protections that batteries have to give something for.
#pragma once

#include <string>
#include <vector>

namespace busbar {

struct BankSettings;

/// One sentence for each protection that will close a limit if a battery does not give what it
/// looks at.
[[nodiscard]] std::vector<std::string> neededFromBatteries(const BankSettings& bank);

} // namespace busbar
