// SPDX-License-Identifier: MIT
// Runs a simulated bank under the core for days, and says what happened to both.
#pragma once

#include "app/commands/bank_options.hpp"
#include "core/charge/balancing.hpp"
#include "core/charge/meters.hpp"
#include "core/limits/limit.hpp"
#include "core/settings.hpp"
#include "sim/meter.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

/// A pack, or a block of a string, as it was built; and how often its BMS opened.
struct PackFacts {
    std::string name;
    int instance = 0;
    double nominal_Ah = 0.0;     ///< what its BMS believes
    double usable_Ah = 0.0;      ///< from the first empty cell to the first full one
    double resistance_Ohm = 0.0; ///< cells' R0 at 25 °C and connection …
    double slow_Ohm = 0.0;       ///< … and what diffusion adds within minutes
    double soc_pct = 0.0;        ///< at the start
    std::size_t cells = 0;
    std::string smallestCell; ///< "C7"
    double smallestCell_Ah = 0.0;
    double charge_V = 0.0; ///< what the BMS allows at most
    double charge_A = 0.0;
    double discharge_A = 0.0;
    sim::TripCounts trips{};
};

/// Keys of PackFacts::trips, MemberFacts::trips and Metrics::tripsByFlow.
inline constexpr std::array<std::string_view, sim::kTripCount> kTripTexts = {
    "over_voltage", "under_voltage", "over_charge", "over_discharge"};

enum class LimitName : std::uint8_t { Charge, Discharge, ChargeVoltage };
inline constexpr std::array<std::string_view, 3> kLimitTexts = {"ccl", "dcl", "cvl"};

/// For how long a cause held a limit.
struct CauseTime {
    LimitName limit{};
    Cause cause = Cause::None;
    std::string member; ///< who decided most of that time; may be empty
    double hours = 0.0;
};

struct SocFacts {
    std::optional<double> shown_pct; ///< /Soc of the bank
    std::optional<double> counter_pct;
    double truth_pct = 0.0; ///< Σ until the first cell is empty ÷ Σ from there until one is full
};

/// A cell at its extreme.
struct CellFacts {
    std::string name; ///< "Pack A C7"
    double voltage_V = 0.0;
};

struct DayFacts {
    sim::Metrics metrics;
    CellFacts lowest, highest;
    SocFacts atEnd;
    BalancingStage balancing = BalancingStage::Idle;
    std::vector<CauseTime> causes; ///< by limit, the longest first
};

/// As PackFacts::resistance_Ohm and slow_Ohm.
struct TrueResistance {
    double fast_Ohm = 0.0;
    double slow_Ohm = 0.0;
};

/// What Busbar has learned and counted of a member, a pack or a whole string, and what is true.
struct MemberFacts {
    std::string name;
    std::optional<double> share, trueShare; ///< means of the last ten minutes with current
    std::optional<double> resistance_Ohm;
    TrueResistance trueResistance;
    std::optional<double> bms_pct, counter_pct;
    double truth_pct = 0.0;
    std::string weakestCell, trueWeakestCell; ///< lowest under discharge, most of the time
    std::string highestCell, trueHighestCell;
    MeterTotals meters, trueMeters;
    sim::TripCounts trips{}; ///< of its BMSs
};

struct BalancingFacts {
    BalancingStage stage = BalancingStage::Idle;
    BalancingResult lastResult = BalancingResult::None;
    BalancingObstacle obstacle = BalancingObstacle::None;
    std::optional<int> daysSince;
    std::array<int, 3> events{}; ///< how often, by BalancingEvent
};

struct ClosedLoopReport {
    std::uint64_t seed = 0;
    sim::Chemistry chemistry = sim::Chemistry::Lfp;
    std::chrono::seconds startOfDay{0}; ///< of every day of the report
    Preset preset = Preset::None;       ///< in force
    std::vector<PackFacts> packs;
    std::vector<DayFacts> days;
    std::size_t inSeries = 1;         ///< packs of each string
    std::vector<MemberFacts> members; ///< in the order of `packs`, of each string one
    MeterTotals meters, trueMeters;   ///< of the bank
    BalancingFacts balancing;
    sim::Metrics whole;
};

struct ClosedLoopOptions {
    BankOptions bank;
    int days = 1; ///< ≥ 1
    BankSettings settings;
};

/// Called before each day, counted from 1.
using Progress = std::function<void(int day)>;

/// The same options always give the same report.
[[nodiscard]] ClosedLoopReport runClosedLoop(const ClosedLoopOptions& options,
                                             const Progress& progress = {});

/// For people.
[[nodiscard]] std::string reportText(const ClosedLoopReport& report);

/// One object, unknown values are null:
/// `{"seed":3,"chemistry":"LFP","preset":"lfp","start_h":5.0,"in_series":1,
///  "packs":[{"name":…,"instance":1,"nominal_Ah":…,"usable_Ah":…,"resistance_mOhm":…,
///    "slow_resistance_mOhm":…,"soc_pct":…,"cells":16,"smallest_cell":"C7","smallest_cell_Ah":…,
///    "max_charge_V":…,"max_charge_A":…,"max_discharge_A":…,"trips":{"over_voltage":0,…}}],
///  "days":[{"day":1,"metrics":{…},"lowest_cell":{"name":"Pack A C3","voltage_V":…},
///    "highest_cell":{…},"soc":{"shown_pct":…,"counter_pct":…,"truth_pct":…},"balancing":"idle",
///    "causes":[{"limit":"ccl","cause":"member","member":"Pack A","hours":…}]}],
///  "members":[{"name":…,"share":{"learned":…,"truth":…},"resistance_mOhm":…,
///    "soc":{"bms_pct":…,"counter_pct":…,"truth_pct":…},
///    "weakest_cell":{"learned":"C3","truth":"C3"},"highest_cell":{…},
///    "meters":{"learned":{"charged_Ah":…,"discharged_Ah":…,"charged_Wh":…,"discharged_Wh":…},
///      "truth":{…}},
///    "trips":{"over_voltage":0,"under_voltage":0,"over_charge":0,"over_discharge":0}}],
///  "meters":{"learned":{…},"truth":{…}},
///  "balancing":{"stage":…,"last_result":…,"obstacle":…,"days_since":…,"started":0,"succeeded":0,
///    "failed":0},
///  "whole":{"hours":…,"charged_Ah":…,"min_cell_V":…,"max_cell_V":…,"full_h":…,"trips":0,
///    "trips_by_flow":{"over_voltage":0,"under_voltage":0,"over_charge":0,"over_discharge":0},
///    "over_limit_s":…,"worst_excess_A":…,"worst_excess_pct":…,
///    "unused_bank_pct":…,"unused_weakest_pct":…,"cvl_turns_per_h":…,"ccl_turns_per_h":…,
///    "unheard_over_s":…,"unheard_excess_pct":…,"ccl_at_zero_h":…,"dcl_at_zero_h":…,
///    "unserved_Wh":…,"curtailed_Wh":…}}`; `metrics` of a day has the keys of `whole`.
[[nodiscard]] std::string reportJson(const ClosedLoopReport& report);

/// Some lines about a run, each indented by two blanks.
[[nodiscard]] std::string metricsText(const sim::Metrics& metrics);

} // namespace busbar
