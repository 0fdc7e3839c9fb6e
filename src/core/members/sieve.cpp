// SPDX-License-Identifier: MIT
// Readings against the battery's own cells, charge voltage and past.
#include "core/members/sieve.hpp"

#include "core/limits/limit.hpp"
#include "core/limits/preset.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace busbar {

namespace {

/// Drivers poll their BMS every 1 to 5 s, so this is two bad answers of the slowest.
constexpr auto kHoldOver = std::chrono::seconds(10);

/// Less is no voltage: a sleeping BMS reads 0.00 V. No cell of any chemistry is that empty.
constexpr double kLeast_V = 1.0;
/// Between what a BMS measures at its terminals and the sum of its cells: cables and switches take
/// 1 or 2 % at full load.
constexpr double kOfCells = 0.1;
/// One that leaves the sum by more than this is not believed until it has lasted: the guard would
/// throw it out, and of two both.
constexpr double kSuddenOfCells = 0.02;
constexpr double kOfCells_V = 0.5;
/// Cells that are real: from deeply discharged LTO to overcharged NMC.
constexpr double kRealCellFrom_V = 0.8;
constexpr double kRealCellTo_V = 5.0;
/// Two values of one report that come one after the other.
constexpr double kSameCell_V = 0.01;
/// Between empty and full, lithium chemistries span 0.6 (LTO) to 0.7 of their charge voltage; that
/// much of it speaks for a voltage, …
constexpr double kOwnFrom = 0.55;
constexpr double kOwnTo = 1.15;
/// … and so little or so much against it, even where no cell is known.
constexpr double kForeignBelow = 0.35;
constexpr double kForeignAbove = 2.5;
/// Part by which no bus voltage changes between two readings: a load of 1C moves it by 5 %.
constexpr double kLeap = 0.15;
/// °C by which no battery's temperature changes within seconds.
constexpr double kLeap_C = 25.0;
/// A state of charge that leaps to one of its ends.
constexpr double kEmpty_pct = 1.0;
constexpr double kFull_pct = 99.0;
constexpr double kLeap_pct = 20.0;
/// At rest no cell of any chemistry is empty above this, V.
constexpr double kNeverEmpty_V = 3.3;

constexpr RowIndex kSieveVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kSieveSoc = row("/Soc");
constexpr RowIndex kSieveInstalled = row("/InstalledCapacity");

constexpr auto kSieved = [] {
    constexpr auto kIsSieved = [](const Row& r) { return r.onOdd == OnOdd::HoldOver; };
    std::array<RowIndex, static_cast<std::size_t>(std::ranges::count_if(kRows, kIsSieved))> rows{};
    std::size_t n = 0;
    for (std::size_t i = 0; i < kRowCount; ++i)
        if (kIsSieved(kRows[i]))
            rows.at(n++) = static_cast<RowIndex>(i);
    return rows;
}();

struct CellSpan {
    double low = 0.0;
    double high = 0.0;
};

/// What its cells say that its voltage is, V; nothing where they do not say it or are odd
/// themselves.
std::optional<CellSpan> spanOfCells(const Battery& battery) {
    const std::size_t count = cellCount(battery);
    double sum_V = 0.0;
    bool isComplete = count > 1 && !battery.hasOldCells;
    for (std::size_t n = 0; n < count && isComplete; ++n) {
        const auto cell_V = battery.cells[n].value.number();
        isComplete = cell_V && isRealCell(*cell_V);
        sum_V += cell_V.value_or(0.0);
    }
    if (isComplete)
        return CellSpan{sum_V, sum_V};
    const auto low_V = numberOf(battery, row("/System/MinCellVoltage"));
    const auto high_V = numberOf(battery, row("/System/MaxCellVoltage"));
    const auto cells = numberOf(battery, row("/System/NrOfCellsPerBattery"));
    if (!low_V || !high_V || !isRealCell(*low_V) || !isRealCell(*high_V) || !cells || *cells < 2.0)
        return std::nullopt;
    return CellSpan{*cells * *low_V, *cells * *high_V};
}

bool isWithin(double value, const CellSpan& span, double part) {
    const double band = part * span.high + kOfCells_V;
    return value >= span.low - band && value <= span.high + band;
}

std::string sumText(const CellSpan& cells) {
    return "its cells add up to " + displayText(Quantity::Voltage, (cells.low + cells.high) / 2.0);
}

/// It leaves the sum of its cells, at which it was before; empty = it does not.
std::string departureOf(const Battery& battery, double voltage_V, double before_V) {
    const auto cells = spanOfCells(battery);
    return cells && !isWithin(voltage_V, *cells, kSuddenOfCells) &&
                   isWithin(before_V, *cells, kSuddenOfCells)
               ? sumText(*cells)
               : "";
}

/// Why it cannot be the voltage of this battery; empty = it can. One witness is not enough where
/// another speaks for it: a driver may show half of the cells, or a charge voltage of its owner's.
std::string contradictionOf(const Battery& battery, double voltage_V) {
    if (voltage_V < kLeast_V)
        return "is no voltage";
    const double charge_V = numberOf(battery, row("/Info/MaxChargeVoltage")).value_or(0.0);
    const bool isAtCharge = voltage_V >= kOwnFrom * charge_V && voltage_V <= kOwnTo * charge_V;
    const auto cells = spanOfCells(battery);
    if (cells && !isWithin(voltage_V, *cells, kOfCells))
        return isAtCharge ? "" : sumText(*cells);
    const bool isForeign = charge_V > 0.0 && (voltage_V < kForeignBelow * charge_V ||
                                              voltage_V > kForeignAbove * charge_V);
    return isForeign && !cells
               ? "its charge voltage limit is " + displayText(Quantity::Voltage, charge_V)
               : "";
}

/// The values that go with its chemistry, as far as that can be told from its own charge voltage.
PresetValues chemistryOf(const Battery& battery) {
    const auto charge_V = numberOf(battery, row("/Info/MaxChargeVoltage"));
    const auto given = numberOf(battery, row("/System/NrOfCellsPerBattery"));
    const double cells = given.value_or(static_cast<double>(cellCount(battery)));
    return charge_V && cells >= 1.0 ? presetValues(presetFor(*charge_V / cells)) : PresetValues();
}

std::optional<double> lowestCell_V(const Battery& battery) {
    auto lowest_V = numberOf(battery, row("/System/MinCellVoltage"));
    if (lowest_V || lacksCell(battery))
        return lowest_V;
    for (std::size_t n = 0; n < cellCount(battery); ++n)
        lowest_V = smaller(lowest_V, battery.cells[n].value.number());
    return lowest_V;
}

/// Empty with healthy cells, or full with empty ones.
std::string contradictionOfSoc(const Battery& battery, double soc_pct) {
    if (soc_pct >= kEmpty_pct && soc_pct < kFull_pct)
        return {};
    const auto low_V = lowestCell_V(battery);
    if (!low_V || (soc_pct >= kFull_pct && *low_V > kNeverEmpty_V))
        return {};
    const PresetValues chemistry = chemistryOf(battery);
    const bool isHealthy = chemistry.comfortCell_V && *low_V >= *chemistry.comfortCell_V;
    const bool isEmpty = chemistry.emptyCell_V && *low_V <= *chemistry.emptyCell_V;
    if (soc_pct < kEmpty_pct ? !isHealthy : !isEmpty)
        return {};
    return "its lowest cell is at " + displayText(Quantity::CellVoltage, *low_V);
}

/// A highest cell of 0 V, or below the lowest, would switch off what looks after high cells.
std::string contradictionOfHighest(const Battery& battery, double highest_V) {
    if (highest_V < kRealCellFrom_V)
        return "is no cell's voltage";
    const auto low_V = numberOf(battery, row("/System/MinCellVoltage"));
    return low_V && highest_V < *low_V - kSameCell_V
               ? "its lowest cell is at " + displayText(Quantity::CellVoltage, *low_V)
               : "";
}

/// A lowest cell of 0 V where the others alone cannot give the voltage that there is: a BMS that
/// starts. One that is really that low lacks in the voltage, and acts at once.
std::string contradictionOfLowest(const Battery& battery, double lowest_V) {
    const auto high_V = numberOf(battery, row("/System/MaxCellVoltage"));
    const auto voltage_V = numberOf(battery, kSieveVoltage);
    const auto given = numberOf(battery, row("/System/NrOfCellsPerBattery"));
    const double cells = given.value_or(static_cast<double>(cellCount(battery)));
    if (lowest_V >= kRealCellFrom_V || !high_V || !voltage_V || cells < 2.0)
        return {};
    const double most_V = (cells - 1.0) * *high_V + lowest_V;
    return *voltage_V - most_V > kSuddenOfCells * *voltage_V + kOfCells_V
               ? "its voltage is " + displayText(Quantity::Voltage, *voltage_V)
               : "";
}

/// Nothing installed, or nothing left in a battery that is not empty: the driver does not know it,
/// and a bank's sum would be one of the others alone.
std::string contradictionOfCharge(const Battery& battery, RowIndex index, double charge_Ah) {
    if (charge_Ah > 0.0)
        return {};
    if (index == kSieveInstalled)
        return "is no capacity";
    const auto soc_pct = numberOf(battery, kSieveSoc);
    return soc_pct && *soc_pct >= kEmpty_pct
               ? "its state of charge is " + displayText(Quantity::Percent, *soc_pct)
               : "";
}

bool isLeap(RowIndex index, double value, double before) {
    const double leap = std::abs(value - before);
    if (index == kSieveVoltage)
        return leap > kLeap * std::max(std::abs(value), std::abs(before));
    if (index == kSieveSoc)
        return leap > kLeap_pct && (value < kEmpty_pct || value >= kFull_pct);
    return kRows.at(index).quantity == Quantity::Temperature && leap > kLeap_C;
}

struct Opinion {
    std::string why;     ///< empty = believed
    bool isOnlySudden{}; ///< believed when it lasts
};

Opinion lookAt(const Battery& battery, RowIndex index, const std::optional<double>& good) {
    const auto value = numberOf(battery, index);
    if (!value)
        return {};
    std::string why;
    if (index == kSieveVoltage)
        why = contradictionOf(battery, *value);
    else if (index == kSieveSoc)
        why = contradictionOfSoc(battery, *value);
    else if (index == row("/System/MaxCellVoltage"))
        why = contradictionOfHighest(battery, *value);
    else if (index == row("/System/MinCellVoltage"))
        why = contradictionOfLowest(battery, *value);
    else if (index == row("/Voltages/Sum"))
        why = *value < kLeast_V ? "is no voltage" : "";
    else if (index == kSieveInstalled || index == row("/Capacity"))
        why = contradictionOfCharge(battery, index, *value);
    if (!why.empty())
        return {std::move(why), false};
    if (!good || battery.lost)
        return {};
    if (index == kSieveVoltage)
        why = departureOf(battery, *value, *good);
    if (!why.empty())
        return {std::move(why), true};
    if (isLeap(index, *value, *good))
        return {"it was " + displayText(kRows.at(index).quantity, *good), true};
    return {};
}

std::vector<Doubt>::iterator findDoubt(Battery& battery, RowIndex index) {
    return std::ranges::find(battery.sieve.doubts, index, &Doubt::index);
}

/// For a while the last good value; then none.
void showInstead(Battery& battery, Doubt& doubt, const std::optional<double>& good,
                 const Now& now) {
    Slot& slot = battery.slots.at(doubt.index);
    doubt.isHeldOver = good && !battery.left && now.steady - doubt.since < kHoldOver;
    slot.value = doubt.isHeldOver ? Value(*good) : Value();
    if (doubt.isHeldOver || !good)
        return;
    slot.held = *good;
    battery.hasHeld = true;
}

void siftOne(Battery& battery, RowIndex index, std::optional<double>& good, const Now& now) {
    const auto known = findDoubt(battery, index);
    const bool isKnown = known != battery.sieve.doubts.end();
    Opinion finding = lookAt(battery, index, good);
    if (finding.why.empty() && isKnown && known->isOdd && now.steady - known->since < kHoldOver)
        finding.why = known->why; // nothing else came since
    if (finding.isOnlySudden && isKnown && now.steady - known->since >= kHoldOver)
        finding.why.clear();
    if (finding.why.empty()) {
        if (isKnown)
            battery.sieve.doubts.erase(known);
        good = numberOf(battery, index);
        return;
    }
    if (!isKnown)
        battery.sieve.doubts.push_back({index, battery.slot(index).value, now.steady, "", false});
    Doubt& doubt = isKnown ? *known : battery.sieve.doubts.back();
    doubt.why = std::move(finding.why);
    showInstead(battery, doubt, good, now);
}

/// A driver that starts says 0 of its switches before it has read its BMS. Until there is a voltage
/// or a current, and not for long, what they were stands.
bool isUnread(const Battery& battery, RowIndex index, const Now& now) {
    return battery.lost && battery.appearedLive && numberOf(battery, index) == 0.0 &&
           !battery.slot(kSieveVoltage).value.isKnown() &&
           !battery.slot(row("/Dc/0/Current")).value.isKnown() &&
           now.steady - battery.appeared < kHoldOver;
}

void siftSwitch(Battery& battery, RowIndex index, const Now& now) {
    const auto known = findDoubt(battery, index);
    const bool isKnown = known != battery.sieve.doubts.end();
    if (!isUnread(battery, index, now)) {
        if (isKnown)
            battery.sieve.doubts.erase(known);
        return;
    }
    Slot& slot = battery.slots.at(index);
    if (!isKnown)
        battery.sieve.doubts.push_back(
            {index, slot.value, now.steady, "its BMS is not read yet", false});
    slot.value = {};
}

} // namespace

