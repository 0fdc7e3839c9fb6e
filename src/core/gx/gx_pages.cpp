// SPDX-License-Identifier: MIT
// Paths and values of the pages.
#include "core/gx/gx_pages.hpp"

#include "core/alarm_settings.hpp"
#include "core/members/member.hpp"
#include "core/members/membership.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace busbar {

namespace {

using Kind = ExtrasLayout::Kind;
using Shape = ExtrasLayout::Shape;
using Source = ExtrasLayout::Source;

/// A range of values of a path that means something to the page.
struct StatusBit {
    RowIndex index;
    double lowest;
    double highest;
    unsigned bit;
};

// clang-format off
// dbus/VENUS.md: bits of /Battery/<n>/Status (ATC = allowed to charge, ATD = allowed to discharge). Bit 7, an error of a cell,
// has no path of a battery service that says just that.
constexpr std::array kStatusBits = {
    StatusBit{row("/Balancer/Status"),              1, 1,  0}, // balanced
    StatusBit{row("/Balancer/Status"),              3, 3,  1}, // imbalance
    StatusBit{row("/Alarms/CellImbalance"),         1, 2,  1},
    StatusBit{row("/Balancer/Status"),              2, 2,  2}, // balancing
    StatusBit{row("/Balancing"),                    1, 1,  2},
    StatusBit{row("/Alarms/HighVoltage"),           1, 2,  3},
    StatusBit{row("/Alarms/LowVoltage"),            1, 2,  4},
    StatusBit{row("/Alarms/LowChargeTemperature"),  1, 2,  5},
    StatusBit{row("/Alarms/HighChargeTemperature"), 1, 2,  6},
    StatusBit{row("/Alarms/HighTemperature"),       1, 2,  8},
    StatusBit{row("/Alarms/HighCellVoltage"),       1, 2,  9},
    StatusBit{row("/Alarms/FirmwareUpdateFailure"), 1, 2, 10},
    StatusBit{row("/Alarms/HighChargeCurrent"),     1, 1, 11},
    StatusBit{row("/Alarms/HighChargeCurrent"),     2, 2, 12},
    StatusBit{row("/Alarms/HighDischargeCurrent"),  1, 1, 13},
    StatusBit{row("/Alarms/HighDischargeCurrent"),  2, 2, 14},
    StatusBit{row("/Alarms/LowCellVoltage"),        1, 2, 15},
    StatusBit{row("/Alarms/LowTemperature"),        1, 2, 16},
};
// clang-format on
constexpr unsigned kImbalance = 1;
constexpr unsigned kBalanced = 0;

/// A path below /Battery/<n>.
struct PagePath {
    std::string_view name;
    Quantity quantity;
    Kind kind;
    RowIndex index{0};
};

constexpr std::array kPagePaths = {
    PagePath{"/Serial", Quantity::Text, Kind::Serial},
    PagePath{"/Capacity", Quantity::Charge, Kind::Capacity},
    PagePath{"/Status", Quantity::Hex, Kind::Status},
    PagePath{"/FwVersion", Quantity::Text, Kind::Row, row("/FirmwareVersion")},
    PagePath{"/Voltage", Quantity::Voltage, Kind::Row, row("/Dc/0/Voltage")},
    PagePath{"/Current", Quantity::Current, Kind::Row, row("/Dc/0/Current")},
    PagePath{"/Soc", Quantity::Percent, Kind::Row, row("/Soc")}, // for our own page
    PagePath{"/Temperature", Quantity::Temperature, Kind::Row, row("/Dc/0/Temperature")},
};

constexpr std::string_view kAlarms = "/Alarms/";

consteval std::size_t countAlarms() {
    return static_cast<std::size_t>(
        std::ranges::count_if(kRows, [](const Row& r) { return r.path.starts_with(kAlarms); }));
}

consteval auto findAlarms() {
    std::array<RowIndex, countAlarms()> alarms{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < kRowCount; ++i)
        if (kRows.at(i).path.starts_with(kAlarms))
            alarms.at(count++) = static_cast<RowIndex>(i);
    return alarms;
}

constexpr auto kAlarmRows = findAlarms();
static_assert(kAlarmRows.size() <= 64, "ExtrasLayout::Shape has a bit for each");

constexpr RowIndex kCable = row("/Alarms/BmsCable");
constexpr double kAlarmWarning = 1.0;

bool shouldBeMember(const Verdict& verdict) {
    return !isForeign(verdict);
}

/// What it says can be believed, whether it takes part or not.
bool isReadable(const Verdict& verdict) {
    if (verdict.takesPart)
        return true;
    return verdict.battery != nullptr && !verdict.battery->lost &&
           verdict.reason != OutReason::Frozen && verdict.reason != OutReason::Duplicate;
}

/// The cable's is always there: it says that a battery was lost.
std::uint64_t alarmsOf(const Unit* battery) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < kAlarmRows.size(); ++i) {
        const bool isThere = battery != nullptr && battery->slot(kAlarmRows.at(i)).present;
        if (isThere || kAlarmRows.at(i) == kCable)
            bits |= std::uint64_t{1} << i;
    }
    return bits;
}

