// SPDX-License-Identifier: MIT
// Commands onto controls.
#include "app/owner_commands.hpp"

#include "base/log.hpp"
#include "core/bank_view.hpp"
#include "core/controls.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/settings.hpp"
#include "mqtt/results_json.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace busbar {

namespace {

std::optional<double> only(bool isThere) {
    return isThere ? std::optional(1.0) : std::nullopt;
}

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

void putInService(Bank& bank, const std::string& battery, bool isIn) {
    Controls controls = bank.controls();
    if (isIn)
        controls.outOfService.erase(battery);
    else
        controls.outOfService.insert(battery);
    bank.setControls(std::move(controls));
}

void obeyAsBank(Bank& bank, const mqtt::Command& command) {
    using enum mqtt::CommandKind;
    Controls controls = bank.controls();
    if (command.kind == BalanceNow)
        bank.surroundings().balanceNow = true;
    else if (command.kind == ResetCounter)
        bank.resetCounter();
    else if (command.kind == ConfirmChoices)
        controls.doubt = {};
    else if (command.kind == MaxCharge)
        setChargeCeiling(controls, command.value);
    else
        setDischargeCeiling(controls, command.value);
    bank.setControls(std::move(controls));
}

} // namespace

std::optional<double> highestValue(const Site& site, std::span<const BankReport> reports,
                                   mqtt::CommandKind kind, std::string_view id) {
    using enum mqtt::CommandKind;
    if (kind == InService)
        return only(takesCommands(site, reports, id));
    const auto bank =
        std::ranges::find(site.banks(), id, [](const Bank& each) { return each.settings().id; });
    if (bank == site.banks().end())
        return std::nullopt;
    const BankSettings& settings = bank->settings();
    if (kind == ConfirmChoices)
        return 1.0;
    if (kind == BalanceNow)
        return only(hasBalancing(settings));
    if (kind == ResetCounter)
        return only(hasCounter(settings));
    const auto& ceiling_A =
        kind == MaxCharge ? settings.limits.maxCharge_A : settings.limits.maxDischarge_A;
    return ceiling_A.value_or(kHighestCeiling_A);
}

void obey(Site& site, const mqtt::Command& command) {
    log::info("command {} id={} value={}", toText(command.kind), command.id,
              command.value.value_or(0.0));
    for (Bank& bank : site.banks())
        if (command.kind == mqtt::CommandKind::InService)
            putInService(bank, command.id, command.value == 1.0);
        else if (bank.settings().id == command.id)
            obeyAsBank(bank, command);
}

} // namespace busbar
