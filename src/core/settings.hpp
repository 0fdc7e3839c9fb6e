// SPDX-License-Identifier: MIT
// The owner's wishes for one bank, with their defaults; plain data that the core is given.
#pragma once

#include "core/path_table.hpp"

#include <array>
#include <chrono>
#include <cstdint>
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

/// Cell chemistry whose values stand in for what the owner did not give (limits/preset.hpp). Auto =
/// recognised from the members' charge voltage per cell.
enum class Preset : std::uint8_t { Auto, None, Lfp, Lto, Nmc };

/// How a member's own limit bounds the bank (limits/share.hpp).
enum class Share : std::uint8_t { Adaptive, Resistance, Capacity, Count, Sum };
enum class OnBlock : std::uint8_t { Reduce, Stop };
/// Whose limits count: the members' (Bms), the curves (Own), or the smaller of both. Ceilings and
/// blocks always do.
enum class LimitMode : std::uint8_t { Both, Bms, Own };
/// Where the CVL comes from (limits/charge_voltage.hpp).
enum class CvlMode : std::uint8_t { Min, Max, MaxWhenBalancing, MaxUntilAllFloat, Gx, Own };

struct CurvePoint {
    double x = 0.0;      ///< V, °C or %
    double factor = 0.0; ///< 0 … 1, of the ceiling
    friend bool operator==(const CurvePoint&, const CurvePoint&) = default;
};

/// Piecewise linear, constant beyond its ends. Where it has stopped (factor 0) it stays stopped
/// until x is back at `release`.
struct Curve {
    std::vector<CurvePoint> points; ///< x rising; empty = off
    std::optional<double> release;
    friend bool operator==(const Curve&, const Curve&) = default;
};

/// What a curve looks at and which direction it limits.
enum class CurveKind : std::uint8_t {
    HighCell,      ///< highest cell, charge
    LowCellCharge, ///< lowest cell, charge
    LowCell,       ///< lowest cell, discharge
    ColdCharge,    ///< coldest sensor, charge
    HotCharge,     ///< hottest sensor, charge
    ColdDischarge,
    HotDischarge,
    SocCharge,
    SocDischarge,
    SpreadCharge, ///< highest minus lowest cell, charge
};
inline constexpr std::size_t kCurveCount = 10;

/// What the owner gave of a curve; the rest is the preset's. Points without any = off. A release
/// goes with the points: own points without a release have none.
struct CurveChoice {
    std::optional<std::vector<CurvePoint>> points;
    std::optional<double> release;
};

struct CvlSettings {
    CvlMode mode = CvlMode::Min;
    /// Peak control holds the highest cell here; nothing = by preset, 0 = off.
    std::optional<double> cellMax_V;
    /// Cells count as equal below this spread; nothing = by preset.
    std::optional<double> cellDiffMax_V;
    /// For mode Own: charge voltage of a cell, one for all months or twelve; empty = by preset.
    std::vector<double> cell_V;
};

struct LimitSettings {
    Share share = Share::Adaptive;
    OnBlock onBlock = OnBlock::Reduce;
    LimitMode mode = LimitMode::Both;
    CvlSettings cvl;
    std::array<CurveChoice, kCurveCount> curves;
    /// Limit while a curve that the owner gave, or that has worked before, lacks its data.
    double fallback_A = 0.0;
    std::optional<double> maxCharge_A; ///< owner's ceiling; nothing = none
    std::optional<double> maxDischarge_A;
    double ramp_A = 10.0; ///< increases per second; 0 = at once
};

/// Full charge at a raised voltage from time to time (balancing.hpp); acts with CvlMode::Own.
struct BalancingSettings {
    bool isEnabled = true;
    std::optional<double> cell_V; ///< raised charge voltage of a cell; nothing = by preset
    std::chrono::hours every = std::chrono::hours(240);
    std::chrono::milliseconds hold = std::chrono::minutes(15); ///< the goal must last this long
    double tolerance_V = 0.01; ///< per cell: this close to the raised voltage counts as reached
};

