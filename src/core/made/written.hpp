// SPDX-License-Identifier: MIT
// A battery whose values somebody writes: what may be written, until when it counts, what is there
// when it does not.
#pragma once

#include "core/made/writable_settings.hpp"
#include "core/now.hpp"
#include "core/table/row_index.hpp"
#include "core/table/word_rows.hpp"
#include "core/value.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace busbar {

struct Battery;

/// Why a write was refused.
enum class WriteProblem : std::uint8_t {
    None,
    NoBattery,
    UnknownPath,
    ReadOnly,
    WrongType,
    OutOfRange
};

struct WriteProblemRow {
    WriteProblem problem;
    std::string_view word; ///< published
    std::string_view meaning;
};

// clang-format off
inline constexpr auto kWriteProblems = std::to_array<WriteProblemRow>({
    {WriteProblem::None,        "",             "taken"},
    {WriteProblem::NoBattery,   "no_battery",   "there is no writable battery of this id"},
    {WriteProblem::UnknownPath, "unknown_path", "no path of a battery"},
    {WriteProblem::ReadOnly,    "read_only",    "a path that says who the battery is"},
    {WriteProblem::WrongType,   "wrong_type",   "a text where a number belongs, or the other way round"},
    {WriteProblem::OutOfRange,  "out_of_range", "outside what the path can have"},
});
// clang-format on
static_assert(isInOrder(kWriteProblems, &WriteProblemRow::problem));

[[nodiscard]] constexpr const WriteProblemRow& rowOf(WriteProblem problem) {
    return kWriteProblems.at(static_cast<std::size_t>(problem));
}

/// What became of a group of values: all are taken, or none.
struct WriteResult {
    WriteProblem problem{WriteProblem::None};
    std::string path{};    ///< of the first that was refused
    std::string allowed{}; ///< "0…105": what would be right there; empty = nothing

    [[nodiscard]] bool isTaken() const { return problem == WriteProblem::None; }
};

/// "/Soc: outside what the path can have; allowed is 0.0%…105.0%"; empty if it was taken.
[[nodiscard]] std::string toText(const WriteResult& result);

/// One value on its way in. Unknown clears it.
struct WrittenValue {
    std::string path;
    Value value;
};

/// A row that can be written: neither identity nor bookkeeping of the battery itself.
[[nodiscard]] bool isWritable(RowIndex index);

/// Whether this value may be written: typed and in its range by the path table.
[[nodiscard]] WriteResult checkWrite(const WrittenValue& one);

/// What a path can have: "0.0%…105.0%", "a text".
[[nodiscard]] std::string allowedAt(std::string_view path);

/// What was written to one path, to outlive a restart.
struct KeptValue {
    Value value;
    std::chrono::milliseconds lag{0}; ///< how long before the last good write of all
};
using KeptValues = std::map<std::string, KeptValue, std::less<>>;

/// Why the fail-safe values count.
struct Overdue {
    std::string_view path;           ///< that was not written again; empty = nothing was
    std::chrono::milliseconds after; ///< its time
};

/// Pure; who calls it has the clock. Each path has its own age: a limit does not live on because
/// something else is written.
class Written {
public:
    explicit Written(WritableSettings settings);

    /// New settings; what was written stays.
    void setSettings(WritableSettings settings);
    /// Typed and checked by the path table. A group with one bad value changes nothing.
    [[nodiscard]] WriteResult write(std::span<const WrittenValue> group, const Now& now);
    /// What is to be kept over a restart, and its way back: the last was written `age` ago.
    [[nodiscard]] KeptValues kept() const;
    void restore(const KeptValues& values, std::chrono::milliseconds age, const Now& now);

    /// Why the fail-safe values count now; nothing = they do not. The path is of these settings and
    /// values.
    [[nodiscard]] std::optional<Overdue> overdue(const Now& now) const;
    [[nodiscard]] bool isExpired(const Now& now) const { return overdue(now).has_value(); }
    /// What brings this back has to be sure: nobody writes, or not to a path of this group.
    [[nodiscard]] bool isSilent(std::span<const WrittenValue> group, const Now& now) const;
    /// Puts what counts now. It is always there: what it lacks is unknown, so it closes.
    void fill(Battery& made, const Now& now) const;
    /// Of the last good write, also of an earlier run's; nothing if there was none.
    [[nodiscard]] std::optional<WallTime> writtenAt() const { return writtenAt_; }

    [[nodiscard]] std::uint64_t taken() const { return taken_; }
    [[nodiscard]] std::uint64_t refused() const { return refused_; }
    [[nodiscard]] const WritableSettings& settings() const { return settings_; }

private:
    struct Entry {
        Value value;
        SteadyTime at; ///< when it was written last
    };

    /// Since it was written last, its time has passed.
    [[nodiscard]] bool isLate(std::string_view path, const Entry& entry, const Now& now) const;
    [[nodiscard]] std::optional<Overdue> overdueIn(const WritableGroup& group,
                                                   const Now& now) const;
    [[nodiscard]] const WritableGroup* groupOf(std::string_view path) const;
    /// It is measured, and what else was written has gone on without it.
    [[nodiscard]] bool lags(std::string_view path, const Entry& entry) const;

    WritableSettings settings_;
    std::map<std::string, Entry, std::less<>> entries_; ///< by path: what was written
    std::optional<SteadyTime> written_;                 ///< last good write
    std::optional<WallTime> writtenAt_;                 ///< the same, to be kept
    std::uint64_t taken_{0};
    std::uint64_t refused_{0};
};

} // namespace busbar
