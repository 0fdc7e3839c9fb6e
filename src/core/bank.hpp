// SPDX-License-Identifier: MIT
// One bank: from the readings of a GX to the snapshot that is published, and the report that
// explains it.
#pragma once

#include "core/events.hpp"
#include "core/limits/limiters.hpp"
#include "core/limits/ramp.hpp"
#include "core/loss.hpp"
#include "core/membership.hpp"
#include "core/readings.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/time_to_go.hpp"

#include <string>
#include <vector>

namespace busbar {

/// What describes the published battery; goes into the Fixed rows.
struct Identity {
    std::string productName = "Busbar";
    std::string customName;
    std::string serial;
    std::string version;
    std::string connection =
        "Virtual";     ///< must be valid, or the GX does not offer the battery as monitor
    int instance = -1; ///< −1 = not known yet
};

/// Pure apart from its own memory (ramps, ladder, means): no clock, no input or output.
class Bank {
public:
    explicit Bank(BankSettings settings);

    void setIdentity(Identity identity);
    /// Batteries that are never read back, because this process publishes them.
    void setOwnSerials(OwnSerials serials);
    /// New settings at run time; what was learned and remembered stays.
    void setSettings(BankSettings settings);

    /// One cycle. `readings` must be settled for `now`. The reference stays valid until the next
    /// call.
    const Snapshot& evaluate(const Readings& readings, const Now& now);

    [[nodiscard]] const Snapshot& snapshot() const { return snapshot_; }
    /// Only directly after evaluate, while the readings it was given have not changed.
    [[nodiscard]] BankReport report() const;
    /// What the last evaluate changed.
    [[nodiscard]] const std::vector<Event>& events() const { return events_; }
    [[nodiscard]] const BankSettings& settings() const { return settings_; }
    [[nodiscard]] Stage stage() const { return loss_.stage; }
    /// The battery should be on the bus: data was complete once, and is not lost for too long.
    [[nodiscard]] bool wantsBus() const {
        return loss_.stage == Stage::Normal || loss_.stage == Stage::NoData;
    }

private:
    void refreshRoster(const Readings& readings);
    void evaluateMembers(const Members& members, const Readings& readings, const Now& now);
    void workOutLimits(const LimitInput& input, const Now& now);
    void evaluateLost(const Now& now);
    void fillLimits();
    void fillCounts(const Members& members);
    void fillFixed();
    void fillAlarms();
    void fillCells(const Members& members);
    void roundAll();
    [[nodiscard]] int lostCount() const;

    BankSettings settings_;
    Identity identity_;
    OwnSerials ownSerials_;
    std::uint64_t rosterVersion_{0};
    std::vector<RosterEntry> roster_;
    std::vector<Verdict> verdicts_;
    MembershipState membership_;
    LossState loss_;
    RampState chargeRamp_;
    RampState dischargeRamp_;
    MovingMean meanCurrent_;
    Limit charge_;
    Limit discharge_;
    std::optional<Limit> chargeVoltage_;
    Value lastSoc_;
    Snapshot snapshot_;
    EventFinder finder_;
    std::vector<Event> events_;
};

} // namespace busbar
