// SPDX-License-Identifier: MIT
// Two settings that follow the bank, each with its owner's value behind it: look, decide, write,
// see.
#include "core/gx/dvcc.hpp"

#include "core/table/path_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace busbar {

namespace {

using namespace std::chrono_literals;

constexpr auto kRhythm = 3s;         // DVCC takes new limits over every 3 s (dbus/VENUS.md)
constexpr auto kStartPatience = 60s; // batteries come in one by one
/// Own writes that were not seen may still arrive this long: a cloud broker, a GX that restarts.
/// One that is forgotten too early would be taken for the owner's.
constexpr auto kMayArrive = 600s;
/// A broker gives a silent session up after 1.5 keepalives of 60 s, and then executes its will.
constexpr auto kWillPatience = 120s;
constexpr auto kContestSpan = 60s; // somebody else's change this soon after an own write …
constexpr int kMostContests = 5;   // … so often: another program, not a person
constexpr auto kContestWait = 60s;
constexpr auto kPeace = 600s; // without contest
constexpr double kWill_A = 0.0;
constexpr double kSameSetting = 0.005; // A or V; settings have steps of 1 A and 0.1 V
constexpr double kForgiven = 1e-3;     // part of a step: 55.2 is 55.199999999999996

/// What makes the two settings different.
struct Form {
    std::string_view name;
    std::optional<double> DvccValues::*value;
    double none;
    double highest; ///< of the setting's range (dbus/VENUS.md)
    double stepsPerUnit;
};
constexpr Form kSetCurrent = {"charge current limit", &DvccValues::maxCharge_A, kNoCurrentLimit_A,
                              10000.0, 1.0};
constexpr Form kSetVoltage = {"charge voltage limit", &DvccValues::maxCharge_V, kNoVoltageLimit_V,
                              80.0, 10.0};

using DvccRow = StatusRow<DvccStatus>;
constexpr auto kStatusRows = std::to_array<DvccRow>({
    {DvccStatus::Idle, false, 0s, "is as the owner has set it"},
    {DvccStatus::Following, false, 0s, "follows the bank"},
    {DvccStatus::Writing, false, std::nullopt, "is being written"},
    {DvccStatus::Saving, true, 10s, "is not changed: the owner's value has to be saved before"},
    {DvccStatus::Restoring, false, std::nullopt, "is being set as the owner had it"},
    {DvccStatus::Contested, true, 0s,
     "is changed by somebody else again and again, so it is written once a minute only"},
    {DvccStatus::Refused, true, 0s, "is not taken over by the GX; trying again"},
    {DvccStatus::Unreadable, true, 60s, "cannot be read, so it is not changed"},
});

consteval bool statusesAreInOrder() {
    for (std::size_t i = 0; i < kStatusRows.size(); ++i)
        if (static_cast<std::size_t>(kStatusRows[i].status) != i)
            return false;
    return kStatusRows.size() == kDvccStatusCount;
}

static_assert(statusesAreInOrder());

bool isSame(std::optional<double> a, std::optional<double> b) {
    return a && b ? std::fabs(*a - *b) < kSameSetting : a.has_value() == b.has_value();
}

/// One step's view of one setting.
struct Step {
    DvccChannel& channel;
    const Form& form;
    bool isEnabled;
    double deadBand;
    std::chrono::seconds interval;
    std::optional<double> shown;
    std::optional<double> persisted;
    std::optional<double> limit; ///< the bank's, as it would be written; nothing = nothing to write
    bool mayBeWill;              ///< 0 may have been written by the last will
    SteadyTime now;
    std::optional<double> write;
};

/// For comparisons: no limit is above all others.
double heightOf(const Form& form, double value) {
    return isSame(value, form.none) ? std::numeric_limits<double>::max() : value;
}

/// Busbar's value, or the will's, is in force, or may come to be.
bool isOurs(const DvccChannel& channel) {
    return channel.owners &&
           (!channel.underWay.empty() || (channel.seen && !isSame(channel.seen, channel.owners)));
}

// ---- look

void forgetArrived(Step& s) {
    std::erase_if(s.channel.underWay, [&](const DvccChannel::Write& write) {
        return s.now - std::max(write.at, s.channel.doubted) >= kMayArrive;
    });
}

void settle(DvccChannel& channel) {
    channel.unseenSince.reset();
    channel.tries = 0;
}

/// True if one of the own writes is shown; those before it cannot arrive any more.
bool takeOwnWrite(DvccChannel& channel, double shown) {
    auto& writes = channel.underWay;
    const auto found = std::ranges::find_if(
        writes, [&](const DvccChannel::Write& write) { return isSame(write.value, shown); });
    if (found == writes.end())
        return false;
    writes.erase(writes.begin(), found + 1);
    settle(channel);
    return true;
}

/// An earlier run never wrote anything above the owner's value.
void takeFirst(Step& s, double shown) {
    const bool isRaised =
        s.persisted && heightOf(s.form, shown) > heightOf(s.form, *s.persisted) + kSameSetting;
    if (s.persisted)
        s.channel.owners = isRaised ? shown : *s.persisted;
}

void takeOwners(Step& s, double shown) {
    DvccChannel& channel = s.channel;
    channel.owners = shown;
    channel.underWay.clear();
    settle(channel);
    if (!channel.written || s.now - *channel.written >= kContestSpan)
        return;
    ++channel.contests;
    channel.contested = s.now;
}

void look(Step& s, double shown) {
    DvccChannel& channel = s.channel;
    forgetArrived(s);
    if (!channel.seen) {
        takeFirst(s, shown);
    } else if (!takeOwnWrite(channel, shown) && !isSame(channel.seen, shown)) {
        const bool isWill = s.mayBeWill && channel.owners && isSame(shown, kWill_A);
        if (channel.owners && !isWill)
            takeOwners(s, shown);
    }
    channel.seen = shown;
    if (s.isEnabled && !channel.owners)
        channel.owners = shown;
}

// ---- decide

bool isRefused(const Step& s) {
    return s.channel.unseenSince && s.now - *s.channel.unseenSince >= kUnseenWrite;
}

bool isContested(const Step& s) {
    return s.channel.contests >= kMostContests;
}

bool hasPassed(const Step& s, std::chrono::seconds span) {
    return !s.channel.written || s.now - *s.channel.written >= span;
}

bool isDue(const Step& s, double target, double inForce) {
    if (isRefused(s))
        return hasPassed(s, retryWait(s.channel.tries));
    if (isContested(s))
        return hasPassed(s, kContestWait);
    const double cut = heightOf(s.form, inForce) - target;
    if (cut > 0.0) {
        const bool isUrgent = target <= 0.0 || cut > s.deadBand + kSameSetting;
        return hasPassed(s, isUrgent ? kRhythm : s.interval);
    }
    const bool isWorthIt = isSame(inForce, 0.0) || -cut >= s.deadBand - kSameSetting;
    return isWorthIt && hasPassed(s, s.interval);
}

void write(Step& s, double value) {
    DvccChannel& channel = s.channel;
    s.write = value;
    channel.written = s.now;
    channel.unseenSince = channel.unseenSince.value_or(s.now);
    ++channel.tries;
    channel.underWay.push_back({value, s.now});
}

std::optional<double> targetOf(const Step& s) {
    if (!s.limit || !s.channel.owners)
        return std::nullopt;
    return std::min(*s.limit, heightOf(s.form, *s.channel.owners));
}

/// What is in force once everything under way has arrived.
double inForce(const Step& s, double shown) {
    return s.channel.underWay.empty() ? shown : s.channel.underWay.back().value;
}

bool wantsChange(const Step& s, double target, double shown) {
    return !isSame(target, inForce(s, shown)) || (isRefused(s) && !isSame(target, shown));
}

void follow(Step& s, double shown) {
    const auto target = targetOf(s);
    if (isSame(target, shown) && s.channel.underWay.empty())
        settle(s.channel);
    if (!target || !wantsChange(s, *target, shown) || !isSame(s.persisted, s.channel.owners))
        return;
    if (isDue(s, *target, inForce(s, shown)))
        write(s, *target);
}

/// The owner's value goes back at once, and is forgotten when it is seen and nothing can still
/// arrive behind it.
void restore(Step& s, double shown) {
    DvccChannel& channel = s.channel;
    if (!isOurs(channel)) {
        channel.owners.reset();
        return;
    }
    const bool isUnderWay = isSame(inForce(s, shown), channel.owners);
    if ((!isUnderWay && hasPassed(s, kRhythm) && !isRefused(s)) ||
        (isRefused(s) && hasPassed(s, retryWait(channel.tries))))
        write(s, *channel.owners);
}

// ---- report

DvccStatus statusOf(const Step& s) {
    const bool isAtWork = s.isEnabled || s.channel.owners || s.persisted;
    if (!isAtWork)
        return DvccStatus::Idle;
    if (!s.shown)
        return DvccStatus::Unreadable;
    if (isRefused(s))
        return DvccStatus::Refused;
    if (!s.isEnabled)
        return s.channel.owners ? DvccStatus::Restoring : DvccStatus::Idle;
    if (isContested(s))
        return DvccStatus::Contested;
    if (!isSame(s.persisted, s.channel.owners))
        return DvccStatus::Saving;
    return s.channel.underWay.empty() ? DvccStatus::Following : DvccStatus::Writing;
}

std::string textOf(const Form& form, const DvccRow& row) {
    std::string text = "the GX's ";
    return text.append(form.name).append(" ").append(row.text);
}

void report(Step& s, DvccOutput& out) {
    const DvccStatus status = statusOf(s);
    const DvccRow& row = kStatusRows.at(static_cast<std::size_t>(status));
    if (out.text.empty() || status > out.status) {
        out.status = status;
        out.text = textOf(s.form, row);
    }
    if (noteStatus(s.channel.note, row, s.now))
        out.events.push_back({status, textOf(s.form, row), row.isProblem});
}

void stepOne(Step& s, DvccOutput& out) {
    DvccChannel& channel = s.channel;
    if (!s.shown)
        channel.doubted = s.now;
    if (channel.contested && s.now - *channel.contested >= kPeace)
        channel.contests = 0;
    if (s.shown) {
        look(s, *s.shown);
        if (s.isEnabled)
            follow(s, *s.shown);
        else
            restore(s, *s.shown);
    }
    out.write.*s.form.value = s.write;
    out.toPersist.*s.form.value = channel.seen ? channel.owners : s.persisted;
    report(s, out);
}

// ---- what the bank wants

/// As the setting takes it, rounded down; nothing for what is no number or negative.
std::optional<double> settable(const Form& form, std::optional<double> limit) {
    if (!limit || !std::isfinite(*limit) || *limit < 0.0)
        return std::nullopt;
    const double steps = std::floor(*limit * form.stepsPerUnit + kForgiven);
    return std::min(steps / form.stepsPerUnit, form.highest);
}

std::optional<double> currentLimitOf(const DvccState& state, const DvccInput& input,
                                     SteadyTime now) {
    const auto limit_A = settable(kSetCurrent, input.limit_A);
    const bool isEarly = input.isStarting && now - state.started.value_or(now) < kStartPatience;
    return limit_A || isEarly ? limit_A : std::optional(0.0);
}

/// 0 V would mean no limit.
std::optional<double> voltageLimitOf(const DvccInput& input) {
    const auto limit_V = settable(kSetVoltage, input.limit_V);
    return limit_V && *limit_V > 0.0 ? limit_V : std::nullopt;
}

void noteWill(DvccState& state, bool isArmed, SteadyTime now) {
    if (state.wasWillArmed && !isArmed)
        state.willLost = now;
    state.wasWillArmed = isArmed;
}

bool mayBeWill(const DvccState& state, SteadyTime now) {
    const auto isRecent = [now](SteadyTime moment) { return now - moment < kWillPatience; };
    return isRecent(state.started.value_or(now)) || isRecent(state.current.doubted) ||
           (state.willLost && isRecent(*state.willLost));
}

Step stepOf(DvccChannel& channel, const Form& form, const DvccInput& input, SteadyTime now) {
    return {channel,
            form,
            input.settings.isEnabled,
            0.0,
            input.settings.interval,
            input.shown.*form.value,
            input.persisted.*form.value,
            std::nullopt,
            false,
            now,
            std::nullopt};
}

} // namespace

