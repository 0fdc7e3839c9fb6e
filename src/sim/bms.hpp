// SPDX-License-Identifier: MIT
// A battery management system: measures, limits, reports late and rounded, trips and reconnects.
#pragma once

#include "sim/bms_guard.hpp"
#include "sim/bms_report.hpp"
#include "sim/pack.hpp"
#include "sim/random.hpp"
#include "sim/report_line.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace busbar::sim {

/// How and how exactly values leave the BMS.
struct ReportingSpec {
    Seconds period{1.0};
    Seconds phase{0.0}; ///< of the first report
    Seconds delay{0.5}; ///< from measuring to publishing
    double voltageStep_V = 0.01;
    double cellStep_V = 0.001;
    double currentStep_A = 0.1;
    double temperatureStep_C = 0.1;
    double socStep_pct = 1.0;
    double limitStep_A = 1.0;
    double currentGain = 1.0;     ///< what it shows per real ampere
    double currentOffset_A = 0.0; ///< … plus this
    double currentNoise_A = 0.05; ///< standard deviation
    double cellError_V = 0.0015;  ///< standard deviation of each cell's fixed error
    double socError_pct = 0.0;    ///< of its own counter at the start
    bool hasCells = true;
    bool hasCapacity = true;
    bool hasLimits = true;
    bool hasAllowFlags = true;
};

/// Straight from full at `from` to 0 at `to`; nothing = no such derating.
struct Derating {
    double from = 0.0;
    double to = 0.0;
};

struct LimitSpec {
    double charge_V = 56.0;               ///< CVL of the pack
    std::optional<double> float_V;        ///< CVL after absorption; nothing = never floats
    double charge_A = 100.0;              ///< CCL
    double discharge_A = 100.0;           ///< DCL
    std::optional<Derating> highCell_V;   ///< charge
    std::optional<Derating> lowCell_V;    ///< discharge
    std::optional<Derating> coldCharge_C; ///< from = warm
    std::optional<Derating> hot_C;        ///< both ways
};

struct BalancerSpec {
    double current_A = 0.1; ///< 0 = none
    double from_V = 3.40;   ///< only cells above …
    double diff_V = 0.010;  ///< … and this much above the lowest
};

struct BmsSpec {
    double capacity_Ah = 100.0; ///< what it believes
    ReportingSpec reporting;
    LimitSpec limits;
    TripSpec trips;
    BalancerSpec balancer;
    std::vector<Fault> faults;
};

/// Limits that a BMS wants kept now.
struct OwnLimits {
    double maxCharge_V = 0.0;
    double maxCharge_A = 0.0;
    double maxDischarge_A = 0.0;
};

class Bms {
public:
    /// `pack` as it is at the start.
    Bms(BmsSpec spec, const Pack& pack, std::uint64_t seed, Seconds step);

    /// After each step of the pack. `gap_V`: bus minus what the pack, with others in series, has;
    /// it decides whether a contactor may close. Nothing = the bus is dead.
    void step(Seconds time, Pack& pack, std::optional<double> gap_V);

    /// Fails in a further way; what has passed is forgotten.
    void addFault(const Fault& fault);
    /// At its last step a fault was at work.
    [[nodiscard]] bool isFailing() const { return line_.isFaulty(); }
    /// … by which nothing that it publishes is of now.
    [[nodiscard]] bool isUnheard() const { return line_.isUnheard(); }

    [[nodiscard]] bool canCharge() const { return guard_.canCharge(); }
    [[nodiscard]] bool canDischarge() const { return guard_.canDischarge(); }
    [[nodiscard]] Switch switchKind() const { return spec_.trips.kind; }
    /// What the GX sees now.
    [[nodiscard]] const PackReport& published() const { return line_.published(); }
    [[nodiscard]] const OwnLimits& ownLimits() const { return own_; }
    [[nodiscard]] int trips(Trip trip) const { return guard_.count(trip); }
    [[nodiscard]] const BmsSpec& spec() const { return spec_; }

private:
    void limit(const Pack& pack);
    void chooseMode(const Pack& pack);
    void balance(Pack& pack);
    void enqueue(double time_s, const Pack& pack);
    void fill(PackReport& report, const Pack& pack);
    void fillCharge(PackReport& report) const;
    void fillLimits(PackReport& report) const;

    BmsSpec spec_;
    double step_s_;
    Random random_;
    BmsSense sense_;
    BmsGuard guard_;
    double count_Ah_; ///< what it believes to hold
    ChargeMode mode_{ChargeMode::Bulk};
    double tail_s_{0.0};
    bool isBalancing_{false};
    OwnLimits own_;
    double nextReport_s_;
    std::uint64_t reports_{0};
    ReportLine line_;
};

} // namespace busbar::sim
