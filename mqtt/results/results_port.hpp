// SPDX-License-Identifier: MIT
// Where results go: one function of a session.
#pragma once

#include <functional>
#include <string>

namespace busbar::mqtt {

/// `publish` is fire and forget; false = not taken, nothing was kept.
struct ResultsPort {
    std::function<bool(const std::string& topic, const std::string& payload, int qos, bool retain)>
        publish;
};

} // namespace busbar::mqtt
