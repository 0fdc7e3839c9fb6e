// SPDX-License-Identifier: MIT
// Differences between two cycles.
#include "core/events.hpp"

namespace busbar {

namespace {

std::string reasonText(const Verdict& verdict) {
    std::string text(toText(verdict.reason));
    if (!verdict.detail.empty())
        text += ": " + verdict.detail;
    return text;
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
        events.push_back(
            {EventKind::MemberOut, name, reasonText(verdict), 0.0, isLoss(verdict.reason)});
}

void EventFinder::noteLimit(EventKind kind, const Limit& limit, LimitStatus& last,
                            std::vector<Event>& events) {
    LimitStatus status{limit.cause, limit.member, limit.value <= 0.0};
    if (limit.cause == Cause::Ramp && !last.isZero) { // on its way to what was said before
        status.cause = last.cause;
        status.member = last.member;
    }
    if (last == status)
        return;
    last = std::move(status);
    events.push_back({kind, limit.member, describe(limit), limit.value, last.isZero});
}

std::vector<Event> EventFinder::find(const std::vector<Verdict>& verdicts, Stage stage,
                                     const Limit& charge, const Limit& discharge) {
    std::vector<Event> events;
    for (const Verdict& verdict : verdicts)
        noteMember(verdict, events);
    if (stage != stage_) {
        stage_ = stage;
        events.push_back(
            {EventKind::StageChanged, "", std::string(toText(stage)), 0.0, stage != Stage::Normal});
    }
    if (stage != Stage::Starting) {
        noteLimit(EventKind::ChargeCause, charge, charge_, events);
        noteLimit(EventKind::DischargeCause, discharge, discharge_, events);
    }
    return events;
}

} // namespace busbar
