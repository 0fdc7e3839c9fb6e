// SPDX-License-Identifier: MIT
// How the tables of this folder are told; only its sources include it.
#pragma once

#include "core/calendar.hpp"
#include "core/now.hpp"
#include "documents/piece.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace busbar::documents {

/// The first field of every document; grows when a name or its meaning changes. Names are added
/// without that. What a renderer writes may be the one before, where names were others
/// (About::before).
inline constexpr int kLayout = 2;

// ---- values

[[nodiscard]] inline Value truth(bool is) {
    return {is ? 1.0 : 0.0};
}

[[nodiscard]] inline Value text(std::string_view words) {
    return {std::string(words)};
}

[[nodiscard]] inline Value whole(int number) {
    return {static_cast<double>(number)};
}

[[nodiscard]] inline Value count(std::uint64_t number) {
    return {static_cast<double>(number)};
}

[[nodiscard]] inline Value time(const std::optional<WallTime>& moment) {
    if (!moment)
        return {};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(moment->time_since_epoch());
    return {static_cast<double>(seconds.count())};
}

/// Of now; unknown while the clock is not set.
[[nodiscard]] inline Value clock(const Now& now) {
    return isClockSet(now.wall) ? time(now.wall) : Value();
}

[[nodiscard]] inline std::optional<double> scaled(std::optional<double> number, double factor) {
    return number ? std::optional<double>(*number * factor) : std::nullopt;
}

// ---- pieces

/// Without anything to read from (nullptr) each value is unknown.
template <typename T>
void tellFields(const Reader& reader, std::span<const Field<T>> fields, const T* from) {
    for (const Field<T>& field : fields)
        reader({Step::Field, field.about, from != nullptr ? field.get(*from) : Value()});
}

inline void tellStep(const Reader& reader, Step step, std::string_view name = {}) {
    reader({step, About{.name = name}, Value()});
}

template <typename T>
void tellObject(const Reader& reader, std::string_view name, std::span<const Field<T>> fields,
                const T* from) {
    tellStep(reader, Step::Object, name);
    tellFields(reader, fields, from);
    tellStep(reader, Step::EndObject);
}

/// `layout`, which opens a document.
void tellLayout(const Reader& reader);

} // namespace busbar::documents
