// SPDX-License-Identifier: MIT
// Soundness of the option table, checked at compile time, and the words that describe its rows.
#include "config/option_table.hpp"

#include "core/table/path_table.hpp"

#include <charconv>
#include <system_error>

namespace busbar::config {

namespace {

struct UnitSuffix {
    std::string_view unit;
    std::string_view suffix;
};

constexpr auto kUnitSuffixes = std::to_array<UnitSuffix>({{"s", "_s"},
                                                          {"ms", "_ms"},
                                                          {"A", "_A"},
                                                          {"Ah", "_Ah"},
                                                          {"V", "_V"},
                                                          {"%", "_pct"},
                                                          {"°C", "_C"},
                                                          {"A/s", "_A_per_s"},
                                                          {"%/min", "_pct_per_min"},
                                                          {"days", "_days"}});

constexpr bool keysAreUniqueAndNoGroups(Rows rows) {
    for (auto a = rows.begin(); a != rows.end(); ++a)
        for (auto b = a + 1; b != rows.end(); ++b)
            if (a->key == b->key || isGroupOf(a->key, b->key) || isGroupOf(b->key, a->key))
                return false;
    return true;
}

constexpr bool boundsAreOrdered(Rows rows) {
    return std::ranges::all_of(rows, [](const Option& row) {
        const Kind kind = row.access.kind;
        const bool isBounded = kind != Kind::Flag && kind != Kind::Choice &&
                               kind != Kind::AutoOrFlag && kind != Kind::Object &&
                               kind != Kind::BankOptions;
        return isBounded ? row.lowest < row.highest : row.lowest == 0 && row.highest == 0;
    });
}

constexpr bool keysEndInTheirUnit(Rows rows) {
    return std::ranges::all_of(rows, [](const Option& row) {
        const auto* unit = std::ranges::find(kUnitSuffixes, row.unit, &UnitSuffix::unit);
        return row.unit.empty() || (unit != kUnitSuffixes.end() && row.key.ends_with(unit->suffix));
    });
}

/// Site options first, and each group in one piece: the files that are written nest them in the
/// order of the table.
consteval bool groupsAreContiguous() {
    for (std::size_t i = 1; i < kOptionCount; ++i) {
        if (kOptions[i - 1].access.section > kOptions[i].access.section)
            return false;
        const std::string_view key = kOptions[i].key;
        for (std::size_t dot = key.find('.'); dot != key.npos; dot = key.find('.', dot + 1)) {
            const std::string_view group = key.substr(0, dot);
            for (std::size_t j = 0; j + 1 < i; ++j)
                if (isGroupOf(group, kOptions[j].key) && !isGroupOf(group, kOptions[j + 1].key))
                    return false;
        }
    }
    return true;
}

constexpr bool isSound(Rows rows) {
    return keysAreUniqueAndNoGroups(rows) && boundsAreOrdered(rows) && keysEndInTheirUnit(rows);
}

static_assert(isSound(kOptions) && isSound(kFieldRows<MadeSettings>) &&
              isSound(kFieldRows<MergedSource>) && isSound(kFieldRows<WritableSettings>) &&
              isSound(kFieldRows<WritableGroup>) && isSound(kFieldRows<BatteryCorrection>) &&
              isSound(kFieldRows<Replacement>));
static_assert(groupsAreContiguous());

std::string range(const Option& option) {
    const std::string unit = option.unit.empty() ? "" : " " + std::string(option.unit);
    return numberText(option.lowest) + "…" + numberText(option.highest) + unit;
}

std::string joined(std::size_t count, const auto& textAt) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += (i == 0 ? "" : ", ") + textAt(i);
    return "[" + text + "]";
}

std::string numbersText(const std::vector<double>& numbers) {
    return joined(numbers.size(), [&numbers](std::size_t i) { return numberText(numbers[i]); });
}

std::string pointsText(const std::vector<CurvePoint>& points) {
    return joined(points.size(), [&points](std::size_t i) {
        return numbersText({points[i].x, points[i].factor});
    });
}

std::string choiceText(std::span<const std::string_view> choices) {
    std::string text;
    for (std::string_view choice : choices)
        text += (text.empty() ? "\"" : ", \"") + std::string(choice) + "\"";
    return text;
}

std::string listText(const std::vector<Selector>& list) {
    std::string text;
    for (const Selector& selector : list)
        text += (text.empty() ? "\"" : ", \"") + toText(selector) + "\"";
    return "[" + text + "]";
}

std::string keysText(Rows rows) {
    std::string text;
    for (const Option& row : rows)
        text += (text.empty() ? "" : ", ") + std::string(row.key);
    return text;
}

std::string textsText(const std::vector<std::string>& texts) {
    return joined(texts.size(), [&texts](std::size_t i) { return "\"" + texts[i] + "\""; });
}

std::string manyText(std::size_t count, std::string_view open, std::string_view close) {
    return std::string(open) + (count == 0 ? "" : "…") + std::string(close);
}

} // namespace

