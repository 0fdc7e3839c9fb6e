// SPDX-License-Identifier: MIT
// Evaluates the part of Jinja that the templates of the discovery messages use.
#include "support/ha_model.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace busbar::bench {

namespace {

/// A value as Python knows it.
struct Any {
    enum class Type : std::uint8_t { Undefined, None, Bool, Int, Float, Text, List, Dict };
    Type type{Type::Undefined};
    double number{0.0};
    std::string text;
    std::vector<Any> items;        ///< of a list, or the values of a dict
    std::vector<std::string> keys; ///< of a dict, in the order of its values

    [[nodiscard]] bool is(Type t) const { return type == t; }
    [[nodiscard]] bool isNumber() const {
        return is(Type::Bool) || is(Type::Int) || is(Type::Float);
    }
    [[nodiscard]] bool isTrue() const {
        switch (type) {
        case Type::Undefined:
        case Type::None:
            return false;
        case Type::Text:
            return !text.empty();
        case Type::List:
            return !items.empty();
        case Type::Dict:
            return !keys.empty();
        default:
            return number != 0.0;
        }
    }
    [[nodiscard]] const Any* find(std::string_view key) const {
        const auto found = std::ranges::find(keys, key);
        return found == keys.end() ? nullptr
                                   : &items.at(static_cast<std::size_t>(found - keys.begin()));
    }
    void set(const std::string& key, Any value) {
        const auto found = std::ranges::find(keys, key);
        if (found != keys.end()) {
            items.at(static_cast<std::size_t>(found - keys.begin())) = std::move(value);
            return;
        }
        keys.push_back(key);
        items.push_back(std::move(value));
    }
};

Any none() {
    Any any;
    any.type = Any::Type::None;
    return any;
}

Any number(double value, Any::Type type) {
    Any any;
    any.type = type;
    any.number = value;
    return any;
}

Any textOf(std::string text) {
    Any any;
    any.type = Any::Type::Text;
    any.text = std::move(text);
    return any;
}

Any fromJson(const rapidjson::Value& json) {
    Any any;
    if (json.IsNull())
        return none();
    if (json.IsBool())
        return number(json.GetBool() ? 1.0 : 0.0, Any::Type::Bool);
    if (json.IsNumber())
        return number(json.GetDouble(), json.IsDouble() ? Any::Type::Float : Any::Type::Int);
    if (json.IsString())
        return textOf({json.GetString(), json.GetStringLength()});
    any.type = json.IsArray() ? Any::Type::List : Any::Type::Dict;
    if (json.IsArray())
        for (const auto& item : json.GetArray())
            any.items.push_back(fromJson(item));
    else
        for (const auto& member : json.GetObject())
            any.set(std::string(member.name.GetString(), member.name.GetStringLength()),
                    fromJson(member.value));
    return any;
}

std::string pythonNumber(const Any& any) {
    std::array<char, 40> buffer{};
    const auto end =
        any.is(Any::Type::Int)
            ? std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                            static_cast<std::int64_t>(any.number))
                  .ptr
            : std::to_chars(buffer.data(), buffer.data() + buffer.size(), any.number).ptr;
    std::string text(buffer.data(), end);
    if (any.is(Any::Type::Float) && text.find_first_of(".e") == std::string::npos)
        text += ".0";
    return text;
}

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

/// False for what Python cannot write as JSON.
bool writeJson(Writer& writer, const Any& any) {
    switch (any.type) {
    case Any::Type::Undefined:
        return false;
    case Any::Type::None:
        return writer.Null();
    case Any::Type::Bool:
        return writer.Bool(any.number != 0.0);
    case Any::Type::Int:
        return writer.Int64(static_cast<std::int64_t>(any.number));
    case Any::Type::Float:
        return writer.Double(any.number);
    case Any::Type::Text:
        return writer.String(any.text.c_str(), static_cast<rapidjson::SizeType>(any.text.size()));
    case Any::Type::List:
        return writer.StartArray() &&
               std::ranges::all_of(any.items,
                                   [&](const Any& item) { return writeJson(writer, item); }) &&
               writer.EndArray();
    case Any::Type::Dict:
        break;
    }
    bool isWritten = writer.StartObject();
    for (std::size_t i = 0; i < any.keys.size(); ++i)
        isWritten = isWritten && writer.Key(any.keys[i].c_str()) && writeJson(writer, any.items[i]);
    return isWritten && writer.EndObject();
}

