// SPDX-License-Identifier: MIT
// The log lines of what a bank and its source report.
#pragma once

#include "core/bank.hpp"
#include "mqtt/venus_source.hpp"

#include <vector>

namespace busbar {

/// Transitions of a bank's last cycle.
void logEvents(const Bank& bank);
/// What the reader of the GX has to say.
void logNotices(const std::vector<mqtt::Notice>& notices);

} // namespace busbar
