// SPDX-License-Identifier: MIT
// The one loop of the process: timers, file descriptors, signals, watchdog, and the moment each
// wake-up began.
#pragma once

#include "base/fault_log.hpp"
#include "core/now.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

struct sd_event;
struct sd_event_source;
struct signalfd_siginfo;

namespace busbar {

/// Blocks SIGTERM, SIGINT and SIGHUP in the calling thread and all threads made later. To be called
/// first in main: a signal that reaches a thread in which it is not blocked ends the process
/// instead of reaching `SignalWatch`. Throws std::system_error.
void blockSignals();

/// The reverse, for what has no loop: these signals end the process then, at once if one waits.
void unblockSignals();

/// All times are monotonic; a jump of the wall clock moves nothing. Not thread-safe: everything on
/// it belongs to the thread that runs it. An exception that leaves a callback is counted and
/// logged; the registration stays.
class EventLoop {
public:
    EventLoop(); ///< throws std::system_error
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;
    EventLoop(EventLoop&&) = delete;
    EventLoop& operator=(EventLoop&&) = delete;

    /// The moment this wake-up began: the same for everything that one wake-up does.
    [[nodiscard]] Now now() const;

    /// Runs until `exit`; gives its code. Throws std::system_error.
    int run();
    /// Ends `run` after the callback that is running; code ≥ 0.
    void exit(int code);
    /// One wake-up: waits at most this long for something to do and does it; false if nothing came.
    /// Not inside `run`.
    bool step(std::chrono::milliseconds limit);

    /// Tells systemd at half of its WatchdogSec= that the loop turns; without systemd nothing
    /// happens. True if it is on.
    bool keepWatchdogFed();
    /// sd_notify READY=1, STOPPING=1; without systemd nothing happens.
    void notifyReady();
    void notifyStopping();

    /// How late a timer was at worst since the last call: a measure of how long callbacks block.
    [[nodiscard]] std::chrono::microseconds takeWorstLag();
    [[nodiscard]] FaultLog& faults() { return faults_; }
    /// For libsystemd's own objects, which attach to it.
    [[nodiscard]] sd_event* native() const { return event_.get(); }

private:
    friend class Timer;
    void noteLag(std::chrono::microseconds lag);

    struct Release {
        void operator()(sd_event* event) const noexcept;
    };
    std::unique_ptr<sd_event, Release> event_;
    FaultLog faults_;
    std::chrono::microseconds worstLag_{0};
};

namespace detail {
struct ReleaseSource {
    void operator()(sd_event_source* source) const noexcept;
};
using Source = std::unique_ptr<sd_event_source, ReleaseSource>;
} // namespace detail

/// Calls back once per `arm`, or every period. Disarmed when made; the destructor disarms. Its
/// callback may arm or disarm it, but not destroy it.
class Timer {
public:
    using Callback = std::function<void(const Now&)>;

    Timer(EventLoop& loop, Callback callback);
    ~Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    Timer(Timer&&) = delete;
    Timer& operator=(Timer&&) = delete;

    /// Once, this long after the wake-up that is running; replaces what was armed. Zero or less:
    /// with the next wake-up.
    void arm(std::chrono::microseconds delay);
    /// Again and again, first one period from now. Deadlines advance by whole periods, so that they
    /// do not drift; what was missed is left out, not made up for. Period > 0.
    void armEvery(std::chrono::microseconds period);
    void disarm();
    [[nodiscard]] bool isArmed() const { return armed_; }

private:
    static int fired(sd_event_source* source, std::uint64_t deadlineUs, void* self) noexcept;
    void armAt(std::uint64_t deadlineUs);
    int fire(std::uint64_t deadlineUs);

    EventLoop& loop_;
    Callback callback_;
    std::chrono::microseconds period_{0};
    bool armed_ = false;
    detail::Source source_;
};

/// Calls back while a file descriptor is ready (level-triggered), starting at once. Does not own
/// the descriptor, which must stay open as long as this lives. Its callback may not destroy it.
class IoWatch {
public:
    /// `events`: EPOLLIN, EPOLLOUT, … as they came.
    using Callback = std::function<void(const Now&, std::uint32_t events)>;

    IoWatch(EventLoop& loop, int fd, std::uint32_t events, Callback callback);
    ~IoWatch() = default;
    IoWatch(const IoWatch&) = delete;
    IoWatch& operator=(const IoWatch&) = delete;
    IoWatch(IoWatch&&) = delete;
    IoWatch& operator=(IoWatch&&) = delete;

    void setEvents(std::uint32_t events);
    /// Off: the callback rests, readiness is kept by the kernel.
    void enable(bool on);

private:
    static int ready(sd_event_source* source, int fd, std::uint32_t events, void* self) noexcept;

    EventLoop& loop_;
    Callback callback_;
    detail::Source source_;
};

/// Calls back for a signal, which must be blocked (`blockSignals`); throws std::system_error
/// (EBUSY) if it is not. Its callback may not destroy it.
class SignalWatch {
public:
    using Callback = std::function<void(const Now&)>;

    SignalWatch(EventLoop& loop, int signal, Callback callback);
    ~SignalWatch() = default;
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;
    SignalWatch(SignalWatch&&) = delete;
    SignalWatch& operator=(SignalWatch&&) = delete;

private:
    static int came(sd_event_source* source, const signalfd_siginfo* info, void* self) noexcept;

    EventLoop& loop_;
    Callback callback_;
    detail::Source source_;
};

} // namespace busbar
