// SPDX-License-Identifier: MIT
// The few settings and states of a GX that a bank looks at, and which parts of a GX need to be read
// at all.
#pragma once

#include "core/settings.hpp"
#include "core/value.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace busbar {

/// What of the GX's own state the bank needs besides its batteries.
struct GxState {
    std::optional<double> activeSocLimit_pct; ///< where ESS stops to discharge
    std::optional<bool> dvcc; ///< the GX limits its chargers by the battery's wishes
    /// The owner's DVCC limits; nothing = none, or never seen. They stay what they were while the
    /// GX cannot be read, because unknown must never raise a limit. 0 A means 0.
    std::optional<double> maxCharge_A;
    std::optional<double> maxCharge_V;
    /// "DC-coupled PV: feed in excess", 1 or 0; unknown while the link is down or in doubt.
    std::optional<double> overvoltageFeedIn;

    friend bool operator==(const GxState&, const GxState&) = default;
};

/// Parts of a GX that are read only if somebody needs them.
struct SourceNeeds {
    bool plant{false};    ///< chargers, inverters and DC meters (plant.hpp)
    bool gxLimits{false}; ///< the owner's DVCC limits
    bool feedIn{false};   ///< the DC feed-in setting

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
    FeedIn
};

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
});

[[nodiscard]] constexpr bool isNeeded(const GxTopic& topic, const SourceNeeds& needs) {
    return topic.need == nullptr || needs.*topic.need;
}

/// The item of a topic, if one of kGxTopics.
[[nodiscard]] const GxTopic* findGxTopic(std::string_view type, std::string_view path);

/// Takes a value over. MaxChargeCurrent: −1 = no limit, else 0 … 10000 A. MaxChargeVoltage: 0 = no
/// limit, else up to 1000 V. An unknown or impossible value leaves the owner's limits as they were
/// and makes every other item unknown. False for an impossible one.
bool takeGx(GxState& state, GxItem item, const Value& value);

} // namespace busbar
