// SPDX-License-Identifier: MIT
// A value of a path: unknown, a number or a text.
#pragma once

#include <optional>
#include <string>
#include <variant>

namespace busbar {

/// What a path holds. A default-made Value is unknown (D-Bus: empty int array, MQTT: null). A
/// number is always finite: whoever makes one from outside data checks that first (`plausible` in
/// path_table.hpp).
class Value {
public:
    Value() = default;
    Value(double number) : data_(number) {}               // NOLINT(google-explicit-constructor)
    Value(std::string text) : data_(std::move(text)) {}   // NOLINT(google-explicit-constructor)
    Value(const char* text) : data_(std::string(text)) {} // NOLINT(google-explicit-constructor)
    Value(std::optional<double> number) {                 // NOLINT(google-explicit-constructor)
        if (number)
            data_ = *number;
    }

    [[nodiscard]] bool isKnown() const { return data_.index() != 0; }
    [[nodiscard]] bool isNumber() const { return std::holds_alternative<double>(data_); }
    /// The number, or nothing for unknown and for a text.
    [[nodiscard]] std::optional<double> number() const {
        if (const auto* number = std::get_if<double>(&data_))
            return *number;
        return std::nullopt;
    }
    /// The text, or nullptr for unknown and for a number. Valid as long as the Value is unchanged.
    [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&data_); }

    friend bool operator==(const Value&, const Value&) = default;

private:
    std::variant<std::monostate, double, std::string> data_;
};

} // namespace busbar
