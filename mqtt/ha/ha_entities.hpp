// SPDX-License-Identifier: MIT
// Which entities a bank and a battery have in Home Assistant: the tables, and what each row of the
// path table becomes.
#pragma once

#include "core/table/path_table.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {
struct ControlRow;
enum class ControlOf : std::uint8_t;
} // namespace busbar

namespace busbar::mqtt {

/// Kinds of entities that are used. Texts are Home Assistant's.
enum class Platform : std::uint8_t { Sensor, BinarySensor, Number, Switch, Button, Event };
[[nodiscard]] std::string_view toText(Platform platform);

/// How the state comes out of the document's value. A value that is null or missing makes every
/// state unknown.
enum class Shape : std::uint8_t {
    Plain,      ///< the number as it is
    Milli,      ///< the number times 1000: V shown as mV
    Hours,      ///< seconds shown as hours
    Text,       ///< empty is unknown; cut to the 255 characters that a state may have
    Word,       ///< one of `words`; empty is the first of them
    Flag,       ///< 1 or true is on, 0 or false is off
    Problem,    ///< 1 and 2 are on, 0 is off: an alarm
    AlarmLevel, ///< 0, 1, 2 as words
    Advice,     ///< code of the first advice, or "none"
    Negated,    ///< the number with the other sign
    Bound,      ///< the number; "none" is the highest that the control takes
    None,       ///< no state: buttons
    Event,      ///< the event's document, if it is one of this bank
};

enum class Category : std::uint8_t { Main, Diagnostic, Config };

/// Lists of every word that a state may ever be.
enum class Words : std::uint8_t {
    None,
    Cause,
    Reason,
    Stage,
    Preset,
    CurrentSource,
    SocSource,
    BalancingStage,
    BalancingResult,
    BalancingObstacle,
    AlarmLevel,
    Advice,
    EventTypes,
};
[[nodiscard]] std::vector<std::string_view> wordsOf(Words words);

/// One entity, but for its device. Empty texts are left out.
struct Entity {
    std::string_view key{};  ///< component key and end of the unique id: never changes
    std::string_view name{}; ///< behind the device's name
    Platform platform = Platform::Sensor;
    Shape shape = Shape::Plain;
    std::string_view source{}; ///< "limits.charge.cause": where in the document; empty = the key
    std::string_view deviceClass{};
    std::string_view stateClass{};
    std::string_view unit{};
    int precision = -1; ///< decimals shown; −1 = Home Assistant's choice
    Category category = Category::Main;
    Words words = Words::None;
    std::string_view icon{};
    bool isLasting = false;        ///< stays when nothing comes any more: totals, moments, settings
    bool survives = false;         ///< is there also while its battery is away
    std::string_view attributes{}; ///< a part of the document that goes along as attributes …
    std::string_view attributesAs{}; ///< … under this name, because it is a list
    const ControlRow* control =
        nullptr; ///< that it sets; such an entity is there if the bank offers it
};

[[nodiscard]] std::span<const Entity> bankEntities();
[[nodiscard]] std::span<const Entity> batteryEntities();
/// What a battery is made of; only such a one has it.
[[nodiscard]] const Entity& partsEntity();
/// A cell's voltage; key, name and place in the document are numbered by the caller.
[[nodiscard]] const Entity& cellEntity();

/// What a row is in Home Assistant; nothing for a row without a name there.
[[nodiscard]] std::optional<Entity> rowEntity(RowIndex index);
/// The second entity of an alarm's row: warning or alarm. `key` and `name` are to be completed.
[[nodiscard]] const Entity& alarmLevelEntity();
/// What somebody looks at; the rest is there and has to be asked for, because Home Assistant stores
/// each change of what is enabled.
[[nodiscard]] bool isEnabled(ControlOf of, std::string_view key);
/// True for rows that are no entity of a bank, because one of its own says the same and more.
[[nodiscard]] bool isReplacedInBank(RowIndex index);
/// True for rows that a bank has whatever its batteries say.
[[nodiscard]] bool isAlwaysInBank(RowIndex index);

/// `limits.charge.cause` as an expression that is undefined or null, but no error, wherever a part
/// is missing.
[[nodiscard]] std::string expressionOf(std::string_view source);
/// The template that makes the state out of the value that `expression` gives. `bank` only for
/// events, `highest` for bounds.
[[nodiscard]] std::string templateOf(const Entity& entity, std::string_view expression,
                                     std::string_view bank, double highest = 0.0);

} // namespace busbar::mqtt
