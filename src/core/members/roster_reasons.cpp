// SPDX-License-Identifier: MIT
// The reasons in their order.
#include "core/members/roster_reasons.hpp"

#include "core/made/made_key.hpp"
#include "core/members/membership_settings.hpp"
#include "core/members/sieve.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "core/units/readings.hpp"
#include "core/units/selector_match.hpp"

#include <algorithm>
#include <array>

namespace busbar {

namespace {

constexpr double kVendorTotalsId = 0xA3E3; // "Lynx Smart BMS Totals" of newer firmware
constexpr double kDabId = 0xBA44;          // dbus-aggregate-batteries

constexpr std::string_view kOurProcess = "busbar";
/// Process names (last path element) of programs that publish sums of other batteries.
constexpr std::array<std::string_view, 4> kAggregators = {
    kOurProcess, "dbus_parallel_bms.py", "dbus-aggregate-batteries.py", "battery_service.py"};

std::string_view lastElement(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool isOwnText(const BatteryTexts& texts, const OwnSerials& own) {
    return !texts.serial.empty() && std::ranges::find(own, texts.serial) != own.end();
}

bool isAggregate(const Battery& battery) {
    if (!textOf(battery, row("/NumberOfBmses")).empty())
        return true;
    const Value* product = battery.valueOf(battery.slot(row("/ProductId")), true);
    if (product != nullptr && (*product == Value(kVendorTotalsId) || *product == Value(kDabId)))
        return true;
    const auto process = lastElement(textOf(battery, row("/Mgmt/ProcessName")));
    return std::ranges::find(kAggregators, process) != kAggregators.end();
}

/// A BMS that sleeps says 0 V, of each cell, too.
bool saysCells(const Battery& battery) {
    return std::ranges::any_of(battery.cells,
                               [](const Slot& slot) { return slot.value.isKnown(); }) ||
           saidOf(battery, row("/System/MaxCellVoltage")).isKnown() ||
           saidOf(battery, row("/System/MinCellVoltage")).isKnown();
}

/// Also 0 V, of a battery that is disconnected.
bool saysVoltage(const Battery& battery) {
    constexpr RowIndex kMonitored = row("/Dc/0/Voltage");
    return battery.valueOf(battery.slot(kMonitored), true) != nullptr ||
           (saidOf(battery, kMonitored).isKnown() && !saysCells(battery));
}

/// It measures, and has never given a limit or a cell: virtual batteries have such paths without a
/// value, or with 0, for ever. One that gives no voltage either, or says that it is not joined,
/// waits for its BMS, and is missed.
bool isMonitor(const Battery& battery) {
    return !battery.hasBms && !battery.isJoining && !isNotJoined(battery) && saysVoltage(battery);
}

/// A monitor without BMS has neither limits nor cell data. One that was lost is what it was: it may
/// come back with its changes first.
bool isShunt(const Battery& battery) {
    const auto has = [&](RowIndex index) { return isThere(battery, battery.slot(index)); };
    if (isMonitor(battery))
        return true;
    return !has(row("/Info/MaxChargeVoltage")) && !has(row("/System/MaxCellVoltage")) &&
           !has(row("/System/MinCellVoltage")) && cellCount(battery) == 0;
}

/// A battery, and everybody whose instance it is: one, or two that share it.
struct Case {
    const Battery& battery;
    const MembershipSettings& settings;
    const OwnSerials& own;
    bool isDuplicate;
    bool isPart;                   ///< a made battery has it
    std::vector<BatteryTexts> all; ///< the one that is shown in front

    [[nodiscard]] bool isOwn(const BatteryTexts& texts) const { return isOwnText(texts, own); }
    /// Of a list nobody is taken yet, see selectFromList.
    [[nodiscard]] bool isExcluded(const BatteryTexts& texts) const {
        return !settings.takeAll ||
               std::ranges::any_of(settings.excluded, [&texts](const Selector& selector) {
                   return matches(selector, texts);
               });
    }
    /// Nobody of them is one of the bank's, whatever else is wrong with them.
    [[nodiscard]] bool areForeign() const {
        return (!isDuplicate || !battery.sharing->areMore) &&
               std::ranges::all_of(all, [this](const BatteryTexts& texts) {
                   return isOwn(texts) || isExcluded(texts);
               });
    }
};

Case caseOf(const Battery& battery, const Readings& readings, const MembershipSettings& settings,
            const OwnSerials& own) {
    Case one{battery,
             settings,
             own,
             readings.isDuplicate(battery),
             !readings.wholesOf(battery.instance).empty(),
             {textsOf(battery)}};
    if (one.isDuplicate)
        one.all.push_back(textsOfOther(battery));
    return one;
}

/// Which reason counts where several hold: the first. Who is none of the bank's is not missed,
/// whatever is wrong with it; so these come before the losses.
struct Precedence {
    OutReason reason;
    bool (*holds)(const Case&);
};
constexpr std::array kPrecedence = {
    Precedence{OutReason::OwnOutput,
               [](const Case& one) { return one.isOwn(one.all.front()) && one.areForeign(); }},
    Precedence{OutReason::Excluded, [](const Case& one) { return one.areForeign(); }},
    Precedence{OutReason::PartOf, [](const Case& one) { return one.isPart; }},
    // What is made is what the owner says that it is.
    Precedence{OutReason::None, [](const Case& one) { return isMade(one.battery.instance); }},
    // What two have said of this is mixed: a sum and a member look like a sum.
    Precedence{OutReason::Aggregate,
               [](const Case& one) { return !one.isDuplicate && isAggregate(one.battery); }},
    // Two that are mixed have the paths of both: none of them is more than a shunt.
    Precedence{OutReason::Shunt, [](const Case& one) { return isShunt(one.battery); }},
    Precedence{OutReason::Duplicate, [](const Case& one) { return one.isDuplicate; }},
};

} // namespace

OutReason reasonOf(const Battery& battery, const Readings& readings,
                   const MembershipSettings& settings, const OwnSerials& own) {
    const Case one = caseOf(battery, readings, settings, own);
    const auto* found = std::ranges::find_if(
        kPrecedence, [&one](const Precedence& line) { return line.holds(one); });
    return found == kPrecedence.end() ? OutReason::None : found->reason;
}

bool isOwnOutput(const Unit& unit, const OwnSerials& own) {
    const auto serial = textOf(unit, row("/Serial"));
    return !serial.empty() && std::ranges::find(own, serial) != own.end();
}

bool isABusbar(std::string_view process) {
    return lastElement(process) == kOurProcess;
}

} // namespace busbar
