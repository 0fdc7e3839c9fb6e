// SPDX-License-Identifier: MIT
// Where log lines go, as far as it says what must stand before them.
#pragma once

#include <cstdint>

namespace busbar {

enum class LogPlace : std::uint8_t {
    Plain,   ///< a file, a terminal, a container's log: lines carry their time
    Stamped, ///< who keeps the lines writes the time before each, as daemontools' multilog does
    Journal, ///< systemd's, which has times and takes a priority: "<4>" before the line, as syslog
             ///< has it
};

/// What the descriptor is connected to. `journal`: the environment's JOURNAL_STREAM, by which
/// systemd says "device:inode" of the stream that it made; it is inherited, so it holds only where
/// the descriptor is that one. `stamped`: LOG_STAMPED, which the service on a GX sets. Null: not
/// set.
[[nodiscard]] LogPlace logPlace(int fd, const char* journal, const char* stamped);

} // namespace busbar
