// SPDX-License-Identifier: MIT
// Log lines.
#include "app/run/log.hpp"

#include "base/log.hpp"
#include "core/settings.hpp"

#include <array>
#include <string_view>

namespace busbar {

namespace {

constexpr std::array<std::string_view, 13> kNames = {
    "member_in",       "member_held", "member_out",     "stage",  "charge_limit",
    "discharge_limit", "balancing",   "current_source", "advice", "alarm",
    "member_out",      "member_out",  "member_out"};

std::string factsOf(const Event& event) {
    switch (event.kind) {
    case EventKind::MemberIn:
        return formatted("member=\"{}\"", event.member);
    case EventKind::MemberHeld:
    case EventKind::MemberOut:
    case EventKind::MemberJoining:
    case EventKind::MemberOutOfService:
    case EventKind::MemberLeftOut:
        return formatted("member=\"{}\" reason=\"{}\"", event.member, event.text);
    case EventKind::StageChanged:
        return formatted("stage={}", event.text);
    case EventKind::Balancing:
        return event.text;
    case EventKind::CurrentSource:
        return event.isProblem ? formatted("batteries instead, because {}", event.text)
                               : "as configured";
    case EventKind::Advice:
        return formatted("{} \"{}\"", event.isProblem ? "now" : "over", event.text);
    case EventKind::Alarm:
        return formatted("level={:.0f} name=\"{}\"", event.value, event.text);
    case EventKind::ChargeCause:
    case EventKind::DischargeCause:
        return formatted("value_A={:.1f} cause=\"{}\"", event.value, event.text);
    }
    return {};
}

} // namespace

void logEvents(const std::string& bank, const std::vector<Event>& events, LogPace& pace,
               const Now& now) {
    for (const Event& event : events)
        if (pace.mayLog(bank, event.kind, now))
            log::write(event.isProblem ? log::Level::Warn : log::Level::Info, "{} bank={} {}",
                       kNames.at(static_cast<std::size_t>(event.kind)), bank, factsOf(event));
}

void logLeftOut(LogPace& pace, const Now& now) {
    for (const LeftOut& one : pace.takeLeftOut(now))
        log::warn("repeated bank={} event={} lines_left_out={}", one.bank,
                  kNames.at(static_cast<std::size_t>(one.kind)), one.count);
}

void logNotices(const std::string& site, const std::vector<mqtt::Notice>& notices) {
    for (const mqtt::Notice& notice : notices)
        log::write(notice.isProblem ? log::Level::Warn : log::Level::Info, "{}{}", notice.text,
                   siteField(site));
}

std::string siteField(const std::string& site) {
    return site.empty() ? site : " site=" + site;
}

} // namespace busbar
