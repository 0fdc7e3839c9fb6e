// SPDX-License-Identifier: MIT
// Finding and reaching a host without the MQTT library, to say exactly what is wrong; bounded in
// time and cancellable.
#pragma once

#include "base/descriptor.hpp"

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace busbar::mqtt {

/// The end of something that may take time, and whether it has been called off.
class Deadline {
public:
    Deadline(std::chrono::milliseconds limit, std::stop_token stop);
    /// Waits until poll(2) reports one of `events`; false = time is up or called off. A call-off is
    /// seen within 50 ms.
    [[nodiscard]] bool waitFor(int fd, short events) const;

private:
    std::chrono::steady_clock::time_point end_;
    std::stop_token stop_;
};

/// Numeric addresses, IPv4 first (an MQTT broker at home listens there more often). Empty = `error`
/// says why.
struct Resolved {
    std::vector<std::string> addresses;
    std::string error;
};

/// Blocks as long as the system's resolver does; `limitResolver` keeps that short. Not for the loop
/// thread.
[[nodiscard]] Resolved resolve(const std::string& host);

/// For the calling thread only: two seconds per name server and no repetition, instead of the
/// resolver's five seconds twice (resolv.conf(5)): our back-off repeats anyway, and the end of the
/// program must not wait for a dead name server.
void limitResolver();

/// A TCP connection (non-blocking descriptor), or the reason why there is none, such as "connection
/// refused".
struct Dialled {
    Descriptor socket;
    std::string error;
};

/// `address` is numeric, as `resolve` returns it.
[[nodiscard]] Dialled dial(const std::string& address, std::uint16_t port,
                           const Deadline& deadline);

/// The first of `addresses` that answers, or the reason of the last.
[[nodiscard]] Dialled dialAny(const std::vector<std::string>& addresses, std::uint16_t port,
                              const Deadline& deadline);

} // namespace busbar::mqtt
