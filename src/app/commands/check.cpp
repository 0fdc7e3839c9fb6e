// SPDX-License-Identifier: MIT
// `busbar check` and `busbar config`.
#include "app/commands/check_notes.hpp"
#include "app/commands/commands.hpp"
#include "app/run/reload_plan.hpp"
#include "config/output.hpp"
#include "mqtt/results/commands.hpp"
#include "mqtt/results/topics_manual.hpp"

#include <cstdio>
#include <string>
#include <vector>

namespace busbar {

namespace {

/// What is no mistake, but good to know beforehand.
void printNotes(const config::Config& site, const std::string& head) {
    if (publishesByMqtt(site)) {
        const mqtt::CommandsInForce commands = mqtt::commandsInForce(site.output);
        std::fputs((head + "commands by MQTT are " + (commands.areTaken ? "" : "not ") +
                    "taken: " + std::string(commands.why) + "\n")
                       .c_str(),
                   stdout);
    }
    for (const config::BankConfig& bank : site.banks)
        for (const std::string& note : neededFromBatteries(bank.bank))
            std::printf("%sbank %s: %s\n", head.c_str(), bank.bank.id.c_str(), note.c_str());
}

} // namespace

int checkCommand(const std::string& file) {
    const config::ReadResult result = readToRun(file);
    std::fputs(config::formatIssues(file, result.issues).c_str(), stdout);
    if (!result.config)
        return kBadConfig;
    const std::vector<config::Config> sites = sitesOf(*result.config);
    for (const config::Config& site : sites)
        printNotes(site, file + ": " + (sites.size() > 1 ? "site " + site.site + ": " : ""));
    std::fputs((file + ": no errors\n").c_str(), stdout);
    return kDone;
}

int configCommand(ConfigOutput output, const std::string& file) {
    if (output == ConfigOutput::Schema) {
        std::fputs(config::jsonSchema().c_str(), stdout);
        return kDone;
    }
    if (output == ConfigOutput::Options) {
        std::fputs(config::optionsManual().c_str(), stdout);
        return kDone;
    }
    if (output == ConfigOutput::Topics) {
        std::fputs(mqtt::topicsManual().c_str(), stdout);
        return kDone;
    }
    const auto config = loadConfig(file);
    if (!config)
        return kBadConfig;
    std::fputs(config::effectiveConfig(*config).c_str(), stdout);
    return kDone;
}

} // namespace busbar
