// SPDX-License-Identifier: MIT
// Lays the bank out in lines of toned pieces, then turns them into text.
#include "app/terminal_view.hpp"

#include "app/text_width.hpp"
#include "core/path_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar {

namespace {

enum class Tone : std::uint8_t { Plain, Dim, Strong, Good, Warning, Bad };

struct Piece {
    std::string text;
    Tone tone = Tone::Plain;
};
using Line = std::vector<Piece>;
using Lines = std::vector<Line>;

constexpr int kNarrowest = 40;
constexpr std::size_t kRoomy = 60; // from here words are written out
constexpr std::size_t kLongestName = 24;

// ---- texts

std::string shown(const Snapshot& snapshot, RowIndex index) {
    return harmless(displayText(kRows.at(index).quantity, snapshot[index]));
}

std::string shown(Quantity quantity, const std::optional<double>& number) {
    return displayText(quantity, Value(number));
}

std::string_view activity(const Snapshot& snapshot) {
    const auto current_A = snapshot[row("/Dc/0/Current")].number();
    if (!current_A)
        return "";
    if (std::fabs(*current_A) < 0.05) // shown as 0.0 A
        return "idle";
    return *current_A > 0.0 ? "charging" : "discharging";
}

std::string timeText(double seconds) {
    const auto minutes = static_cast<long long>(seconds / 60.0);
    const auto hours = minutes / 60;
    if (hours >= 48)
        return std::to_string(hours / 24) + " days";
    return hours > 0 ? std::to_string(hours) + " h " + std::to_string(minutes % 60) + " min"
                     : std::to_string(minutes) + " min";
}

std::string words(std::string_view text) {
    std::string result(text);
    std::ranges::replace(result, '_', ' ');
    return result;
}

// ---- head

Tone toneOf(Stage stage) {
    if (stage == Stage::Normal)
        return Tone::Good;
    return stage == Stage::Starting ? Tone::Warning : Tone::Bad;
}

/// The owner's name for it, else the configured one.
std::string bankName(const Snapshot& snapshot) {
    for (const RowIndex index : {row("/CustomName"), row("/ProductName")})
        if (const std::string* text = snapshot[index].text(); text != nullptr && !text->empty())
            return *text;
    return "Busbar";
}

Line titleLine(const BankReport& report, const Snapshot& snapshot, std::size_t width) {
    const std::string name = harmless(bankName(snapshot));
    const std::string members =
        std::to_string(report.online) + " of " + std::to_string(report.total) + " batteries  ";
    const std::string stage = words(toText(report.stage));
    const std::size_t right = members.size() + stage.size();
    const std::size_t left = width > right + 1 ? width - right : 0;
    return {{fitted(name, left > 0 ? left - 1 : 0) + " ", Tone::Strong},
            {members, report.online < report.total ? Tone::Warning : Tone::Plain},
            {stage, toneOf(report.stage)}};
}

Line powerLine(const Snapshot& snapshot, std::size_t width) {
    Line line = {{fitted(shown(snapshot, row("/Dc/0/Voltage")), 9, Align::Right), Tone::Strong},
                 {fitted(shown(snapshot, row("/Dc/0/Current")), 10, Align::Right), Tone::Strong},
                 {fitted(shown(snapshot, row("/Dc/0/Power")), 10, Align::Right), Tone::Strong}};
    if (width < kRoomy)
        return line;
    line.push_back({"  " + std::string(activity(snapshot))});
    if (const auto timeToGo = snapshot[row("/TimeToGo")].number())
        line.push_back({", " + timeText(*timeToGo) + " to go", Tone::Dim});
    return line;
}

/// ▓▓▓▓▓▓▓░░░, the state of charge.
Line chargeBar(double soc_pct, std::size_t columns) {
    const double share = std::clamp(soc_pct / 100.0, 0.0, 1.0);
    const auto full = static_cast<std::size_t>(std::lround(share * static_cast<double>(columns)));
    Piece filled{{}, Tone::Good};
    Piece empty{{}, Tone::Dim};
    for (std::size_t i = 0; i < columns; ++i)
        (i < full ? filled : empty).text += i < full ? "▓" : "░";
    return {filled, empty};
}

Line chargeLine(const Snapshot& snapshot, std::size_t width) {
    Line line = {{fitted(shown(snapshot, row("/Soc")), 9, Align::Right), Tone::Strong}, {"  "}};
    if (const auto soc_pct = snapshot[row("/Soc")].number(); soc_pct && width >= kRoomy)
        for (const Piece& piece : chargeBar(*soc_pct, 20))
            line.push_back(piece);
    line.push_back({"  " + shown(snapshot, row("/Capacity")) + " of " +
                    shown(snapshot, row("/InstalledCapacity"))});
    line.push_back({"  " + shown(snapshot, row("/Dc/0/Temperature"))});
    return line;
}

std::string cellText(const Snapshot& snapshot, RowIndex voltage, RowIndex id) {
    const bool hasId = snapshot[id].isKnown();
    return shown(snapshot, voltage) + (hasId ? " " + shown(snapshot, id) : std::string());
}

Lines cellLines(const Snapshot& snapshot, std::size_t width) {
    const std::string lowest =
        cellText(snapshot, row("/System/MinCellVoltage"), row("/System/MinVoltageCellId"));
    const std::string highest =
        cellText(snapshot, row("/System/MaxCellVoltage"), row("/System/MaxVoltageCellId"));
    const std::string spread = shown(snapshot, row("/Voltages/Diff"));
    const Piece label{"    Cells  ", Tone::Dim};
    const std::string all = lowest + " to " + highest + ", spread " + spread;
    if (columnsOf(label.text) + columnsOf(all) <= width)
        return {{label, {all}}};
    return {{label, {"lowest " + lowest}},
            {{"           "}, {"highest " + highest}},
            {{"           "}, {"spread " + spread}}};
}

// ---- limits

Tone toneOf(const Limit& limit) {
    switch (rowOf(limit.cause).severity) {
    case Severity::Fault:
        return Tone::Bad;
    case Severity::Passing:
        return Tone::Warning;
    case Severity::Usual:
        break;
    }
    return limit.value > 0.0 ? Tone::Plain : Tone::Bad;
}

std::string whoText(const Limit& limit) {
    if (limit.member.empty() || limit.cell.empty())
        return harmless(limit.member + limit.cell);
    return harmless(limit.member + "/" + limit.cell);
}

struct LimitRow {
    std::string_view label, shortLabel;
    Quantity quantity;
    const Limit* limit; ///< nullptr = nobody gives one
};

std::array<LimitRow, 3> limitsOf(const BankReport& report) {
    return {{{"Charge", "CCL", Quantity::Current, &report.charge},
             {"Discharge", "DCL", Quantity::Current, &report.discharge},
             {"Charge voltage", "CVL", Quantity::Voltage,
              report.chargeVoltage ? &*report.chargeVoltage : nullptr}}};
}

constexpr std::size_t labelWidth(std::size_t width) {
    return width < kRoomy ? 7 : 14;
}

Line limitLine(const LimitRow& limitRow, std::size_t width, std::size_t causeWidth) {
    const Piece label{
        fitted(width < kRoomy ? limitRow.shortLabel : limitRow.label, labelWidth(width))};
    if (limitRow.limit == nullptr)
        return {{"  "}, label, {fitted("---", 8, Align::Right)}};
    const Limit& limit = *limitRow.limit;
    const Tone tone = toneOf(limit);
    return {{tone == Tone::Bad ? "! " : "  ", Tone::Bad},
            label,
            {fitted(displayText(limitRow.quantity, limit.value), 8, Align::Right) + "  ",
             tone == Tone::Plain ? Tone::Strong : tone},
            {fitted(words(toText(limit.cause)), causeWidth), tone},
            {"  " + whoText(limit), Tone::Strong}};
}

Lines limitLines(const BankReport& report, std::size_t width) {
    const auto limits = limitsOf(report);
    std::size_t causeWidth = 0;
    for (const LimitRow& limitRow : limits)
        if (limitRow.limit != nullptr)
            causeWidth = std::max(causeWidth, toText(limitRow.limit->cause).size());
    Lines lines;
    for (const LimitRow& limitRow : limits)
        lines.push_back(limitLine(limitRow, width, causeWidth));
    return lines;
}

// ---- alarms

std::string alarmName(const Row& row) {
    std::string_view name = row.name.empty() ? row.path.substr(row.path.rfind('/') + 1) : row.name;
    if (name.ends_with(" alarm"))
        name.remove_suffix(6);
    return std::string(name);
}

std::string alarmsOf(const Snapshot& snapshot, double level) {
    std::string names;
    for (std::size_t i = 0; i < kRowCount; ++i) {
        const Row& r = kRows.at(i);
        const auto index = static_cast<RowIndex>(i);
        if (r.quantity != Quantity::Alarm || index == row("/Alarms/Alarm") ||
            snapshot[index].number() != level)
            continue;
        names += (names.empty() ? "" : ", ") + alarmName(r);
    }
    return names;
}

Lines alarmLines(const Snapshot& snapshot, std::size_t width) {
    const auto label = [width](std::string_view text) {
        return fitted(text, labelWidth(width)) + "  ";
    };
    Lines lines;
    if (const auto names = alarmsOf(snapshot, 2.0); !names.empty())
        lines.push_back({{"! ", Tone::Bad}, {label("Alarm"), Tone::Bad}, {names, Tone::Bad}});
    if (const auto names = alarmsOf(snapshot, 1.0); !names.empty())
        lines.push_back({{"  "}, {label("Warning"), Tone::Warning}, {names, Tone::Warning}});
    if (lines.empty())
        lines.push_back({{"  "}, {label("Alarms")}, {"none", Tone::Dim}});
    return lines;
}

// ---- advice

/// Broken between words; a word that is wider than a line stays whole and is cut later.
std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines(1);
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        std::string& line = lines.back();
        if (line.empty())
            line = word;
        else if (columnsOf(line) + 1 + columnsOf(word) <= width)
            line.append(" ").append(word);
        else
            lines.emplace_back(word);
    }
    return lines;
}

