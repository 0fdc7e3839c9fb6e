// SPDX-License-Identifier: MIT
// `busbar check` and `busbar config`.
#include "app/commands/check_notes.hpp"
#include "app/commands/commands.hpp"
#include "app/run/reload_plan.hpp"
#include "config/output.hpp"
#include "mqtt/results/commands.hpp"
#include "mqtt/results/topics_manual.hpp"

#include <cstdio>

namespace busbar {

int checkCommand(const std::string& file) {
    const config::ReadResult result = readToRun(file);
    std::fputs(config::formatIssues(file, result.issues).c_str(), stdout);
    if (!result.config)
        return kBadConfig;
    if (publishesByMqtt(*result.config)) {
        const mqtt::CommandsInForce commands = mqtt::commandsInForce(result.config->output);
        std::fputs((file + ": commands by MQTT are " + (commands.areTaken ? "" : "not ") +
                    "taken: " + std::string(commands.why) + "\n")
                       .c_str(),
                   stdout);
    }
    for (const config::BankConfig& bank : result.config->banks)
        for (const std::string& note : neededFromBatteries(bank.bank))
            std::printf("%s: bank %s: %s\n", file.c_str(), bank.bank.id.c_str(), note.c_str());
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
