// SPDX-License-Identifier: MIT
// What `busbar doctor` finds behind the batteries, and how it is shown.
#pragma once

#include "app/run/chain.hpp"

#include <string>
#include <vector>

namespace busbar::config {
struct BankConfig;
} // namespace busbar::config

namespace busbar {

class Bank;
class Readings;
struct Now;

/// From the bus that the bank is published on to the chargers: D-Bus, localsettings, who controls
/// the GX. Blocks for some seconds where the bus does not answer.
[[nodiscard]] std::vector<ChainFinding> chainOfControl(const config::BankConfig& config,
                                                       const Bank& bank, const Readings& readings,
                                                       const Now& now);

/// A line for each link, and one below for what to do.
[[nodiscard]] std::string chainText(const std::vector<ChainFinding>& chain);

} // namespace busbar
