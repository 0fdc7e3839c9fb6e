// SPDX-License-Identifier: MIT
// What one GX shows of itself: batteries, other devices on the DC side, settings, advice.
#pragma once

#include "app/run/chain.hpp"
#include "core/gx/advice.hpp"
#include "core/now.hpp"
#include "core/table/out_reason.hpp"
#include "core/table/quantity.hpp"
#include "core/value.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

class SiteRun;

/// A value of a list, by key for programs and by head for people.
struct FoundColumn {
    std::string_view key;
    std::string_view head;
    Quantity quantity;
};

/// What is told of each battery beside whether it takes part, in this order.
inline constexpr auto kBatteryColumns = std::to_array<FoundColumn>({
    {"instance", "Inst", Quantity::Count},
    {"name", "Name", Quantity::Text},
    {"product", "Product", Quantity::Text},
    {"serial", "Serial", Quantity::Text},
    {"connection", "Connection", Quantity::Text},
    {"voltage_V", "V", Quantity::Voltage},
    {"current_A", "A", Quantity::Current},
    {"soc_pct", "SoC", Quantity::Percent},
    {"max_charge_V", "CVL", Quantity::Voltage},
    {"max_charge_A", "CCL", Quantity::Current},
    {"max_discharge_A", "DCL", Quantity::Current},
});

struct FoundBattery {
    std::array<Value, kBatteryColumns.size()> values{};
    OutReason reason{OutReason::None};
    bool maybeSum{false};            ///< `aggregate`, but one look does not decide it
    std::string detail{};            ///< of the reason; may be empty
    std::vector<std::string> sums{}; ///< names of those that this aggregate seems to sum
    bool isInstanceTooHigh{false};   ///< for Modbus TCP
    std::string selector{};          ///< that picks it and no other; empty = there is none

    [[nodiscard]] std::string name() const;
};

/// A charger, inverter or meter on the batteries' busbar.
struct FoundDevice {
    std::string name{};                ///< "solarcharger/288 (Roof east)"
    std::optional<double> current_A{}; ///< into the busbar
};

/// A setting or state of the GX.
struct FoundSetting {
    std::string_view key;
    std::string_view label;
    std::string text; ///< "none", "on", "60.0A"; empty = the GX does not say it
};

struct Discovery {
    std::vector<ChainFinding> chain{};
    std::string portalId{};
    std::set<std::string> portalsSeen{};
    bool isComplete{false}; ///< all that follows is what the GX has; else nothing is known
    std::vector<FoundBattery> batteries{};
    std::vector<FoundDevice> devices{};
    std::vector<FoundSetting> settings{};
    std::string obeys{}; ///< who controls the chargers, in words; may be empty
    std::vector<Advice> advice{};
};

/// By the same verdicts, reasons and advice as `run` goes by.
[[nodiscard]] Discovery discoveryOf(SiteRun& site, const Now& now);

/// For people: tables and what to do. For programs: one object, with its end of line.
[[nodiscard]] std::string discoveryText(const Discovery& found);
[[nodiscard]] std::string discoveriesJson(std::string_view url, const std::vector<Discovery>& all);

} // namespace busbar
