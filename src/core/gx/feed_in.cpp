// SPDX-License-Identifier: MIT
// The episode of a feed-in that is switched off: save, switch, verify, wait, restore, verify,
// forget.
#include "core/gx/feed_in.hpp"

#include <algorithm>

namespace busbar {

namespace {

using namespace std::chrono_literals;

constexpr auto kShortestOff = 60s; // feed-in must not flap with a cell at its limit
constexpr auto kFeedInCalm = 10s;

using FeedInRow = StatusRow<FeedInStatus>;
constexpr auto kFeedInRows = std::to_array<FeedInRow>({
    {FeedInStatus::Idle, false, 0s, "DC feed-in is as the owner has set it"},
    {FeedInStatus::Saving, true, 10s,
     "DC feed-in stays on: the owner's setting has to be saved before it is changed"},
    {FeedInStatus::SwitchingOff, false, std::nullopt, "switching DC feed-in off"},
    {FeedInStatus::Off, false, 0s,
     "DC feed-in is off, because the GX ignores the charge current "
     "limit while it feeds in"},
    {FeedInStatus::Restoring, false, std::nullopt, "setting DC feed-in as the owner had it"},
    {FeedInStatus::Refused, true, 0s,
     "the GX does not take over the DC feed-in setting; trying again"},
    {FeedInStatus::Unreadable, true, 10s,
     "the GX's DC feed-in setting cannot be read, so it is not changed"},
    {FeedInStatus::LeftToOwner, false, 0s,
     "DC feed-in was switched on by the owner; left alone until charging is back to normal"},
});

consteval bool feedInStatusesAreInOrder() {
    for (std::size_t i = 0; i < kFeedInRows.size(); ++i)
        if (static_cast<std::size_t>(kFeedInRows[i].status) != i)
            return false;
    return kFeedInRows.size() == kFeedInStatusCount;
}

static_assert(feedInStatusesAreInOrder());

/// One step's view of everything.
struct FeedInStep {
    FeedInState& state;
    const FeedInInput& input;
    SteadyTime now;
    FeedInOutput& out;
};

void enter(FeedInState& state, FeedInPhase phase) {
    state.phase = phase;
    state.writes = 0;
}

void endEpisode(FeedInState& state, FeedInPhase phase) {
    state.owners.reset();
    state.offSince.reset();
    enter(state, phase);
}

void startOff(FeedInState& state, SteadyTime now, FeedInPhase phase) {
    state.offSince = now;
    enter(state, phase);
}

bool isCalm(const FeedInStep& s) {
    return s.state.calmSince && s.now - *s.state.calmSince >= kFeedInCalm;
}

/// A permission that is withdrawn ends the episode at once.
bool mayReturnNow(const FeedInStep& s) {
    if (!s.input.mayWrite)
        return true;
    return isCalm(s) && s.state.offSince && s.now - *s.state.offSince >= kShortestOff;
}

/// A write of the other value that was never seen may still be under way: what the setting shows
/// meanwhile proves nothing.
bool isOver(std::optional<SteadyTime> sent, SteadyTime now) {
    return !sent || now - *sent >= kUnseenWrite;
}

bool isDue(const FeedInStep& s) {
    return s.state.writes == 0 || s.now - s.state.writtenAt >= retryWait(s.state.writes);
}

void writeIfDue(FeedInStep& s, double value) {
    const bool isGivingBack = value != 0.0;
    if ((!s.input.mayWrite && !isGivingBack) || !isDue(s))
        return;
    s.out.write = value;
    ++s.state.writes;
    s.state.writtenAt = s.now;
    (value == 0.0 ? s.state.zeroSent : s.state.ownersSent) = s.now;
}

void switchingOff(FeedInStep& s, double setting);

/// The owner's value counts as restored when it is seen, and no 0 can still arrive behind it.
void restoring(FeedInStep& s, double setting) {
    if (setting != 0.0 && isOver(s.state.zeroSent, s.now)) {
        endEpisode(s.state, FeedInPhase::Idle);
    } else if (s.input.wantsOff && s.input.mayWrite) {
        startOff(s.state, s.now, FeedInPhase::SwitchingOff);
        switchingOff(s, setting);
    } else {
        writeIfDue(s, s.state.owners.value_or(1.0));
    }
}

void switchingOff(FeedInStep& s, double setting) {
    if (setting == 0.0 && isOver(s.state.ownersSent, s.now)) {
        enter(s.state, FeedInPhase::Off);
    } else if (setting != 0.0 && setting != s.state.owners) {
        s.state.owners = setting;
        enter(s.state, FeedInPhase::Saving);
    } else if (mayReturnNow(s)) {
        enter(s.state, FeedInPhase::Restoring);
        restoring(s, setting);
    } else {
        writeIfDue(s, 0.0);
    }
}

void off(FeedInStep& s, double setting) {
    if (setting != 0.0) {
        endEpisode(s.state, FeedInPhase::LeftToOwner);
    } else if (mayReturnNow(s)) {
        enter(s.state, FeedInPhase::Restoring);
        restoring(s, setting);
    }
}

void saving(FeedInStep& s, double setting) {
    if (!s.input.wantsOff || !s.input.mayWrite || setting == 0.0) {
        endEpisode(s.state, FeedInPhase::Idle);
        return;
    }
    s.state.owners = setting;
    if (s.input.persisted != s.state.owners)
        return;
    startOff(s.state, s.now, FeedInPhase::SwitchingOff);
    switchingOff(s, setting);
}

void idle(FeedInStep& s, double setting) {
    if (!s.input.wantsOff || !s.input.mayWrite || setting == 0.0)
        return;
    enter(s.state, FeedInPhase::Saving);
    saving(s, setting);
}

/// What an earlier run left behind: only a 0 is its work. Anything else is the owner's, or was
/// restored already; but the earlier run's last write may still be under way.
void starting(FeedInStep& s, double setting) {
    s.state.firstSeen = s.state.firstSeen.value_or(s.now);
    const bool isUnfinished = s.input.persisted.value_or(0.0) != 0.0;
    if (isUnfinished && setting == 0.0) {
        s.state.owners = s.input.persisted;
        startOff(s.state, s.now, FeedInPhase::Off);
        return;
    }
    if (isUnfinished && !s.input.wantsOff && !isOver(s.state.firstSeen, s.now))
        return;
    enter(s.state, FeedInPhase::Idle);
    idle(s, setting);
}

void move(FeedInStep& s, double setting) {
    switch (s.state.phase) {
    case FeedInPhase::Starting:
        return starting(s, setting);
    case FeedInPhase::Idle:
        return idle(s, setting);
    case FeedInPhase::Saving:
        return saving(s, setting);
    case FeedInPhase::SwitchingOff:
        return switchingOff(s, setting);
    case FeedInPhase::Off:
        return off(s, setting);
    case FeedInPhase::Restoring:
        return restoring(s, setting);
    case FeedInPhase::LeftToOwner:
        if (isCalm(s))
            enter(s.state, FeedInPhase::Idle);
        return;
    }
}

void noteInput(FeedInState& state, const FeedInInput& input, SteadyTime now) {
    if (!input.mayReturn || input.wantsOff)
        state.calmSince.reset();
    else if (!state.calmSince)
        state.calmSince = now;
    if (input.setting)
        (*input.setting == 0.0 ? state.zeroSent : state.ownersSent).reset();
}

/// The setting is needed, not merely of interest.
bool isAtWork(const FeedInState& state, const FeedInInput& input) {
    if (state.phase == FeedInPhase::Starting && input.persisted)
        return true;
    if (state.phase == FeedInPhase::Starting || state.phase == FeedInPhase::Idle)
        return input.wantsOff && input.mayWrite;
    return state.phase != FeedInPhase::LeftToOwner;
}

FeedInStatus statusOf(const FeedInState& state, const FeedInInput& input) {
    if (!input.setting && isAtWork(state, input))
        return FeedInStatus::Unreadable;
    const bool isRefused = state.writes > 1;
    switch (state.phase) {
    case FeedInPhase::Starting:
    case FeedInPhase::Idle:
        return FeedInStatus::Idle;
    case FeedInPhase::Saving:
        return FeedInStatus::Saving;
    case FeedInPhase::SwitchingOff:
        return isRefused ? FeedInStatus::Refused : FeedInStatus::SwitchingOff;
    case FeedInPhase::Off:
        return FeedInStatus::Off;
    case FeedInPhase::Restoring:
        return isRefused ? FeedInStatus::Refused : FeedInStatus::Restoring;
    case FeedInPhase::LeftToOwner:
        return FeedInStatus::LeftToOwner;
    }
    return FeedInStatus::Idle;
}

void report(FeedInStep& s) {
    FeedInState& state = s.state;
    const FeedInStatus status = statusOf(state, s.input);
    const FeedInRow& row = kFeedInRows.at(static_cast<std::size_t>(status));
    s.out.status = status;
    s.out.text = row.text;
    if (noteStatus(state.note, row, s.now))
        s.out.events.push_back({status, s.out.text, row.isProblem});
}

std::optional<double> wantedOnDisk(const FeedInState& state, const FeedInInput& input) {
    return state.phase == FeedInPhase::Starting ? input.persisted : state.owners;
}

} // namespace

FeedInOutput step(FeedInState& state, const FeedInInput& input, const Now& now) {
    FeedInOutput out;
    FeedInStep s{state, input, now.steady, out};
    noteInput(state, input, now.steady);
    if (input.setting)
        move(s, *input.setting);
    out.toPersist = wantedOnDisk(state, input);
    report(s);
    return out;
}

std::optional<double> finalWrite(const FeedInState& state) {
    const bool isChanged = state.phase == FeedInPhase::SwitchingOff ||
                           state.phase == FeedInPhase::Off || state.phase == FeedInPhase::Restoring;
    return isChanged ? state.owners : std::nullopt;
}

} // namespace busbar
