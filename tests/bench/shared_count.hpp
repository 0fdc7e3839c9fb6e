// SPDX-License-Identifier: MIT
// What the empty subscriber tells the bench, in a file that both map.
#pragma once

#include <atomic>
#include <cstdint>

namespace busbar::bench {

/// The file has exactly this size and is zero at first. Written by the subscriber's MQTT thread,
/// read by the bench.
struct SharedCount {
    std::atomic<std::uint64_t> messages;
    std::atomic<std::uint32_t> isSubscribed; ///< 1 once the broker has acknowledged all filters
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "two processes share it");

} // namespace busbar::bench
