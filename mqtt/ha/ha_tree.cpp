// SPDX-License-Identifier: MIT
// Devices of all banks in their tree.
#include "mqtt/ha/ha_tree.hpp"

#include "core/bank_view.hpp"
#include "core/made/made_key.hpp"
#include "core/report.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace busbar::mqtt {

namespace {

/// What hangs on nobody who is there hangs on its bank.
void hangOnBank(const HaContext& context, HaDevices& devices) {
    for (auto& [id, device] : devices)
        if (!device.viaDevice.empty() && !devices.contains(device.viaDevice))
            device.viaDevice = bankDeviceId(context, device.bank);
}

/// How many devices lie above one. Nothing is made of itself, so it ends.
std::size_t depthOf(const HaDevices& devices, const HaDevice& device) {
    std::size_t depth = 0;
    auto above = devices.find(device.viaDevice);
    for (; above != devices.end() && depth < devices.size(); ++depth)
        above = devices.find(above->second.viaDevice);
    return depth;
}

} // namespace

HaDevices devicesOf(const HaContext& context, std::span<const BankView> banks) {
    HaDevices devices;
    std::map<std::string, std::string> madeOnes; // device id by the id that the owner gave
    for (const BankView& view : banks)
        for (const MemberReport& member : view.report.members) {
            if (!context.hasBatteries || !hasDevice(member))
                continue;
            HaDevice device = batteryDevice(context, view, member);
            if (isMade(member.instance))
                madeOnes.emplace(device.serial, device.deviceId);
            devices.try_emplace(device.deviceId, std::move(device));
        }
    for (const BankView& view : banks) {
        HaDevice bank = bankDevice(context, view);
        if (const auto made = madeOnes.find(bank.bank); made != madeOnes.end())
            bank.viaDevice = made->second;
        devices.insert_or_assign(bank.deviceId, std::move(bank));
    }
    hangOnBank(context, devices);
    return devices;
}

std::vector<std::string> parentsFirst(const HaDevices& devices) {
    std::vector<std::pair<std::size_t, std::string>> order;
    for (const auto& [id, device] : devices)
        order.emplace_back(depthOf(devices, device), id);
    std::ranges::stable_sort(order, {}, &std::pair<std::size_t, std::string>::first);
    std::vector<std::string> ids;
    ids.reserve(order.size());
    for (auto& [depth, id] : order)
        ids.push_back(std::move(id));
    return ids;
}

} // namespace busbar::mqtt
