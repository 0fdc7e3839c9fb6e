// SPDX-License-Identifier: MIT
// Measures how well a bank fares under the limits that it is given.
#pragma once

#include "sim/twin.hpp"

#include <array>
#include <optional>
#include <vector>

namespace busbar::sim {

/// How often BMSs opened, by Trip.
using TripCounts = std::array<int, kTripCount>;
[[nodiscard]] int sumOf(const TripCounts& trips);

/// For how long packs had been above a limit for longer than 10 s, pack-seconds, and the largest
/// excess, of what the pack's limit is at most.
struct OverLimit {
    double total_s = 0.0;
    double worst_pct = 0.0;
};

/// How well a controller did.
struct Metrics {
    double hours = 0.0;
    int trips = 0; ///< all; those that are not in `tripsByFlow`: packs that equalise, or rest
    /// By charging or discharging: what limits could have prevented.
    TripCounts tripsByFlow{};
    /// Pack-seconds in which a pack had been above its own limit by more than 2 % for longer than
    /// 10 s, and the largest such excess. Not counted where it is nobody's fault: while charger and
    /// load are both at 0, and where equalising alone carries the pack over its limit.
    double overLimit_s = 0.0;
    double worstExcess_A = 0.0;
    double worstExcess_pct = 0.0; ///< of what the pack's limit is at most
    OverLimit heard;              ///< the part of it in packs whose data arrived
    /// Packs that nobody heard, more than 5 % above the limit that they gave last.
    OverLimit unheard;
    // From here a string of packs counts as one pack.
    /// Hours until the bank was full: one pack had less than 1 % room, or all were at their own CVL
    /// with less than 2 % of their capacity as current for a minute.
    std::optional<double> full_h;
    /// The least room that the bank ever had, of what it can hold; and the room that the pack with
    /// the least charge between empty and full had then.
    double unusedBank_pct = 0.0;
    double unusedWeakest_pct = 0.0;
    double cvlTurns_per_h = 0.0; ///< changes of direction of the CVL, by steps > 20 mV
    double cclTurns_per_h = 0.0; ///< … of the CCL, by steps > 1 % of its largest value
    double cclAtZero_h = 0.0;
    double dclAtZero_h = 0.0;
    double unserved_Wh = 0.0;
    double curtailed_Wh = 0.0;
    double charged_Ah = 0.0; ///< into packs, net of the bank, while charging
    double maxCell_V = 0.0;
    double minCell_V = 0.0;
};

/// Counts changes of direction of a limit, blind to moves below a step.
class TurnCounter {
public:
    void add(std::optional<double> value, double step);
    [[nodiscard]] int turns() const { return turns_; }

private:
    bool hasAnchor_{false};
    double anchor_{0.0};
    double direction_{0.0};
    int turns_{0};
};

class Meter {
public:
    /// From this moment of the twin on.
    explicit Meter(const Twin& twin);

    /// After each step: with the limits that it was given.
    void add(const Twin& twin, const Limits& limits);
    [[nodiscard]] Metrics result(const Twin& twin) const;

private:
    struct PackMeter {
        double over_s = 0.0;
        double overLast_s = 0.0;
        bool isUnheard = false;
        std::optional<double> lastCharge_A, lastDischarge_A; ///< limits of when it was heard last
        TripCounts trips{};
    };
    /// What one pack does in this step.
    struct PackStep {
        PackTruth truth;
        double atZero_A = 0.0; ///< what it would carry with the bank at 0
        bool isIdle = false;   ///< neither charger nor load work
        const LimitSpec& largest;
    };
    /// What the bank's strings are together.
    struct Sum {
        bool allTail = true;
        bool oneIsFull = false;
        double room_Ah = 0.0;
        double usable_Ah = 0.0;
        double weakest_Ah = 0.0; ///< of the string with the least between empty and full
        double weakestRoom_Ah = 0.0;
    };
    static TripCounts tripsOf(const Bms& bms);
    void addPack(const Twin& twin, std::size_t i, const PackTruth& truth, bool isIdle);
    PackTruth addBlocks(const Twin& twin, std::size_t string, bool isIdle);
    void addString(Sum& sum, const Twin& twin, std::size_t string, const PackTruth& truth);
    void addCells(const PackTruth& truth);
    void shareOut(const Twin& twin);
    static void hear(PackMeter& meter, const Bms& bms);
    void addTrips(PackMeter& meter, const PackStep& step, const Bms& bms);
    void addLimit(PackMeter& meter, const PackStep& step);
    void addLastLimit(PackMeter& meter, const PackStep& step);
    [[nodiscard]] bool hasTail(double& tail_s, const PackTruth& truth, double capacity_Ah) const;
    void addRoom(double weakest_pct, double bank_pct);

    std::vector<PackMeter> packs_;
    double began_h_;
    TwinBook book_;
    double step_s_;
    std::vector<double> conductances_; ///< of each string, cold, 1/Ω
    std::vector<double> shares_;       ///< … of a change of the bank's current
    std::vector<double> tails_s_;      ///< … how long it has been full
    TurnCounter cvl_, ccl_;
    double largestCcl_A_{0.0};
    bool hasCells_{false};
    double leastRoom_pct_{200.0}; ///< more than there can be
    Metrics metrics_;
};

} // namespace busbar::sim
