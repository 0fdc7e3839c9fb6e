// SPDX-License-Identifier: MIT
// Words of limits and events.
#include "documents/sentences.hpp"

#include "core/events.hpp"
#include "core/limits/cause.hpp"
#include "core/limits/limit.hpp"
#include "core/table/quantity.hpp"
#include "core/units/inner_name.hpp"

#include <cmath>
#include <string_view>

namespace busbar::documents {

namespace {

std::string amount(Quantity quantity, double value) {
    const std::string_view unit = spec(quantity).unit;
    std::string shown = displayText(quantity, value);
    shown.resize(shown.size() - unit.size());
    return shown.append(" ").append(unit);
}

std::string beginning(std::string sentence) {
    if (!sentence.empty() && sentence.front() >= 'a' && sentence.front() <= 'z')
        sentence.front() = static_cast<char>(sentence.front() - 'a' + 'A');
    return sentence;
}

/// "what: more", or only that.
std::string with(std::string what, const std::string& more) {
    return more.empty() ? what : what.append(": ").append(more);
}

std::string alarmSentence(const Event& event) {
    const std::string_view level = event.value <= 0.0   ? "over"
                                   : event.value <= 1.0 ? "warning"
                                                        : "alarm";
    return with(event.text, std::string(level));
}

std::string ofBank(const Event& event) {
    switch (event.kind) {
    case EventKind::StageChanged:
        return with("The bank is now", event.text);
    case EventKind::ChargeCause:
        return with("Charge limit " + amount(Quantity::Current, event.value), event.text);
    case EventKind::DischargeCause:
        return with("Discharge limit " + amount(Quantity::Current, event.value), event.text);
    case EventKind::Balancing:
        return with("Balancing", event.text);
    case EventKind::CurrentSource:
        return event.text.empty()
                   ? "The current is measured where it should be"
                   : with("The current is not measured where it should be", event.text);
    case EventKind::Advice:
        return event.isProblem ? event.text : with("Settled", event.text);
    case EventKind::Alarm:
        return alarmSentence(event);
    default:
        return with(std::string(rowOf(event.kind).meaning), event.text);
    }
}

std::string ofBattery(const Event& event) {
    const std::string& who = event.member;
    switch (event.kind) {
    case EventKind::MemberIn:
        return who + " takes part";
    case EventKind::MemberHeld:
        return with(who + " counts with its last values", event.text);
    case EventKind::MemberOut:
        return with(who + " is lost", event.text);
    case EventKind::MemberJoining:
        return with(who + " is there and takes part soon", event.text);
    case EventKind::MemberOutOfService:
        return who + " was taken out of service";
    case EventKind::MemberLeftOut:
        return with(who + " is left out", event.text);
    default:
        return ofBank(event);
    }
}

} // namespace

std::string sentenceOf(const Limiter& limiter, Quantity quantity) {
    const Limit& limit = limiter.limit;
    if (limit.cause == Cause::Member && limiter.share && limiter.own) {
        const auto share_pct = std::lround(*limiter.share * 100.0);
        return limit.member + " allows " + amount(quantity, *limiter.own) + " and takes " +
               std::to_string(share_pct) + " % of the current";
    }
    if (limit.cause == Cause::Member && quantity == Quantity::Voltage && !limit.member.empty())
        return limit.member + " asks for no more than " + amount(quantity, limit.value);
    return beginning(
        with(std::string(rowOf(limit.cause).meaning), innerName(limit.member, limit.cell)));
}

std::string sentenceOf(const Event& event) {
    return beginning(event.member.empty() ? ofBank(event) : ofBattery(event));
}

} // namespace busbar::documents