std::size_t cellsOf(const Verdict& verdict) {
    return verdict.battery == nullptr ? 0 : cellCount(*verdict.battery);
}

std::vector<Shape> shapesOf(const ExtrasInput& input) {
    std::vector<Shape> shapes;
    std::size_t pages = 0;
    for (std::size_t i = 0; i < input.verdicts.size(); ++i) {
        const Verdict& verdict = input.verdicts[i];
        Shape shape;
        shape.verdict = i;
        shape.cells = cellsOf(verdict);
        shape.hasPage = input.settings.gxPages && shouldBeMember(verdict) && pages < kMostPages;
        shape.namesCells = input.settings.publishCells && verdict.takesPart;
        if (shape.hasPage && pages++ < kAlarmPages)
            shape.alarms = alarmsOf(verdict.battery);
        if (shape.hasPage || shape.namesCells)
            shapes.push_back(shape);
    }
    return shapes;
}

struct Entry {
    Item item;
    Source source;
};
using Entries = std::vector<Entry>;

void addPage(Entries& entries, const Shape& shape, std::size_t number) {
    const std::string base = "/Battery/" + std::to_string(number);
    for (const PagePath& path : kPagePaths)
        entries.push_back({{base + std::string(path.name), path.quantity, {}},
                           {shape.verdict, path.kind, path.index, static_cast<int>(number)}});
    for (std::size_t n = 0; n < shape.cells; ++n)
        entries.push_back(
            {{base + "/Cell/" + std::to_string(n + 1) + "/Voltage", Quantity::CellVoltage, {}},
             {shape.verdict, Kind::Cell, static_cast<std::uint16_t>(n), static_cast<int>(number)}});
}

void addAlarmPage(Entries& entries, const Shape& shape, const std::string& name,
                  std::size_t number) {
    const std::string base = "/Diagnostics/Module" + std::to_string(number);
    entries.push_back({{base + "/Id", Quantity::Text, name}, {shape.verdict, Kind::Fixed, 0}});
    for (std::size_t i = 0; i < kAlarmRows.size(); ++i)
        if ((shape.alarms >> i & 1U) != 0)
            entries.push_back(
                {{base + std::string(kRows.at(kAlarmRows.at(i)).path), Quantity::Alarm, {}},
                 {shape.verdict, Kind::Alarm, kAlarmRows.at(i)}});
}

void addNamedCells(Entries& entries, const Shape& shape, const std::string& name) {
    for (std::size_t n = 0; n < shape.cells; ++n)
        entries.push_back(
            {{"/Voltages/" + name + "_Cell" + std::to_string(n + 1), Quantity::CellVoltage, {}},
             {shape.verdict, Kind::Cell, static_cast<std::uint16_t>(n)}});
}

Entries entriesOf(const std::vector<Shape>& shapes, const ExtrasInput& input) {
    Entries entries;
    std::size_t pages = 0;
    for (const Shape& shape : shapes) {
        const RosterEntry& entry = *input.verdicts.at(shape.verdict).entry;
        if (shape.hasPage)
            addPage(entries, shape, ++pages);
        if (shape.alarms != 0)
            addAlarmPage(entries, shape, entry.name, pages - 1);
        if (shape.namesCells)
            addNamedCells(entries, shape, entry.pathName);
    }
    if (pages > 0)
        entries.push_back(
            {{std::string(kPageRequest), Quantity::Count, 1.0, static_cast<int>(pages)}, {}});
    if (input.hasTemperature)
        entries.push_back({{"/Settings/HasTemperature", Quantity::Flag, 1.0}, {}});
    return entries;
}

void makeAnew(ExtrasLayout& layout, std::vector<Shape> shapes, const ExtrasInput& input,
              std::vector<Item>& extras) {
    Entries entries = entriesOf(shapes, input);
    std::ranges::sort(entries, {},
                      [](const Entry& entry) -> const std::string& { return entry.item.path; });
    layout.shapes = std::move(shapes);
    layout.hasTemperature = input.hasTemperature;
    layout.sources.clear();
    extras.clear();
    for (Entry& entry : entries) {
        layout.sources.push_back(entry.source);
        extras.push_back(std::move(entry.item));
    }
}

Value serialOf(const Verdict& verdict) {
    const auto serial =
        verdict.battery == nullptr ? std::string_view() : textOf(*verdict.battery, row("/Serial"));
    return serial.empty() ? Value() : Value(std::string(serial));
}

