// SPDX-License-Identifier: MIT
// What of a bank and a battery Home Assistant is told.
#include "mqtt/ha/ha_device.hpp"

#include "core/bank_view.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/named_rows.hpp"
#include "core/units/battery.hpp"
#include "documents/battery.hpp"
#include "mqtt/ha/ha_entities.hpp"

#include <algorithm>
#include <utility>

namespace busbar::mqtt {

namespace {

std::bitset<kRowCount> rowsOf(const Battery& battery) {
    std::bitset<kRowCount> rows;
    for (RowIndex index = 0; index < kRowCount; ++index)
        rows.set(index, battery.slot(index).present && !kRows.at(index).name.empty());
    return rows;
}

std::bitset<kRowCount> rowsOf(const Snapshot& snapshot) {
    std::bitset<kRowCount> rows;
    for (RowIndex index = 0; index < kRowCount; ++index)
        rows.set(index, !kRows.at(index).name.empty() &&
                            (isAlwaysInBank(index) || snapshot[index].isKnown()));
    return rows;
}

/// Of a bank.
std::bitset<kRowCount> publishedRows() {
    std::bitset<kRowCount> rows;
    for (RowIndex index = 0; index < kRowCount; ++index)
        rows.set(index, isPublished(kRows.at(index)));
    return rows;
}

const Battery* batteryBehind(const BankView& view, const MemberReport& member) {
    const auto found = view.batteries.find(member.key.value_or(member.instance));
    return found == view.batteries.end() ? nullptr : &found->second;
}

} // namespace

std::string bankDeviceId(const HaContext& context, std::string_view bank) {
    return "busbar_" + context.site + "_" + std::string(bank);
}

std::string batteryDeviceId(const HaContext& context, std::string_view battery) {
    const bool isTaken = std::ranges::find(context.bankIds, battery) != context.bankIds.end();
    return "busbar_" + context.site + "_" + std::string(battery) + (isTaken ? "-battery" : "");
}

std::string haStateTopic(const HaContext& context, std::string_view deviceId) {
    return std::string(context.base).append("/homeassistant/").append(deviceId);
}

bool hasDevice(const MemberReport& member) {
    return documents::hasDocument(member) && !member.id.empty();
}

HaDevice bankDevice(const HaContext& context, const BankView& view) {
    HaDevice device;
    device.bank = view.settings.id;
    device.deviceId = bankDeviceId(context, device.bank);
    device.name = view.settings.name;
    device.model = "Battery bank";
    device.firmware = context.version;
    device.rows = rowsOf(view.snapshot);
    for (const MemberReport& member : view.report.members)
        if (const Battery* battery = batteryBehind(view, member);
            battery != nullptr && hasDevice(member))
            device.rows |= rowsOf(*battery) & publishedRows();
    device.controls = highestOf(offerOf(view), ControlOf::Bank);
    return device;
}

HaDevice batteryDevice(const HaContext& context, const BankView& view, const MemberReport& member) {
    HaDevice device;
    device.bank = view.settings.id;
    device.battery = member.id;
    device.deviceId = batteryDeviceId(context, member.id);
    device.viaDevice = member.within.empty() ? bankDeviceId(context, view.settings.id)
                                             : batteryDeviceId(context, member.within);
    device.name = member.name;
    device.controls = highestOf(offerOf(view), ControlOf::Battery);
    const Battery* battery = batteryBehind(view, member);
    if (battery == nullptr)
        return device;
    device.model = textOf(*battery, rows::kProductName);
    device.serial = textOf(*battery, rows::kSerial);
    device.firmware = textOf(*battery, rows::kFirmwareVersion);
    device.hardware = textOf(*battery, rows::kHardwareVersion);
    device.rows = rowsOf(*battery);
    device.cells = cellCount(*battery);
    device.hasParts = !battery->parts.empty();
    return device;
}

bool isOfUnheardBank(const HaDevice& device, std::span<const BankView> banks) {
    return device.battery.empty() && std::ranges::any_of(banks, [&device](const BankView& view) {
               return view.settings.id == device.bank && view.report.isUnheard;
           });
}

/// What both have; the rest is as in `now`. Descriptions stay while the battery is away.
HaDevice merged(const HaDevice& before, HaDevice now) {
    now.rows |= before.rows;
    now.cells = std::max(now.cells, before.cells);
    now.hasParts = now.hasParts || before.hasParts;
    for (auto text :
         {&HaDevice::model, &HaDevice::serial, &HaDevice::firmware, &HaDevice::hardware})
        if ((now.*text).empty())
            now.*text = before.*text;
    return now;
}

} // namespace busbar::mqtt
