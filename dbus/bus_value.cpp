// SPDX-License-Identifier: MIT
// The only place that knows how a Value looks on D-Bus.
#include "dbus/bus_value.hpp"

#include "core/table/path_table.hpp"
#include "core/utf8.hpp"
#include "dbus/sd.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace busbar::dbus {

namespace {

constexpr std::size_t kLongestText =
    1000; // no name or id on the bus is longer; keeps messages small

struct TypeContents {
    char type = 0; ///< 0 at the end
    const char* contents = nullptr;
};

TypeContents peek(sd_bus_message& message) {
    TypeContents next;
    check(sd_bus_message_peek_type(&message, &next.type, &next.contents), "look at an argument");
    return next;
}

template <class T>
T readBasic(sd_bus_message& message, char type) {
    T value{};
    check(sd_bus_message_read_basic(&message, type, &value), "read an argument");
    return value;
}

template <class T>
ReadValue readNumber(sd_bus_message& message, char type) {
    const auto number = static_cast<double>(readBasic<T>(message, type));
    return std::isfinite(number) ? ReadValue(number) : std::nullopt;
}

ReadValue readText(sd_bus_message& message, char type) {
    return Value(std::string(readBasic<const char*>(message, type)));
}

struct BasicType {
    char type;
    ReadValue (*read)(sd_bus_message&, char);
};

constexpr std::array kBasicTypes = {
    BasicType{'y', readNumber<std::uint8_t>},  BasicType{'n', readNumber<std::int16_t>},
    BasicType{'q', readNumber<std::uint16_t>}, BasicType{'i', readNumber<std::int32_t>},
    BasicType{'u', readNumber<std::uint32_t>}, BasicType{'x', readNumber<std::int64_t>},
    BasicType{'t', readNumber<std::uint64_t>}, BasicType{'d', readNumber<double>},
    BasicType{'b', readNumber<int>},           BasicType{'s', readText},
};

void skipElement(sd_bus_message& message) {
    check(sd_bus_message_skip(&message, nullptr), "skip an argument");
}

ReadValue readArray(sd_bus_message& message, const char* contents) {
    check(sd_bus_message_enter_container(&message, 'a', contents), "enter an array");
    ReadValue result = Value();
    while (check(sd_bus_message_at_end(&message, 0), "look for the end of an array") == 0) {
        skipElement(message);
        result.reset();
    }
    check(sd_bus_message_exit_container(&message), "leave an array");
    return result;
}

ReadValue readUnwrapped(sd_bus_message& message, const TypeContents& next) {
    if (next.type == 'a')
        return readArray(message, next.contents);
    for (const BasicType& basic : kBasicTypes)
        if (basic.type == next.type)
            return basic.read(message, next.type);
    skipElement(message);
    return std::nullopt;
}

void appendInteger(sd_bus_message& message, double number) {
    if (number >= std::numeric_limits<std::int32_t>::min() &&
        number <= std::numeric_limits<std::int32_t>::max())
        check(sd_bus_message_append(&message, "v", "i", static_cast<std::int32_t>(number)),
              "append an integer");
    else
        check(sd_bus_message_append(&message, "v", "x", static_cast<std::int64_t>(number)),
              "append an integer");
}

Value textForBus(const Value& value) {
    static constexpr Row kTextRow{"", Rule::Fixed, Rule::None, Quantity::Text, 0, 0, "", ""};
    if (value.number() && !std::isfinite(*value.number()))
        return {};
    const Value text = plausible(kTextRow, value);
    return text.isKnown() ? Value(validUtf8(*text.text())) : Value();
}

Value numberForBus(Quantity quantity, const Value& value) {
    const auto number = value.number();
    if (!number || !std::isfinite(*number))
        return {};
    const bool asInteger = spec(quantity).wire == WireType::Int;
    constexpr double kInt64Bound = 9223372036854775808.0; // 2^63
    if (asInteger && std::abs(*number) >= kInt64Bound)
        return {};
    const Value result = rounded(quantity, value);
    return std::isfinite(*result.number()) ? result
                                           : Value(); // scaling overflows near the largest double
}

} // namespace

Value forBus(Quantity quantity, const Value& value) {
    if (!value.isKnown())
        return {};
    return spec(quantity).wire == WireType::Text ? textForBus(value)
                                                 : numberForBus(quantity, value);
}

std::string validUtf8(std::string_view text) {
    text = text.substr(0, text.find('\0'));
    std::string result;
    while (!text.empty()) {
        const CodePoint next = firstCodePoint(text);
        if (result.size() + next.size > kLongestText)
            break;
        result += next.isValid ? text.substr(0, next.size) : std::string_view("?");
        text.remove_prefix(next.size);
    }
    return result;
}

void appendValue(sd_bus_message& message, Quantity quantity, const Value& value) {
    if (const std::string* text = value.text())
        return appendText(message, *text);
    const auto number = value.number();
    if (!number)
        check(sd_bus_message_append(&message, "v", "ai", 0), "append an empty array");
    else if (spec(quantity).wire == WireType::Int)
        appendInteger(message, *number);
    else
        check(sd_bus_message_append(&message, "v", "d", *number), "append a number");
}

void appendText(sd_bus_message& message, std::string_view text) {
    check(sd_bus_message_append(&message, "v", "s", std::string(text).c_str()), "append a text");
}

ReadValue readValue(sd_bus_message& message) {
    TypeContents next = peek(message);
    int depth = 0;
    for (; next.type == 'v'; ++depth) {
        check(sd_bus_message_enter_container(&message, 'v', next.contents), "enter a variant");
        next = peek(message);
    }
    if (next.type == 0)
        check(-ENODATA, "read an argument");
    ReadValue result = readUnwrapped(message, next);
    for (; depth > 0; --depth)
        check(sd_bus_message_exit_container(&message), "leave a variant");
    return result;
}

bool hasOneElement(sd_bus_message& message) {
    check(sd_bus_message_rewind(&message, 1), "go to the first argument");
    if (peek(message).type == 0)
        return false;
    skipElement(message);
    const bool isAll = check(sd_bus_message_at_end(&message, 1), "look for the last argument") > 0;
    check(sd_bus_message_rewind(&message, 1), "go back to the first argument");
    return isAll;
}

ReadValue readOnlyValue(sd_bus_message& message) {
    return hasOneElement(message) ? readValue(message) : std::nullopt;
}

} // namespace busbar::dbus
