// SPDX-License-Identifier: MIT
// How the state file holds where a site publishes and has published; only its own source includes
// it.
#pragma once

#include "app/kept/places.hpp"
#include "app/kept/state.hpp"
#include "app/kept/state_fields.hpp"

#include <array>
#include <string>

namespace busbar::state_fields {

inline constexpr const char* kPlaceKey = "place";
inline constexpr const char* kLeftKey = "left";

inline constexpr auto kPlaceOthers = std::to_array<OtherField<PublishedPlace>>({
    {"broker", "a text", [](Writer& w, const PublishedPlace& p) { writeText(w, p.broker); },
     [](const rapidjson::Value& j, PublishedPlace& p) { return readText(j, p.broker); }},
    {"root", "a text", [](Writer& w, const PublishedPlace& p) { writeText(w, p.root); },
     [](const rapidjson::Value& j, PublishedPlace& p) { return readText(j, p.root); }},
    {"discovery", "a text", [](Writer& w, const PublishedPlace& p) { writeText(w, p.discovery); },
     [](const rapidjson::Value& j, PublishedPlace& p) { return readText(j, p.discovery); }},
    {"serial", "a text", [](Writer& w, const PublishedPlace& p) { writeText(w, p.serial); },
     [](const rapidjson::Value& j, PublishedPlace& p) { return readText(j, p.serial); }},
});

inline void writeTopics(Writer& writer, const mqtt::LeftTopics& left) {
    writer.StartArray();
    for (const std::string& topic : left.topics)
        writeText(writer, topic);
    writer.EndArray();
}

/// All or none. A file that somebody has edited must not make Busbar empty the topics of others.
inline bool readTopics(const rapidjson::Value& json, mqtt::LeftTopics& left) {
    if (!json.IsArray() || json.Size() > kMostLeftTopics)
        return false;
    std::vector<std::string> topics;
    for (const auto& entry : json.GetArray()) {
        std::string topic;
        if (!readText(entry, topic) || !isOfPlace(topic, left))
            return false;
        topics.push_back(std::move(topic));
    }
    left.topics = std::move(topics);
    return true;
}

/// In this order: whether a topic is taken depends on site and root.
inline constexpr auto kLeftOthers = std::to_array<OtherField<mqtt::LeftTopics>>({
    {"site", "a text", [](Writer& w, const mqtt::LeftTopics& l) { writeText(w, l.site); },
     [](const rapidjson::Value& j, mqtt::LeftTopics& l) { return readText(j, l.site); }},
    {"broker", "a text", [](Writer& w, const mqtt::LeftTopics& l) { writeText(w, l.broker); },
     [](const rapidjson::Value& j, mqtt::LeftTopics& l) { return readText(j, l.broker); }},
    {"root", "a text", [](Writer& w, const mqtt::LeftTopics& l) { writeText(w, l.root); },
     [](const rapidjson::Value& j, mqtt::LeftTopics& l) { return readText(j, l.root); }},
    {"topics", "a list of topics that Busbar makes for this site", writeTopics, readTopics},
});

inline void writePlaces(Writer& writer, const State& state) {
    writer.Key(kPlaceKey);
    writer.StartObject();
    writeOthers<PublishedPlace>(writer, state.place, kPlaceOthers);
    writer.EndObject();
    writer.Key(kLeftKey);
    writer.StartArray();
    for (const mqtt::LeftTopics& left : state.left) {
        writer.StartObject();
        writeOthers<mqtt::LeftTopics>(writer, left, kLeftOthers);
        writer.EndObject();
    }
    writer.EndArray();
}

inline void takeLeft(const rapidjson::Value& lots, State& state, Messages& dropped) {
    for (const auto& entry : lots.GetArray()) {
        mqtt::LeftTopics left;
        if (entry.IsObject())
            readOthers<mqtt::LeftTopics>(entry, left, kLeftOthers, "left.", dropped);
        if (!left.topics.empty())
            state.left.push_back(std::move(left));
    }
}

inline void takePlaces(const rapidjson::Value& document, State& state, Messages& dropped) {
    const rapidjson::Value* place = member(document, kPlaceKey);
    if (place != nullptr && place->IsObject())
        readOthers<PublishedPlace>(*place, state.place, kPlaceOthers, "place.", dropped);
    else if (place != nullptr)
        dropped.push_back("place: " + shown(*place) + " is not taken, allowed is an object");
    const rapidjson::Value* lots = member(document, kLeftKey);
    if (lots != nullptr && lots->IsArray())
        takeLeft(*lots, state, dropped);
    else if (lots != nullptr)
        dropped.push_back("left: " + shown(*lots) + " is not taken, allowed is a list");
}

} // namespace busbar::state_fields
