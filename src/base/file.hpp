// SPDX-License-Identifier: MIT
// Small files, read whole and replaced whole.
#pragma once

#include <optional>
#include <string>

namespace busbar {

/// Content of a file of at most `most` bytes. Nothing if it cannot be read or is larger; then
/// `error` says why (errno text; empty if the file does not exist).
[[nodiscard]] std::optional<std::string> readWholeFile(const std::string& path, std::size_t most,
                                                       std::string& error);

/// Replaces a file so that a crash or a power cut leaves the old or the new content, never a part:
/// temporary file beside it, fsync, rename, fsync of the folder, which is made if it is missing
/// (mode 0750). Empty = done, else what failed.
[[nodiscard]] std::string replaceFile(const std::string& path, const std::string& content);

} // namespace busbar
