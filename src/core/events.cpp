// SPDX-License-Identifier: MIT
// Differences between two cycles.
#include "core/events.hpp"

#include "core/charge/balancing.hpp"
#include "core/charge/current_source.hpp"
#include "core/limits/limit.hpp"
#include "core/members/member.hpp"
#include "core/members/membership.hpp"
#include "core/snapshot.hpp"
#include "core/units/value_key.hpp"

#include <algorithm>

namespace busbar {

namespace {

std::string reasonText(const Verdict& verdict) {
    std::string text(toText(verdict.reason));
    if (!verdict.detail.empty())
        text += ": " + verdict.detail;
    return text;
}

/// Why it takes no part.
EventKind kindOf(OutReason reason) {
    if (reason == OutReason::Joining)
        return EventKind::MemberJoining;
    if (reason == OutReason::OutOfService)
        return EventKind::MemberOutOfService;
    return isLoss(reason) ? EventKind::MemberOut : EventKind::MemberLeftOut;
}

} // namespace

void EventFinder::noteMember(const Verdict& verdict, std::vector<Event>& events) {
    const Status status{verdict.takesPart, verdict.held, verdict.reason};
    Status& last = members_[verdict.entry->id];
    if (last == status)
        return;
    last = status;
    const std::string& name = verdict.entry->name;
    if (verdict.held)
        events.push_back({EventKind::MemberHeld, name, reasonText(verdict), 0.0, true});
    else if (verdict.takesPart)
        events.push_back({EventKind::MemberIn, name, "", 0.0, false});
    else
        events.push_back({kindOf(verdict.reason), name, reasonText(verdict), 0.0,
                          isLoss(verdict.reason) || verdict.returning});
}

/// Batteries that come and go must not take memory for ever.
void EventFinder::forgetAbsent(const std::vector<Verdict>& verdicts) {
    std::erase_if(members_, [&verdicts](const auto& entry) {
        return std::ranges::none_of(verdicts, [&entry](const Verdict& verdict) {
            return verdict.entry->id == entry.first;
        });
    });
}

void EventFinder::noteLimit(EventKind kind, const Limit& limit, LimitStatus& last,
                            std::vector<Event>& events) {
    LimitStatus status{limit.cause, limit.member, limit.value <= 0.0};
    if (limit.cause == Cause::Member) // who decides changes with every cloud
        status.member.clear();
    if (limit.cause == Cause::Ramp && !last.isZero) { // on its way to what was said before
        status.cause = last.cause;
        status.member = last.member;
    }
    if (last == status)
        return;
    last = std::move(status);
    events.push_back({kind, limit.member, describe(limit), limit.value, last.isZero});
}

void EventFinder::noteCurrent(const BankCurrent& current, std::vector<Event>& events) {
    if (current.whyNot == currentWhyNot_)
        return;
    currentWhyNot_ = current.whyNot;
    events.push_back({EventKind::CurrentSource, "", currentWhyNot_, 0.0, !currentWhyNot_.empty()});
}

/// An alarm that becomes unknown has not fallen.
void EventFinder::noteAlarms(const Snapshot& snapshot, std::vector<Event>& events) {
    for (std::size_t i = 0; i < kRowCount; ++i) {
        if (kRows.at(i).quantity != Quantity::Alarm)
            continue;
        const double level = snapshot.rows.at(i).number().value_or(alarms_.at(i));
        if (level == alarms_.at(i))
            continue;
        alarms_.at(i) = level;
        const std::string_view name =
            kRows.at(i).name.empty() ? keyOf(kRows.at(i)) : kRows.at(i).name;
        events.push_back({EventKind::Alarm, "", std::string(name), level, level > 0.0});
    }
}

/// By code: a text that follows the facts is no news.
void EventFinder::noteAdvice(const std::vector<Advice>& advice, std::vector<Event>& events) {
    const auto note = [&events](const std::vector<Advice>& some, const std::vector<Advice>& others,
                                bool isProblem) {
        for (const Advice& one : some)
            if (std::ranges::find(others, one.code, &Advice::code) == others.end())
                events.push_back({EventKind::Advice, "", one.text, 0.0, isProblem});
    };
    note(advice_, advice, false);
    note(advice, advice_, true);
    advice_ = advice;
}

std::vector<Event> EventFinder::find(const Input& input) {
    std::vector<Event> events;
    for (const Verdict& verdict : input.verdicts)
        noteMember(verdict, events);
    if (members_.size() > input.verdicts.size())
        forgetAbsent(input.verdicts);
    if (input.stage != stage_) {
        stage_ = input.stage;
        events.push_back({EventKind::StageChanged, "", std::string(toText(stage_)), 0.0,
                          stage_ != Stage::Normal});
    }
    if (stage_ != Stage::Starting) {
        noteLimit(EventKind::ChargeCause, input.charge, charge_, events);
        noteLimit(EventKind::DischargeCause, input.discharge, discharge_, events);
        noteCurrent(input.current, events);
        noteAlarms(input.snapshot, events);
    }
    noteAdvice(input.advice, events);
    for (const BalancingEvent event : input.balancing.events)
        events.push_back({EventKind::Balancing, "", std::string(toText(event)), 0.0,
                          event == BalancingEvent::Failed});
    return events;
}

} // namespace busbar
