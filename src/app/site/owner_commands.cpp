// SPDX-License-Identifier: MIT
// Commands onto controls.
#include "app/site/owner_commands.hpp"

#include "base/log.hpp"
#include "core/cycle/view.hpp"
#include "core/settings.hpp"
#include "core/table/control_table.hpp"
#include "mqtt/results/results_json.hpp"

#include <algorithm>
#include <string>

namespace busbar {

namespace {

/// Of a battery that some bank reports.
bool takesCommands(const Site& site, std::span<const BankReport> reports,
                   std::string_view battery) {
    const auto isIt = [battery](const MemberReport& member) {
        return member.id == battery && mqtt::hasDocument(member);
    };
    const auto isLostThere = [battery](const Bank& bank) {
        return isLost(bank.view(), std::string(battery));
    };
    return std::ranges::any_of(site.banks(), isLostThere) ||
           std::ranges::any_of(reports, [&isIt](const BankReport& report) {
               return std::ranges::any_of(report.members, isIt);
           });
}

} // namespace

std::optional<double> highestValue(const Site& site, std::span<const BankReport> reports,
                                   mqtt::CommandKind kind, std::string_view id) {
    if (rowOf(kind).of == ControlOf::Battery)
        return takesCommands(site, reports, id) ? std::optional(1.0) : std::nullopt;
    const auto bank =
        std::ranges::find(site.banks(), id, [](const Bank& each) { return each.settings().id; });
    if (bank == site.banks().end())
        return std::nullopt;
    return rowOf(kind).highest(offerOf(bank->settings()));
}

void obey(Site& site, const mqtt::Command& command) {
    log::info("command {} id={} value={}", toText(command.kind), command.id,
              command.value.value_or(0.0));
    for (Bank& bank : site.banks())
        apply(bank, command.kind, command.id, command.value.value_or(0.0));
}

} // namespace busbar