DvccOutput step(DvccState& state, const DvccInput& input, const Now& now) {
    state.started = state.started.value_or(now.steady);
    noteWill(state, input.isWillArmed, now.steady);
    DvccOutput out;
    Step current = stepOf(state.current, kSetCurrent, input, now.steady);
    current.deadBand = input.settings.deadBand_A;
    current.limit = currentLimitOf(state, input, now.steady);
    current.mayBeWill = mayBeWill(state, now.steady);
    stepOne(current, out);
    Step voltage = stepOf(state.voltage, kSetVoltage, input, now.steady);
    voltage.deadBand = input.settings.deadBand_V;
    voltage.limit = voltageLimitOf(input);
    stepOne(voltage, out);
    const DvccValues owners{state.current.owners, state.voltage.owners};
    if (owners != DvccValues())
        out.owners = owners;
    if (input.settings.isEnabled && isSame(input.persisted.maxCharge_A, state.current.owners) &&
        state.current.owners)
        out.willCurrent_A = kWill_A;
    return out;
}

std::optional<DvccValues> ownersAtStart(const DvccSettings& settings, const DvccValues& persisted) {
    if (!settings.isEnabled || persisted == DvccValues())
        return std::nullopt;
    return persisted;
}

DvccValues finalWrites(const DvccState& state) {
    DvccValues writes;
    if (isOurs(state.current))
        writes.maxCharge_A = state.current.owners;
    if (isOurs(state.voltage))
        writes.maxCharge_V = state.voltage.owners;
    return writes;
}

} // namespace busbar
