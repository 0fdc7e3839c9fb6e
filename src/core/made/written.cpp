// SPDX-License-Identifier: MIT
// Checks, expiry and fail-safe of written values.
#include "core/made/written.hpp"

#include "core/made/folding.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace busbar {

namespace {

using PathNumber = std::pair<std::string_view, double>;

/// A battery that nobody answers for: it gives and takes nothing, and says so.
constexpr auto kFailSafe = std::to_array<PathNumber>({
    {"/Info/MaxChargeCurrent", 0.0},
    {"/Info/MaxDischargeCurrent", 0.0},
    {"/Alarms/InternalFailure", 1.0},
});

constexpr std::string_view kAnyPath = "a path of a battery, such as /Soc";

bool isWhole(const Row& r) {
    return r.quantity == Quantity::Alarm || r.quantity == Quantity::Flag ||
           r.quantity == Quantity::Enum || r.quantity == Quantity::Count;
}

bool isInteger(const Value& value) {
    const double number = value.number().value_or(0.0);
    return std::floor(number) == number;
}

std::string rangeOf(const Row& r) {
    return r.quantity == Quantity::Text
               ? "a text"
               : displayText(r.quantity, r.lowest) + "…" + displayText(r.quantity, r.highest);
}

void put(Battery& made, std::string_view path, const Value& value) {
    if (const auto index = findRow(path))
        setRow(made, *index, value);
}

} // namespace

std::string toText(const WriteResult& result) {
    if (result.isTaken())
        return {};
    std::string text = result.path.empty() ? std::string() : result.path + ": ";
    text += rowOf(result.problem).meaning;
    return result.allowed.empty() ? text : text + "; allowed is " + result.allowed;
}

std::string allowedAt(std::string_view path) {
    const auto index = findRow(path);
    return index ? rangeOf(kRows.at(*index)) : std::string(kAnyPath);
}

bool isWritable(RowIndex index) {
    return !isOwnRow(index) && index != row("/Connected");
}

WriteResult checkWrite(const WrittenValue& one) {
    const auto index = findRow(one.path);
    if (!index)
        return {WriteProblem::UnknownPath, one.path, std::string(kAnyPath)};
    if (!isWritable(*index))
        return {WriteProblem::ReadOnly, one.path, {}};
    const Row& r = kRows.at(*index);
    if (!one.value.isKnown())
        return {};
    if (one.value.isNumber() == (r.quantity == Quantity::Text))
        return {WriteProblem::WrongType, one.path, rangeOf(r)};
    const bool isGood = plausible(r, one.value).isKnown() && (!isWhole(r) || isInteger(one.value));
    return isGood ? WriteResult{} : WriteResult{WriteProblem::OutOfRange, one.path, rangeOf(r)};
}

Written::Written(WritableSettings settings) : settings_(std::move(settings)) {
    values_ = settings_.values;
}

void Written::setSettings(WritableSettings settings) {
    for (const auto& [path, value] : settings.values)
        values_.try_emplace(path, value);
    settings_ = std::move(settings);
}

WriteResult Written::write(std::span<const WrittenValue> group, const Now& now) {
    for (const WrittenValue& one : group)
        if (WriteResult result = checkWrite(one); !result.isTaken()) {
            ++refused_;
            return result;
        }
    for (const WrittenValue& one : group) {
        const Value value = plausible(kRows.at(*findRow(one.path)), one.value);
        values_[one.path] = value;
    }
    written_ = now.steady;
    writtenAt_ = now.wall;
    ++taken_;
    return {};
}

void Written::restore(const PathValues& values, std::chrono::milliseconds age, const Now& now) {
    for (const auto& [path, value] : values)
        if (checkWrite({path, value}).isTaken())
            values_[path] = value;
    written_ = now.steady - age;
    writtenAt_ = now.wall - age;
}

bool Written::isExpired(const Now& now) const {
    return settings_.expire && (!written_ || now.steady - *written_ >= *settings_.expire);
}

void Written::fill(Battery& made, const Now& now) const {
    for (std::size_t i = 0; i < kRowCount; ++i)
        if (isWritable(static_cast<RowIndex>(i)))
            setRow(made, static_cast<RowIndex>(i), Value());
    for (const auto& [path, value] : values_)
        put(made, path, value);
    if (isExpired(now)) {
        for (const auto& [path, number] : kFailSafe)
            put(made, path, number);
        for (const auto& [path, value] : settings_.failSafe)
            put(made, path, value);
    }
    made.hasBms = made.hasBms || std::ranges::any_of(kFailSafe, [&made](const PathNumber& one) {
                      return made.slot(*findRow(one.first)).value.isKnown();
                  });
    made.moved =
        isExpired(now) ? written_.value_or(made.moved) : now.steady; // expiry tells, not it
}

} // namespace busbar
