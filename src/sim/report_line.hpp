// SPDX-License-Identifier: MIT
// The way of a BMS's reports to the bus: late, and with faults.
#pragma once

#include "sim/bms_report.hpp"

#include <cstddef>
#include <vector>

namespace busbar::sim {

class ReportLine {
public:
    /// `capacity`: reports that may be under way.
    void start(std::size_t capacity) { queue_.resize(capacity); }
    /// At once, as the first one.
    void begin(const PackReport& report) { received_ = published_ = report; }
    /// To be filled; arrives then. Nothing while too many are under way.
    [[nodiscard]] PackReport* add(double due_s);
    /// What has arrived by now is published, as far as the fault that is at work lets it.
    void publish(double time_s, const Fault* fault);

    /// What the GX sees now.
    [[nodiscard]] const PackReport& published() const { return published_; }
    /// At its last step a fault was at work.
    [[nodiscard]] bool isFaulty() const { return isFaulty_; }
    /// … by which nothing that is published is of now.
    [[nodiscard]] bool isUnheard() const { return isUnheard_; }

private:
    struct Queued {
        double due_s = 0.0;
        PackReport report;
    };

    void receive(double time_s);
    void applyFault(const Fault& fault, double time_s);

    std::vector<Queued> queue_; ///< ring
    std::size_t first_{0};
    std::size_t queued_{0};
    PackReport received_;  ///< the newest report that came through
    PackReport published_; ///< … with faults
    bool isFaulty_{false};
    bool isUnheard_{false};
};

} // namespace busbar::sim
