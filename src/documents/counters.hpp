// SPDX-License-Identifier: MIT
// What the parts of the program count since they began, for the document about its health.
#pragma once

#include <cstddef>
#include <cstdint>

namespace busbar::documents {

/// What is read from the GX.
struct SourceCounters {
    std::uint64_t messages{0};     ///< N messages of this GX, without what a Busbar publishes there
    std::uint64_t rejected{0};     ///< malformed, out of range, wrong type
    std::uint64_t sweeps{0};       ///< full publishes that completed
    std::uint64_t sweepsFailed{0}; ///< … that did not, after all retries
};

/// One MQTT session. Since construction, except for the last two.
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

/// What is published about banks and batteries.
struct ResultsCounters {
    std::uint64_t documents{0}; ///< published, states and health
    std::uint64_t bytes{0};     ///< … of payload, all publications
    std::uint64_t unchanged{0}; ///< rendered and the same as before, so not published
    std::uint64_t refused{0};   ///< publications that were not taken; tried again
    std::uint64_t events{0};
    std::uint64_t eventsLost{0};  ///< not connected, or not taken: an event is never late
    std::uint64_t overwritten{0}; ///< words of somebody else on own status topics, put right
};

} // namespace busbar::documents
