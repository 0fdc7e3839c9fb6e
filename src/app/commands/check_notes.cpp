// SPDX-License-Identifier: MIT
// The sentences of the check about commands and about what is needed.
#include "app/commands/check_notes.hpp"

#include "app/run/reload_plan.hpp"
#include "config/config.hpp"
#include "core/settings.hpp"
#include "mqtt/results/commands.hpp"
#include "web/built_in.hpp"

namespace busbar {

std::vector<std::string> neededFromBatteries(const BankSettings& bank) {
    std::vector<std::string> notes;
    const LimitSettings& limits = bank.limits;
    if (limits.cvl.mode == CvlMode::Own && bank.cells == 0)
        notes.emplace_back("limits.cvl.mode own goes by the number of cells; where no battery "
                           "tells or shows it, charging is closed: then give cells");
    if (limits.cvl.cellMax_V.value_or(0.0) > 0.0)
        notes.emplace_back("limits.cvl.cell_max_V needs the highest cell voltage of every battery; "
                           "without, charging is closed");
    if (limits.mode == LimitMode::Own && bank.preset != Preset::None)
        notes.emplace_back(
            "limits.mode own with a preset needs the cell voltages of every battery; "
            "without, charging and discharging are closed");
    return notes;
}

std::vector<std::string> notesOf(const config::Config& config) {
    std::vector<std::string> notes;
    const std::vector<config::Config> sites = sitesOf(config);
    for (const config::Config& site : sites) {
        const std::string head = sites.size() > 1 ? "site " + site.site + ": " : "";
        if (publishesByMqtt(site)) {
            const mqtt::CommandsInForce commands = mqtt::commandsInForce(site.output);
            notes.push_back(head + "commands by MQTT are " + (commands.areTaken ? "" : "not ") +
                            "taken: " + std::string(commands.why));
        }
        if (!web::isBuiltIn() && !site.http.listen.empty())
            notes.push_back(head + std::string(web::kNotBuiltIn));
        for (const config::BankConfig& bank : site.banks)
            for (const std::string& note : neededFromBatteries(bank.bank))
                notes.push_back(head + "bank " + bank.bank.id + ": " + note);
    }
    return notes;
}

} // namespace busbar
