// SPDX-License-Identifier: MIT
// Texts from a pattern and values, without the library behind it: that costs seconds of compile
// time wherever it is seen.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace busbar {

/// One value for a pattern; a text is not copied, so it lives no longer than the call.
class FormatArg {
public:
    /// A template, so that no pointer becomes a bool.
    template <class Value>
    requires std::integral<Value> || std::same_as<Value, double>
    explicit FormatArg(Value value) {
        if constexpr (std::same_as<Value, bool> || std::same_as<Value, double>)
            value_ = value;
        else if constexpr (std::signed_integral<Value>)
            value_ = std::int64_t{value};
        else
            value_ = std::uint64_t{value};
    }
    explicit FormatArg(std::string_view value) : value_(value) {}

    [[nodiscard]] const auto& value() const { return value_; }

private:
    std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view> value_;
};

/// A pattern for these values, in the language of libfmt: "{} of {:.1f}". One that has not as many
/// places as there are values does not compile.
template <class... Values>
class Pattern {
public:
    // NOLINTNEXTLINE(google-explicit-constructor): a literal is meant to become one
    consteval Pattern(const char* text) : text_(text) {
        std::size_t places = 0;
        for (const char c : text_)
            places += c == '{' ? 1U : 0U;
        if (places != sizeof...(Values))
            throw "not one value for each place of the pattern";
    }
    [[nodiscard]] std::string_view text() const { return text_; }

private:
    std::string_view text_;
};

/// Pattern that takes its values' types from the arguments behind it.
template <class... Values>
using PatternFor = Pattern<std::type_identity_t<Values>...>;

/// `pattern` with these values; the pattern itself if a value does not fit its place.
[[nodiscard]] std::string formatAll(std::string_view pattern, std::span<const FormatArg> values);

/// "3 of 4" from "{} of {}".
template <class... Values>
[[nodiscard]] std::string formatted(PatternFor<Values...> pattern, const Values&... values) {
    const std::array<FormatArg, sizeof...(Values)> all{FormatArg(values)...};
    return formatAll(pattern.text(), all);
}

} // namespace busbar