/// What is so stands out; the lines below it are indented.
Lines adviceLines(const std::vector<Advice>& advice, std::size_t width) {
    constexpr std::size_t kIndent = 2;
    Lines lines;
    for (const Advice& one : advice) {
        bool isFirst = true;
        for (std::string& line : wrapped(harmless(one.text), width - kIndent)) {
            lines.push_back({{isFirst ? "! " : "  ", Tone::Bad}, {std::move(line), Tone::Warning}});
            isFirst = false;
        }
    }
    return lines;
}

// ---- batteries

/// "CCL DCL": the limits of the bank that this member sets.
std::string setsText(const BankReport& report, const MemberReport& member) {
    std::string text;
    for (const LimitRow& limitRow : limitsOf(report))
        if (limitRow.limit != nullptr && !member.name.empty() &&
            limitRow.limit->member == member.name)
            text.append(text.empty() ? "" : " ").append(limitRow.shortLabel);
    return text;
}

struct Column {
    std::string_view title;
    std::size_t width; ///< with the gap in front
    int rank;          ///< lowest is given up last
    std::string (*text)(const MemberReport&);
};

using M = MemberReport;
constexpr std::array kColumns = {
    Column{"V", 9, 1, [](const M& m) { return shown(Quantity::Voltage, m.voltage_V); }},
    Column{"A", 9, 2, [](const M& m) { return shown(Quantity::Current, m.current_A); }},
    Column{"W", 9, 7, [](const M& m) { return shown(Quantity::Power, m.power_W); }},
    Column{"SoC", 8, 3, [](const M& m) { return shown(Quantity::Percent, m.soc_pct); }},
    Column{"low cell", 10, 8, [](const M& m) { return shown(Quantity::CellVoltage, m.minCell_V); }},
    Column{"high cell", 10, 6,
           [](const M& m) { return shown(Quantity::CellVoltage, m.maxCell_V); }},
    Column{"CCL", 9, 4, [](const M& m) { return shown(Quantity::Current, m.maxCharge_A); }},
    Column{"DCL", 9, 5, [](const M& m) { return shown(Quantity::Current, m.maxDischarge_A); }},
    Column{"CVL", 9, 9, [](const M& m) { return shown(Quantity::Voltage, m.maxCharge_V); }},
    Column{"Ah", 10, 10, [](const M& m) { return shown(Quantity::Charge, m.capacity_Ah); }},
};

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
        line.push_back({fitted(column->text(member), column->width, Align::Right),
                        member.held ? Tone::Dim : Tone::Plain});
    if (table.setsWidth > 0 && !sets.empty())
        line.push_back({"  " + sets, Tone::Strong});
    Lines lines = {line};
    if (member.held)
        lines.push_back({{"    held, last values: " + reasonText(member), Tone::Warning}});
    return lines;
}

