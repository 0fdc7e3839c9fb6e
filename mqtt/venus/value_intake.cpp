// SPDX-License-Identifier: MIT
// Payloads into readings.
#include "mqtt/venus/value_intake.hpp"

#include "core/table/path_table.hpp"
#include "core/table/plant_rows.hpp"
#include "core/table/quantity.hpp"
#include "core/utf8.hpp"
#include "mqtt/venus/payload.hpp"

#include <cstddef>
#include <utility>

namespace busbar::mqtt {

namespace {

constexpr std::size_t kMostBadTopics = 200;
/// What lies behind it tells no two topics apart; those that are read have less than 60 bytes.
constexpr std::size_t kLongestBadTopic = 100;
constexpr std::size_t kShownPayload = 100;

/// As a log may show it: control characters and what is no UTF-8 as dots.
std::string shown(std::string_view payload) {
    std::string text;
    while (!payload.empty() && text.size() < kShownPayload) {
        const CodePoint first = firstCodePoint(payload);
        const bool isPrintable = first.isValid && first.value >= U' ' && first.value != 127;
        text += isPrintable ? std::string(payload.substr(0, first.size)) : ".";
        payload.remove_prefix(first.size);
    }
    return payload.empty() ? text : text + "…";
}

/// Flags, states and counts come as true and false, too; a current of true is none.
bool isMeasured(Place place) {
    return place.kind == Place::Kind::Cell ||
           spec(kRows.at(place.index).quantity).wire == WireType::Double;
}

} // namespace

std::optional<int> ValueIntake::take(const ServicePath& path, std::string_view payload,
                                     const Now& now) {
    if (path.type == "battery")
        return takeBattery(path, payload, now);
    if (const GxTopic* gxTopic = findGxTopic(path.type, path.path)) {
        if (path.instance == 0 && isNeeded(*gxTopic, bridge_.needs))
            takeGxItem(*gxTopic, payload);
        return std::nullopt;
    }
    const auto kind = findPlantClass(path.type);
    if (kind && bridge_.needs.plant && path.instance >= 0)
        takePlant({*kind, path.instance}, path.path, payload);
    return std::nullopt;
}

/// An empty payload: the service left, so the value is unknown.
void ValueIntake::takeGxItem(const GxTopic& gxTopic, std::string_view payload) {
    const Payload parsed = parsePayload(payload);
    const bool isGood = bridge_.readings.putGx(gxTopic.item, parsed.value);
    const bool isValue = parsed.kind == PayloadKind::Value || parsed.kind == PayloadKind::Gone;
    if (!isGood || !isValue || !badTopics_.empty())
        note(tailOf(gxTopic), isGood && isValue, payload);
}

void ValueIntake::takePlant(const PlantKey& key, std::string_view path, std::string_view payload) {
    const auto index = findPlantPath(path);
    if (!index)
        return;
    if (payload.empty()) {
        bridge_.readings.leavePlant(key);
        return;
    }
    const Payload parsed = parsePayload(payload);
    Value value = plausible(kRows.at(kPlantRows.at(*index)), parsed.value);
    const bool isGood =
        parsed.kind == PayloadKind::Value && value.isKnown() == parsed.value.isKnown();
    if (!isGood || !badTopics_.empty())
        note(std::string(rowOf(key.kind).type) + "/" + std::to_string(key.instance) +
                 std::string(path),
             isGood, payload);
    bridge_.readings.putPlant(key, *index, std::move(value));
}

std::optional<int> ValueIntake::takeBattery(const ServicePath& path, std::string_view payload,
                                            const Now& now) {
    const auto place = findPlace(path.path);
    if (!place || path.instance < 0)
        return std::nullopt;
    // A service that leaves empties all its topics; one may also drop a path that nobody reads
    // here.
    if (payload.empty()) {
        bridge_.readings.leave(path.instance, now);
        return std::nullopt;
    }
    const Payload parsed = parsePayload(payload);
    Value value =
        parsed.isBoolean && isMeasured(*place) ? Value() : plausible(*place, parsed.value);
    const bool isGood =
        parsed.kind == PayloadKind::Value && value.isKnown() == parsed.value.isKnown();
    if (!isGood || !badTopics_.empty())
        note("battery/" + std::to_string(path.instance) + std::string(path.path), isGood, payload);
    const bool isOdd = parsed.value.isKnown() && !value.isKnown();
    bridge_.readings.put(path.instance, *place, std::move(value), now, isOdd);
    return path.instance;
}

void ValueIntake::note(std::string_view tail, bool isGood, std::string_view payload) {
    tail = tail.substr(0, kLongestBadTopic);
    const auto known = badTopics_.find(tail);
    if (isGood) {
        if (known == badTopics_.end())
            return;
        bridge_.say(false, "value_good_again: topic=" + shown(tail));
        badTopics_.erase(known);
        return;
    }
    ++bridge_.counters.rejected;
    if (known != badTopics_.end() || badTopics_.size() >= kMostBadTopics)
        return;
    badTopics_.insert(std::string(tail));
    bridge_.say(true, "value_rejected: topic=" + shown(tail) + " payload=" + shown(payload) +
                          " treated as unknown (not a value that this path can have)");
}

} // namespace busbar::mqtt
