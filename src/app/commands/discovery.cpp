// SPDX-License-Identifier: MIT
// Takes from a site what a newcomer wants to know of a GX.
#include "app/commands/discovery.hpp"

#include "app/commands/sum_parts.hpp"
#include "app/run/site_run.hpp"
#include "app/view/text_width.hpp"
#include "core/bank.hpp"
#include "core/cycle/findings.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/gx/gx_advice.hpp"
#include "core/members/membership.hpp"
#include "core/members/roster_names.hpp"
#include "core/table/named_rows.hpp"
#include "core/units/selector.hpp"
#include "core/units/selector_match.hpp"

#include <algorithm>
#include <utility>

namespace busbar {

namespace {

/// A bank and the readings that its verdicts point into.
struct GxLook {
    CycleView view;
    const Readings& readings;
};

/// In the order of kBatteryColumns.
std::array<Value, kBatteryColumns.size()> valuesOf(const Unit& unit) {
    const BatteryTexts texts = textsOf(unit);
    const auto text = [](std::string_view one) {
        return one.empty() ? Value() : Value(std::string(one));
    };
    return {static_cast<double>(unit.instance),
            displayName(unit),
            text(texts.product),
            text(texts.serial),
            text(texts.connection),
            numberOf(unit, rows::kVoltage),
            numberOf(unit, rows::kCurrent),
            numberOf(unit, rows::kSoc),
            numberOf(unit, rows::kMaxChargeVoltage),
            numberOf(unit, rows::kMaxChargeCurrent),
            numberOf(unit, rows::kMaxDischargeCurrent)};
}

/// The surest selector that picks this battery alone: its serial, its name, its instance.
std::string selectorOf(const Unit& unit, const std::vector<Verdict>& all) {
    const BatteryTexts texts = textsOf(unit);
    const std::array<Selector, 3> wanted = {
        Selector{Selector::Kind::Serial, std::string(texts.serial)},
        Selector{Selector::Kind::Name, std::string(texts.name)},
        Selector{Selector::Kind::Instance, std::to_string(unit.instance)}};
    for (const Selector& one : wanted) {
        const auto picked = std::ranges::count_if(all, [&one](const Verdict& verdict) {
            return verdict.battery != nullptr && matches(one, *verdict.battery);
        });
        if (!one.text.empty() && picked == 1)
            return toText(one);
    }
    return {};
}

SumShare shareOf(const Unit& unit) {
    return {numberOf(unit, rows::kCurrent), numberOf(unit, rows::kInstalledCapacity)};
}

/// Of an aggregate of others.
std::vector<std::string> summedBy(const Unit& sum, const std::vector<Verdict>& all) {
    std::vector<SumShare> shares;
    std::vector<std::string> names;
    for (const Verdict& verdict : all)
        if (verdict.battery != nullptr && !isForeign(verdict)) {
            shares.push_back(shareOf(*verdict.battery));
            names.push_back(verdict.entry->name);
        }
    std::vector<std::string> parts;
    for (const std::size_t index :
         partsOfSum(shareOf(sum), shares).value_or(std::vector<std::size_t>()))
        parts.push_back(names.at(index));
    return parts;
}

FoundBattery foundBattery(const Verdict& verdict, const std::vector<Verdict>& all) {
    const Unit& unit = *verdict.battery;
    FoundBattery found{.values = valuesOf(unit), .reason = verdict.reason};
    found.maybeSum = verdict.maybeSum;
    found.detail = verdict.detail;
    found.isInstanceTooHigh = isInstanceTooHigh(unit.instance);
    found.selector = selectorOf(unit, all);
    if (verdict.reason == OutReason::Aggregate && !verdict.maybeSum)
        found.sums = summedBy(unit, all);
    return found;
}

std::string onOff(const std::optional<bool>& is) {
    return !is ? "" : *is ? "on" : "off";
}

/// A limit of the owner; `none` is the value that means that there is none.
std::string limitText(Quantity quantity, const std::optional<double>& value, double none) {
    return !value ? "" : *value == none ? "none" : displayText(quantity, *value);
}

std::string bmsText(const GxState& gx) {
    if (!gx.selectedBms)
        return {};
    return *gx.selectedBms == kAutoBms ? "automatic"
           : *gx.selectedBms == kNoBms ? "none"
                                       : "battery " + std::to_string(*gx.selectedBms);
}

std::vector<FoundSetting> settingsOf(const GxState& gx) {
    const std::optional<bool> feedIn =
        gx.overvoltageFeedIn ? std::optional(*gx.overvoltageFeedIn == 1.0) : std::nullopt;
    return {
        {"dvcc", "DVCC", onOff(gx.dvccSetting ? gx.dvccSetting : gx.dvcc)},
        {"battery_monitor", "Battery monitor", gx.selectedMonitor.value_or("")},
        {"controlling_bms", "Controlling BMS", bmsText(gx)},
        {"max_charge_A", "DVCC charge current limit",
         limitText(Quantity::Current, gx.shown.maxCharge_A, kNoCurrentLimit_A)},
        {"max_charge_V", "DVCC charge voltage limit",
         limitText(Quantity::Voltage, gx.shown.maxCharge_V, kNoVoltageLimit_V)},
        {"feed_in_excess", "DC-coupled feed-in", onOff(feedIn)},
        {"active_soc_limit_pct", "Active SoC limit",
         gx.activeSocLimit_pct ? displayText(Quantity::Percent, *gx.activeSocLimit_pct) : ""},
    };
}

/// The bank is not on this GX yet, so it cannot be selected; all else is said as if it were. Who
/// may be a sum is decided by changes of load, not by one look.
std::vector<Advice> adviceFor(const GxLook& look, const Now& now) {
    Reach reach = reachNow(look.view.surroundings, look.readings);
    reach.isIndirect = reach.isIndirect || !reach.isOnGx;
    std::vector<Advice> advice = adviceAtOnce(look.view, reach, look.readings, now);
    if (std::ranges::any_of(look.view.parts.verdicts, &Verdict::maybeSum))
        std::erase_if(advice,
                      [](const Advice& one) { return one.code == AdviceCode::DoubleCount; });
    return advice;
}

} // namespace

std::string FoundBattery::name() const {
    return harmless(*values.at(1).text()) + " (instance " +
           displayText(Quantity::Count, values.front()) + ")";
}

Discovery discoveryOf(SiteRun& site, const Now& now) {
    const mqtt::VenusSource& source = site.site().source();
    const Readings& readings = site.site().readings();
    Discovery found{.chain = chainToBatteries(chainFactsOf(site)),
                    .portalId = source.portalId(),
                    .portalsSeen = source.portalsSeen(),
                    .isComplete = readings.everComplete()};
    if (!found.isComplete)
        return found;
    const GxLook look{site.site().banks().front().view(), readings};
    const std::vector<Verdict>& verdicts = look.view.parts.verdicts;
    for (const Verdict& verdict : verdicts)
        if (verdict.battery != nullptr)
            found.batteries.push_back(foundBattery(verdict, verdicts));
    for (const auto& [key, device] : readings.plant())
        found.devices.push_back({describe(device), intoBusbar_A(device)});
    found.settings = settingsOf(readings.gx());
    found.obeys = whomItObeys({.readings = readings,
                               .ownSerials = look.view.surroundings.ownSerials,
                               .reach = reachNow(look.view.surroundings, readings)});
    found.advice = adviceFor(look, now);
    return found;
}

} // namespace busbar
