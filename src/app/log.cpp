// SPDX-License-Identifier: MIT
// Log lines.
#include "app/log.hpp"

#include "app/log_sink.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <memory>
#include <string_view>
#include <unistd.h>

namespace busbar {

namespace {

constexpr std::array<std::string_view, 10> kNames = {
    "member_in",       "member_held", "member_out",     "stage",  "charge_limit",
    "discharge_limit", "balancing",   "current_source", "advice", "alarm"};

std::string factsOf(const Event& event) {
    switch (event.kind) {
    case EventKind::MemberIn:
        return fmt::format("member=\"{}\"", event.member);
    case EventKind::MemberHeld:
    case EventKind::MemberOut:
        return fmt::format("member=\"{}\" reason=\"{}\"", event.member, event.text);
    case EventKind::StageChanged:
        return fmt::format("stage={}", event.text);
    case EventKind::Balancing:
        return event.text;
    case EventKind::CurrentSource:
        return event.isProblem ? fmt::format("batteries instead, because {}", event.text)
                               : "as configured";
    case EventKind::Advice:
        return fmt::format("{} \"{}\"", event.isProblem ? "now" : "over", event.text);
    case EventKind::Alarm:
        return fmt::format("level={:.0f} name=\"{}\"", event.value, event.text);
    case EventKind::ChargeCause:
    case EventKind::DischargeCause:
        return fmt::format("value_A={:.1f} cause=\"{}\"", event.value, event.text);
    }
    return {};
}

} // namespace

void startLog(const std::string& level) {
    // One for the whole process: it counts what was lost.
    static const auto sink = std::make_shared<LogSink>(STDERR_FILENO);
    auto logger = std::make_shared<spdlog::logger>("busbar", sink);
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %l %v");
    logger->set_level(spdlog::level::from_str(level == "error" ? "err" : level));
    spdlog::set_default_logger(std::move(logger));
}

void logEvents(const Bank& bank, LogPace& pace, const Now& now) {
    for (const Event& event : bank.events())
        if (pace.mayLog(bank.settings().id, event.kind, now))
            spdlog::log(event.isProblem ? spdlog::level::warn : spdlog::level::info,
                        "{} bank={} {}", kNames.at(static_cast<std::size_t>(event.kind)),
                        bank.settings().id, factsOf(event));
}

void logLeftOut(LogPace& pace, const Now& now) {
    for (const LeftOut& one : pace.takeLeftOut(now))
        spdlog::warn("repeated bank={} event={} lines_left_out={}", one.bank,
                     kNames.at(static_cast<std::size_t>(one.kind)), one.count);
}

void logNotices(const std::vector<mqtt::Notice>& notices) {
    for (const mqtt::Notice& notice : notices)
        spdlog::log(notice.isProblem ? spdlog::level::warn : spdlog::level::info, "{}",
                    notice.text);
}

} // namespace busbar
