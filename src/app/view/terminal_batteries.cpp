// SPDX-License-Identifier: MIT
// One line per battery, with as many columns as fit.
#include "app/view/terminal_batteries.hpp"

#include "app/view/text_width.hpp"
#include "documents/limits.hpp"
#include "documents/measured.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar {

namespace {

constexpr std::size_t kLongestName = 24;

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
    table.nameWidth = std::min<std::size_t>(name, width < kRoomy ? 11 : kLongestName);
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
        const std::size_t room = std::clamp(columnsOf(name), table.nameWidth, kLongestName);
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

} // namespace

Lines batteryLines(const BankReport& report, std::size_t width, std::size_t room) {
    const Table table = tableFor(report, width);
    Lines lines = {tableHead(table)};
    std::size_t left = report.members.size();
    for (const MemberReport& member : report.members) {
        Lines more = memberLines(report, member, table);
        const std::size_t lineForTheRest = left > 1 ? 1 : 0;
        if (room > 0 && lines.size() + more.size() + lineForTheRest > room)
            break;
        append(lines, std::move(more));
        --left;
    }
    if (left > 0)
        lines.push_back({{"  and " + std::to_string(left) + " more", Tone::Dim}});
    return lines;
}

} // namespace busbar
