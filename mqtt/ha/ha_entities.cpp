// SPDX-License-Identifier: MIT
// Words that a state may be, and the templates that read the state documents.
#include "mqtt/ha/ha_entities.hpp"

#include "core/charge/balancing.hpp"
#include "core/limits/cause.hpp"
#include "core/stage.hpp"
#include "core/table/advice_code.hpp"
#include "core/table/event_kind.hpp"
#include "core/table/out_reason.hpp"
#include "core/table/setting_words.hpp"
#include "mqtt/results/json_writing.hpp"

#include <algorithm>
#include <array>

namespace busbar::mqtt {

namespace {

constexpr std::array<std::string_view, 3> kAlarmWords = {"ok", "warning", "alarm"};
constexpr std::string_view kNoAdvice = "none";

/// There also while the battery is lost: then somebody asks what it lacks.
constexpr Entity kParts = {.key = "parts",
                           .name = "Made of",
                           .shape = Shape::Text,
                           .category = Category::Diagnostic,
                           .icon = "mdi:file-tree",
                           .isLasting = true,
                           .survives = true};

template <typename Enum>
constexpr std::size_t countTo(Enum last) {
    return static_cast<std::size_t>(last) + 1;
}

/// All words of an enum; `silent` stands for an empty one.
template <typename Enum>
std::vector<std::string_view> words(std::size_t count, std::string_view silent) {
    std::vector<std::string_view> all;
    for (std::size_t i = 0; i < count; ++i) {
        const auto word = toText(static_cast<Enum>(i));
        all.push_back(word.empty() ? silent : word);
    }
    return all;
}

std::vector<std::string_view> adviceWords() {
    auto all = words<AdviceCode>(kAdviceCount, "");
    all.insert(all.begin(), kNoAdvice);
    return all;
}

std::vector<std::string_view> eventWords() {
    auto all = words<EventKind>(kEventKindCount, "");
    std::ranges::sort(all);
    return all;
}

std::vector<std::string_view> listOf(std::span<const std::string_view> all) {
    return {all.begin(), all.end()};
}

/// `none` for a JSON null or for nothing at all; everything else stays.
std::string orNone(const std::string& value) {
    return "{{ " + value + " | default(none) }}";
}

std::string ifNumber(const std::string& result, const std::string& value) {
    return "{{ " + result + " if " + value + " is number else none }}";
}

/// true and 1 are equal in a template, as are false and 0.
std::string onOff(const std::string& value) {
    return "{{ 'ON' if " + value + " == 1 else 'OFF' if " + value + " == 0 else none }}";
}

std::string problem(const std::string& value) {
    return "{{ 'OFF' if " + value + " == 0 else 'ON' if " + value + " is number else none }}";
}

/// A number in Home Assistant cannot say that there is no bound.
std::string bound(const std::string& value, double highest) {
    rapidjson::StringBuffer buffer;
    JsonWriter json(buffer);
    writeShort(json, highest, 1);
    return "{{ " + textOf(buffer) + " if " + value + " == 'none' else " + value +
           " | default(none) }}";
}

/// Home Assistant takes an event apart by itself, but wants the type under its own name.
std::string ownEvent(std::string_view bank) {
    return "{{ dict(value_json, event_type=value_json.type) | tojson if value_json.bank == '" +
           std::string(bank) + "' and value_json.type is defined else '' }}";
}

} // namespace

std::string_view toText(Platform platform) {
    constexpr std::array<std::string_view, 6> kTexts = {"sensor", "binary_sensor", "number",
                                                        "switch", "button",        "event"};
    return kTexts.at(static_cast<std::size_t>(platform));
}

std::vector<std::string_view> wordsOf(Words list) {
    switch (list) {
    case Words::None:
        break;
    case Words::Cause:
        return words<Cause>(kCauseCount, "none");
    case Words::Reason:
        return words<OutReason>(kOutReasonCount, "takes_part");
    case Words::Stage:
        return words<Stage>(countTo(Stage::Left), "");
    case Words::Preset:
        return listOf(kPresetTexts);
    case Words::CurrentSource:
        return listOf(kCurrentSourceTexts);
    case Words::SocSource:
        return listOf(kSocSourceTexts);
    case Words::BalancingStage:
        return listOf(kBalancingStageTexts);
    case Words::BalancingResult:
        return listOf(kBalancingResultTexts);
    case Words::BalancingObstacle:
        return words<BalancingObstacle>(countTo(BalancingObstacle::NotFull), "none");
    case Words::AlarmLevel:
        return listOf(kAlarmWords);
    case Words::Advice:
        return adviceWords();
    case Words::EventTypes:
        return eventWords();
    }
    return {};
}

std::string expressionOf(std::string_view source) {
    std::string expression = "value_json";
    while (!source.empty()) {
        const auto dot = source.find('.');
        if (expression != "value_json")
            expression.insert(0, 1, '(').append(" | default({}))");
        expression.append(".").append(source.substr(0, dot));
        source = dot == std::string_view::npos ? std::string_view() : source.substr(dot + 1);
    }
    return expression;
}

std::string templateOf(const Entity& entity, std::string_view expression, std::string_view bank,
                       double highest) {
    const std::string value(expression);
    switch (entity.shape) {
    case Shape::Plain:
        return orNone(value);
    case Shape::Negated:
        return ifNumber(value + " * -1", value);
    case Shape::Bound:
        return bound(value, highest);
    case Shape::Milli:
        return ifNumber("(" + value + " * 1000) | round(0)", value);
    case Shape::Hours:
        return ifNumber("(" + value + " / 3600) | round(2)", value);
    case Shape::Text:
        return "{{ (" + value + " | default('', true))[:255] or none }}";
    case Shape::Word:
        return "{{ " + value + " | default('" + std::string(wordsOf(entity.words).front()) +
               "', true) }}";
    case Shape::Flag:
        return onOff(value);
    case Shape::Problem:
        return problem(value);
    case Shape::AlarmLevel:
        return ifNumber("['ok', 'warning', 'alarm'][" + value + " | int]", value);
    case Shape::Advice:
        return "{{ " + value + "[0].code if " + value + " else '" + std::string(kNoAdvice) + "' }}";
    case Shape::Event:
        return ownEvent(bank);
    case Shape::None:
        break;
    }
    return "";
}

const Entity& partsEntity() {
    return kParts;
}

} // namespace busbar::mqtt
