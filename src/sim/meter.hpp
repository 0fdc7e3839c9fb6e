// SPDX-License-Identifier: MIT
// Measures how well a bank fares under the limits that it is given.
#pragma once

#include "sim/twin.hpp"

#include <optional>
#include <vector>

namespace busbar::sim {

/// How well a controller did.
struct Metrics {
    double hours = 0.0;
    int tripsWhileCharging = 0; ///< over-voltage, while current flowed in
    int trips = 0;              ///< all
    /// Pack-seconds in which a pack had been above its own limit by more than 2 % for longer than
    /// 10 s, and the largest such excess. Not counted where it is nobody's fault: while charger and
    /// load are both at 0, and where equalising alone carries the pack over its limit.
    double overLimit_s = 0.0;
    double worstExcess_A = 0.0;
    double worstExcess_pct = 0.0; ///< of what the pack's limit is at most
    /// Hours until the bank was full: one pack had less than 1 % room, or all were at their own CVL
    /// with less than 2 % of their capacity as current for a minute.
    std::optional<double> full_h;
    /// The least room that the bank ever had, of what it can hold; and the room that the pack with
    /// the least charge between empty and full had then.
    double unusedBank_pct = 0.0;
    double unusedWeakest_pct = 0.0;
    double cvlTurns_per_h = 0.0; ///< changes of direction of the CVL, by steps > 20 mV
    double cclTurns_per_h = 0.0; ///< … of the CCL, by steps > 1 % of its largest value
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
    struct Trips {
        int all = 0;
        int whileCharging = 0;
    };
    struct PackMeter {
        double over_s = 0.0;
        double tail_s = 0.0;
    };
    static Trips tripsOf(const Twin& twin);
    void addCells(const PackTruth& truth);
    void shareOut(const Twin& twin);
    void addLimit(PackMeter& meter, const PackTruth& truth, double atZero_A,
                  const LimitSpec& largest);
    [[nodiscard]] bool hasTail(PackMeter& meter, const PackTruth& truth, double capacity_Ah) const;
    void addRoom(double weakest_pct, double bank_pct);

    std::vector<PackMeter> packs_;
    double began_h_;
    TwinBook book_;
    Trips trips_;
    double step_s_;
    std::vector<double> conductances_; ///< of each pack, cold, 1/Ω
    std::vector<double> shares_;       ///< of a change of the bank's current
    TurnCounter cvl_, ccl_;
    double largestCcl_A_{0.0};
    bool hasCells_{false};
    double leastRoom_pct_{200.0}; ///< more than there can be
    Metrics metrics_;
};

} // namespace busbar::sim
