// SPDX-License-Identifier: MIT
// A setting with its owner's value behind it: look, decide, write, see.
#include "core/gx/owned_setting.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace busbar {

namespace {

using namespace std::chrono_literals;

constexpr auto kContestSpan = 60s; // somebody else's change this soon after an own write …
constexpr int kMostContests = 5;   // … so often: another program, not a person
constexpr auto kContestWait = 60s;
constexpr auto kPeace = 600s;          // without contest
constexpr double kSameSetting = 0.005; // settings have steps of 1 A, 0.1 V, or are 0 or 1

/// One step's view of everything.
struct OwnedStep {
    OwnedState& state;
    const OwnedPolicy& policy;
    const OwnedInput& input;
    SteadyTime now;
    std::optional<double> write;
};

/// How long to wait after the n-th write (from 1) that was not seen: longer and longer, because the
/// GX keeps settings in flash.
constexpr std::chrono::seconds retryWait(int writes) {
    constexpr std::array<std::chrono::seconds, 4> kWaits = {kUnseenWrite, 30s, 60s, 300s};
    return kWaits.at(static_cast<std::size_t>(std::clamp(writes, 1, 4)) - 1);
}

/// For comparisons: no limit is above all others.
double heightOf(const OwnedPolicy& policy, double value) {
    return isSameSetting(value, policy.noLimit) ? std::numeric_limits<double>::max() : value;
}

bool isEpisode(const OwnedStep& s) {
    return s.policy.tenure == OwnedTenure::Episode;
}

/// Busbar's value, or a stray one, is in force, or may come to be.
bool isOurs(const OwnedState& state) {
    return state.owners &&
           (!state.underWay.empty() || (state.seen && !isSameSetting(state.seen, state.owners)));
}

/// What is in force once everything under way has arrived.
double inForce(const OwnedState& state, double shown) {
    return state.underWay.empty() ? shown : state.underWay.back().value;
}

// ---- look

/// The last one is known for as long as it is tried again.
void forgetArrived(OwnedStep& s) {
    auto& writes = s.state.underWay;
    auto kept = std::ranges::find_if(writes, [&](const OwnedState::Write& write) {
        return s.now - std::max(write.at, s.state.doubted) < s.policy.mayArrive;
    });
    if (kept == writes.end() && kept != writes.begin() && s.state.unseenSince)
        --kept;
    writes.erase(writes.begin(), kept);
}

void settle(OwnedState& state) {
    state.unseenSince.reset();
    state.tries = 0;
}

/// What is still under way counts on as unseen, unless the last of it is what is shown anyway.
void settleSeen(OwnedState& state, double shown) {
    settle(state);
    if (isSameSetting(inForce(state, shown), shown))
        return;
    state.unseenSince = state.underWay.front().at;
    state.tries = static_cast<int>(state.underWay.size());
}

/// True if one of the own writes is shown; those before it cannot arrive any more. But a value that
/// was shown before already proves the arrival of the oldest only.
bool takeOwnWrite(OwnedState& state, double shown) {
    auto& writes = state.underWay;
    const bool isNews = !isSameSetting(state.seen, shown);
    const auto last = isNews || writes.empty() ? writes.end() : writes.begin() + 1;
    const auto found = std::find_if(writes.begin(), last, [&](const OwnedState::Write& write) {
        return isSameSetting(write.value, shown);
    });
    if (found == last)
        return false;
    writes.erase(writes.begin(), found + 1);
    settleSeen(state, shown);
    return true;
}

/// An earlier run never wrote anything above the owner's value.
void takeFirst(OwnedStep& s, double shown) {
    const auto persisted = s.input.persisted;
    if (!persisted)
        return;
    const bool isRaised = heightOf(s.policy, shown) > heightOf(s.policy, *persisted) + kSameSetting;
    s.state.owners = isRaised ? shown : *persisted;
}

void noteContest(OwnedStep& s) {
    if (isEpisode(s) || !s.state.written || s.now - *s.state.written >= kContestSpan)
        return;
    ++s.state.contests;
    s.state.contested = s.now;
}

/// Somebody else has changed it.
void takeOwners(OwnedStep& s, double shown) {
    OwnedState& state = s.state;
    const bool wasOurs = !isSameSetting(state.seen, state.owners);
    state.underWay.clear();
    settle(state);
    state.isLeft = isEpisode(s) && s.input.isWanted && wasOurs;
    state.owners = state.isLeft ? std::nullopt : std::optional(shown);
    noteContest(s);
}

void keepOwners(OwnedStep& s, double shown) {
    OwnedState& state = s.state;
    if (s.input.isWanted && !state.isLeft)
        state.owners = state.owners.value_or(shown);
    if (isEpisode(s) && isSameSetting(state.owners, s.input.target))
        state.owners.reset();
}

void look(OwnedStep& s, double shown) {
    OwnedState& state = s.state;
    forgetArrived(s);
    if (!state.seen)
        takeFirst(s, shown);
    else if (!takeOwnWrite(state, shown) && !isSameSetting(state.seen, shown) && state.owners &&
             !isSameSetting(shown, s.input.stray))
        takeOwners(s, shown);
    state.seen = shown;
    keepOwners(s, shown);
}

// ---- decide

bool isRefused(const OwnedStep& s) {
    return s.state.unseenSince && s.now - *s.state.unseenSince >= kUnseenWrite;
}

bool isContested(const OwnedStep& s) {
    return s.state.contests >= kMostContests;
}

bool hasPassed(const OwnedStep& s, std::chrono::seconds span) {
    return !s.state.written || s.now - *s.state.written >= span;
}

bool isDue(const OwnedStep& s, double target, double inForce) {
    if (isRefused(s))
        return hasPassed(s, retryWait(s.state.tries));
    if (isContested(s))
        return hasPassed(s, kContestWait);
    const double cut = heightOf(s.policy, inForce) - target;
    if (cut > 0.0) {
        const bool isUrgent = target <= 0.0 || cut > s.input.deadBand + kSameSetting;
        return hasPassed(s, isUrgent ? s.policy.rhythm : s.input.interval);
    }
    const bool isWorthIt = isSameSetting(inForce, 0.0) || -cut >= s.input.deadBand - kSameSetting;
    return isWorthIt && hasPassed(s, s.input.interval);
}

void write(OwnedStep& s, double value) {
    OwnedState& state = s.state;
    s.write = value;
    state.written = s.now;
    state.unseenSince = state.unseenSince.value_or(s.now);
    ++state.tries;
    state.underWay.push_back({value, s.now});
}

std::optional<double> targetOf(const OwnedStep& s) {
    if (!s.input.target || !s.state.owners)
        return std::nullopt;
    return std::min(*s.input.target, heightOf(s.policy, *s.state.owners));
}

bool wantsChange(const OwnedStep& s, double target, double shown) {
    return !isSameSetting(target, inForce(s.state, shown)) ||
           (isRefused(s) && !isSameSetting(target, shown));
}

void follow(OwnedStep& s, double shown) {
    const OwnedState& state = s.state;
    const auto target = targetOf(s);
    if (isSameSetting(target, shown) && isSameSetting(target, inForce(state, shown)))
        settle(s.state);
    if (!target || !wantsChange(s, *target, shown) ||
        !isSameSetting(s.input.persisted, state.owners))
        return;
    if (isDue(s, *target, inForce(state, shown)))
        write(s, *target);
}

void forget(OwnedState& state) {
    state.owners.reset();
    settle(state);
}

/// The owner's value goes back at once, and is forgotten when it is seen and nothing can still
/// arrive behind it.
void restore(OwnedStep& s, double shown) {
    OwnedState& state = s.state;
    if (!isOurs(state)) {
        if (!isEpisode(s) || !s.input.stray)
            forget(state);
        return;
    }
    const bool isUnderWay = isSameSetting(inForce(state, shown), state.owners);
    if (isUnderWay && isSameSetting(shown, state.owners))
        settle(state);
    if (isRefused(s) ? hasPassed(s, retryWait(state.tries))
                     : !isUnderWay && hasPassed(s, s.policy.rhythm))
        write(s, *state.owners);
}

/// What was refused before says nothing about what is wanted now.
void noteWanted(OwnedStep& s) {
    if (s.input.isWanted == s.state.wasWanted)
        return;
    s.state.wasWanted = s.input.isWanted;
    settle(s.state);
    forgetArrived(s);
}

void move(OwnedStep& s, double shown) {
    if (s.input.isOver)
        s.state.isLeft = false;
    look(s, shown);
    noteWanted(s);
    if (s.input.isWanted)
        follow(s, shown);
    else
        restore(s, shown);
}

// ---- report

std::optional<double> wantedOnDisk(const OwnedStep& s) {
    return s.state.seen ? s.state.owners : s.input.persisted;
}

OwnedStatus statusOf(const OwnedStep& s) {
    const OwnedState& state = s.state;
    if (state.isLeft)
        return OwnedStatus::Contested;
    if (!s.input.isWanted && !wantedOnDisk(s))
        return OwnedStatus::Idle;
    if (!s.input.shown)
        return OwnedStatus::Unreadable;
    if (!state.owners)
        return OwnedStatus::Idle;
    if (isRefused(s))
        return OwnedStatus::Refused;
    if (!s.input.isWanted)
        return OwnedStatus::Restoring;
    if (isContested(s))
        return OwnedStatus::Contested;
    if (!isSameSetting(s.input.persisted, state.owners))
        return OwnedStatus::Saving;
    const bool isSeen = isSameSetting(inForce(state, *s.input.shown), *s.input.shown);
    return isSeen ? OwnedStatus::InForce : OwnedStatus::Writing;
}

/// True if the row's status, which holds now, is to be announced in this cycle.
bool noteStatus(OwnedState::Note& note, const OwnedRow& row, SteadyTime now) {
    if (row.status != note.status) {
        note.status = row.status;
        note.since = now;
    }
    if (row.status == note.announced || !row.announceAfter || now - note.since < *row.announceAfter)
        return false;
    note.announced = row.status;
    return true;
}

void report(OwnedStep& s, OwnedOutput& out) {
    out.status = statusOf(s);
    const OwnedRow& row = s.policy.rows->at(static_cast<std::size_t>(out.status));
    out.text = std::string(s.policy.subject).append(row.text);
    if (noteStatus(s.state.note, row, s.now))
        out.events.push_back({s.policy.name, row.word, out.text, row.isProblem});
}

} // namespace

OwnedOutput step(OwnedState& state, const OwnedPolicy& policy, const OwnedInput& input,
                 SteadyTime now) {
    OwnedStep s{state, policy, input, now, std::nullopt};
    if (!input.shown)
        state.doubted = now;
    if (state.contested && now - *state.contested >= kPeace)
        state.contests = 0;
    if (input.shown)
        move(s, *input.shown);
    OwnedOutput out;
    out.write = s.write;
    out.toPersist = wantedOnDisk(s);
    report(s, out);
    return out;
}

std::optional<double> finalWrite(const OwnedState& state) {
    return isOurs(state) ? state.owners : std::nullopt;
}

bool isSameSetting(std::optional<double> a, std::optional<double> b) {
    return a && b ? std::fabs(*a - *b) < kSameSetting : a.has_value() == b.has_value();
}

} // namespace busbar
