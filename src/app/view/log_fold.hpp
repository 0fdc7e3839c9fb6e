// SPDX-License-Identifier: MIT
// Repeated lines of the log as one, for a picture with few lines.
#pragma once

#include <string>
#include <vector>

namespace busbar {

/// `lines`: "12:00:00 info text", oldest first. Lines that differ in their time, or in the battery
/// that they name (`member="…"`), become one in the place of the last: "12:00:09 warning member_out
/// bank=main reason="excluded" 9 batteries", "… (3 times)".
[[nodiscard]] std::vector<std::string> foldedLog(const std::vector<std::string>& lines);

} // namespace busbar