// ---- link

Line linkLine(const ViewHealth& health) {
    const std::string id = health.portalId.empty() ? "GX" : "GX " + harmless(health.portalId);
    Line line = {{"  " + id + " "},
                 {health.isLinkUp ? "up" : "no link", health.isLinkUp ? Tone::Good : Tone::Bad}};
    if (health.heartbeatAge)
        line.push_back({", heartbeat " + std::to_string(health.heartbeatAge->count()) + " s ago"});
    line.push_back({", " + std::to_string(health.messages) + " messages", Tone::Dim});
    if (health.rejected > 0)
        line.push_back({", " + std::to_string(health.rejected) + " rejected", Tone::Warning});
    if (health.dropped > 0)
        line.push_back({", " + std::to_string(health.dropped) + " dropped", Tone::Warning});
    return line;
}

// ---- lines to text

std::string_view sequence(Tone tone) {
    static constexpr std::array<std::string_view, 6> kSequences = {
        "", "\x1b[2m", "\x1b[1m", "\x1b[32m", "\x1b[33m", "\x1b[1;31m"};
    return kSequences.at(static_cast<std::size_t>(tone));
}

void appendPiece(std::string& out, std::string_view text, Tone tone, bool isColoured) {
    const bool isToned =
        isColoured && tone != Tone::Plain && text.find_first_not_of(' ') != std::string_view::npos;
    if (isToned)
        out.append(sequence(tone));
    out.append(text);
    if (isToned)
        out.append("\x1b[0m");
}

