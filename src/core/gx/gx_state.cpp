// SPDX-License-Identifier: MIT
// Values of the GX's settings and states, with their "none" values.
#include "core/gx/gx_state.hpp"

#include "core/settings.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <cmath>

namespace busbar {

namespace {

// Ranges (dbus/VENUS.md): localsettings has −1 … 10000 A; Victron's highest DC bus is below the
// path table's 1000 V.
constexpr double kHighestInt32 = 2147483647.0; // an int32 on D-Bus
constexpr const Row& kCurrentRow = kRows[row("/Info/MaxChargeCurrent")];
constexpr const Row& kVoltageRow = kRows[row("/Info/MaxChargeVoltage")];

struct LimitForm {
    const Row& range;
    double none;
};
constexpr LimitForm kCurrentForm = {kCurrentRow, kNoCurrentLimit_A};
constexpr LimitForm kVoltageForm = {kVoltageRow, kNoVoltageLimit_V};

/// A limit of the owner, whose unknown and impossible values change nothing; what is shown is what
/// came.
bool takeLimit(std::optional<double>& limit, std::optional<double>& shown, const LimitForm& form,
               const Value& value) {
    const bool isNone = value == Value(form.none);
    const auto number = plausible(form.range, value).number();
    shown = isNone ? form.none : number;
    if (isNone || number)
        limit = isNone ? std::nullopt : number;
    return isNone || number || !value.isKnown();
}

std::optional<double> flagOf(const Value& value) {
    const auto number = value.number();
    return number == 0.0 || number == 1.0 ? number : std::nullopt;
}

bool takeFlag(std::optional<double>& flag, const Value& value) {
    flag = flagOf(value);
    return flag.has_value() == value.isKnown();
}

/// In the range of a row of batteries.
bool takeAs(RowIndex index, std::optional<double>& target, const Value& value) {
    target = plausible(kRows.at(index), value).number();
    return target.has_value() == value.isKnown();
}

bool takeTotal(GxTotals& totals, GxItem item, const Value& value) {
    switch (item) {
    case GxItem::TotalVoltage:
        return takeAs(row("/Dc/0/Voltage"), totals.voltage_V, value);
    case GxItem::TotalCurrent:
        return takeAs(row("/Dc/0/Current"), totals.current_A, value);
    case GxItem::TotalPower:
        return takeAs(row("/Dc/0/Power"), totals.power_W, value);
    case GxItem::TotalSoc:
        return takeAs(row("/Soc"), totals.soc_pct, value);
    case GxItem::TotalTemperature:
        return takeAs(row("/Dc/0/Temperature"), totals.temperature_C, value);
    case GxItem::TotalChargeVoltage:
        return takeAs(row("/Info/MaxChargeVoltage"), totals.chargeVoltage_V, value);
    default:
        return false;
    }
}

bool takeDvcc(GxState& state, const Value& value) {
    std::optional<double> flag;
    const bool isGood = takeFlag(flag, value);
    state.dvcc = flag ? std::optional(*flag == 1.0) : std::nullopt;
    return isGood;
}

bool takeWhole(std::optional<int>& target, double lowest, double highest, const Value& value) {
    const auto number = value.number();
    const bool isGood =
        number && *number >= lowest && *number <= highest && std::floor(*number) == *number;
    target = isGood ? std::optional(static_cast<int>(*number)) : std::nullopt;
    return isGood || !value.isKnown();
}

/// Bit 0: on, bit 1: forced (dbus/VENUS.md).
bool takeDvccSetting(GxState& state, const Value& value) {
    std::optional<int> bits;
    const bool isGood = takeWhole(bits, 0.0, 7.0, value);
    state.dvccSetting = bits ? std::optional(*bits % 2 == 1) : std::nullopt;
    return isGood;
}

bool takeName(std::optional<std::string>& target, const Value& value) {
    constexpr std::size_t kLongest = 255; // the D-Bus specification's for names
    const std::string* text = value.text();
    const bool isGood = text != nullptr && !text->empty() && text->size() <= kLongest;
    target = isGood ? std::optional(*text) : std::nullopt;
    return isGood || !value.isKnown();
}

} // namespace

SourceNeeds needsOf(const BankSettings& bank) {
    // What others measure is always needed: their voltage tells which of two batteries is wrong,
    // their current whether a lost one is off, and what shares are learned from.
    return {.plant = true,
            .gxLimits = true,
            .feedIn = bank.feedIn.mayWrite || bank.advice.isEnabled,
            .selection = bank.advice.isEnabled,
            .calendar = bank.limits.cvl.mode == CvlMode::Own && hasMonths(bank.limits.cvl)};
}

SourceNeeds operator|(const SourceNeeds& a, const SourceNeeds& b) {
    return {a.plant || b.plant,         a.gxLimits || b.gxLimits, a.feedIn || b.feedIn,
            a.selection || b.selection, a.calendar || b.calendar, a.totals || b.totals};
}

const GxTopic* findGxTopic(std::string_view type, std::string_view path) {
    const auto* found = std::ranges::find_if(
        kGxTopics, [&](const GxTopic& topic) { return topic.path == path && topic.type == type; });
    return found == kGxTopics.end() ? nullptr : found;
}

WireType wireOf(GxItem item) {
    switch (item) {
    case GxItem::MaxChargeVoltage:
    case GxItem::TotalVoltage:
    case GxItem::TotalCurrent:
    case GxItem::TotalPower:
    case GxItem::TotalSoc:
    case GxItem::TotalTemperature:
    case GxItem::TotalChargeVoltage:
        return WireType::Double;
    case GxItem::ActiveMonitor:
    case GxItem::SelectedMonitor:
    case GxItem::TimeZone:
        return WireType::Text;
    default:
        return WireType::Int;
    }
}

bool takeGx(GxState& state, GxItem item, const Value& value) {
    switch (item) {
    case GxItem::ActiveSocLimit:
        return takeAs(row("/Soc"), state.activeSocLimit_pct, value);
    case GxItem::Dvcc:
        return takeDvcc(state, value);
    case GxItem::MaxChargeCurrent:
        return takeLimit(state.maxCharge_A, state.shown.maxCharge_A, kCurrentForm, value);
    case GxItem::MaxChargeVoltage:
        return takeLimit(state.maxCharge_V, state.shown.maxCharge_V, kVoltageForm, value);
    case GxItem::FeedIn:
        return takeFlag(state.overvoltageFeedIn, value);
    case GxItem::DvccSetting:
        return takeDvccSetting(state, value);
    case GxItem::ActiveMonitor:
        return takeName(state.activeMonitor, value);
    case GxItem::SelectedMonitor:
        return takeName(state.selectedMonitor, value);
    case GxItem::ActiveBms:
        return takeWhole(state.activeBms, 0.0, kHighestInt32, value);
    case GxItem::SelectedBms:
        return takeWhole(state.selectedBms, kNoBms, kHighestInt32, value);
    case GxItem::TimeZone:
        return takeName(state.timeZone, value);
    default:
        return takeTotal(state.totals, item, value);
    }
}

} // namespace busbar