std::string firstCharacters(const std::string& text, std::size_t count) {
    std::size_t end = 0;
    while (end < text.size()) {
        const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
        if (begins && count-- == 0)
            break;
        ++end;
    }
    return text.substr(0, end);
}

/// Reads and evaluates in one go. Where a branch is not taken it is read with `live` off, so that
/// nothing in it can fail.
class Evaluator {
public:
    Evaluator(std::string_view text, Any document) : rest_(text), document_(std::move(document)) {}

    std::string run(std::vector<std::string>& problems) {
        std::string result;
        if (!takeText("{{"))
            fail("does not begin with {{");
        const Any value = expression(true);
        if (!takeText("}}") || !rest_.empty())
            fail("does not end after }}: \"" + std::string(rest_) + "\"");
        if (value.is(Any::Type::Undefined))
            fail("the result is undefined");
        if (value.is(Any::Type::List) || value.is(Any::Type::Dict))
            fail("the result is a list or an object");
        problems = problems_;
        return shown(value);
    }

private:
    static std::string shown(const Any& value) {
        switch (value.type) {
        case Any::Type::None:
            return "None";
        case Any::Type::Bool:
            return value.number != 0.0 ? "True" : "False";
        case Any::Type::Int:
        case Any::Type::Float:
            return pythonNumber(value);
        default:
            return value.text;
        }
    }

