// SPDX-License-Identifier: MIT
// What the bank says about itself besides its values: who takes part, why not, which limit binds,
// what went wrong.
#pragma once

#include "core/charge/balancing.hpp"
#include "core/charge/charge_target.hpp"
#include "core/charge/current_settings.hpp"
#include "core/charge/meters.hpp"
#include "core/charge/soc.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/preset_name.hpp"
#include "core/now.hpp"
#include "core/stage.hpp"
#include "core/table/out_reason.hpp"

#include <optional>
#include <string>
#include <vector>

namespace busbar {

/// One battery as the bank sees it. Numbers are unknown where the battery gives none.
struct MemberReport {
    std::string id;    ///< stable over restarts: from serial, else connection and name; [a-z0-9_]
    std::string name;  ///< unique within the bank
    int instance = -1; ///< on the GX; −1 for a missing one
    std::optional<int> key{}; ///< RosterEntry::key
    std::string within;       ///< id of the made battery that it is a part of, of several the first
    bool takesPart = false;
    bool held = false; ///< takes part with last values, because something was lost a moment ago
    OutReason reason = OutReason::None; ///< why it does not take part, or why it is held
    bool isHeard = false;               ///< its values are those of now
    std::optional<SteadyTime> heard{};  ///< when it said anything last; nothing = never
    bool maybeSum = false;              ///< `aggregate`, but not decided (aggregate_watch.hpp)
    std::string detail;                 ///< what to look at: "13.5 V, others 27.1 V"; may be empty
    std::optional<double> voltage_V, current_A, power_W, soc_pct, capacity_Ah;
    std::optional<double> maxCharge_A, maxDischarge_A, maxCharge_V;
    std::optional<double> minCell_V, maxCell_V;

    // Learned and counted; unknown or empty until there is something to say.
    std::optional<double> share; ///< of the bank's current, 0 … 1; mean of the last minutes
    std::optional<double> resistance_Ohm;
    std::optional<double> counter_pct;   ///< SoC by the own counter
    std::optional<double> deviation_pct; ///< own SoC minus the counter's
    MeasuredCapacity measured;
    std::string weakestCell; ///< lowest under discharge, most of the time
    std::string highestCell; ///< highest under charge, most of the time
    MeterTotals meters;
    std::optional<double> fullCycles;
};

/// How far the charge goes, besides the state of charge and the time to go.
struct ChargeReach {
    std::optional<double> usableSoc_pct; ///< over those that may discharge (usable_soc.hpp)
    std::optional<double> stopSoc_pct;   ///< where the GX stops to discharge, while data comes
    std::optional<double> timeToFull_s;  ///< while charging (time_to_go.hpp)
    ChargeTarget target;                 ///< the owner's, and what becomes of it
};

struct BankReport {
    Stage stage = Stage::Starting;
    bool isUnheard = false;             ///< data has never been complete since the start
    Limit charge;                       ///< CCL
    Limit discharge;                    ///< DCL
    std::optional<Limit> chargeVoltage; ///< CVL; nothing if no member ever gave one
    /// All that holds each of them down: ascending, the one in force first.
    LimiterLists limiters;
    Preset preset = Preset::None; ///< in force: the owner's or the recognised one
    CurrentSource currentSource = CurrentSource::Batteries; ///< where it was measured …
    std::string currentWhyNot; ///< … and what was missing where the owner wants it measured
    SocOutput soc;
    ChargeReach reach;
    BalancingOutput balancing;
    MeterTotals meters;
    std::optional<double> fullCycles;
    std::optional<WallTime> lastFull;
    std::vector<MemberReport> members; ///< in order of instance, missing ones last
    int online = 0;                    ///< members that take part
    int total = 0; ///< members that should: taking part, dropped, missing, or `expected` if larger
};

} // namespace busbar
