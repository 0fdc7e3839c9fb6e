// SPDX-License-Identifier: MIT
// The few settings and states of a GX that a bank looks at, and which parts of a GX need to be read
// at all.
#pragma once

#include "core/table/quantity.hpp"
#include "core/value.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace busbar {

struct BankSettings;

/// Values of /Settings/SystemSetup/BmsInstance that are no instance.
inline constexpr int kAutoBms = -1;
inline constexpr int kNoBms = -255;

/// Values of the settings MaxChargeCurrent and MaxChargeVoltage that mean no limit.
inline constexpr double kNoCurrentLimit_A = -1.0;
inline constexpr double kNoVoltageLimit_V = 0.0;

/// The two DVCC limits as the GX keeps them; nothing = unknown.
struct DvccValues {
    std::optional<double> maxCharge_A; ///< ≥ 0, or kNoCurrentLimit_A
    std::optional<double> maxCharge_V; ///< > 0, or kNoVoltageLimit_V

    friend bool operator==(const DvccValues&, const DvccValues&) = default;
};

/// The battery as the GX's own service `system` shows it: values of the monitor that it has
/// selected, or what Victron's devices measure together. Nothing = unknown, and while the link is
/// down.
struct GxTotals {
    std::optional<double> voltage_V;
    std::optional<double> current_A;
    std::optional<double> power_W;
    std::optional<double> soc_pct;
    std::optional<double> temperature_C;
    std::optional<double> chargeVoltage_V; ///< that it charges to, under the owner's limit

    friend bool operator==(const GxTotals&, const GxTotals&) = default;
};

/// What of the GX's own state the bank needs besides its batteries.
struct GxState {
    std::optional<double> activeSocLimit_pct; ///< where ESS stops to discharge
    std::optional<bool> dvcc; ///< the GX limits its chargers by the battery's wishes
    /// The owner's DVCC limits; nothing = none, or never seen. They stay what they were while the
    /// GX cannot be read, because unknown must never raise a limit. 0 A means 0.
    std::optional<double> maxCharge_A;
    std::optional<double> maxCharge_V;
    /// Name of the zone that the GX shows its time in, "Europe/Berlin"; "/UTC" where none was
    /// chosen. It stays while the GX cannot be read.
    std::optional<std::string> timeZone;

    // Unknown while the link is down or in doubt:
    std::optional<double> overvoltageFeedIn; ///< "DC-coupled PV: feed in excess", 1 or 0
    DvccValues shown;                        ///< the same limits as the GX shows them now
    std::optional<bool> dvccSetting;         ///< DVCC is switched on, or forced on
    /// Portable id of the battery monitor in use, "com.victronenergy.battery/0"; its class may be
    /// another one.
    std::optional<std::string> activeMonitor;
    /// What the owner has selected: such an id, "default" or "nobattery".
    std::optional<std::string> selectedMonitor;
    std::optional<int> activeBms;   ///< instance of the battery whose limits control the GX
    std::optional<int> selectedBms; ///< instance; kAutoBms or kNoBms
    GxTotals totals;

    friend bool operator==(const GxState&, const GxState&) = default;
};

/// Parts of a GX that are read only if somebody needs them.
struct SourceNeeds {
    bool plant{false};     ///< chargers, inverters and DC meters (plant.hpp); of every bank
    bool gxLimits{false};  ///< the owner's DVCC limits
    bool feedIn{false};    ///< the DC feed-in setting
    bool selection{false}; ///< which battery monitor and BMS are selected, and whether DVCC is on
    bool calendar{false};  ///< the zone of its local time
    bool totals{false};    ///< the battery as the GX itself shows it; of no bank

    friend bool operator==(const SourceNeeds&, const SourceNeeds&) = default;
};

/// What one bank needs.
[[nodiscard]] SourceNeeds needsOf(const BankSettings& bank);
/// What both need.
[[nodiscard]] SourceNeeds operator|(const SourceNeeds& a, const SourceNeeds& b);

enum class GxItem : std::uint8_t {
    ActiveSocLimit,
    Dvcc,
    MaxChargeCurrent,
    MaxChargeVoltage,
    FeedIn,
    DvccSetting,
    ActiveMonitor,
    SelectedMonitor,
    ActiveBms,
    SelectedBms,
    TimeZone,
    TotalVoltage,
    TotalCurrent,
    TotalPower,
    TotalSoc,
    TotalTemperature,
    TotalChargeVoltage
};
inline constexpr std::size_t kGxItemCount = 17;

