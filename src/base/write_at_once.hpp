// SPDX-License-Identifier: MIT
// Writing to a stream that somebody may have stopped reading.
#pragma once

#include <string_view>

namespace busbar {

/// Writes as much of `text` to the descriptor as goes without waiting, in pieces of at most 4096
/// bytes. False if something is missing: nobody reads on the other side, or writing fails. Changes
/// nothing about the descriptor, which may be shared with a shell. May be called in a signal's
/// handler.
bool writeAtOnce(int fd, std::string_view text);

} // namespace busbar
