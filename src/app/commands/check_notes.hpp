// SPDX-License-Identifier: MIT
// What `busbar check` says beforehand that is no mistake.
#pragma once

#include <string>
#include <vector>

namespace busbar {

namespace config {
struct Config;
}
struct BankSettings;

/// One sentence for each protection that will close a limit if a battery does not give what it
/// looks at.
[[nodiscard]] std::vector<std::string> neededFromBatteries(const BankSettings& bank);

/// Whether commands by MQTT are taken, and what batteries have to give, of all sites.
[[nodiscard]] std::vector<std::string> notesOf(const config::Config& config);

} // namespace busbar
