// SPDX-License-Identifier: MIT
// The owner's wishes for one bank, with their defaults; plain data that the core is given.
#pragma once

#include "core/path_table.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

/// What picks a battery: `instance:1`, `name:Pack A` (custom name), `serial:…`,
/// `product:SerialBattery*` (glob on the product name), `connection:ttyUSB0` (whole word of
/// /Mgmt/Connection).
struct Selector {
    enum class Kind : std::uint8_t { Instance, Name, Serial, Product, Connection };
    Kind kind{Kind::Instance};
    std::string text;

    friend bool operator==(const Selector&, const Selector&) = default;
};

/// "instance:1" as written; see Selector.
[[nodiscard]] std::string toText(const Selector& selector);
/// Nothing for a text without a known kind, without an argument, or `instance:` without a whole
/// number ≥ 0.
[[nodiscard]] std::optional<Selector> parseSelector(std::string_view text);

/// Who takes part (product.md §2).
struct MembershipSettings {
    bool takeAll = true;            ///< `"batteries": "auto"`; false: `selected`
    std::vector<Selector> selected; ///< each entry picks one battery
    std::vector<Selector> excluded; ///< with `auto`
    std::chrono::milliseconds hold =
        std::chrono::seconds(30); ///< last values stay this long after a loss
    std::chrono::milliseconds frozen = std::chrono::seconds(300);
    bool frozenTest = true;
    double guard_pct = 2.0; ///< voltage guard: share of the median …
    double guard_V = 0.5;   ///< … plus this
    int expected = 0;       ///< fewer members than this: alarm; 0 = not checked
    int minBatteries = 1;   ///< fewer: the bank stops
};

enum class Share : std::uint8_t { Count }; ///< further methods: product.md §5
enum class OnBlock : std::uint8_t { Reduce, Stop };
enum class CvlMode : std::uint8_t { Min };

struct LimitSettings {
    Share share = Share::Count;
    OnBlock onBlock = OnBlock::Reduce;
    CvlMode cvlMode = CvlMode::Min;
    std::optional<double> maxCharge_A; ///< owner's ceiling; nothing = none
    std::optional<double> maxDischarge_A;
    double ramp_A = 10.0; ///< increases per second; 0 = at once
};

/// What happens when data is lost (product.md §11). All spans count from the moment given.
struct LossSettings {
    std::chrono::milliseconds linkTimeout = std::chrono::seconds(60); ///< from the link's loss
    double safeCharge_A = 0.0;
    double safeDischarge_A = 0.0;
    std::chrono::milliseconds rideThrough =
        std::chrono::seconds(600); ///< DCL stays, from the loss of all data
    std::chrono::milliseconds leaveBus =
        std::chrono::seconds(900); ///< name released, from the loss of all data
    /// The bank rides through only if, at the moment of loss, lowest cell and SoC were at least
    /// this. Defaults are for LFP: 3.2 V is on the flat part of its curve, about 20 % or more;
    /// unknown is not comfortable.
    double comfortCell_V = 3.2;
    double comfortSoc_pct = 30.0;
};

struct AlarmSettings {
    double cellSpreadWarning_V = 0.3; ///< /Alarms/CellImbalance 1 from here; 0 = never
    double cellSpreadAlarm_V = 0.0;   ///< /Alarms/CellImbalance 2 from here; 0 = never
};

/// One bank. `id` is part of topics, names and files: [A-Za-z0-9_], unique.
struct BankSettings {
    std::string id = "main";
    std::string name = "Busbar";
    bool publishCells = false;
    MembershipSettings membership;
    LimitSettings limits;
    LossSettings loss;
    AlarmSettings alarms;
};

} // namespace busbar
