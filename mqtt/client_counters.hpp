// SPDX-License-Identifier: MIT
// What one MQTT session has done, for the health topic and for tests.
#pragma once

#include <cstddef>
#include <cstdint>

namespace busbar::mqtt {

/// Since construction, except for the last two.
struct ClientCounters {
    std::uint64_t connects{0};
    std::uint64_t connectFailures{0};
    std::uint64_t losses{0};
    std::uint64_t accepted{0};  ///< publications and subscriptions taken
    std::uint64_t delivered{0}; ///< of these: written to the socket (QoS 0) or acknowledged
    std::uint64_t failed{0};  ///< of these: lost with the session, or refused by library or broker
    std::uint64_t refused{0}; ///< not taken: no session, too much in flight, or no valid topic
    std::size_t inFlight{0};
    std::size_t inFlightBytes{0};
};

} // namespace busbar::mqtt
