// SPDX-License-Identifier: MIT
// Walks the outputs of a session.
#include "app/outputs/session_outputs.hpp"

#include "config/config.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace busbar {

namespace {

/// Below which commands lie; empty where nobody is told of it.
std::string commandRoot(const config::Config& config) {
    const mqtt::ResultsSettings& results = config.output.results;
    return results.isEnabled ? results.base + "/" + config.site + "/set" : std::string();
}

} // namespace

SessionOutputs::SessionOutputs(OutputParts parts, OutputPort port, OutputActions actions)
    : subscribe_(port.subscribe), outbound_(std::move(port.publish)),
      gate_(mqtt::commandsInForce(parts.config.output), commandRoot(parts.config),
            std::move(port.subscribe), std::move(actions)) {
    parts.publish = [this](std::string_view topic, std::string_view payload, int qos, bool retain) {
        return outbound_.publish(topic, payload, qos, retain);
    };
    parts.rename = [this](std::size_t bank, const std::string& name) { gate_.rename(bank, name); };
    parts.write = [this](const std::string& id, const WrittenValue& value, const Now& now) {
        gate_.write(id, value, now);
    };
    if (parts.health)
        parts.health = [this, counters = std::move(parts.health)](const Now& now) {
            mqtt::Health health = counters(now);
            health.commandsRefused = gate_.refused();
            return health;
        };
    for (const MakeOutput make : kOutputs)
        if (auto output = make(parts))
            outputs_.push_back(std::move(output));
}

void SessionOutputs::begin(const Earlier& earlier) {
    for (const auto& output : outputs_)
        output->begin(earlier);
}

void SessionOutputs::offer(const Offer& offer, const Now& now) {
    for (const auto& output : outputs_)
        output->offer(offer, now);
}

void SessionOutputs::tick(const Offer& offer, const Now& now) {
    for (const auto& output : outputs_)
        output->tick(offer, now);
    outbound_.tick(now);
}

void SessionOutputs::withdraw() {
    if (std::ranges::any_of(outputs_, [](const auto& output) { return output->isShared(); }))
        return;
    for (auto output = outputs_.rbegin(); output != outputs_.rend(); ++output)
        (*output)->withdraw();
}

/// The first goes last: who is told that the program is away shall have been told the rest.
void SessionOutputs::end() {
    for (auto output = outputs_.rbegin(); output != outputs_.rend(); ++output)
        (*output)->end();
}

std::vector<std::string> SessionOutputs::filters() const {
    std::vector<std::string> filters = gate_.filters();
    for (const auto& output : outputs_)
        std::ranges::copy(output->filters(), std::back_inserter(filters));
    return filters;
}

std::optional<mqtt::Results::Will> SessionOutputs::will() const {
    for (const auto& output : outputs_)
        if (auto will = output->will())
            return will;
    return std::nullopt;
}

void SessionOutputs::connected(const Now& now) {
    subscribe_(filters());
    for (const auto& output : outputs_)
        output->connected(now);
}

void SessionOutputs::disconnected() {
    gate_.disconnected();
    for (const auto& output : outputs_)
        output->disconnected();
}

bool SessionOutputs::message(const Mail& mail, const Now& now) {
    return gate_.message(mail, now) || std::ranges::any_of(outputs_, [&](const auto& output) {
               return output->message(mail, now);
           });
}

} // namespace busbar
