// SPDX-License-Identifier: MIT
// What the kernel knows about another process.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <sys/types.h>

namespace busbar::bench {

/// User and system time of all its threads, ended ones included; in nanoseconds, where /proc has
/// hundredths of a second.
[[nodiscard]] std::chrono::nanoseconds cpuTime(pid_t process);

/// From /proc/<pid>/status, kB.
struct Memory {
    std::uint64_t peak_kB = 0;      ///< VmHWM
    std::uint64_t resident_kB = 0;  ///< VmRSS
    std::uint64_t anonymous_kB = 0; ///< of these: heap and stacks, the process' own
    std::uint64_t file_kB =
        0; ///< of these: program and libraries, shared with others that use them
};
[[nodiscard]] Memory memoryOf(pid_t process);

/// Times its threads were put to sleep by themselves: how often it woke up.
[[nodiscard]] std::uint64_t wakeUps(pid_t process);

/// Bytes that its one TCP connection to a local port has received, by the kernel's count (RFC
/// 4898).
[[nodiscard]] std::uint64_t bytesReceived(pid_t process, std::uint16_t remotePort);

// All of them throw std::runtime_error if the kernel does not say.

} // namespace busbar::bench
