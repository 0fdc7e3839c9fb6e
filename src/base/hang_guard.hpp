// SPDX-License-Identifier: MIT
// Ends a process whose loop has stopped turning.
#pragma once

#include <chrono>

namespace busbar {

/// What a program that hangs has published stays in force, and nobody notices: on a GX, where
/// daemontools only sees that it is there, and in a container. So the kernel's timer ends the
/// process by SIGALRM, with a line on standard error, unless `turned` is called at least once in
/// `limit`; whoever supervises it starts it again. Nothing else in the process may use SIGALRM or
/// the real-time interval timer. One at a time; the destructor switches it off.
class HangGuard {
public:
    /// Throws std::system_error.
    explicit HangGuard(std::chrono::milliseconds limit);
    ~HangGuard();
    HangGuard(const HangGuard&) = delete;
    HangGuard& operator=(const HangGuard&) = delete;
    HangGuard(HangGuard&&) = delete;
    HangGuard& operator=(HangGuard&&) = delete;

    /// The loop turns: the time begins anew.
    void turned();

private:
    std::chrono::milliseconds limit_;
};

} // namespace busbar