/// Also what membership found out, which the battery itself cannot say.
Value alarmOf(const Verdict& verdict, const Member* member, RowIndex index) {
    const Value* own = member == nullptr ? nullptr : member->value(index);
    if (index != kCable)
        return own == nullptr ? Value() : *own;
    const double said = own == nullptr ? 0.0 : own->number().value_or(0.0);
    return std::max(said, !verdict.takesPart && isLoss(verdict.reason) ? kAlarmWarning : 0.0);
}

Value valueOf(const Source& source, const Verdict& verdict, const Member* member,
              const AlarmSettings& alarms) {
    if (source.kind == Kind::Serial)
        return serialOf(verdict);
    if (source.kind == Kind::Alarm)
        return alarmOf(verdict, member, source.index);
    if (member == nullptr)
        return {};
    if (source.kind == Kind::Capacity)
        return member->nominalCapacity_Ah();
    if (source.kind == Kind::Status)
        return statusBits(*member, alarms);
    if (source.kind == Kind::Cell)
        return member->cell_V(source.index);
    const Value* own = member->value(source.index);
    return own == nullptr ? Value() : *own;
}

/// One per verdict; null where nothing can be read.
struct ReadableMembers {
    std::deque<Member> members;
    std::vector<const Member*> byVerdict;
};

void read(ReadableMembers& readable, const ExtrasLayout& layout, const ExtrasInput& input) {
    readable.byVerdict.resize(input.verdicts.size());
    for (const Shape& shape : *layout.shapes) {
        const Verdict& verdict = input.verdicts.at(shape.verdict);
        if (isReadable(verdict))
            readable.byVerdict.at(shape.verdict) = &readable.members.emplace_back(
                *verdict.battery, *verdict.entry, verdict.takesPart && verdict.held);
    }
}

/// As before. Who cannot be read any more must not look as if.
bool isAsReadable(ExtrasLayout& layout, const ReadableMembers& readable) {
    std::vector<bool> now(readable.byVerdict.size());
    for (std::size_t i = 0; i < now.size(); ++i)
        now[i] = readable.byVerdict[i] != nullptr;
    return std::exchange(layout.readable, now) == now;
}

bool isDue(const Source& source, const PagesDue& due) {
    if (source.page == 0 || source.page == due.shown)
        return true;
    if (!due.others || source.kind != Kind::Cell)
        return due.others;
    return due.cells == kCellTurns || source.page % kCellTurns == due.cells;
}

} // namespace

int pageCount(const std::vector<Verdict>& verdicts) {
    const auto count = std::ranges::count_if(verdicts, shouldBeMember);
    return static_cast<int>(std::min(static_cast<std::size_t>(count), kMostPages));
}

std::size_t mostCells(const std::vector<Verdict>& verdicts) {
    std::size_t most = 0;
    for (const Verdict& verdict : verdicts)
        if (shouldBeMember(verdict))
            most = std::max(most, cellsOf(verdict));
    return most;
}

double statusBits(const Member& member, const AlarmSettings& alarms) {
    unsigned bits = 0;
    for (const StatusBit& one : kStatusBits) {
        const auto value = member.number(one.index);
        if (value && *value >= one.lowest && *value <= one.highest)
            bits |= 1U << one.bit;
    }
    const auto highest_V = member.number(row("/System/MaxCellVoltage"));
    const auto lowest_V = member.number(row("/System/MinCellVoltage"));
    const bool isSpread = highest_V && lowest_V && alarms.cellSpreadWarning_V > 0.0 &&
                          *highest_V - *lowest_V >= alarms.cellSpreadWarning_V;
    if (isSpread)
        bits |= 1U << kImbalance;
    if ((bits & 1U << kImbalance) != 0)
        bits &= ~(1U << kBalanced);
    return bits;
}

void fillExtras(ExtrasLayout& layout, const ExtrasInput& input, std::vector<Item>& extras) {
    std::vector<Shape> shapes = shapesOf(input);
    const bool isSame = layout.shapes == shapes && layout.hasTemperature == input.hasTemperature &&
                        layout.sources.size() == extras.size();
    if (!isSame)
        makeAnew(layout, std::move(shapes), input, extras);
    ReadableMembers readable;
    read(readable, layout, input);
    const bool isAll = !isAsReadable(layout, readable) || !isSame;
    for (std::size_t i = 0; i < extras.size(); ++i) {
        const Source& source = layout.sources[i];
        if (source.kind == Kind::Fixed || !(isAll || isDue(source, input.due)))
            continue;
        const Value value = valueOf(source, input.verdicts[source.verdict],
                                    readable.byVerdict[source.verdict], input.settings.alarms);
        extras[i].value = rounded(extras[i].quantity, value);
    }
}

} // namespace busbar