std::size_t columnsOfLine(const Line& line) {
    std::size_t columns = 0;
    for (const Piece& piece : line)
        columns += busbar::columnsOf(std::string_view(piece.text));
    return columns;
}

/// Spaces at the end are left out, so that files stay clean.
void trimEnd(Line& line) {
    while (!line.empty()) {
        std::string& text = line.back().text;
        text.erase(text.find_last_not_of(' ') + 1);
        if (!text.empty())
            return;
        line.pop_back();
    }
}

void appendLine(std::string& out, Line line, std::size_t width, bool isColoured) {
    trimEnd(line);
    const bool isTooLong = columnsOfLine(line) > width;
    std::size_t room = width;
    for (const Piece& piece : line) {
        const std::size_t columns = busbar::columnsOf(std::string_view(piece.text));
        if (isTooLong && columns >= room) {
            appendPiece(out, cut(piece.text + "…", room), piece.tone, isColoured);
            return;
        }
        appendPiece(out, piece.text, piece.tone, isColoured);
        room -= columns;
    }
}

void append(Lines& lines, Lines more) {
    std::ranges::move(more, std::back_inserter(lines));
}

Lines bankLines(const BankReport& report, const Snapshot& snapshot,
                const std::vector<Advice>& advice, std::size_t width) {
    std::string rule;
    for (std::size_t i = 0; i < width; ++i)
        rule += "─";
    Lines lines = {titleLine(report, snapshot, width),
                   {{rule, Tone::Dim}},
                   powerLine(snapshot, width),
                   chargeLine(snapshot, width)};
    append(lines, cellLines(snapshot, width));
    lines.emplace_back();
    append(lines, limitLines(report, width));
    append(lines, alarmLines(snapshot, width));
    append(lines, adviceLines(advice, width));
    lines.emplace_back();
    return lines;
}

/// As many batteries as `room` lines hold (0 = all), then how many are left.
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

} // namespace

std::string terminalView(const BankReport& report, const Snapshot& snapshot,
                         const std::vector<Advice>& advice, const ViewHealth& health,
                         const ViewStyle& style) {
    const auto width = static_cast<std::size_t>(std::max(style.width, kNarrowest));
    const auto height = static_cast<std::size_t>(std::max(style.height, 0));
    Lines lines = bankLines(report, snapshot, advice, width);
    const std::size_t taken = lines.size() + 2; // an empty line and the link
    const std::size_t room = height > taken + 2 ? height - taken : 2;
    append(lines, batteryLines(report, width, height == 0 ? 0 : room));
    lines.emplace_back();
    lines.push_back(linkLine(health));
    if (height > 0 && lines.size() > height)
        lines.resize(height);
    std::string out;
    for (const Line& line : lines) {
        if (!out.empty())
            out.push_back('\n');
        appendLine(out, line, static_cast<std::size_t>(std::max(style.width, 1)), style.isColoured);
    }
    return out;
}

} // namespace busbar