    void fail(const std::string& what) {
        if (problems_.empty())
            problems_.push_back(what);
        rest_ = {};
    }
    void skipBlanks() {
        while (rest_.starts_with(' '))
            rest_.remove_prefix(1);
    }
    bool takeText(std::string_view text) {
        skipBlanks();
        if (!rest_.starts_with(text))
            return false;
        rest_.remove_prefix(text.size());
        return true;
    }
    static bool isNameChar(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    }
    std::string_view peekName() {
        skipBlanks();
        const auto end = std::ranges::find_if_not(rest_, isNameChar) - rest_.begin();
        return rest_.substr(0, static_cast<std::size_t>(end));
    }
    bool takeWord(std::string_view word) {
        if (peekName() != word)
            return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    std::string takeName() {
        std::string name(peekName());
        if (name.empty())
            fail("a name is missing before \"" + std::string(rest_) + "\"");
        else
            rest_.remove_prefix(name.size());
        return name;
    }

    /// `a if b else c`; without "else" it is undefined in Jinja, and refused here.
    Any expression(bool live) {
        const auto start = rest_;
        (void)disjunction(false);
        if (!takeWord("if")) {
            rest_ = problems_.empty() ? start : std::string_view();
            return disjunction(live);
        }
        const bool condition = disjunction(live).isTrue();
        if (!takeWord("else"))
            fail("if without else");
        if (!condition)
            return expression(live);
        (void)expression(false);
        const auto end = rest_;
        rest_ = start;
        Any value = disjunction(live);
        rest_ = problems_.empty() ? end : std::string_view();
        return value;
    }

    Any disjunction(bool live) {
        Any left = conjunction(live);
        while (takeWord("or")) {
            const bool taken = live && !left.isTrue();
            Any right = conjunction(taken);
            if (taken)
                left = std::move(right);
        }
        return left;
    }

    Any conjunction(bool live) {
        Any left = comparison(live);
        while (takeWord("and")) {
            const bool taken = live && left.isTrue();
            Any right = comparison(taken);
            if (taken)
                left = std::move(right);
        }
        return left;
    }

    Any comparison(bool live) {
        Any left = product(live);
        while (takeText("==")) {
            const Any right = product(live);
            left = number(areEqual(left, right) ? 1.0 : 0.0, Any::Type::Bool);
        }
        return left;
    }

    static bool areEqual(const Any& a, const Any& b) {
        if (a.isNumber() && b.isNumber())
            return a.number == b.number;
        return a.type == b.type && a.text == b.text && !a.is(Any::Type::List) &&
               !a.is(Any::Type::Dict);
    }

    Any product(bool live) {
        Any left = filtered(live);
        for (;;) {
            const bool isTimes = takeText("*");
            if (!isTimes && !takeText("/"))
                return left;
            const Any right = filtered(live);
            if (live && (!left.isNumber() || !right.isNumber()))
                fail("arithmetic with something that is no number");
            const bool isFloat = !isTimes || !left.is(Any::Type::Int) || !right.is(Any::Type::Int);
            left = number(isTimes ? left.number * right.number : left.number / right.number,
                          isFloat ? Any::Type::Float : Any::Type::Int);
        }
    }

    Any filtered(bool live) {
        Any value = postfixed(live);
        for (;;) {
            if (takeText("|"))
                value = filter(value, takeName(), live);
            else if (takeWord("is"))
                value = test(value, takeName());
            else
                return value;
        }
    }

    Any test(const Any& value, const std::string& name) {
        if (name == "number")
            return number(value.isNumber() ? 1.0 : 0.0, Any::Type::Bool);
        if (name == "defined")
            return number(value.is(Any::Type::Undefined) ? 0.0 : 1.0, Any::Type::Bool);
        fail("unknown test " + name);
        return {};
    }

    std::vector<Any> arguments(bool live) {
        std::vector<Any> all;
        if (!takeText("("))
            return all;
        while (!takeText(")")) {
            all.push_back(expression(live));
            if (!takeText(",") && !rest_.starts_with(')'))
                return fail("a bracket is open"), all;
        }
        return all;
    }

    Any filter(const Any& value, const std::string& name, bool live) {
        const auto args = arguments(live);
        if (name == "default" && !args.empty() && args.size() <= 2) {
            const bool alsoFalse = args.size() == 2 && args[1].isTrue();
            return value.is(Any::Type::Undefined) || (alsoFalse && !value.isTrue()) ? args[0]
                                                                                    : value;
        }
        if (name == "round" && args.size() == 1)
            return roundTo(value, args[0], live);
        if (name == "int" && args.empty())
            return number(std::trunc(value.number), Any::Type::Int);
        if (name == "tojson" && args.empty())
            return live ? json(value) : Any();
        fail("unknown filter " + name);
        return {};
    }

    Any roundTo(const Any& value, const Any& digits, bool live) {
        if (live && !value.isNumber())
            fail("round of something that is no number");
        const double scale = std::pow(10.0, digits.number);
        return number(std::round(value.number * scale) / scale, Any::Type::Float);
    }

    Any json(const Any& value) {
        rapidjson::StringBuffer buffer;
        Writer writer(buffer);
        if (!writeJson(writer, value))
            fail("something undefined cannot be JSON");
        return textOf(buffer.GetString());
    }

    Any postfixed(bool live) {
        Any value = primary(live);
        for (;;) {
            if (rest_.starts_with('.')) {
                rest_.remove_prefix(1);
                value = attribute(value, takeName(), live);
            } else if (rest_.starts_with('[')) {
                rest_.remove_prefix(1);
                value = takeText(":") ? beginning(value, live) : element(value, live);
                if (!takeText("]"))
                    fail("] is missing");
            } else {
                return value;
            }
        }
    }

    Any attribute(const Any& value, const std::string& name, bool live) {
        if (!live)
            return {};
        if (value.is(Any::Type::Undefined)) {
            fail("." + name + " of something undefined");
            return {};
        }
        if (!value.is(Any::Type::Dict))
            return {};
        const Any* found = value.find(name);
        return found != nullptr ? *found : Any();
    }

    Any element(const Any& value, bool live) {
        const Any index = expression(live);
        if (!live)
            return {};
        if (!value.is(Any::Type::List) || !index.is(Any::Type::Int)) {
            fail("index of something that is no list, or by something that is no whole number");
            return {};
        }
        const auto at = static_cast<std::size_t>(index.number);
        return at < value.items.size() ? value.items[at] : Any();
    }

    Any beginning(const Any& value, bool live) {
        const Any end = expression(live);
        if (!live)
            return {};
        if (!value.is(Any::Type::Text))
            fail("beginning of something that is no text");
        return textOf(firstCharacters(value.text, static_cast<std::size_t>(end.number)));
    }

    Any primary(bool live) {
        if (takeText("("))
            return bracketed(live);
        if (takeText("["))
            return list(live);
        if (takeText("{"))
            return dict(live);
        if (takeText("'"))
            return quoted();
        if (takeText("-"))
            return negative(primary(live));
        const std::string name = takeName();
        if (name == "value_json")
            return document_;
        if (name == "none")
            return none();
        if (name == "true" || name == "false")
            return number(name == "true" ? 1.0 : 0.0, Any::Type::Bool);
        if (name == "dict")
            return copyOfDict(live);
        if (!name.empty() && name[0] >= '0' && name[0] <= '9')
            return literal(name);
        fail("unknown name " + name);
        return {};
    }

    Any literal(const std::string& digits) {
        if (!takeText("."))
            return number(std::stod(digits), Any::Type::Int);
        return number(std::stod(digits + "." + takeName()), Any::Type::Float);
    }

    static Any negative(Any value) {
        value.number = -value.number;
        return value;
    }

    Any bracketed(bool live) {
        Any value = expression(live);
        if (!takeText(")"))
            fail(") is missing");
        return value;
    }

    Any quoted() {
        const auto end = rest_.find('\'');
        const auto text = std::string(rest_.substr(0, end));
        if (end == std::string_view::npos || text.find('\\') != std::string::npos)
            fail("a text does not end, or has escapes");
        else
            rest_.remove_prefix(end + 1);
        return textOf(text);
    }

    Any list(bool live) {
        Any value;
        value.type = Any::Type::List;
        while (!takeText("]")) {
            value.items.push_back(expression(live));
            if (!takeText(",") && !rest_.starts_with(']'))
                return fail("a list does not end"), value;
        }
        return value;
    }

    Any dict(bool live) {
        Any value;
        value.type = Any::Type::Dict;
        while (!takeText("}")) {
            const bool isKey = takeText("'");
            const std::string key = quoted().text;
            if (!isKey || !takeText(":"))
                return fail("an object's key is wrong"), value;
            value.set(key, expression(live));
            if (!takeText(",") && !rest_.starts_with('}'))
                return fail("an object does not end"), value;
        }
        return value;
    }

    /// dict(value, key=other)
    Any copyOfDict(bool live) {
        if (!takeText("("))
            fail("dict needs a bracket");
        Any value = expression(live);
        while (takeText(",")) {
            const std::string key = takeName();
            if (!takeText("="))
                fail("dict: = is missing");
            value.set(key, expression(live));
        }
        if (!takeText(")"))
            fail("dict: ) is missing");
        return value;
    }

public:
    /// Keys that were asked of an object that has others.

private:
    std::string_view rest_;
    Any document_;
    std::vector<std::string> problems_;
};

} // namespace

RenderedTemplate renderTemplate(std::string_view text, std::string_view json) {
    rapidjson::Document document;
    document.Parse(json.data(), json.size());
    if (document.HasParseError())
        return {"", {"the document is no JSON"}};
    Evaluator evaluator(text, fromJson(document));
    RenderedTemplate result;
    result.text = evaluator.run(result.problems);
    return result;
}

} // namespace busbar::bench