/// DC-coupled feed-in is switched off while the CCL would have no effect (feed_in.hpp).
struct FeedInSettings {
    bool mayWrite = false; ///< the owner allows Busbar to change the GX's setting
};

/// The bank's limits are written into the GX's own DVCC settings (dvcc.hpp): for a bank that is not
/// on the GX's D-Bus.
struct DvccSettings {
    bool isEnabled = false; ///< the owner allows Busbar to change these settings of the GX
    double deadBand_A = 2.0;
    double deadBand_V = 0.1;
    std::chrono::seconds interval{30}; ///< between writes that are not urgent
};

/// Says what to change in the settings of the GX (advice.hpp).
struct AdviceSettings {
    bool isEnabled = true;
};

enum class CurrentSource : std::uint8_t { Batteries, Victron, Shunt };

/// Where the bank's current is measured (current_source.hpp).
struct CurrentSettings {
    CurrentSource source = CurrentSource::Batteries;
    std::vector<Selector> shunts; ///< for Shunt: battery services whose currents add up
    bool isInverted = false;      ///< the shunts count discharge as positive
    /// Shunts in DC loads (services `dcload`), by selector, whose current is to be subtracted.
    std::vector<Selector> minusLoads;
    bool withVebus = true; ///< for Victron: which kinds of chargers and loads add up …
    bool withSolar = true;
    bool withMulti = true;
    bool withInverter = true;
    bool withDcdc = true;
    bool withAlternator = true;
    bool withDcLoads = true;
};

enum class SocSource : std::uint8_t { Batteries, Battery, Counter };

/// Where the state of charge comes from (soc.hpp).
struct SocSettings {
    SocSource source = SocSource::Batteries;
    std::vector<Selector> battery;    ///< for Battery: at most one
    double efficiency_pct = 99.0;     ///< part of the charged Ah that comes out again; LFP, LTO
    std::optional<double> fullCell_V; ///< a cell this high is full, once its current has tailed off
    double tail_pct = 5.0;            ///< … below this part of the capacity, per hour …
    std::chrono::milliseconds fullHold = std::chrono::seconds(60); ///< … for this long
    bool resetAtEmpty = false;
    std::optional<double> emptyCell_V;
    double saveStep_pct = 1.0;     ///< saved when it changed by this much
    bool capUntilFull = false;     ///< shows at most 99 % before a full charge is proven
    double slew_pct_per_min = 1.0; ///< how fast the visible SoC follows when members change
};

struct MeterSettings {
    std::chrono::milliseconds maxGap = std::chrono::seconds(30); ///< longer ones are not bridged
    std::chrono::milliseconds saveEvery = std::chrono::hours(1); ///< flash wears out
};

/// What happens when data is lost (product.md §11). All spans count from the moment given.
struct LossSettings {
    std::chrono::milliseconds linkTimeout =
        std::chrono::seconds(60); ///< from the link's loss, or from a start without data
    double safeCharge_A = 0.0;
    double safeDischarge_A = 0.0;
    std::chrono::milliseconds rideThrough =
        std::chrono::seconds(600); ///< DCL stays, from the loss of all data
    std::chrono::milliseconds leaveBus =
        std::chrono::seconds(900); ///< name released, from the loss of all data
    /// The bank rides through only if, at the moment of loss, lowest cell and SoC were at least
    /// this; unknown is not comfortable.
    std::optional<double> comfortCell_V; ///< nothing = by preset, see LossState
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
    Preset preset = Preset::Auto;
    bool publishCells = false;
    bool gxPages = true; ///< pages of the single batteries on the GX's screen (gx_pages.hpp)
    MembershipSettings membership;
    CurrentSettings current;
    LimitSettings limits;
    BalancingSettings balancing;
    FeedInSettings feedIn;
    AdviceSettings advice;
    SocSettings soc;
    MeterSettings meters;
    LossSettings loss;
    AlarmSettings alarms;
};

} // namespace busbar