/// Where an item is: service `type` with instance 0, and its path there.
struct GxTopic {
    GxItem item{GxItem::ActiveSocLimit};
    std::string_view type;
    std::string_view path;
    bool SourceNeeds::*need{nullptr}; ///< read only with this need; nullptr = always
};

// Paths, units and "none" values: the settings that Venus' systemcalc and hub4control register, and
// the D-Bus wiki's chapter on the system service.
inline constexpr auto kGxTopics = std::to_array<GxTopic>({
    {GxItem::ActiveSocLimit, "system", "/Control/ActiveSocLimit", nullptr},
    {GxItem::Dvcc, "system", "/Control/Dvcc", &SourceNeeds::gxLimits},
    {GxItem::MaxChargeCurrent, "settings", "/Settings/SystemSetup/MaxChargeCurrent",
     &SourceNeeds::gxLimits},
    {GxItem::MaxChargeVoltage, "settings", "/Settings/SystemSetup/MaxChargeVoltage",
     &SourceNeeds::gxLimits},
    {GxItem::FeedIn, "settings", "/Settings/CGwacs/OvervoltageFeedIn", &SourceNeeds::feedIn},
    {GxItem::DvccSetting, "settings", "/Settings/Services/Bol", &SourceNeeds::selection},
    {GxItem::ActiveMonitor, "system", "/ActiveBatteryService", &SourceNeeds::selection},
    {GxItem::SelectedMonitor, "settings", "/Settings/SystemSetup/BatteryService",
     &SourceNeeds::selection},
    {GxItem::ActiveBms, "system", "/ActiveBmsInstance", &SourceNeeds::selection},
    {GxItem::SelectedBms, "settings", "/Settings/SystemSetup/BmsInstance", &SourceNeeds::selection},
    {GxItem::TimeZone, "settings", "/Settings/System/TimeZone", &SourceNeeds::calendar},
    {GxItem::TotalVoltage, "system", "/Dc/Battery/Voltage", &SourceNeeds::totals},
    {GxItem::TotalCurrent, "system", "/Dc/Battery/Current", &SourceNeeds::totals},
    {GxItem::TotalPower, "system", "/Dc/Battery/Power", &SourceNeeds::totals},
    {GxItem::TotalSoc, "system", "/Dc/Battery/Soc", &SourceNeeds::totals},
    {GxItem::TotalTemperature, "system", "/Dc/Battery/Temperature", &SourceNeeds::totals},
    {GxItem::TotalChargeVoltage, "system", "/Dc/Battery/ChargeVoltage", &SourceNeeds::totals},
});
static_assert(kGxTopics.size() == kGxItemCount);

/// Must not be guessed: unknown from a doubt on until it is proven again. The active SoC limit
/// stays: nothing but the time to go depends on it; and so does the zone, which does not move.
[[nodiscard]] constexpr bool isForgotten(GxItem item) {
    return item != GxItem::ActiveSocLimit && item != GxItem::TimeZone;
}

/// How the GX keeps a setting: the charge voltage as double, the others as integers, and selections
/// of a service as text.
[[nodiscard]] WireType wireOf(GxItem item);

[[nodiscard]] constexpr bool isNeeded(const GxTopic& topic, const SourceNeeds& needs) {
    return topic.need == nullptr || needs.*topic.need;
}

[[nodiscard]] constexpr const GxTopic& topicOf(GxItem item) {
    return *std::ranges::find(kGxTopics, item, &GxTopic::item);
}

/// The item of a topic, if one of kGxTopics.
[[nodiscard]] const GxTopic* findGxTopic(std::string_view type, std::string_view path);

/// Takes a value over. MaxChargeCurrent: −1 = no limit, else 0 … 10000 A. MaxChargeVoltage: 0 = no
/// limit, else up to 1000 V. An unknown or impossible value leaves the owner's limits as they were
/// (but not what is shown) and makes every other item unknown. False for an impossible one.
bool takeGx(GxState& state, GxItem item, const Value& value);

} // namespace busbar
