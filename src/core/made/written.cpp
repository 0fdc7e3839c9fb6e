// SPDX-License-Identifier: MIT
// Checks, expiry and fail-safe of written values.
#include "core/made/written.hpp"

#include "core/made/folding.hpp"
#include "core/table/named_rows.hpp"
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

/// What a battery may be given and asked for: each must be written again in its time.
constexpr auto kLimitPaths = std::to_array<std::string_view>({
    "/Info/MaxChargeVoltage",
    "/Info/MaxChargeCurrent",
    "/Info/MaxDischargeCurrent",
    "/Io/AllowToCharge",
    "/Io/AllowToDischarge",
});
/// What changes by itself, and what limits of a bank look at: an old one is unknown. The rest says
/// what the battery is, what it counts, or warns; that stays.
constexpr auto kMeasuredPaths = std::to_array<std::string_view>({
    "/Dc/0/Voltage",
    "/Dc/0/Current",
    "/Dc/0/Power",
    "/Dc/0/Temperature",
    "/Soc",
    "/Capacity",
    "/ConsumedAmphours",
    "/TimeToGo",
    "/CurrentAvg",
    "/Voltages/Sum",
    "/Voltages/Diff",
    "/System/MinCellVoltage",
    "/System/MaxCellVoltage",
    "/System/MinCellTemperature",
    "/System/MaxCellTemperature",
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

Written::Written(WritableSettings settings) : settings_(std::move(settings)) {}

void Written::setSettings(WritableSettings settings) {
    settings_ = std::move(settings);
}

WriteResult Written::write(std::span<const WrittenValue> group, const Now& now) {
    for (const WrittenValue& one : group)
        if (WriteResult result = checkWrite(one); !result.isTaken()) {
            ++refused_;
            return result;
        }
    for (const WrittenValue& one : group)
        entries_[one.path] = {plausible(kRows.at(*findRow(one.path)), one.value), now.steady};
    written_ = now.steady;
    writtenAt_ = now.wall;
    ++taken_;
    return {};
}

KeptValues Written::kept() const {
    KeptValues values;
    for (const auto& [path, entry] : entries_)
        values[path] = {entry.value, std::chrono::duration_cast<std::chrono::milliseconds>(
                                         written_.value_or(entry.at) - entry.at)};
    return values;
}

void Written::restore(const KeptValues& values, std::chrono::milliseconds age, const Now& now) {
    written_ = now.steady - age;
    writtenAt_ = now.wall - age;
    for (const auto& [path, kept] : values)
        if (checkWrite({path, kept.value}).isTaken())
            entries_[path] = {kept.value, *written_ - kept.lag};
}

const WritableGroup* Written::groupOf(std::string_view path) const {
    const auto found = std::ranges::find_if(settings_.groups, [path](const WritableGroup& group) {
        return std::ranges::find(group.paths, path) != group.paths.end();
    });
    return found == settings_.groups.end() ? nullptr : &*found;
}

bool Written::isLate(std::string_view path, const Entry& entry, const Now& now) const {
    const WritableGroup* group = groupOf(path);
    const auto& expire = group == nullptr ? settings_.expire : group->expire;
    return expire && now.steady - entry.at >= *expire;
}

/// None of its paths is fresh, or one of them has a value that is not.
std::optional<Overdue> Written::overdueIn(const WritableGroup& group, const Now& now) const {
    if (!group.expire || group.paths.empty())
        return std::nullopt;
    bool isFresh = false;
    for (const std::string& path : group.paths) {
        const auto entry = entries_.find(path);
        if (entry == entries_.end())
            continue;
        const bool late = isLate(path, entry->second, now);
        if (late && entry->second.value.isKnown())
            return Overdue{path, *group.expire};
        isFresh = isFresh || !late;
    }
    if (isFresh)
        return std::nullopt;
    return Overdue{group.paths.front(), *group.expire};
}

std::optional<Overdue> Written::overdue(const Now& now) const {
    if (settings_.expire && (!written_ || now.steady - *written_ >= *settings_.expire))
        return Overdue{{}, *settings_.expire};
    for (const WritableGroup& group : settings_.groups)
        if (const auto late = overdueIn(group, now))
            return late;
    for (const std::string_view path : kLimitPaths)
        if (const auto entry = entries_.find(path);
            entry != entries_.end() && entry->second.value.isKnown() && groupOf(path) == nullptr &&
            isLate(path, entry->second, now))
            return Overdue{path, *settings_.expire};
    return std::nullopt;
}

bool Written::isSilent(std::span<const WrittenValue> group, const Now& now) const {
    return !written_ || isExpired(now) || std::ranges::any_of(group, [&](const WrittenValue& one) {
        const auto entry = entries_.find(one.path);
        return entry != entries_.end() && isLate(one.path, entry->second, now);
    });
}

bool Written::lags(std::string_view path, const Entry& entry) const {
    return settings_.expire && *written_ - entry.at >= *settings_.expire &&
           groupOf(path) == nullptr &&
           std::ranges::find(kMeasuredPaths, path) != kMeasuredPaths.end();
}

void Written::fill(Battery& made, const Now& now) const {
    const bool isClosed = isExpired(now);
    for (std::size_t i = 0; i < kRowCount; ++i)
        if (isWritable(static_cast<RowIndex>(i)))
            setRow(made, static_cast<RowIndex>(i), Value());
    for (const auto& [path, value] : settings_.values)
        put(made, path, value);
    for (const auto& [path, entry] : entries_)
        put(made, path, lags(path, entry) ? Value() : entry.value);
    // No switch opens because nobody writes: a bank that went on with its others would be raised.
    for (const RowIndex limit : rows::kLimits)
        made.slots.at(limit).isWish = isClosed;
    if (isClosed) {
        for (const auto& [path, number] : kFailSafe)
            put(made, path, number);
        for (const auto& [path, value] : settings_.failSafe)
            put(made, path, value);
    }
    made.hasBms = made.hasBms || std::ranges::any_of(kFailSafe, [&made](const PathNumber& one) {
                      return made.slot(*findRow(one.first)).value.isKnown();
                  });
    made.heard = written_.value_or(SteadyTime{});
    made.moved = isClosed ? written_.value_or(made.moved) : now.steady; // expiry tells, not it
}

} // namespace busbar
