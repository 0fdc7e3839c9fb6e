// SPDX-License-Identifier: MIT
// One run of the bench: Busbar and the empty subscriber side by side under the load of so many
// batteries.
#pragma once

#include "bench/process_probe.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace busbar::bench {

/// Where Busbar publishes its results. Not to the broker of the GX, whose acknowledgements would
/// count as received bytes.
enum class Output : std::uint8_t {
    Off,
    Own,  ///< to a broker of their own
    Dead, ///< to one that is not there
    Hung, ///< to one that stops to answer
};

struct Plan {
    std::string busbar;     ///< program
    std::string subscriber; ///< program
    std::vector<std::size_t> batteries{4, 16, 64};
    std::chrono::milliseconds warmUp{4000};
    std::chrono::milliseconds part{
        4000}; ///< the measured time is cut into parts, to see how much they differ
    int parts = 4;
    int samples = 200; ///< of the cut's way
    Output output = Output::Own;
    std::uint32_t seed = 1;
};

using Span = std::chrono::duration<double, std::milli>;

/// What one process used while `messages` reached it.
struct Usage {
    std::chrono::nanoseconds cpu{0};
    std::uint64_t wakeUps = 0;
};

struct Part {
    double seconds = 0.0;
    std::uint64_t messages = 0; ///< that reached the empty subscriber
    std::uint64_t changes = 0;
    std::uint64_t signals = 0; ///< ItemsChanged
    std::uint64_t items = 0;
    std::uint64_t busbarBytes = 0; ///< received from the broker of the GX
    std::uint64_t subscriberBytes = 0;
    Usage busbar;
    Usage subscriber;
    Usage broker; ///< of the GX
    Usage daemon; ///< of the bus
};

struct Result {
    std::size_t batteries = 0;
    std::size_t paths = 0; ///< per battery
    Part whole;            ///< sum of the parts
    std::vector<Part> parts;
    std::uint64_t mostItems = 0; ///< in one signal
    Memory busbarMemory;
    Memory subscriberMemory;
    std::vector<Span> cut;       ///< sorted: until it is on the bus
    std::vector<Span> cutByMqtt; ///< sorted: until the sender hears it back from the broker
};

/// Throws std::runtime_error if anything is not as it must be for the numbers to mean something:
/// messages that did not reach both, a battery that is not on the bus or lacks members, values on
/// the bus that are not those that were sent.
[[nodiscard]] Result measure(const Plan& plan, std::size_t batteries);

} // namespace busbar::bench
