// SPDX-License-Identifier: MIT
// What lies retained on a broker from a place where nobody of this configuration publishes any
// more.
#pragma once

#include <string>
#include <vector>

namespace busbar::mqtt {

/// Topics that Busbar has made itself, and of which nothing is published any more.
struct LeftTopics {
    std::string site{};   ///< that has published them
    std::string broker{}; ///< address of the broker that keeps them
    std::string root{};   ///< of their documents, "<base>/<site>"; empty = there were none
    std::vector<std::string> topics{};

    friend bool operator==(const LeftTopics&, const LeftTopics&) = default;
};

} // namespace busbar::mqtt
