// SPDX-License-Identifier: MIT
// The text of a configuration file, without ever waiting long for it.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace busbar::config {

struct FileText {
    std::string text;  ///< at most one byte more than a configuration may have, so that this shows
    std::string error; ///< empty, or why there is none: "is a folder, not a file"
};

/// A regular file. A pipe or device only where it is one that the caller has opened for this
/// program, which its name says (/dev/stdin, /dev/fd/63 of the shell's <(…)); its whole text must
/// have come within `patience`. Every other one is refused, because opening or reading it may wait
/// for ever, also when a running program reloads.
[[nodiscard]] FileText readText(const std::filesystem::path& file,
                                std::chrono::milliseconds patience = std::chrono::seconds(5));

} // namespace busbar::config
