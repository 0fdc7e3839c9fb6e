// SPDX-License-Identifier: MIT
// One line per battery, with as many columns as fit.
#include "app/view/terminal_batteries.hpp"

#include "app/view/text_width.hpp"
#include "documents/limits.hpp"
#include "documents/measured.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar {

namespace {

constexpr std::size_t kLongestName = 24; ///< where it would push a reason aside
/// A name gets that much before columns are given up, and what these leave.
constexpr std::size_t kLeastName = 11;

/// Of a made battery the innermost is named: "String 1/S1b".
bool isSetBy(const Limit& limit, const MemberReport& member) {
    return !member.name.empty() &&
           (limit.member == member.name || limit.member.starts_with(member.name + "/"));
}

/// "CCL DCL": the limits of the bank that this member sets.
std::string setsText(const BankReport& report, const MemberReport& member) {
    std::string text;
    for (const documents::LimitName& name : documents::kLimits) {
        const Limit* limit = name.of(report);
        if (limit != nullptr && isSetBy(*limit, member))
            text.append(text.empty() ? "" : " ").append(name.abbreviation);
    }
    return text;
}

struct Column {
    std::string_view title;
    std::size_t width; ///< with the gap in front
    int rank;          ///< lowest is given up last
    documents::Measured shown;
};

using documents::measured;
constexpr std::array kColumns = {
    Column{"V", 9, 1, measured("voltage_V")},
    Column{"A", 9, 2, measured("current_A")},
    Column{"W", 9, 7, measured("power_W")},
    Column{"SoC", 8, 3, measured("soc_pct")},
    Column{"low cell", 10, 8, measured("min_cell_V")},
    Column{"high cell", 10, 6, measured("max_cell_V")},
    Column{"CCL", 9, 4, measured("max_charge_A")},
    Column{"DCL", 9, 5, measured("max_discharge_A")},
    Column{"CVL", 9, 9, measured("max_charge_V")},
    Column{"Ah", 10, 10, measured("capacity_Ah")},
};

std::string textOf(const Column& column, const MemberReport& member) {
    return displayText(column.shown.quantity, Value(member.*column.shown.value));
}

struct Table {
    std::size_t nameWidth{0};
    std::vector<const Column*> columns;
    std::size_t setsWidth{0}; ///< 0 = no room, marked with `*` instead
};

constexpr std::size_t kSetsWidth = 13; // two spaces and "CCL DCL CVL"

std::string nameOf(const MemberReport& member) {
    return harmless(member.name.empty() ? member.id : member.name);
}

Table tableFor(const BankReport& report, std::size_t width) {
    std::size_t name = 7; // "Battery"
    for (const MemberReport& member : report.members)
        if (member.takesPart)
            name = std::max(name, columnsOf(nameOf(member)));
    Table table;
    table.nameWidth = std::min(name, kLeastName);
    std::size_t used = 2 + table.nameWidth;
    std::array<const Column*, kColumns.size()> byRank{};
    std::ranges::transform(kColumns, byRank.begin(), [](const Column& column) { return &column; });
    std::ranges::sort(byRank, {}, &Column::rank);
    const auto fits = [&](std::size_t more) { return used + more <= width; };
    for (const Column* column : byRank) {
        if (column->rank == 4 && fits(kSetsWidth))
            used += table.setsWidth = kSetsWidth;
        if (!fits(column->width))
            break;
        used += column->width;
        table.columns.push_back(column);
    }
    std::ranges::sort(table.columns);
    table.nameWidth = std::min(name, table.nameWidth + (width > used ? width - used : 0));
    return table;
}

Line tableHead(const Table& table) {
    std::string text = "  " + fitted("Battery", table.nameWidth);
    for (const Column* column : table.columns)
        text += fitted(column->title, column->width, Align::Right);
    if (table.setsWidth > 0)
        text += "  sets";
    return {{text, Tone::Dim}};
}

std::string reasonText(const MemberReport& member) {
    const std::string reason = words(toText(member.reason));
    return harmless(member.detail.empty() ? reason : reason + ": " + member.detail);
}

Lines memberLines(const BankReport& report, const MemberReport& member, const Table& table) {
    const std::string name = nameOf(member);
    if (!member.takesPart) {
        const std::size_t room = std::max(table.nameWidth, std::min(columnsOf(name), kLongestName));
        return {{{"  "},
                 {fitted(name, room), Tone::Warning},
                 {"  out: " + reasonText(member), Tone::Warning}}};
    }
    const std::string sets = setsText(report, member);
    Line line = {{!sets.empty() && table.setsWidth == 0 ? "* " : "  ", Tone::Strong},
                 {fitted(name, table.nameWidth), Tone::Strong}};
    for (const Column* column : table.columns)
        line.push_back({fitted(textOf(*column, member), column->width, Align::Right),
                        member.held ? Tone::Dim : Tone::Plain});
    if (table.setsWidth > 0 && !sets.empty())
        line.push_back({"  " + sets, Tone::Strong});
    Lines lines = {line};
    if (member.held)
        lines.push_back({{"    held, last values: " + reasonText(member), Tone::Warning}});
    return lines;
}

// ---- which ones

/// Who comes first where not all fit.
enum class Turn : std::uint8_t { Lost, Held, Waiting, Sets, Well, Foreign };

Turn turnOf(const BankReport& report, const MemberReport& member) {
    if (!member.takesPart)
        return isLoss(member.reason)      ? Turn::Lost
               : isForeign(member.reason) ? Turn::Foreign
                                          : Turn::Waiting;
    if (member.held)
        return Turn::Held;
    return setsText(report, member).empty() ? Turn::Well : Turn::Sets;
}

struct Entry {
    const MemberReport* member{nullptr};
    Turn turn{Turn::Well};
    Lines lines{};
};

std::vector<Entry> entriesOf(const BankReport& report, const Table& table) {
    std::vector<Entry> entries;
    for (const MemberReport& member : report.members)
        entries.push_back({&member, turnOf(report, member), memberLines(report, member, table)});
    return entries;
}

std::size_t linesOf(std::span<const Entry> entries) {
    std::size_t lines = 0;
    for (const Entry& entry : entries)
        lines += entry.lines.size();
    return lines;
}

/// "7 well, 2 excluded": what is folded, in order of turn.
std::string kindsText(std::span<const Entry> entries) {
    std::vector<std::pair<std::string, std::size_t>> kinds;
    for (const Entry& entry : entries) {
        const bool isIn = entry.member->takesPart;
        const std::string kind = !isIn                ? words(toText(entry.member->reason))
                                 : entry.member->held ? "held"
                                                      : "well";
        const auto known = std::ranges::find(kinds, kind, &decltype(kinds)::value_type::first);
        if (known == kinds.end())
            kinds.emplace_back(kind, 1);
        else
            ++known->second;
    }
    if (kinds.size() == 1)
        return ", all " + kinds.front().first;
    std::string text;
    for (const auto& [kind, count] : kinds)
        text += (text.empty() ? ": " : ", ") + std::to_string(count) + " " + kind;
    return text;
}

/// No further than to a page that is full.
std::size_t firstShown(std::span<const Entry> entries, const BatteryRoom& room) {
    std::size_t first = std::min(room.first, entries.size() - 1);
    const auto fits = [&](std::size_t from) {
        const std::size_t above = from > 0 ? 1 : 0;
        return 1 + above + linesOf(entries.subspan(from)) <= room.lines;
    };
    while (first > 0 && fits(first - 1))
        --first;
    return first;
}

BatteryPage pageOf(std::span<const Entry> entries, const Table& table, const BatteryRoom& room) {
    BatteryPage page{{tableHead(table)}, firstShown(entries, room), 0};
    if (page.first > 0)
        page.lines.push_back({{"  … " + std::to_string(page.first) + " above", Tone::Dim}});
    std::span<const Entry> left = entries.subspan(page.first);
    while (!left.empty()) {
        const std::size_t forTheRest = left.size() > 1 ? 1 : 0;
        if (page.lines.size() + left.front().lines.size() + forTheRest > room.lines)
            break;
        append(page.lines, left.front().lines);
        left = left.subspan(1);
        ++page.shown;
    }
    if (!left.empty())
        page.lines.push_back(
            {{"  … " + std::to_string(left.size()) + " more" + kindsText(left), Tone::Dim}});
    return page;
}

} // namespace

BatteryPage batteryLines(const BankReport& report, const BatteryRoom& room) {
    const Table table = tableFor(report, room.width);
    std::vector<Entry> entries = entriesOf(report, table);
    if (room.lines == 0 || 1 + linesOf(entries) <= room.lines) {
        BatteryPage page{{tableHead(table)}, 0, entries.size()};
        for (Entry& entry : entries)
            append(page.lines, std::move(entry.lines));
        return page;
    }
    std::ranges::stable_sort(entries, {}, &Entry::turn);
    return pageOf(entries, table, room);
}

} // namespace busbar
