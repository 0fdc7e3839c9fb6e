// SPDX-License-Identifier: MIT
// A GX for people.
#include "app/commands/discovery.hpp"
#include "app/view/text_table.hpp"
#include "app/view/text_width.hpp"

namespace busbar {

namespace {

constexpr std::size_t kLeftColumns = 6; ///< instance and texts
constexpr std::size_t kBehindName = 2;  ///< where it says whether it takes part

std::string foundCellText(Quantity quantity, const Value& value) {
    return value.isKnown() ? displayText(quantity, value) : "";
}

std::string takesPartText(const FoundBattery& battery) {
    if (battery.maybeSum)
        return "not decided";
    return battery.reason == OutReason::None ? "yes" : "no: " + std::string(toText(battery.reason));
}

std::string batteryTable(const std::vector<FoundBattery>& batteries) {
    std::vector<std::vector<std::string>> rows(1);
    for (const FoundColumn& column : kBatteryColumns)
        rows.front().emplace_back(column.head);
    rows.front().insert(rows.front().begin() + kBehindName, "Takes part");
    for (const FoundBattery& battery : batteries) {
        auto& row = rows.emplace_back();
        for (std::size_t i = 0; i < kBatteryColumns.size(); ++i)
            row.push_back(foundCellText(kBatteryColumns.at(i).quantity, battery.values.at(i)));
        row.insert(row.begin() + kBehindName, takesPartText(battery));
    }
    return tableText(rows, kLeftColumns);
}

std::string sumText(const FoundBattery& battery) {
    if (battery.reason != OutReason::Aggregate)
        return {};
    std::string text;
    for (const std::string& part : battery.sums)
        text += (text.empty() ? "; it seems to sum " : " + ") + part;
    return text.empty() ? "; which it sums cannot be told from one look" : text;
}

/// Why it takes no part, and what to do.
std::string noteText(const FoundBattery& battery) {
    if (battery.reason == OutReason::None)
        return {};
    if (battery.maybeSum)
        return "  " + battery.name() + ": " + battery.detail + ", mostly within minutes\n";
    const OutReasonRow& why = rowOf(battery.reason);
    return "  " + battery.name() + " would take no part: " + std::string(why.meaning) +
           (battery.detail.empty() ? "" : " (" + battery.detail + ")") + sumText(battery) +
           (why.remedy.empty() ? "" : "; ") + std::string(why.remedy) + "\n";
}

std::string deviceText(const std::vector<FoundDevice>& devices) {
    std::string text;
    for (const FoundDevice& device : devices)
        text += (text.empty() ? "\n  Also on the DC side: " : ", ") + device.name +
                (device.current_A ? " " + displayText(Quantity::Current, *device.current_A) : "");
    return text.empty() ? "" : text + "\n";
}

std::string settingText(const Discovery& found) {
    std::vector<std::vector<std::string>> rows;
    for (const FoundSetting& setting : found.settings)
        if (!setting.text.empty())
            rows.push_back({std::string(setting.label), setting.text});
    std::string text = rows.empty() ? "" : "\n" + tableText(rows, 2);
    if (!found.obeys.empty())
        text += "  On this GX, " + found.obeys + ".\n";
    return text;
}

std::string adviceText(const Discovery& found) {
    std::string text;
    for (const Advice& advice : found.advice)
        text += "  * " + advice.text + "\n";
    for (const FoundBattery& battery : found.batteries)
        if (battery.isInstanceTooHigh)
            text += "  * " + battery.name() +
                    " has an instance above 247, out of reach for Modbus TCP\n";
    return text.empty() ? "" : "\n  What to do:\n" + text;
}

std::string brokenText(const Discovery& found) {
    const ChainFinding* broken = firstBroken(found.chain);
    if (broken == nullptr)
        return {};
    return "  " + std::string(toText(broken->link)) + ": " + broken->what +
           (broken->remedy.empty() ? "" : "\n  what to do: " + broken->remedy) + "\n";
}

} // namespace

std::string discoveryText(const Discovery& found) {
    std::string text;
    if (!found.portalId.empty())
        text += "GX " + harmless(found.portalId) + "\n\n";
    if (!found.isComplete || found.batteries.empty())
        return text + brokenText(found) + deviceText(found.devices) + settingText(found);
    text += batteryTable(found.batteries);
    std::string notes;
    for (const FoundBattery& battery : found.batteries)
        notes += noteText(battery);
    text += (notes.empty() ? "" : "\n") + notes;
    return text + deviceText(found.devices) + settingText(found) + adviceText(found);
}

} // namespace busbar