std::string variableName(std::string_view key) {
    std::string name = "BUSBAR_";
    for (char c : key) {
        if (c == '.')
            name += "__";
        else
            name += (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return name;
}

std::string allowedText(const Option& option) {
    switch (option.access.kind) {
    case Kind::Flag:
        return "true or false";
    case Kind::Whole:
        return "a whole number " + range(option);
    case Kind::Number:
        return "a number " + range(option);
    case Kind::NumberOrNone:
        return "a number " + range(option) + ", or null";
    case Kind::SpanOrOff:
        return "a number " + range(option) + ", or false or 0 for off";
    case Kind::Text:
        return std::string(spec(option.format).allowed) + " (" + range(option) + " characters)";
    case Kind::Choice:
        return choiceText(option.access.choices);
    case Kind::AutoOrFlag:
        return "\"auto\", true or false";
    case Kind::Selectors:
        return "a list of " + range(option) + " selectors";
    case Kind::Curve:
        return "a list of 2…" + std::to_string(kMostCurvePoints) + " pairs [" + range(option) +
               " rising, 0…1], or false for off, or null";
    case Kind::PerMonthOrNone:
        return "a number " + range(option) + ", a list of twelve, or null";
    case Kind::AutoOrSelectors:
        return "\"auto\" or a list of " + range(option) + " selectors";
    case Kind::Selector:
        return "a selector";
    case Kind::Paths:
        return "a list of " + range(option) + " paths of the path table";
    case Kind::PathValues:
        return "an object of " + range(option) + " paths with their values";
    case Kind::Object:
        return "an object of " + keysText(fieldsOf(option));
    case Kind::Objects:
        return "a list of " + range(option) + " objects of " + keysText(fieldsOf(option));
    case Kind::SelectorsOrObjects:
        return "a list of " + range(option) + " selectors or objects of " +
               keysText(fieldsOf(option));
    case Kind::BankOptions:
        return "an object of options of a bank";
    }
    return {};
}

std::string numberText(double number) {
    std::array<char, 400> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                            std::chars_format::fixed);
    return error == std::errc{} ? std::string(buffer.data(), end) : std::string();
}

std::string settingText(const Setting& setting) {
    if (const auto* flag = std::get_if<bool>(&setting))
        return *flag ? "true" : "false";
    if (const auto* number = std::get_if<double>(&setting))
        return numberText(*number);
    if (const auto* text = std::get_if<std::string>(&setting))
        return "\"" + *text + "\"";
    if (const auto* list = std::get_if<std::vector<Selector>>(&setting))
        return listText(*list);
    if (const auto* numbers = std::get_if<std::vector<double>>(&setting))
        return numbersText(*numbers);
    if (const auto* points = std::get_if<std::vector<CurvePoint>>(&setting))
        return pointsText(*points);
    if (const auto* texts = std::get_if<std::vector<std::string>>(&setting))
        return textsText(*texts);
    if (const auto* records = std::get_if<std::vector<Record>>(&setting))
        return manyText(records->size(), "[", "]");
    if (const auto* values = std::get_if<PathValues>(&setting))
        return manyText(values->size(), "{", "}");
    return "null";
}

} // namespace busbar::config
