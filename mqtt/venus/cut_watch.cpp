// SPDX-License-Identifier: MIT
// Compares messages with their predecessors.
#include "mqtt/venus/cut_watch.hpp"

#include "core/table/path_table.hpp"
#include "core/urgency.hpp"
#include "mqtt/venus/payload.hpp"

#include <optional>
#include <utility>

namespace busbar::mqtt {

namespace {

constexpr std::string_view kBattery = "/battery/";

/// The row of a battery's topic, if a change of it may be a cut.
std::optional<RowIndex> cuttingRow(std::string_view topic) {
    const std::size_t battery = topic.find(kBattery);
    if (battery == std::string_view::npos)
        return std::nullopt;
    const std::size_t path = topic.find('/', battery + kBattery.size());
    if (path == std::string_view::npos)
        return std::nullopt;
    topic.remove_prefix(path);
    return mayCut(topic) ? findRow(topic) : std::nullopt;
}

/// Below a prefix, too (`gx.topic_prefix`); a command's own names may have any letters.
bool isOfGx(std::string_view topic) {
    const auto has = [topic](std::string_view part) {
        return topic.find(part) != std::string_view::npos;
    };
    const bool isCommand = has("/set/") || topic.ends_with("/set");
    return (topic.starts_with("N/") || has("/N/")) && !isCommand;
}

} // namespace

bool CutWatch::isPressing(std::string_view topic, std::string_view payload) {
    if (!isOfGx(topic))
        return true;
    const auto index = cuttingRow(topic);
    if (!index)
        return false;
    Value value = parsePayload(payload).value;
    const auto before = last_.find(topic);
    if (before != last_.end()) {
        const Value was = std::exchange(before->second, value);
        return payload.empty() || isCut(*index, was, value);
    }
    if (last_.size() < kMostTopics)
        last_.emplace(topic, std::move(value));
    return true;
}

} // namespace busbar::mqtt
