// SPDX-License-Identifier: MIT
// Soundness of the path table, checked at compile time, and the plausibility of values against it.
#include "core/table/path_table.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace busbar {

namespace {

consteval bool pathsAreUniqueAndAbsolute() {
    for (std::size_t i = 0; i < kRowCount; ++i) {
        if (!kRows[i].path.starts_with('/') || kRows[i].path.ends_with('/'))
            return false;
        if (i > 0 && kRows[i - 1].path == kRows[i].path)
            return false;
    }
    return true;
}

consteval bool rangesAreOrdered() {
    return std::ranges::all_of(kRows, [](const Row& r) { return r.lowest <= r.highest; });
}

consteval bool companionsNameTheirRow() {
    return std::ranges::all_of(kRows, [](const Row& r) {
        if (r.rule != Rule::Companion)
            return r.companionOf.empty();
        const auto of = findRow(r.companionOf);
        return of && (kRows[*of].rule == Rule::Min || kRows[*of].rule == Rule::Max);
    });
}

/// A path must not be leaf and branch at once (BusItem contract).
consteval bool noLeafIsABranch() {
    for (const Row& leaf : kRows)
        for (const Row& other : kRows)
            if (other.path.size() > leaf.path.size() && other.path.starts_with(leaf.path) &&
                other.path[leaf.path.size()] == '/')
                return false;
    return true;
}

static_assert(pathsAreUniqueAndAbsolute());
static_assert(rangesAreOrdered());
static_assert(companionsNameTheirRow());
static_assert(noLeafIsABranch());

/// Shortest text of a number: 3, 0.5. Some drivers send a serial or a version as a number.
std::string numberAsText(double number) {
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    return error == std::errc{} ? std::string(buffer.data(), end) : std::string();
}

/// All bits set, or the largest and the smallest number of a signed word: how CAN (Victron's and
/// Pylontech's battery protocol) and Modbus say "not available". Scaled as those protocols scale.
constexpr std::array kNotAvailable = {65535.0,      32767.0,      -32768.0,
                                      4294967295.0, 2147483647.0, -2147483648.0};
constexpr std::array kScales = {1.0, 0.1, 0.01};

/// A widened float32 is off by less than a ten-millionth of itself.
constexpr double kSamePattern = 1e-7;

/// Ids and error words use all their bits.
constexpr bool hasPatterns(Quantity quantity) {
    return quantity != Quantity::Hex && quantity != Quantity::Enum;
}

bool isNotAvailable(double number) {
    return std::ranges::any_of(kNotAvailable, [number](double pattern) {
        return std::ranges::any_of(kScales, [number, pattern](double scale) {
            return std::abs(number - pattern * scale) <= kSamePattern * std::abs(number);
        });
    });
}

} // namespace

Value plausible(const Row& r, Value value) {
    const auto number = value.number();
    if (r.quantity == Quantity::Text)
        return number ? Value(numberAsText(*number)) : value;
    if (!number || !std::isfinite(*number) || *number < r.lowest || *number > r.highest)
        return {};
    if (hasPatterns(r.quantity) && isNotAvailable(*number))
        return {};
    return value;
}

} // namespace busbar
