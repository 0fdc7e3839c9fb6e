// SPDX-License-Identifier: MIT
// A strict stand-in for Home Assistant's MQTT integration: checks discovery messages by its rules
// and works out the states that it would show.
#pragma once

#include <rapidjson/document.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar::bench {

/// What a template of the kind that Busbar writes gives. The evaluator knows a small part of Jinja
/// and refuses everything else.
struct RenderedTemplate {
    std::string text;                  ///< "None" for none
    std::vector<std::string> problems; ///< syntax, impossible operations
};
[[nodiscard]] RenderedTemplate renderTemplate(std::string_view text, std::string_view json);

/// Takes what is published and behaves like a Home Assistant that has seen it all. Stricter than
/// the real one, which ignores some mistakes silently.
///
/// Rules: schemas of the MQTT integration and of the sensor entity, Home Assistant core 2024.11 to
/// 2026.4.
class HaModel {
public:
    explicit HaModel(std::string prefix = "homeassistant") : prefix_(std::move(prefix)) {}

    void publish(const std::string& topic, const std::string& payload);

    /// "unavailable", "unknown" or the state; nothing if there is no such entity.
    [[nodiscard]] std::optional<std::string> state(const std::string& entityId);
    /// JSON of the attributes; empty if it has none.
    [[nodiscard]] std::string attributes(const std::string& entityId);
    /// Works out all states and attributes, so that mistakes in templates come out.
    void checkStates();

    /// Ids of those that are switched on for everybody.
    [[nodiscard]] std::set<std::string> enabledIds() const;

    /// What was wrong so far, one line each.
    [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }
    [[nodiscard]] std::set<std::string> entityIds() const;
    [[nodiscard]] std::set<std::string> devices() const;
    /// The device that this one hangs on; empty = none.
    [[nodiscard]] std::string via(const std::string& deviceId) const;
    /// Value of a component's key as text; nothing if there is no such entity or key.
    [[nodiscard]] std::optional<std::string> option(const std::string& entityId,
                                                    const std::string& key) const;

private:
    struct Topic {
        std::string topic, online, offline;
    };
    struct EntityModel {
        std::string device, key, platform;
        std::map<std::string, std::string> options; ///< texts as they are, the rest as JSON
        std::vector<std::string> words;             ///< options or event types
        std::vector<Topic> availability;
    };

    void discover(const std::string& deviceId, const std::string& payload);
    [[nodiscard]] std::set<std::string> forget(const std::string& deviceId);
    void add(EntityModel entity, std::vector<std::string>& wrong);
    [[nodiscard]] static std::optional<EntityModel> readComponent(rapidjson::Document& root,
                                                                  rapidjson::Value& component,
                                                                  std::vector<std::string>& wrong);
    [[nodiscard]] static bool isAllowed(const EntityModel& entity, const std::string& value);
    void takeEvent(const std::string& topic, const std::string& payload);
    [[nodiscard]] bool isAvailable(const EntityModel& entity) const;
    [[nodiscard]] std::string raw(const std::string& id, const EntityModel& entity);
    void problem(const std::string& where, const std::string& what);

    std::string prefix_;
    std::map<std::string, EntityModel> entities_; ///< by entity id
    std::map<std::string, std::string> retained_;
    std::map<std::string, std::string> uniqueIds_; ///< to entity id
    std::map<std::string, std::string> devices_;   ///< to what they hang on
    std::vector<std::string> problems_;
};

} // namespace busbar::bench
