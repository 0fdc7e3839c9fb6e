// SPDX-License-Identifier: MIT
// The outputs that a configuration can have. A new one: a file, and two lines here.
#pragma once

#include "app/outputs/output.hpp"
#include "core/made/written.hpp"
#include "mqtt/ha/ha_discovery.hpp"
#include "mqtt/results/left_topics.hpp"
#include "mqtt/results/results_json.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::config {
struct Config;
} // namespace busbar::config

namespace busbar {

/// What outputs are made of; their functions outlive them.
struct OutputParts {
    const config::Config& config; ///< of now; may change after they are made
    std::string process;          ///< tells this run from every other one
    /// Home Assistant's devices of the last run, and where to keep those of this one.
    std::set<std::string> announced{};
    std::function<void(const std::set<std::string>&)> keepAnnounced{};
    mqtt::HaDiscovery::IsWanted isWanted{};
    /// Where to keep which batteries have topics.
    std::function<void(const std::set<std::string>&)> keepPublished{};
    /// Device instance of a made battery that is published, by its id; none = in their order.
    std::function<int(const std::string& id)> instanceOf{};
    /// What is to be taken back of places before, and where to say that it was.
    std::vector<mqtt::LeftTopics> left{};
    std::function<void(const mqtt::LeftTopics& left)> forgetLeft{};
    /// Counters of the program; none = nobody has them.
    std::function<mqtt::Health(const Now&)> health{};
    /// Onto the session. Fire and forget; false = not taken.
    std::function<bool(std::string_view topic, std::string_view payload, int qos, bool retain)>
        publish{};
    /// The owner gave a bank another name.
    std::function<void(std::size_t bank, const std::string& name)> rename{};
    /// Somebody writes a value of a writable battery.
    std::function<void(const std::string& id, const WrittenValue& value, const Now& now)> write{};
};

/// Null: the configuration does not want it.
using MakeOutput = std::unique_ptr<Output> (*)(const OutputParts& parts);

[[nodiscard]] std::unique_ptr<Output> makeResultsOutput(const OutputParts& parts);
[[nodiscard]] std::unique_ptr<Output> makeHomeAssistantOutput(const OutputParts& parts);
[[nodiscard]] std::unique_ptr<Output> makeVenusLayoutOutput(const OutputParts& parts);
[[nodiscard]] std::unique_ptr<Output> makeDriverOutput(const OutputParts& parts);
[[nodiscard]] std::unique_ptr<Output> makeLeftOutput(const OutputParts& parts);

/// In the order in which they are offered a cycle: what entities show lies there before the results
/// say that a battery is.
inline constexpr auto kOutputs = std::to_array<MakeOutput>({
    makeHomeAssistantOutput,
    makeResultsOutput,
    makeDriverOutput,
    makeVenusLayoutOutput,
    makeLeftOutput,
});

} // namespace busbar
