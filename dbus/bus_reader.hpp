// SPDX-License-Identifier: MIT
// Reads a battery service from a bus as any client would: for the demo and for tools.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace busbar::dbus {

struct ReadItem {
    std::string path;
    std::string text; ///< as the service shows it; "---" for unknown
};

/// All names that are owned on a bus. Blocks and throws as `readItems` does.
[[nodiscard]] std::vector<std::string> namesOnBus(const std::string& address,
                                                  std::chrono::milliseconds limit);

/// All items of a service by one GetItems, sorted by path. Blocks for at most `limit`: not for the
/// event loop. Throws std::system_error if bus or service do not answer as they should.
[[nodiscard]] std::vector<ReadItem>
readItems(const std::string& address, const std::string& service, std::chrono::milliseconds limit);

} // namespace busbar::dbus
