// SPDX-License-Identifier: MIT
// Compares what a GX has selected with this bank, and words what differs.
#include "core/gx/gx_advice.hpp"

#include "core/gx/advice.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"

#include <algorithm>
#include <charconv>

namespace busbar {

namespace {

constexpr int kHighestInstance = 247; // Modbus' highest unit id
constexpr std::string_view kBatteryClass = "com.victronenergy.battery/";

// Menus of Venus 3.60 and later.
constexpr std::string_view kMonitorMenu = "Settings → System setup → Batteries → Battery monitor";
constexpr std::string_view kInstanceMenu = "Settings → VRM → VRM device instances";

const Battery* batteryAt(const Readings& readings, int instance) {
    const auto found = readings.batteries().find(instance);
    return found == readings.batteries().end() ? nullptr : &found->second;
}

/// Published by this process, whichever of its banks it is.
bool isOurs(const AdviceInput& input, int instance) {
    if (instance == input.reach.instance)
        return true;
    const Battery* battery = batteryAt(input.readings, instance);
    if (battery == nullptr)
        return false;
    const std::string* serial = battery->slot(row("/Serial")).value.text();
    return serial != nullptr &&
           std::ranges::find(input.ownSerials, *serial) != input.ownSerials.end();
}

/// "battery 3 (Pack A)"
std::string batteryText(const AdviceInput& input, int instance) {
    std::string text = "battery " + std::to_string(instance);
    const Battery* battery = batteryAt(input.readings, instance);
    if (battery == nullptr)
        return text;
    for (const RowIndex index : {row("/CustomName"), row("/ProductName")}) {
        const std::string* name = battery->slot(index).value.text();
        if (name != nullptr && !name->empty())
            return joined({text, " (", *name, ")"});
    }
    return text;
}

std::string thisBank(const AdviceInput& input) {
    return "this bank (instance " + std::to_string(input.reach.instance.value_or(0)) + ")";
}

/// The instance of "com.victronenergy.battery/3"; nothing for another class or shape.
std::optional<int> batteryInstance(std::string_view service) {
    if (!service.starts_with(kBatteryClass))
        return std::nullopt;
    service.remove_prefix(kBatteryClass.size());
    int instance = 0;
    const char* end = service.data() + service.size();
    const auto result = std::from_chars(service.data(), end, instance);
    return result.ec == std::errc() && result.ptr == end ? std::optional(instance) : std::nullopt;
}

std::string serviceText(const AdviceInput& input, const std::string& service) {
    const auto instance = batteryInstance(service);
    return instance ? batteryText(input, *instance) : service;
}

bool isOurs(const AdviceInput& input, const std::string& service) {
    const auto instance = batteryInstance(service);
    return instance && isOurs(input, *instance);
}

} // namespace

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts)
        text.append(part);
    return text;
}

std::string whomItObeys(const AdviceInput& input) {
    const GxState& gx = input.readings.gx();
    std::string text;
    if (gx.activeBms)
        text = batteryText(input, *gx.activeBms) + " controls the chargers";
    else if (gx.selectedBms == kNoBms)
        text = "no battery controls the chargers";
    if (gx.activeMonitor)
        text += (text.empty() ? "the battery monitor is " : ", the battery monitor is ") +
                serviceText(input, *gx.activeMonitor);
    return text;
}

/// The state says it only where the setting cannot be read: after a loss it keeps its last value.
Finding dvccOff(const AdviceInput& input) {
    const GxState& gx = input.readings.gx();
    if ((gx.dvccSetting ? gx.dvccSetting : gx.dvcc).value_or(true))
        return std::nullopt;
    return joined({"DVCC is off, so the GX does not pass the bank's limits on to its chargers: "
                   "switch it on in ",
                   kChargeControl, " → DVCC"});
}

Finding otherMonitor(const AdviceInput& input) {
    const GxState& gx = input.readings.gx();
    if (!input.reach.instance)
        return std::nullopt;
    std::string what;
    if (gx.activeMonitor)
        what = isOurs(input, *gx.activeMonitor)
                   ? ""
                   : "The GX's battery monitor is " + serviceText(input, *gx.activeMonitor);
    else if (gx.selectedMonitor == "nobattery")
        what = "The GX has no battery monitor";
    else if (gx.selectedMonitor && gx.selectedMonitor != "default" &&
             !isOurs(input, *gx.selectedMonitor))
        what = "The GX's battery monitor is set to " + serviceText(input, *gx.selectedMonitor) +
               ", which is not there";
    if (what.empty())
        return std::nullopt;
    return joined({what, ": select ", thisBank(input), " in ", kMonitorMenu});
}

Finding otherBms(const AdviceInput& input) {
    const GxState& gx = input.readings.gx();
    if (!input.reach.instance)
        return std::nullopt;
    std::string what;
    if (gx.activeBms)
        what = isOurs(input, *gx.activeBms)
                   ? ""
                   : "The GX's chargers are controlled by " + batteryText(input, *gx.activeBms);
    else if (gx.selectedBms == kNoBms)
        what = "No BMS controls the GX's chargers";
    else if (gx.selectedBms && *gx.selectedBms >= 0 && !isOurs(input, *gx.selectedBms))
        what = "The GX's controlling BMS is set to " + batteryText(input, *gx.selectedBms) +
               ", which is not there";
    if (what.empty())
        return std::nullopt;
    return joined(
        {what, ": select ", thisBank(input), " in ", kChargeControl, " → Controlling BMS"});
}

bool isInstanceTooHigh(int instance) {
    return instance > kHighestInstance;
}

Finding instanceTooHigh(const AdviceInput& input) {
    const int instance = input.reach.instance.value_or(0);
    if (!isInstanceTooHigh(instance))
        return std::nullopt;
    return joined({"The bank's device instance ", std::to_string(instance), " is above ",
                   std::to_string(kHighestInstance),
                   ", out of reach for Modbus TCP: give it a lower one in ", kInstanceMenu});
}

} // namespace busbar