bool isRealCell(double cell_V) {
    return cell_V >= kRealCellFrom_V && cell_V <= kRealCellTo_V;
}

void noteArrival(Battery& battery, RowIndex index, const Value& value, bool isOdd, const Now& now) {
    const bool isSieved = kRows.at(index).onOdd == OnOdd::HoldOver;
    const auto known = findDoubt(battery, index);
    if (known != battery.sieve.doubts.end()) {
        known->said = value;
        known->isOdd = isOdd;
    } else if (isSieved && isOdd) {
        battery.sieve.doubts.push_back({index, value, now.steady, "no value of this path", true});
    }
}

const Value& saidOf(const Battery& battery, RowIndex index) {
    const auto known = std::ranges::find(battery.sieve.doubts, index, &Doubt::index);
    return known == battery.sieve.doubts.end() ? battery.slot(index).value : known->said;
}

bool sift(Battery& battery, const Now& now) {
    auto& doubts = battery.sieve.doubts;
    std::erase_if(doubts, [&](const Doubt& doubt) { return !battery.slot(doubt.index).present; });
    std::vector<std::pair<RowIndex, Value>> shown;
    for (const Doubt& doubt : doubts) {
        shown.emplace_back(doubt.index, battery.slot(doubt.index).value);
        battery.slots.at(doubt.index).value = doubt.said;
    }
    battery.sieve.good.resize(kSieved.size());
    for (std::size_t i = 0; i < kSieved.size(); ++i)
        siftOne(battery, kSieved[i], battery.sieve.good[i], now);
    for (const RowIndex index : {row("/Io/AllowToCharge"), row("/Io/AllowToDischarge")})
        siftSwitch(battery, index, now);
    return std::ranges::any_of(
        shown, [&battery](const auto& one) { return battery.slot(one.first).value != one.second; });
}

void forgetGood(Battery& battery) {
    battery.sieve = {};
}

bool isHeldOver(const Battery& battery) {
    return std::ranges::any_of(battery.sieve.doubts, &Doubt::isHeldOver);
}

std::string doubtText(const Battery& battery) {
    std::string text;
    for (const Doubt& doubt : battery.sieve.doubts) {
        const Row& r = kRows.at(doubt.index);
        const auto number = doubt.said.number();
        text += (text.empty() ? "" : "; ") + std::string(r.path) +
                (number ? " " + displayText(r.quantity, *number) : std::string()) +
                " not believed: " + doubt.why;
    }
    return text;
}

} // namespace busbar
