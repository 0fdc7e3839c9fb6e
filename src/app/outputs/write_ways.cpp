// SPDX-License-Identifier: MIT
// Ways to a writable battery.
#include "app/outputs/write_ways.hpp"

#include "app/run/reload_plan.hpp"
#include "config/config.hpp"
#include "core/made/made_settings.hpp"
#include "mqtt/results/commands.hpp"
#include "mqtt/results/result_topics.hpp"

namespace busbar {

std::string waysToWrite(const config::Config& config, const MadeSettings& made) {
    std::string ways;
    const mqtt::ResultsSettings& results = config.output.results;
    if (publishesByMqtt(config) && results.isEnabled &&
        mqtt::commandsInForce(config.output).areTaken)
        ways = mqtt::ResultTopics{results.base + "/" + config.site}.setValues(made.id) + " by MQTT";
    if (made.writable.publish && config.banks.front().dbus.bus != "none")
        ways += (ways.empty() ? "" : ", or to ") +
                ("com.victronenergy.battery." + serviceOf(made)) + " on D-Bus";
    return ways;
}

} // namespace busbar
