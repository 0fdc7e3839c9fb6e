// SPDX-License-Identifier: MIT
// When feed-in should be off, and when it may return.
#include "core/gx/feed_in.hpp"

namespace busbar {

namespace {

using namespace std::chrono_literals;

constexpr auto kShortestOff = 60s; // feed-in must not flap with a cell at its limit
constexpr auto kFeedInCalm = 10s;
constexpr double kOff = 0.0;

// Words are part of the published interface.
constexpr OwnedRows kFeedInRows = {{
    {OwnedStatus::Idle, "idle", false, 0s, "DC feed-in is as the owner has set it"},
    {OwnedStatus::InForce, "off", false, 0s,
     "DC feed-in is off, because the GX ignores the charge current "
     "limit while it feeds in"},
    {OwnedStatus::Writing, "switching_off", false, std::nullopt, "switching DC feed-in off"},
    {OwnedStatus::Saving, "saving", true, 10s,
     "DC feed-in stays on: the owner's setting has to be saved before it is changed"},
    {OwnedStatus::Restoring, "restoring", false, std::nullopt,
     "setting DC feed-in as the owner had it"},
    {OwnedStatus::Contested, "left_to_owner", false, 0s,
     "DC feed-in was switched on by the owner; left alone until charging is back to normal"},
    {OwnedStatus::Refused, "refused", true, 0s,
     "the GX does not take over the DC feed-in setting; trying again"},
    {OwnedStatus::Unreadable, "unreadable", true, 10s,
     "the GX's DC feed-in setting cannot be read, so it is not changed"},
}};
static_assert(areInOrder(kFeedInRows));

constexpr OwnedPolicy kFeedInPolicy = {.name = "feed_in",
                                       .subject = "",
                                       .rows = &kFeedInRows,
                                       .tenure = OwnedTenure::Episode,
                                       .mayArrive = kUnseenWrite,
                                       .rhythm = 0s,
                                       .noLimit = std::nullopt};

void noteCalm(FeedInState& state, const FeedInInput& input, SteadyTime now) {
    if (!input.mayReturn || input.wantsOff)
        state.calmSince.reset();
    else
        state.calmSince = state.calmSince.value_or(now);
}

/// What an earlier run left behind: only a 0 is its work. Anything else is the owner's, or was
/// restored already; but the earlier run's last write may still be under way.
void noteEarlierRun(FeedInState& state, const FeedInInput& input, SteadyTime now) {
    const OwnedState& setting = state.setting;
    if (setting.written || !input.setting)
        return;
    const auto owners = setting.seen ? setting.owners : input.persisted;
    if (!owners || isSameSetting(owners, kOff))
        return;
    if (!setting.seen)
        state.unfinishedSince = now;
    if (state.unfinishedSince && isSameSetting(input.setting, kOff))
        state.offSince = state.offSince.value_or(now);
}

bool hasLasted(std::optional<SteadyTime> since, std::chrono::seconds span, SteadyTime now) {
    return since && now - *since >= span;
}

/// A permission that is withdrawn ends the episode at once.
bool isWantedOff(const FeedInState& state, const FeedInInput& input, SteadyTime now) {
    const bool mayReturn = hasLasted(state.calmSince, kFeedInCalm, now) &&
                           hasLasted(state.offSince, kShortestOff, now);
    return input.mayWrite && (input.wantsOff || (state.offSince && !mayReturn));
}

/// From the first write on, which is made as soon as the owner's value is safe.
void noteOff(FeedInState& state, const OwnedInput& input, SteadyTime now) {
    const auto owners = state.setting.owners;
    if (input.isWanted && owners && isSameSetting(input.persisted, owners))
        state.offSince = state.offSince.value_or(now);
    else
        state.offSince.reset();
}

} // namespace

OwnedOutput step(FeedInState& state, const FeedInInput& input, const Now& now) {
    noteCalm(state, input, now.steady);
    noteEarlierRun(state, input, now.steady);
    OwnedInput wish;
    wish.shown = input.setting;
    wish.persisted = input.persisted;
    wish.isWanted = isWantedOff(state, input, now.steady);
    wish.target = kOff;
    if (state.unfinishedSince && !state.setting.written &&
        !hasLasted(state.unfinishedSince, kUnseenWrite, now.steady))
        wish.stray = kOff;
    wish.isOver = hasLasted(state.calmSince, kFeedInCalm, now.steady);
    OwnedOutput out = step(state.setting, kFeedInPolicy, wish, now.steady);
    if (input.setting)
        noteOff(state, wish, now.steady);
    return out;
}

std::optional<double> finalWrite(const FeedInState& state) {
    return finalWrite(state.setting);
}

const OwnedPolicy& feedInPolicy() {
    return kFeedInPolicy;
}

} // namespace busbar
