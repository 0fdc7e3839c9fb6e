// SPDX-License-Identifier: MIT
// The log lines of what a bank and its source report.
#pragma once

#include "app/run/log_pace.hpp"
#include "core/events.hpp"
#include "mqtt/venus/venus_source.hpp"

#include <string>
#include <vector>

namespace busbar {

/// Transitions of a bank's last cycle (`bank`: its id, of one of several sites "barn/main"), as far
/// as `pace` has room for lines.
void logEvents(const std::string& bank, const std::vector<Event>& events, LogPace& pace,
               const Now& now);
/// How many lines were left out, a minute later.
void logLeftOut(LogPace& pace, const Now& now);
/// What the reader of the GX has to say. `site`: empty where there is only one.
void logNotices(const std::string& site, const std::vector<mqtt::Notice>& notices);
/// " site=barn" for a line of one of several sites; empty for the only one.
[[nodiscard]] std::string siteField(const std::string& site);

} // namespace busbar
