// SPDX-License-Identifier: MIT
// The event loop over sd-event.
#include "base/event_loop.hpp"

#include "base/guarded.hpp"

#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <pthread.h>
#include <utility>

namespace busbar {

namespace {

using std::chrono::microseconds;

// sd-event's own default would let every timer be 250 ms late in order to collect wake-ups.
constexpr std::uint64_t kTimerAccuracyUs = 1000;

template <class Make>
detail::Source makeSource(const char* what, Make&& create) {
    return make<detail::Source>(what, std::forward<Make>(create));
}

std::uint64_t loopTimeUs(sd_event* event, clockid_t clock) {
    std::uint64_t timeUs = 0;
    check(sd_event_now(event, clock, &timeUs), "read the loop's time");
    return timeUs;
}

sigset_t stopSignals() {
    sigset_t set{};
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&set, signal);
    return set;
}

} // namespace

void blockSignals() {
    const sigset_t set = stopSignals();
    check(-pthread_sigmask(SIG_BLOCK, &set, nullptr), "block signals");
}

void unblockSignals() {
    const sigset_t set = stopSignals();
    check(-pthread_sigmask(SIG_UNBLOCK, &set, nullptr), "let signals through");
}

void EventLoop::Release::operator()(sd_event* event) const noexcept {
    sd_event_unref(event);
}

void detail::ReleaseSource::operator()(sd_event_source* source) const noexcept {
    sd_event_source_set_enabled(source, SD_EVENT_OFF);
    sd_event_source_unref(source);
}

EventLoop::EventLoop() {
    sd_event* event = nullptr;
    check(sd_event_new(&event), "make the event loop");
    event_.reset(event);
}

EventLoop::~EventLoop() = default;

Now EventLoop::now() const {
    // libstdc++'s steady_clock is CLOCK_MONOTONIC, so sd-event's times are its times.
    return {SteadyTime(microseconds(loopTimeUs(event_.get(), CLOCK_MONOTONIC))),
            WallTime(microseconds(loopTimeUs(event_.get(), CLOCK_REALTIME)))};
}

int EventLoop::run() {
    return check(sd_event_loop(event_.get()), "run the event loop");
}

void EventLoop::exit(int code) {
    check(sd_event_exit(event_.get(), code), "end the event loop");
}

bool EventLoop::step(std::chrono::milliseconds limit) {
    const auto limitUs =
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, microseconds(limit).count()));
    return check(sd_event_run(event_.get(), limitUs), "step the event loop") > 0;
}

bool EventLoop::keepWatchdogFed() {
    return check(sd_event_set_watchdog(event_.get(), 1), "start the watchdog") > 0;
}

void EventLoop::notifyReady() {
    check(sd_notify(0, "READY=1"), "tell systemd READY");
}

void EventLoop::notifyStopping() {
    check(sd_notify(0, "STOPPING=1"), "tell systemd STOPPING");
}

std::chrono::microseconds EventLoop::takeWorstLag() {
    return std::exchange(worstLag_, microseconds(0));
}

void EventLoop::noteLag(microseconds lag) {
    worstLag_ = std::max(worstLag_, lag);
}

Timer::Timer(EventLoop& loop, Callback callback) : loop_(loop), callback_(std::move(callback)) {
    source_ = makeSource("make a timer", [this](sd_event_source** out) {
        return sd_event_add_time(loop_.native(), out, CLOCK_MONOTONIC, 0, kTimerAccuracyUs,
                                 &Timer::fired, this);
    });
    disarm();
}

void Timer::armAt(std::uint64_t deadlineUs) {
    check(sd_event_source_set_time(source_.get(), deadlineUs), "set a timer");
    check(sd_event_source_set_enabled(source_.get(), SD_EVENT_ONESHOT), "arm a timer");
    armed_ = true;
}

void Timer::arm(microseconds delay) {
    period_ = microseconds(0);
    const auto waitUs = static_cast<std::uint64_t>(std::max<std::int64_t>(0, delay.count()));
    armAt(loopTimeUs(loop_.native(), CLOCK_MONOTONIC) + waitUs);
}

void Timer::armEvery(microseconds period) {
    arm(period);
    period_ = std::max(period, microseconds(1));
}

void Timer::disarm() {
    check(sd_event_source_set_enabled(source_.get(), SD_EVENT_OFF), "disarm a timer");
    armed_ = false;
    period_ = microseconds(0);
}

int Timer::fired(sd_event_source* /*source*/, std::uint64_t deadlineUs, void* self) noexcept {
    auto* timer = static_cast<Timer*>(self);
    return guarded(timer->loop_.faults(), "timer", 0, [&] { return timer->fire(deadlineUs); });
}

int Timer::fire(std::uint64_t deadlineUs) {
    const auto nowUs = loopTimeUs(loop_.native(), CLOCK_MONOTONIC);
    const std::uint64_t lateUs = nowUs > deadlineUs ? nowUs - deadlineUs : 0;
    loop_.noteLag(microseconds(lateUs));
    armed_ = false;
    if (period_.count() > 0) {
        const auto periodUs = static_cast<std::uint64_t>(period_.count());
        armAt(deadlineUs + (lateUs / periodUs + 1) * periodUs);
    }
    callback_(loop_.now());
    return 0;
}

IoWatch::IoWatch(EventLoop& loop, int fd, std::uint32_t events, Callback callback)
    : loop_(loop), callback_(std::move(callback)) {
    source_ = makeSource("watch a descriptor", [&](sd_event_source** out) {
        return sd_event_add_io(loop_.native(), out, fd, events, &IoWatch::ready, this);
    });
}

void IoWatch::setEvents(std::uint32_t events) {
    check(sd_event_source_set_io_events(source_.get(), events),
          "change what a descriptor is watched for");
}

void IoWatch::enable(bool on) {
    check(sd_event_source_set_enabled(source_.get(), on ? SD_EVENT_ON : SD_EVENT_OFF),
          "enable a watch");
}

int IoWatch::ready(sd_event_source* /*source*/, int /*fd*/, std::uint32_t events,
                   void* self) noexcept {
    auto* watch = static_cast<IoWatch*>(self);
    return guarded(watch->loop_.faults(), "descriptor", 0, [&] {
        watch->callback_(watch->loop_.now(), events);
        return 0;
    });
}

SignalWatch::SignalWatch(EventLoop& loop, int signal, Callback callback)
    : loop_(loop), callback_(std::move(callback)) {
    source_ = makeSource("watch a signal", [&](sd_event_source** out) {
        return sd_event_add_signal(loop_.native(), out, signal, &SignalWatch::came, this);
    });
}

int SignalWatch::came(sd_event_source* /*source*/, const signalfd_siginfo* /*info*/,
                      void* self) noexcept {
    auto* watch = static_cast<SignalWatch*>(self);
    return guarded(watch->loop_.faults(), "signal", 0, [&] {
        watch->callback_(watch->loop_.now());
        return 0;
    });
}

} // namespace busbar
