// SPDX-License-Identifier: MIT
// The kernel's timer, wound up again and again.
#include "base/hang_guard.hpp"

#include "base/write_at_once.hpp"

#include <cerrno>
#include <csignal>
#include <sys/time.h>
#include <system_error>
#include <unistd.h>

namespace busbar {

namespace {

void wind(std::chrono::milliseconds left) {
    itimerval timer{};
    timer.it_value.tv_sec = static_cast<time_t>(left.count() / 1000);
    timer.it_value.tv_usec = static_cast<suseconds_t>(left.count() % 1000 * 1000);
    if (::setitimer(ITIMER_REAL, &timer, nullptr) != 0)
        throw std::system_error(errno, std::generic_category(), "setitimer");
}

/// Only calls that are allowed in a handler (signal-safety(7)). The signal is delivered a second
/// time, to the default, when this returns.
void endHung(int number) {
    writeAtOnce(STDERR_FILENO,
                "busbar: hung: the loop does not turn any more; ending, to be started again\n");
    std::signal(number, SIG_DFL);
    std::raise(number);
}

} // namespace

HangGuard::HangGuard(std::chrono::milliseconds limit) : limit_(limit) {
    if (std::signal(SIGALRM, endHung) == SIG_ERR)
        throw std::system_error(errno, std::generic_category(), "signal");
    wind(limit_);
}

HangGuard::~HangGuard() {
    const itimerval off{};
    ::setitimer(ITIMER_REAL, &off, nullptr);
    std::signal(SIGALRM, SIG_DFL);
}

void HangGuard::turned() {
    wind(limit_);
}

} // namespace busbar
