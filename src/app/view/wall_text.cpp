// SPDX-License-Identifier: MIT
// Reading of dates.
#include "app/view/wall_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace busbar {

namespace {

constexpr double kFirst = 946684800.0;  // s: the year 2000
constexpr double kAfter = 7258118400.0; // s: the year 2200

/// Takes `digits` digits from the front.
bool take(std::string_view& text, std::size_t digits, int& number) {
    if (text.size() < digits)
        return false;
    const char* end = text.data() + digits;
    const auto [at, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || at != end || number < 0)
        return false;
    text.remove_prefix(digits);
    return true;
}

bool skip(std::string_view& text, std::string_view anyOf) {
    if (text.empty() || anyOf.find(text.front()) == std::string_view::npos)
        return false;
    text.remove_prefix(1);
    return true;
}

/// Hours, minutes and, where they are given, seconds.
std::optional<std::chrono::seconds> takeTime(std::string_view& text) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!take(text, 2, hour) || !skip(text, ":") || !take(text, 2, minute) ||
        (skip(text, ":") && !take(text, 2, second)) || hour > 23 || minute > 59 || second > 59)
        return std::nullopt;
    return std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

} // namespace

std::optional<WallTime> wallTimeOf(std::string_view text) {
    int year = 0;
    int month = 0;
    int day = 0;
    if (!take(text, 4, year) || !skip(text, "-") || !take(text, 2, month) || !skip(text, "-") ||
        !take(text, 2, day))
        return std::nullopt;
    const auto date = std::chrono::year(year) / month / day;
    const auto time = skip(text, "T ") ? takeTime(text) : std::chrono::seconds(0);
    skip(text, "Z");
    if (!date.ok() || !time || !text.empty())
        return std::nullopt;
    const auto since = std::chrono::sys_days(date).time_since_epoch() + *time;
    return wallTimeOf(std::chrono::duration<double>(since).count());
}

std::optional<WallTime> wallTimeOf(double seconds) {
    if (!(seconds >= kFirst && seconds < kAfter))
        return std::nullopt;
    return WallTime(std::chrono::milliseconds(std::llround(seconds * 1000.0)));
}

} // namespace busbar
