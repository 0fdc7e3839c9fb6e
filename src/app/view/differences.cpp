// SPDX-License-Identifier: MIT
// Compares row by row.
#include "app/view/differences.hpp"

#include "mqtt/results/json_writing.hpp"

#include <cmath>

namespace busbar {

namespace {

using mqtt::JsonWriter;

double secondsOf(std::chrono::milliseconds span) {
    return static_cast<double>(span.count()) / 1000.0;
}

/// The members that lines and the final object have in common.
void writePair(JsonWriter& json, RowIndex index, const Value& one, const Value& other) {
    const Quantity quantity = kRows.at(index).quantity;
    mqtt::writeKey(json, "value");
    mqtt::writeTyped(json, quantity, one);
    mqtt::writeKey(json, "against");
    mqtt::writeTyped(json, quantity, other);
}

std::string pairLine(std::chrono::milliseconds t, RowIndex index, const Value& one,
                     const Value& other) {
    rapidjson::StringBuffer buffer;
    JsonWriter json(buffer);
    json.StartObject();
    mqtt::writeKey(json, "t");
    json.Double(secondsOf(t));
    mqtt::writeKey(json, "path");
    mqtt::writeText(json, kRows.at(index).path);
    writePair(json, index, one, other);
    json.EndObject();
    return mqtt::textOf(buffer) + "\n";
}

double apart(const Value& one, const Value& other) {
    return one.isNumber() && other.isNumber() ? std::abs(*one.number() - *other.number()) : 0.0;
}

} // namespace

void Differences::note(Path& path, std::chrono::milliseconds t, const Value& one,
                       const Value& other) {
    const bool isDifferent = one != other;
    if (isDifferent && !path.isDifferent)
        path.since = t;
    if (!isDifferent && path.isDifferent)
        path.total += t - path.since;
    const bool isFirst = !path.worstOne.isKnown() && !path.worstOther.isKnown();
    if (isDifferent && (isFirst || apart(one, other) > path.largest)) {
        path.largest = apart(one, other);
        path.at = t;
        path.worstOne = one;
        path.worstOther = other;
    }
    path.isDifferent = isDifferent;
    path.one = one;
    path.other = other;
}

std::string Differences::step(std::chrono::milliseconds t, const Snapshot& one,
                              const Snapshot& other) {
    first_ = first_.value_or(t);
    last_ = t;
    std::string lines;
    for (std::size_t i = 0; i < kRowCount; ++i) {
        if (!isPublished(kRows[i]))
            continue;
        Path& path = paths_.at(i);
        const bool isTold = path.one == one.rows[i] && path.other == other.rows[i];
        const bool wasDifferent = path.isDifferent;
        if (isTold)
            continue;
        note(path, t, one.rows[i], other.rows[i]);
        if (path.isDifferent || wasDifferent)
            lines += pairLine(t, static_cast<RowIndex>(i), path.one, path.other);
    }
    return lines;
}

std::string Differences::final() const {
    rapidjson::StringBuffer buffer;
    JsonWriter json(buffer);
    json.StartObject();
    mqtt::writeKey(json, "seconds");
    json.Double(secondsOf(last_ - first_.value_or(last_)));
    mqtt::writeKey(json, "differences");
    json.StartArray();
    for (std::size_t i = 0; i < kRowCount; ++i) {
        const Path& path = paths_.at(i);
        if (!path.worstOne.isKnown() && !path.worstOther.isKnown())
            continue;
        const auto total =
            path.total + (path.isDifferent ? last_ - path.since : std::chrono::milliseconds(0));
        json.StartObject();
        mqtt::writeKey(json, "path");
        mqtt::writeText(json, kRows.at(i).path);
        mqtt::writeKey(json, "seconds");
        json.Double(secondsOf(total));
        mqtt::writeKey(json, "largest");
        mqtt::writeShort(json, path.largest, 3);
        mqtt::writeKey(json, "at");
        json.Double(secondsOf(path.at));
        writePair(json, static_cast<RowIndex>(i), path.worstOne, path.worstOther);
        json.EndObject();
    }
    json.EndArray();
    json.EndObject();
    return mqtt::textOf(buffer) + "\n";
}

} // namespace busbar
