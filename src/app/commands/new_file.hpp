// SPDX-License-Identifier: MIT
// Files that a command is told to write: never over what is there.
#pragma once

#include <string>

namespace busbar {

/// Never over what is there. Empty = written, else why not.
[[nodiscard]] std::string writeNewFile(const std::string& path, const std::string& content);

/// Why a file that is named as a place to write to stays as it is: it has something in it. Empty =
/// nothing is lost there, also of a pipe or a device.
[[nodiscard]] std::string whyNotOver(const std::string& path);

} // namespace busbar
