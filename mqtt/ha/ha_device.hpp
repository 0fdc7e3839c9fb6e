// SPDX-License-Identifier: MIT
// What a bank or a battery is to Home Assistant: everything that its device message is made of.
#pragma once

#include "core/table/control_table.hpp"
#include "core/table/row_index.hpp"

#include <bitset>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {
struct BankView;
struct MemberReport;
} // namespace busbar

namespace busbar::mqtt {

/// What all devices of a site have in common.
struct HaContext {
    std::string site = "home";        ///< [A-Za-z0-9_-]
    std::string base = "busbar/home"; ///< topics of the documents begin with this
    std::string version;              ///< of this program
    std::vector<std::string> bankIds; ///< of all configured banks: no battery gets the same id
    bool takesCommands = true;
    std::string pageUrl{};    ///< that devices link to; empty = none
    bool hasBatteries = true; ///< documents of batteries are published, not only those of banks
    /// A measurement is unknown after this long without a document; at least three times the pace
    /// at which unchanged documents are repeated.
    std::chrono::seconds expireAfter{180};
};

/// Everything that a device message is made of; while this is unchanged, so is the message.
struct HaDevice {
    std::string deviceId;  ///< [A-Za-z0-9_-]: object id of the topic, identifier of the device
    std::string bank;      ///< id of its bank
    std::string battery;   ///< id of the battery; empty for a bank
    std::string viaDevice; ///< device id of what it is a part of, else of its bank; may be empty
    std::string name;
    std::string model, serial, firmware, hardware; ///< empty = unknown
    std::bitset<kRowCount> rows; ///< that it has; only those with a name in Home Assistant matter
    std::size_t cells = 0;
    bool hasParts = false;    ///< it is made of others
    HighestValues controls{}; ///< that it has, and how far they go

    friend bool operator==(const HaDevice&, const HaDevice&) = default;
};

[[nodiscard]] std::string bankDeviceId(const HaContext& context, std::string_view bank);
[[nodiscard]] std::string batteryDeviceId(const HaContext& context, std::string_view battery);
/// Where the states of a device's entities lie, retained; emptied with its message.
[[nodiscard]] std::string haStateTopic(const HaContext& context, std::string_view deviceId);
/// True for batteries that have a device: they are on the GX and are neither excluded nor a sum of
/// others.
[[nodiscard]] bool hasDevice(const MemberReport& member);

[[nodiscard]] HaDevice bankDevice(const HaContext& context, const BankView& view);
[[nodiscard]] HaDevice batteryDevice(const HaContext& context, const BankView& view,
                                     const MemberReport& member);

/// It is a bank, and nobody has heard its batteries yet.
[[nodiscard]] bool isOfUnheardBank(const HaDevice& device, std::span<const BankView> banks);

/// What both have; the rest is as in `now`. Descriptions stay while the battery is away.
[[nodiscard]] HaDevice merged(const HaDevice& before, HaDevice now);

} // namespace busbar::mqtt
