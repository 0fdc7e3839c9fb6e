// SPDX-License-Identifier: MIT
// Types, ranges, choices, selectors and formats of single values.
#include "config/option_value.hpp"

#include "config/entry_value.hpp"
#include "config/subject.hpp"

#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

namespace busbar::config {

namespace {

constexpr std::string_view kSelectorForms =
    "a selector is one of instance:1, name:Pack A, "
    "serial:HQ2134, product:Serial*, products:Serial*, connection:ttyUSB0, made:ID";

bool isNumber(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && std::isfinite(number);
}

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(
        utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

Result checkFlag(const Subject& it) {
    if (it.node.type == Node::Type::Flag)
        return it.node.flag;
    const bool isQuoted = it.isText() && (it.node.text == "true" || it.node.text == "false");
    return it.refuseType(isQuoted ? "; write it without quotes" : "");
}

Result checkNumber(const Subject& it) {
    if (it.node.type != Node::Type::Number)
        return it.refuseType(it.isText() && isNumber(it.node.text) ? "; write it without quotes"
                                                                   : "");
    const double number = it.node.number;
    if (number < it.option.lowest || number > it.option.highest)
        return it.refuse(printable(it.node.text) + " is outside " + it.bounds());
    if (it.option.access.kind == Kind::Whole && number != std::floor(number))
        return it.refuseType();
    return number + 0.0; // -0.0 becomes 0.0
}

Result checkNumberOrNone(const Subject& it) {
    return it.node.type == Node::Type::Null ? Result(std::in_place) : checkNumber(it);
}

Result checkSpanOrOff(const Subject& it) {
    const bool isOff = it.node.type == Node::Type::Flag && !it.node.flag;
    const bool isZero = it.node.type == Node::Type::Number && it.node.number == 0;
    return isOff || isZero ? Result(false) : checkNumber(it);
}

Result checkChoice(const Subject& it) {
    if (!it.isText())
        return it.refuseType();
    if (std::ranges::find(it.option.access.choices, it.node.text) == it.option.access.choices.end())
        return it.refuse(describeNode(it.node) +
                         " is no choice, allowed: " + allowedText(it.option));
    return it.node.text;
}

/// "114 characters are outside 0…95", and what the text should be, which tells more.
std::string lengthProblem(const Subject& it, double length) {
    const std::string problem = numberText(length) + " characters are outside " + it.bounds();
    return it.option.format == Format::Any
               ? problem
               : problem + ", allowed: " + std::string(spec(it.option.format).allowed);
}

Result checkText(const Subject& it) {
    if (!it.isText())
        return it.refuseType(it.node.type == Node::Type::Number ? "; write it in quotes" : "");
    const auto length = static_cast<double>(characters(it.node.text));
    if (length < it.option.lowest || length > it.option.highest)
        return it.refuse(lengthProblem(it, length));
    std::string problem = formatProblem(it.option.format, it.node.text);
    if (!problem.empty())
        return it.refuse(std::move(problem));
    return it.node.text;
}

std::optional<Selector> selectorIn(const Node& node) {
    return node.type == Node::Type::Text && !hasControlCharacter(node.text)
               ? parseSelector(node.text)
               : std::nullopt;
}

/// Every bad entry gets an issue of its own.
std::vector<Selector> checkEntries(const Subject& it) {
    std::vector<Selector> list;
    for (std::size_t i = 0; i < it.node.children.size(); ++i) {
        const Node& child = it.node.children[i];
        const auto selector = selectorIn(child);
        std::string problem;
        if (!selector)
            problem = describeNode(child) + " is no selector; " + std::string(kSelectorForms);
        else if (std::ranges::find(list, *selector) != list.end())
            problem = describeNode(child) + " stands in the list twice";
        else
            list.push_back(*selector);
        if (!problem.empty())
            it.issues.push_back({Severity::Error, child.at, it.path + "[" + std::to_string(i) + "]",
                                 std::move(problem)});
    }
    return list;
}

Result checkSelectors(const Subject& it) {
    if (it.node.type != Node::Type::List)
        return it.refuseType(it.isText() && parseSelector(it.node.text) ? "; write it in [ ]" : "");
    const auto count = static_cast<double>(it.node.children.size());
    if (count < it.option.lowest || count > it.option.highest)
        return it.refuse(numberText(count) + " entries are outside " + it.bounds());
    auto list = checkEntries(it);
    if (list.size() != it.node.children.size())
        return std::nullopt;
    return list;
}

/// A pair [x, factor] of a curve, to the right of the one before.
std::optional<CurvePoint> checkPoint(const Subject& it, const Node& node,
                                     const std::vector<CurvePoint>& before) {
    const auto isNumber = [](const Node& child) { return child.type == Node::Type::Number; };
    if (node.type != Node::Type::List || node.children.size() != 2 ||
        !std::ranges::all_of(node.children, isNumber))
        return it.refuse(describeNode(node) + " is no pair of numbers such as [3.5, 1]");
    const CurvePoint point{node.children[0].number, node.children[1].number};
    if (point.x < it.option.lowest || point.x > it.option.highest)
        return it.refuse(numberText(point.x) + " is outside " + it.bounds());
    if (point.factor < 0.0 || point.factor > 1.0)
        return it.refuse("the factor " + numberText(point.factor) + " is outside 0…1");
    if (!before.empty() && point.x <= before.back().x)
        return it.refuse(numberText(point.x) + " is not more than " + numberText(before.back().x) +
                         " before it; points must rise");
    return point;
}

Result checkCurve(const Subject& it) {
    if (it.node.type == Node::Type::Null)
        return Result(std::in_place);
    if (it.node.type == Node::Type::Flag && !it.node.flag)
        return false;
    if (it.node.type != Node::Type::List)
        return it.refuseType();
    if (it.node.children.size() < 2 || it.node.children.size() > kMostCurvePoints)
        return it.refuse(std::to_string(it.node.children.size()) + " points are outside 2…" +
                         std::to_string(kMostCurvePoints));
    std::vector<CurvePoint> points;
    for (std::size_t i = 0; i < it.node.children.size(); ++i) {
        const std::string path = it.path + "[" + std::to_string(i) + "]";
        const auto point = checkPoint({it.option, it.node.children[i], path, it.issues},
                                      it.node.children[i], points);
        if (!point)
            return std::nullopt;
        points.push_back(*point);
    }
    return points;
}

Result checkPerMonth(const Subject& it) {
    if (it.node.type == Node::Type::Null)
        return Result(std::in_place);
    if (it.node.type != Node::Type::List)
        return checkNumber(it);
    if (it.node.children.size() != 12)
        return it.refuse("a list of " + std::to_string(it.node.children.size()) +
                         ", allowed: twelve numbers, from January on, or one for all months");
    std::vector<double> numbers;
    for (std::size_t i = 0; i < it.node.children.size(); ++i) {
        const std::string path = it.path + "[" + std::to_string(i) + "]";
        const Result number = checkNumber({it.option, it.node.children[i], path, it.issues});
        if (!number)
            return std::nullopt;
        numbers.push_back(std::get<double>(*number));
    }
    return numbers;
}

/// A list that may be empty says nothing, which is `auto`: forms write it where nobody is named.
Result checkAutoOrSelectors(const Subject& it) {
    const bool isEmptyList = it.node.type == Node::Type::List && it.node.children.empty();
    if ((it.isText() && it.node.text == "auto") || (isEmptyList && it.option.lowest == 0))
        return Result("auto");
    return checkSelectors(it);
}

Result checkSelector(const Subject& it) {
    if (!it.isText())
        return it.refuseType();
    const auto selector = selectorIn(it.node);
    if (!selector)
        return it.refuse(describeNode(it.node) + " is no selector; " + std::string(kSelectorForms));
    const auto length = static_cast<double>(characters(it.node.text));
    if (length > it.option.highest)
        return it.refuse(numberText(length) + " characters are outside " + it.bounds());
    return toText(*selector);
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Node textNode(std::string_view text) {
    Node node;
    node.type = Node::Type::Text;
    node.text = text;
    return node;
}

Node listNode(std::string_view text) {
    Node node;
    node.type = Node::Type::List;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t comma = std::min(text.find(',', from), text.size());
        node.children.push_back(textNode(trimmed(text.substr(from, comma - from))));
        from = comma + 1;
    }
    return node;
}

/// Places inside of a variable would be mistaken for places in the file.
void forgetPositions(Node& node) {
    node.at = {};
    node.keyAt = {};
    for (Node& child : node.children)
        forgetPositions(child);
}

Node jsonNode(std::string_view text) {
    ParsedJson json = parseJson(text);
    if (!json.root)
        return textNode(text);
    forgetPositions(*json.root);
    return std::move(*json.root);
}

} // namespace

std::string describeNode(const Node& node, bool mayBeShown) {
    switch (node.type) {
    case Node::Type::Null:
        return "null";
    case Node::Type::Flag:
        return node.flag ? "true" : "false";
    case Node::Type::Number:
        return mayBeShown ? "the number " + printable(node.text) : "a number";
    case Node::Type::Text:
        return mayBeShown ? "the text \"" + printable(node.text) + "\"" : "a text";
    case Node::Type::List:
        return "a list";
    case Node::Type::Object:
        return "an object";
    }
    return {};
}

std::optional<Setting> checkValue(const Option& option, const Node& node, const std::string& path,
                                  std::vector<Issue>& issues) {
    const Subject it{option, node, path, issues};
    switch (option.access.kind) {
    case Kind::Flag:
        return checkFlag(it);
    case Kind::Whole:
    case Kind::Number:
        return checkNumber(it);
    case Kind::NumberOrNone:
        return checkNumberOrNone(it);
    case Kind::SpanOrOff:
        return checkSpanOrOff(it);
    case Kind::Text:
        return checkText(it);
    case Kind::Choice:
        return checkChoice(it);
    case Kind::AutoOrFlag:
        return it.isText() && it.node.text == "auto" ? Result("auto") : checkFlag(it);
    case Kind::Selectors:
        return checkSelectors(it);
    case Kind::AutoOrSelectors:
        return checkAutoOrSelectors(it);
    case Kind::Curve:
        return checkCurve(it);
    case Kind::PerMonthOrNone:
        return checkPerMonth(it);
    case Kind::Selector:
        return checkSelector(it);
    case Kind::Paths:
        return checkPaths(it);
    case Kind::PathValues:
        return checkPathValues(it);
    case Kind::Object:
        return checkObject(it);
    case Kind::Objects:
    case Kind::SelectorsOrObjects:
        return checkObjects(it);
    case Kind::BankOptions:
        return checkBankOptions(it);
    }
    return std::nullopt;
}

Node nodeFromVariable(const Option& option, std::string_view text) {
    switch (option.access.kind) {
    case Kind::Text:
    case Kind::Choice:
        return textNode(text);
    case Kind::AutoOrFlag:
        return trimmed(text) == "auto" ? textNode("auto") : jsonNode(text);
    case Kind::Selectors:
    case Kind::AutoOrSelectors:
        if (trimmed(text) == "auto")
            return textNode("auto");
        return trimmed(text).starts_with('[') ? jsonNode(text) : listNode(text);
    default:
        return jsonNode(text);
    }
}

} // namespace busbar::config
