// SPDX-License-Identifier: MIT
// What a field of a document is, whoever reads it and in whatever form.
#pragma once

#include "core/value.hpp"

#include <cstdint>
#include <string_view>

namespace busbar::documents {

/// What a value is. Unknown is `Value{}` in each form; of texts "" as well. A flag of a row is a
/// Truth, an alarm a Number: it has levels.
enum class Form : std::uint8_t {
    Number,
    Text,
    Truth, ///< 1 or 0
    Time,  ///< whole seconds since 1970-01-01, UTC
    Bound, ///< a number, or the text "none"
};

struct About {
    std::string_view name{}; ///< published: never changed. Empty = one of a list
    Form form{Form::Number};
    int decimals{0};            ///< of numbers
    std::string_view unit{};    ///< empty = none
    std::string_view meaning{}; ///< for people: one line of Markdown
    std::string_view path{};    ///< of a row of the path table: where it is on D-Bus
    std::string_view before{};  ///< its name in layout 1, if that was another
};

/// Of the field that says which layout a document has, its first.
inline constexpr std::string_view kLayoutName = "layout";

/// In layout 1.
[[nodiscard]] inline std::string_view formerName(const About& about) {
    return about.before.empty() ? about.name : about.before;
}

/// A field, and where it comes from.
template <typename T>
struct Field {
    About about;
    Value (*get)(const T&){nullptr};
};

} // namespace busbar::documents
