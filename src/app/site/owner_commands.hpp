// SPDX-License-Identifier: MIT
// What the owner's commands do to the banks of a site.
#pragma once

#include "app/site/site.hpp"
#include "core/report.hpp"
#include "mqtt/results/commands.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace busbar {

/// See mqtt::HighestValue. `reports`: of the last cycle, one per bank.
[[nodiscard]] std::optional<double> highestValue(const Site& site,
                                                 std::span<const BankReport> reports,
                                                 mqtt::CommandKind kind, std::string_view id);

/// Form and range are checked.
void obey(Site& site, const mqtt::Command& command);

} // namespace busbar
