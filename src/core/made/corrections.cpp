// SPDX-License-Identifier: MIT
// Corrections of batteries, replacements of the bank's values.
#include "core/made/corrections.hpp"

#include "core/made/correction_settings.hpp"
#include "core/members/membership.hpp"
#include "core/members/roster.hpp"
#include "core/members/roster_reasons.hpp"
#include "core/snapshot.hpp"
#include "core/table/named_rows.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "core/units/readings.hpp"
#include "core/units/selector_match.hpp"

#include <algorithm>
#include <array>

namespace busbar {

namespace {

/// Says who or what it is, or is worked out from the bank's own limits and stages.
bool isReplaceableRow(RowIndex index) {
    const Row& r = kRows.at(index);
    const bool isOfTheLimits = index == row("/Io/AllowToCharge") ||
                               index == row("/Io/AllowToDischarge") || index == row("/State") ||
                               index == row("/Connected");
    return r.rule != Rule::Fixed && r.rule != Rule::Input && !isOfTheLimits &&
           !rows::isLimit(index) && !(r.rule == Rule::Computed && r.quantity == Quantity::Text);
}

/// Beside its own limit, or the last that it gave: the smaller. Alone, where it never gave one.
/// None at all is a wish, at which no switch opens, unless the battery itself says so.
void holdLimit(Unit& unit, RowIndex index, const std::optional<double>& most) {
    if (!most)
        return;
    const auto own = lastNumberOf(unit, index);
    Slot& slot = unit.slots.at(index);
    slot.present = true;
    slot.value = own ? std::min(*own, *most) : *most;
    slot.isWish = slot.isWish || (*most <= 0.0 && own != 0.0);
}

/// What is left goes with what there is: the battery counts by a capacity that is wrong.
void setCapacity(Unit& unit, double capacity_Ah) {
    Slot& installed = unit.slots.at(row("/InstalledCapacity"));
    installed.present = true;
    installed.value = capacity_Ah;
    const Slot& soc = unit.slot(row("/Soc"));
    const auto leftOf = [capacity_Ah](const Value& soc_pct, double full_Ah) {
        const auto pct = soc_pct.number();
        return pct ? Value(capacity_Ah * *pct / 100.0 - full_Ah) : Value();
    };
    const auto follow = [&](RowIndex index, double full_Ah) {
        Slot& slot = unit.slots.at(index);
        slot.value = leftOf(soc.value, full_Ah);
        slot.held = leftOf(soc.held, full_Ah);
    };
    follow(row("/Capacity"), 0.0);
    follow(row("/ConsumedAmphours"), capacity_Ah);
}

void scale(Value& value, double factor) {
    if (const auto number = value.number())
        value = *number * factor;
}

bool wants(const Replacement& replacement, RowIndex index) {
    return replacement.paths.empty() ||
           std::ranges::find(replacement.paths, kRows.at(index).path) != replacement.paths.end();
}

/// The one battery that a selector picks, while it is heard.
const Battery* heard(const Selector& selector, const Services& services) {
    const Battery* found = nullptr;
    for (const auto& [key, battery] : services.readings.batteries()) {
        if (battery.left || !matches(selector, battery) || isOwnOutput(battery, services.own))
            continue;
        if (found != nullptr)
            return nullptr; // two: nobody knows which is meant
        found = &battery;
    }
    return found == nullptr || found->lost ? nullptr : found;
}

std::string nameOf(const Battery& battery, const Selector& selector) {
    const auto name = textOf(battery, row("/CustomName"));
    return name.empty() ? toText(selector) : std::string(name);
}

std::optional<Limit> limitFrom(const std::vector<Replacement>& replacements, RowIndex index,
                               const Services& services) {
    for (const Replacement& replacement : replacements) {
        const Battery* battery =
            wants(replacement, index) ? heard(replacement.match, services) : nullptr;
        const auto value = battery == nullptr ? std::nullopt : numberOf(*battery, index);
        if (value)
            return Limit{*value, Cause::Override, nameOf(*battery, replacement.match), ""};
    }
    return std::nullopt;
}

bool isGiven(RowIndex index, const std::vector<Verdict>& verdicts) {
    return std::ranges::any_of(verdicts, [index](const Verdict& verdict) {
        return verdict.takesPart && lastNumberOf(*verdict.battery, index).has_value();
    });
}

void replaceFrom(Snapshot& snapshot, const Replacement& replacement, const Services& services,
                 bool onlyUnknown) {
    const Battery* battery = heard(replacement.match, services);
    if (battery == nullptr)
        return;
    for (std::size_t i = 0; i < kRowCount; ++i) {
        const auto index = static_cast<RowIndex>(i);
        const Value& value = battery->slot(index).value;
        if (value.isKnown() && isReplaceableRow(index) && wants(replacement, index) &&
            (!onlyUnknown || !snapshot[index].isKnown()))
            snapshot[index] = value;
    }
}

} // namespace

bool isReplaceable(RowIndex index) {
    return rows::isLimit(index) || isReplaceableRow(index);
}

const BatteryCorrection* correctionOf(const Unit& unit,
                                      const std::vector<BatteryCorrection>& corrections) {
    const auto found =
        std::ranges::find_if(corrections, [&unit](const BatteryCorrection& correction) {
            return matches(correction.match, unit);
        });
    return found == corrections.end() ? nullptr : &*found;
}

void holdLimits(Unit& unit, const BatteryCorrection& correction) {
    holdLimit(unit, row("/Info/MaxChargeCurrent"), correction.maxCharge_A);
    holdLimit(unit, row("/Info/MaxDischargeCurrent"), correction.maxDischarge_A);
    holdLimit(unit, row("/Info/MaxChargeVoltage"), correction.maxCharge_V);
}

void correct(Unit& unit, const BatteryCorrection& correction) {
    const double factor =
        correction.invertsCurrent ? -correction.currentGain : correction.currentGain;
    for (const RowIndex index : {row("/Dc/0/Current"), row("/Dc/0/Power"), row("/CurrentAvg")}) {
        scale(unit.slots.at(index).value, factor);
        scale(unit.slots.at(index).held, factor);
    }
    if (unit.leap.steady_A)
        unit.leap.steady_A = *unit.leap.steady_A * factor;
    holdLimits(unit, correction);
    if (correction.capacity_Ah)
        setCapacity(unit, *correction.capacity_Ah);
}

void correct(std::vector<Verdict>& verdicts, CorrectedUnits& corrected,
             const std::vector<BatteryCorrection>& own,
             const std::vector<BatteryCorrection>& outer) {
    corrected.clear();
    if (own.empty() && outer.empty())
        return;
    for (Verdict& verdict : verdicts) {
        if (verdict.battery == nullptr)
            continue;
        const BatteryCorrection* found = correctionOf(*verdict.battery, own);
        if (found == nullptr)
            found = correctionOf(*verdict.battery, outer);
        if (found == nullptr)
            continue;
        Unit& unit = corrected.insert_or_assign(verdict.entry->readingsKey(), *verdict.battery)
                         .first->second;
        correct(unit, *found);
        verdict.battery = &unit;
        verdict.currentGain = found->currentGain;
    }
}

ReplacedLimits replacedLimits(const CorrectionSettings& settings, const Services& services,
                              const std::vector<Verdict>& verdicts) {
    if (settings.overrides.empty() && settings.fallbacks.empty())
        return {};
    std::array<std::optional<Limit>, rows::kLimits.size()> found;
    for (std::size_t i = 0; i < found.size(); ++i) {
        found.at(i) = limitFrom(settings.overrides, rows::kLimits.at(i), services);
        if (!found.at(i) && !isGiven(rows::kLimits.at(i), verdicts))
            found.at(i) = limitFrom(settings.fallbacks, rows::kLimits.at(i), services);
    }
    return {found[0], found[1], found[2]};
}

void replaceRows(Snapshot& snapshot, const CorrectionSettings& settings, const Services& services) {
    for (const Replacement& fallback : settings.fallbacks)
        replaceFrom(snapshot, fallback, services, true);
    // The first of the list wins, so it is written last.
    for (auto one = settings.overrides.rbegin(); one != settings.overrides.rend(); ++one)
        replaceFrom(snapshot, *one, services, false);
}

} // namespace busbar
