// SPDX-License-Identifier: MIT
// Lays the bank out in lines: head, trends, limits, alarms, advice, link.
#include "app/view/terminal_view.hpp"

#include "app/view/terminal_batteries.hpp"
#include "app/view/terminal_limits.hpp"
#include "app/view/terminal_lines.hpp"
#include "app/view/text_width.hpp"
#include "core/table/named_rows.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar {

namespace {

constexpr int kNarrowest = 40;

// ---- texts

std::string shown(const Snapshot& snapshot, RowIndex index) {
    return harmless(displayText(kRows.at(index).quantity, snapshot[index]));
}

std::string_view activity(const Snapshot& snapshot) {
    const auto current_A = snapshot[rows::kCurrent].number();
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

std::string spanText(std::chrono::seconds span) {
    return span < std::chrono::minutes(2) ? std::to_string(span.count()) + " s"
                                          : timeText(static_cast<double>(span.count()));
}

// ---- head

Tone toneOf(Stage stage) {
    if (stage == Stage::Normal)
        return Tone::Good;
    return stage == Stage::Starting ? Tone::Warning : Tone::Bad;
}

/// The owner's name for it, else the configured one.
std::string bankName(const Snapshot& snapshot) {
    for (const RowIndex index : {rows::kCustomName, rows::kProductName})
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
    Line line = {{fitted(shown(snapshot, rows::kVoltage), 9, Align::Right), Tone::Strong},
                 {fitted(shown(snapshot, rows::kCurrent), 10, Align::Right), Tone::Strong},
                 {fitted(shown(snapshot, rows::kPower), 10, Align::Right), Tone::Strong}};
    if (width < kRoomy)
        return line;
    line.push_back({"  " + std::string(activity(snapshot))});
    if (const auto timeToGo = snapshot[rows::kTimeToGo].number())
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
    Line line = {{fitted(shown(snapshot, rows::kSoc), 9, Align::Right), Tone::Strong}, {"  "}};
    if (const auto soc_pct = snapshot[rows::kSoc].number(); soc_pct && width >= kRoomy)
        for (const Piece& piece : chargeBar(*soc_pct, 20))
            line.push_back(piece);
    line.push_back({"  " + shown(snapshot, rows::kCapacity) + " of " +
                    shown(snapshot, rows::kInstalledCapacity)});
    line.push_back({"  " + shown(snapshot, rows::kTemperature)});
    return line;
}

std::string cellText(const Snapshot& snapshot, RowIndex voltage, RowIndex id) {
    const bool hasId = snapshot[id].isKnown();
    return shown(snapshot, voltage) + (hasId ? " " + shown(snapshot, id) : std::string());
}

Lines cellLines(const Snapshot& snapshot, std::size_t width) {
    const std::string lowest = cellText(snapshot, rows::kMinCell, rows::kMinCellId);
    const std::string highest = cellText(snapshot, rows::kMaxCell, rows::kMaxCellId);
    const std::string spread = shown(snapshot, rows::kCellSpread);
    const Piece label{"    Cells  ", Tone::Dim};
    const std::string all = lowest + " to " + highest + ", spread " + spread;
    if (columnsOf(label.text) + columnsOf(all) <= width)
        return {{label, {all}}};
    return {{label, {"lowest " + lowest}},
            {{"           "}, {"highest " + highest}},
            {{"           "}, {"spread " + spread}}};
}

// ---- trends

struct TrendName {
    std::string_view label;
    Quantity quantity;
};
constexpr std::array<TrendName, kTrends> kTrendNames = {TrendName{"Current", Quantity::Current},
                                                        {"Charge", Quantity::Percent},
                                                        {"Cell spread", Quantity::CellVoltage}};
constexpr std::size_t kWidestTrend = 60;
/// "  1234.5A to 1234.5A, 59 min": what stands behind one.
constexpr std::size_t kTrendText = 30;

/// Empty if there is nothing to be drawn yet.
Line trendLine(std::size_t which, const Trend& trend, std::size_t width) {
    std::vector<std::optional<double>> values;
    for (const TrendSample& sample : trend.samples())
        values.push_back(sample.at(which));
    std::vector<double> known;
    for (const auto& value : values)
        if (value)
            known.push_back(*value);
    if (known.size() < 2)
        return {};
    const auto [least, most] = std::ranges::minmax_element(known);
    const TrendName& name = kTrendNames.at(which);
    const std::size_t columns = std::min(kWidestTrend, width - labelWidth(width) - 2 - kTrendText);
    return {{"  "},
            {fitted(name.label, labelWidth(width)), Tone::Dim},
            {sparkline(values, columns)},
            {"  " + displayText(name.quantity, *least) + " to " +
                 displayText(name.quantity, *most) + ", " + spanText(trend.span()),
             Tone::Dim}};
}

Lines trendLines(const Trend& trend, std::size_t width) {
    Lines lines;
    for (std::size_t i = 0; width >= kRoomy && i < kTrends; ++i)
        if (Line line = trendLine(i, trend, width); !line.empty())
            lines.push_back(std::move(line));
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
        if (r.quantity != Quantity::Alarm || index == rows::kAnyAlarm ||
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

// ---- all

/// What is shown only where there is room for it.
struct Extras {
    Lines trends{};
    std::size_t reasons{0}; ///< lines for reasons that are not in force
};

constexpr std::size_t kUsualReasons = 3; ///< before trends have their turn
constexpr std::size_t kReasonsInAFile = 9;

/// A few reasons, then the trends, then all other reasons.
Extras extrasFor(std::size_t lines, std::size_t reasons, Lines trends) {
    Extras extras;
    const std::size_t first = std::min(reasons, kUsualReasons);
    if (first + trends.size() <= lines)
        extras.trends = std::move(trends);
    extras.reasons = std::min(reasons, lines - extras.trends.size());
    return extras;
}

Lines bankLines(const BankReport& report, const Snapshot& snapshot,
                const std::vector<Advice>& advice, std::size_t width, Extras extras) {
    std::string rule;
    for (std::size_t i = 0; i < width; ++i)
        rule += "─";
    Lines lines = {titleLine(report, snapshot, width),
                   {{rule, Tone::Dim}},
                   powerLine(snapshot, width),
                   chargeLine(snapshot, width)};
    append(lines, cellLines(snapshot, width));
    append(lines, std::move(extras.trends));
    lines.emplace_back();
    append(lines, limitLines(report, width, extras.reasons));
    append(lines, alarmLines(snapshot, width));
    append(lines, adviceLines(advice, width));
    lines.emplace_back();
    return lines;
}

std::string textOf(const Lines& lines, const ViewStyle& style) {
    std::string text;
    for (const Line& line : lines) {
        if (&line != &lines.front())
            text.push_back('\n');
        appendLine(text, line, static_cast<std::size_t>(std::max(style.width, 1)),
                   style.isColoured);
    }
    return style.isAscii ? asciiOf(text) : text;
}

} // namespace

TerminalPicture terminalView(const BankReport& report, const Snapshot& snapshot,
                             const std::vector<Advice>& advice, const ViewHealth& health,
                             const ViewStyle& style, const Trend& trend) {
    const auto width = static_cast<std::size_t>(std::max(style.width, kNarrowest));
    const auto height = static_cast<std::size_t>(std::max(style.height, 0));
    Lines lines = bankLines(report, snapshot, advice, width, {});
    BatteryPage all = batteryLines(report, {width, 0, 0});
    const std::size_t needed = lines.size() + all.lines.size() + 2;
    const bool fits = height == 0 || needed <= height;
    if (fits) {
        const std::size_t room = height == 0 ? kReasonsInAFile + kTrends : height - needed;
        lines = bankLines(report, snapshot, advice, width,
                          extrasFor(room, furtherReasons(report), trendLines(trend, width)));
    } else {
        std::erase_if(lines, [](const Line& line) { return line.empty(); });
        const std::size_t taken = lines.size() + 1; // the link
        all = batteryLines(report, {width, height > taken + 2 ? height - taken : 2, style.first});
    }
    append(lines, std::move(all.lines));
    if (fits)
        lines.emplace_back();
    lines.push_back(linkLine(health));
    if (height > 0 && lines.size() > height)
        lines.resize(height);
    return {textOf(lines, style), all.first, all.shown};
}

} // namespace busbar
