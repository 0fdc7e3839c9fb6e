// SPDX-License-Identifier: MIT
// The state of a session and the hand-over of work between its threads.
#include "mqtt/session/session_state.hpp"

#include <algorithm>
#include <utility>

namespace busbar::mqtt {
namespace {

constexpr int kRefusedFilter = 0x80; // SUBACK, MQTT 3.1.1 §3.9.3
/// For a connection that is on its way when it is to be ended: many times what a GX in the house
/// takes, and short enough for a reload. One that takes longer may leave its will.
constexpr std::chrono::milliseconds kArrival{500};

} // namespace

SessionState::SessionState(std::uint8_t session, Outbox::Bounds bounds, Mailbox& mailbox)
    : session_(session), mailbox_(mailbox), outbox_(bounds), slots_(kWindow) {
    freeSlots_.reserve(kWindow);
    dropEverything();
}

News SessionState::takeNews() {
    const std::lock_guard lock(mutex_);
    News news = std::exchange(news_, News{});
    news.isIdle = phase_ == Phase::Idle;
    news.isClosing = isClosing_;
    return news;
}

void SessionState::beginAttempt(std::optional<Will> will) {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::Idle)
        return;
    phase_ = Phase::Connecting;
    attempt_.emplace().kind = Job::Kind::Attempt;
    attempt_->will = std::move(will);
    changed_.notify_all();
}

bool SessionState::isConnected() const {
    const std::lock_guard lock(mutex_);
    return phase_ == Phase::Connected;
}

bool SessionState::offer(Outgoing entry) {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::Connected || isClosing_ || !outbox_.offer(std::move(entry))) {
        ++counters_.refused;
        return false;
    }
    ++counters_.accepted;
    changed_.notify_all();
    return true;
}

void SessionState::countRefusal() {
    const std::lock_guard lock(mutex_);
    ++counters_.refused;
}

/// A connection on its way first becomes one: if it was cut off after the broker had read the
/// greeting, the broker would publish its last will.
bool SessionState::close(std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, std::min(until, until - limit + kArrival),
                        [this] { return phase_ != Phase::Connecting || failure_; });
    isClosing_ = true;
    changed_.notify_all();
    return changed_.wait_until(lock, until, [this] { return phase_ == Phase::Stopped; });
}

ClientCounters SessionState::counters() const {
    const std::lock_guard lock(mutex_);
    ClientCounters result = counters_;
    result.inFlight = outbox_.inFlight();
    result.inFlightBytes = outbox_.inFlightBytes();
    return result;
}

std::optional<LinkFailure> SessionState::lastFailure() const {
    const std::lock_guard lock(mutex_);
    return lastFailure_;
}

void SessionState::connected() noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (phase_ != Phase::Connecting)
            return;
        phase_ = Phase::Connected;
        lastFailure_.reset();
        ++counters_.connects;
        news_.transitions.push_back({MailKind::Connected, {}});
        changed_.notify_all();
    }
    mailbox_.put({.kind = MailKind::Connected, .session = session_});
}

/// The worker finds the words, and only then is the attempt over.
void SessionState::connectFailed(int returnCode) noexcept {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::Connecting)
        return;
    failure_ = returnCode;
    changed_.notify_all();
}

void SessionState::lost(const std::string& cause) noexcept {
    const std::string reason = cause.empty() ? "session lost" : "session lost: " + cause;
    {
        const std::lock_guard lock(mutex_);
        if (phase_ != Phase::Connected)
            return;
        ++counters_.losses;
        dropEverything();
        end(MailKind::Disconnected, reason);
    }
    mailbox_.put({.kind = MailKind::Disconnected, .session = session_, .payload = reason});
}

void SessionState::fail(const LinkFailure& failure) {
    {
        const std::lock_guard lock(mutex_);
        if (phase_ != Phase::Connecting)
            return;
        ++counters_.connectFailures;
        lastFailure_ = failure;
        end(MailKind::ConnectFailed, failure.text);
    }
    mailbox_.put({.kind = MailKind::ConnectFailed, .session = session_, .payload = failure.text});
}

void SessionState::end(MailKind kind, const std::string& reason) {
    phase_ = Phase::Idle;
    news_.transitions.push_back({kind, reason});
    changed_.notify_all();
}

void SessionState::finished(std::size_t slot, bool isDone, int returnCode) noexcept {
    const std::lock_guard lock(mutex_);
    auto& request = slots_[slot];
    if (!request.isBusy)
        return;
    request.isBusy = false;
    freeSlots_.push_back(slot);
    outbox_.release(request.bytes);
    ++(isDone ? counters_.delivered : counters_.failed);
    if (!isDone && returnCode == kRefusedFilter && !request.filter.empty())
        news_.refusedFilters.push_back(request.filter);
    changed_.notify_all();
}

void SessionState::stopped() {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::Stopped;
    dropEverything();
    changed_.notify_all();
}

void SessionState::dropEverything() {
    counters_.failed += outbox_.clear();
    freeSlots_.clear();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        slots_[i].isBusy = false;
        freeSlots_.push_back(i);
    }
}

bool SessionState::canSend() const {
    return phase_ == Phase::Connected && !outbox_.isEmpty() && !freeSlots_.empty();
}

/// Goodbye has to wait only for what an established session has in flight.
bool SessionState::hasJob() const {
    const bool canClose = isClosing_ && phase_ != Phase::Stopped &&
                          (phase_ != Phase::Connected || outbox_.inFlight() == 0);
    return attempt_ || failure_ || canSend() || canClose;
}

Job SessionState::nextJob(const std::stop_token& stop,
                          std::optional<std::chrono::steady_clock::time_point> lifeSign) {
    std::unique_lock lock(mutex_);
    Job job;
    const auto hasOne = [this] { return hasJob(); };
    const bool isFound = lifeSign ? changed_.wait_until(lock, stop, *lifeSign, hasOne)
                                  : changed_.wait(lock, stop, hasOne);
    if (stop.stop_requested())
        return job;
    if (!isFound) {
        job.kind = Job::Kind::LifeSign;
        return job;
    }
    if (auto wanted = std::exchange(attempt_, std::nullopt))
        return std::move(*wanted);
    if (const auto code = std::exchange(failure_, std::nullopt)) {
        job.kind = Job::Kind::Explain;
        job.returnCode = *code;
        return job;
    }
    if (canSend())
        return takeEntry();
    job.kind = Job::Kind::Close;
    return job;
}

Job SessionState::takeEntry() {
    Job job;
    job.kind = Job::Kind::Send;
    job.entry = std::move(*outbox_.take());
    job.slot = freeSlots_.back();
    freeSlots_.pop_back();
    slots_[job.slot] = {true, job.entry.bytes(),
                        job.entry.kind == Outgoing::Kind::Subscription ? job.entry.topic
                                                                       : std::string()};
    return job;
}

} // namespace busbar::mqtt
