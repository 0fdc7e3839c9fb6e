// SPDX-License-Identifier: MIT
// Small files, read whole and replaced whole.
#pragma once

#include <optional>
#include <string>

namespace busbar {

/// Content of a regular file of at most `most` bytes. Nothing if it cannot be read, is larger, or
/// is a pipe or the like, which is not waited for; then `error` says why (errno text; empty if the
/// file does not exist).
[[nodiscard]] std::optional<std::string> readWholeFile(const std::string& path, std::size_t most,
                                                       std::string& error);

/// Replaces a file so that a crash or a power cut leaves the old or the new content, never a part:
/// temporary file beside it (`path`.new), fsync, rename, fsync of the folder, which is made if it
/// is missing (mode 0750). The temporary file is always a new one: what stands at its name, left by
/// a crash or planted as a link to another file, is unlinked and never written to. A link at `path`
/// is replaced, not followed. Empty = done, else what failed.
[[nodiscard]] std::string replaceFile(const std::string& path, const std::string& content);

} // namespace busbar
