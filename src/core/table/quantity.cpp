// SPDX-License-Identifier: MIT
// Kinds of values: the table of units, decimals, wire types and classes.
#include "core/table/quantity.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace busbar {

namespace {

// clang-format off
// Decimals and units: texts of Victron's own services (dbus/VENUS.md); classes: Home Assistant's sensor documentation.
constexpr std::array kSpecs = {
    //           unit  decimals wire               device class   state class
    QuantitySpec{"V",  2, WireType::Double, "voltage",     "measurement"},       // Voltage
    QuantitySpec{"V",  3, WireType::Double, "voltage",     "measurement"},       // CellVoltage
    QuantitySpec{"A",  1, WireType::Double, "current",     "measurement"},       // Current
    QuantitySpec{"W",  0, WireType::Double, "power",       "measurement"},       // Power
    QuantitySpec{"C",  1, WireType::Double, "temperature", "measurement"},       // Temperature
    QuantitySpec{"%",  1, WireType::Double, "",            "measurement"},       // Percent
    QuantitySpec{"Ah", 1, WireType::Double, "",            "measurement"},       // Charge
    QuantitySpec{"kWh",2, WireType::Double, "energy",      "total_increasing"},  // Energy
    QuantitySpec{"s",  0, WireType::Int,    "duration",    "measurement"},       // Duration
    QuantitySpec{"",   0, WireType::Int,    "",            "measurement"},       // Count
    QuantitySpec{"",   0, WireType::Int,    "",            ""},                  // Flag
    QuantitySpec{"",   0, WireType::Int,    "problem",     ""},                  // Alarm
    QuantitySpec{"",   0, WireType::Int,    "",            ""},                  // Enum
    QuantitySpec{"",   0, WireType::Int,    "",            ""},                  // Hex
    QuantitySpec{"",   0, WireType::Text,   "",            ""},                  // Text
};
// clang-format on
static_assert(kSpecs.size() == static_cast<std::size_t>(Quantity::Text) + 1,
              "every Quantity needs its line");

std::string formatted(double number, std::chars_format format, int decimals) {
    std::array<char, 400> buffer{}; // enough for any double in fixed notation
    const auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format, decimals);
    return error == std::errc{} ? std::string(buffer.data(), end) : std::string("---");
}

std::string hexText(double number) {
    std::array<char, 20> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                            static_cast<std::uint32_t>(number), 16);
    std::string digits(buffer.data(), error == std::errc{} ? end : buffer.data());
    for (char& digit : digits)
        digit = digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit;
    return "0x" + digits;
}

} // namespace

const QuantitySpec& spec(Quantity quantity) {
    return kSpecs.at(static_cast<std::size_t>(quantity));
}

Value rounded(Quantity quantity, const Value& value) {
    const auto number = value.number();
    if (!number)
        return value;
    static constexpr std::array kPowers = {1.0, 10.0, 100.0, 1000.0};
    const double scale = kPowers.at(static_cast<std::size_t>(spec(quantity).decimals));
    const double result = std::round(*number * scale) / scale;
    return {result == 0.0 ? 0.0 : result};
}

std::string displayText(Quantity quantity, const Value& value) {
    if (const std::string* text = value.text())
        return *text;
    const auto number = rounded(quantity, value).number();
    if (!number)
        return "---";
    if (quantity == Quantity::Hex && *number >= 0.0 && *number <= 4294967295.0)
        return hexText(*number);
    const QuantitySpec& s = spec(quantity);
    return formatted(*number, std::chars_format::fixed, s.decimals) + std::string(s.unit);
}

} // namespace busbar
