// SPDX-License-Identifier: MIT
// One bank: from the readings of a GX to the snapshot that is published, and the report that
// explains it.
#pragma once

#include "core/advice.hpp"
#include "core/aggregate_watch.hpp"
#include "core/agreement.hpp"
#include "core/current_source.hpp"
#include "core/events.hpp"
#include "core/gx_pages.hpp"
#include "core/lifetime.hpp"
#include "core/limits/belief.hpp"
#include "core/limits/cell_count.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/limiters.hpp"
#include "core/limits/peak.hpp"
#include "core/limits/preset.hpp"
#include "core/limits/ramp.hpp"
#include "core/loss.hpp"
#include "core/lost_members.hpp"
#include "core/membership.hpp"
#include "core/off_proof.hpp"
#include "core/overrun.hpp"
#include "core/roster.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/time_to_go.hpp"
#include "core/upkeep.hpp"

#include <bitset>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace busbar {

struct ChargeVoltageInput;

class Readings;
struct BankReport;
struct MemberReport;

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

/// Why a bank is worked out.
enum class Pace : std::uint8_t {
    Cycle, ///< it is time
    AtOnce ///< between two cycles, because something was cut: limits fall, and rise with the cycle
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

    /// What an earlier run has left; before the first cycle.
    void restore(const BankMemory& memory) {
        busbar::restore(upkeep_, limits_.share, memory);
        restoreWords(limits_.unheard, memory);
        startLifetime(lifetime_, memory);
        setControls(memory.controls);
    }
    /// What should survive a restart, as of the last cycle.
    [[nodiscard]] const BankMemory& memory() const { return upkeep_.memory; }
    /// The owner's wishes at run time; remembered with `memory`.
    void setControls(Controls controls) {
        membership_.outOfService = controls.outOfService;
        upkeep_.memory.controls = std::move(controls);
    }
    [[nodiscard]] const Controls& controls() const { return upkeep_.memory.controls; }
    /// The own counter begins again from what the batteries say.
    void resetCounter();
    /// How the limits reach the GX. A battery there that carries the own serial tells more about it
    /// by itself: published on that GX, and under which instance.
    void setReach(const Reach& reach) { reach_ = reach; }
    /// The owner's DVCC limits, while the GX shows those that Busbar has written (dvcc.hpp);
    /// nothing = as the GX shows them.
    void setOwnersLimits(const std::optional<DvccValues>& limits) { ownersLimits_ = limits; }
    /// The GX's screen asks for this /Battery/<n>: it is up to date with every cycle, the others
    /// every ten seconds.
    void showPage(int number) { page_ = number; }
    /// Balance in the next cycles, without waiting for the day.
    void balanceNow() { balanceNow_ = true; }

    /// `readings` must be settled for `now`. The reference stays valid until the next call.
    const Snapshot& evaluate(const Readings& readings, const Now& now, Pace pace = Pace::Cycle);
    /// A cycle before there is anything to conclude from: only the ladder goes on.
    const Snapshot& await(const Now& now);

    [[nodiscard]] const Snapshot& snapshot() const { return snapshot_; }
    /// Only directly after evaluate, while the readings it was given have not changed.
    [[nodiscard]] BankReport report() const;
    /// Adds the instances of those that take part.
    void addMembers(std::set<int>& instances) const;
    /// What should be changed in the settings of the GX.
    [[nodiscard]] const std::vector<Advice>& advice() const { return advice_; }
    /// What the last evaluate changed.
    [[nodiscard]] const std::vector<Event>& events() const { return events_; }
    [[nodiscard]] const BankSettings& settings() const { return settings_; }
    [[nodiscard]] Stage stage() const { return loss_.stage; }
    /// A battery that is lost and whose last word counts, also when the GX shows nothing of it.
    [[nodiscard]] bool isLost(const std::string& id) const {
        return limits_.unheard.lost.contains(id);
    }
    /// The battery should be on the bus: data was complete once, and is not lost for too long.
    [[nodiscard]] bool wantsBus() const {
        return loss_.wasNormal && (loss_.stage == Stage::Normal || loss_.stage == Stage::NoData);
    }

    /// Feed-in must be off: the CCL has no effect while it is on, and charging is blocked, peak
    /// control acts, or the bank or a member is charged with more than its limit.
    [[nodiscard]] bool wantsFeedInOff() const;
    /// All cells are known to be below their maximum, and close together.
    [[nodiscard]] bool feedInMayReturn() const;

private:
    void refreshRoster(const Readings& readings);
    void evaluateMembers(const Members& members, const Readings& readings, const Now& now);
    OwnMeasurement measure(const Readings& readings);
    void noteFreshness(const Readings& readings, Pace pace);
    /// Currents of both sides of the busbar.
    struct BarSides {
        std::optional<double> plant_A; ///< nothing = a piece lacks, or a member is held
        std::optional<double> heard_A;
        double capacity_Ah = 0.0; ///< 0 = unknown
    };
    [[nodiscard]] BarSides barSides(const Members& members, const Readings& readings,
                                    const OwnMeasurement& own) const;
    [[nodiscard]] std::optional<double> plantCurrent_A(const Readings& readings,
                                                       const OwnMeasurement& own) const;
    void proveLostOff(const Members& members, const BarSides& sides, const Now& now);
    void doubtCurrents(const Members& members, const BarSides& sides, const Now& now);
    void compareSides(const Members& members, const BarSides& sides, const Now& now);
    [[nodiscard]] std::optional<double> controlledCurrent_A() const;
    [[nodiscard]] UnheardInput unheardInput(const Members& members) const;
    void holdVoltage(Limit base, const ChargeVoltageInput& input, const Now& now);
    void rampLimits(const Now& now);
    void countCharge(const UpkeepInput& input, const Now& now);
    [[nodiscard]] UpkeepInput upkeepInput(const Members& members, const Readings& readings,
                                          const Now& now) const;
    void knowPreset(const Members& members);
    [[nodiscard]] ChargeVoltageInput voltageInput(const Members& members, const Readings& readings,
                                                  const Now& now) const;
    void workOutVoltage(const Members& members, const Members& all, const Readings& readings,
                        const Now& now);
    [[nodiscard]] CellCountInput cellCountInput() const;
    [[nodiscard]] bool isUnrecognised() const; ///< the chemistry, which is to be
    void workOutCurrents(const Members& members, const Readings& readings, const Now& now);
    void endSuspicion(const Members& members);
    void boundBySuspects(const Members& all, const Readings& readings, const Now& now);
    void evaluateLost(const Now& now);
    void fill(const Members& members, const Now& now, Pace pace);
    void findEvents();
    void beginToGather();
    void fillLimits();
    void fillCounts(const Members& members);
    void fillFixed();
    void fillAlarms();
    void fillHistory(const Members& members, const Now& now);
    void fillPages(const Now& now);
    void noteBook(const Now& now);
    void roundAll();
    void advise(const Members& members, const Readings& readings, const Now& now);
    [[nodiscard]] Reach reachNow(const Readings& readings) const;
    [[nodiscard]] int lostCount() const;
    [[nodiscard]] int absentCount() const;
    void addLearned(MemberReport& report) const;

    BankSettings settings_;
    Identity identity_;
    OwnSerials ownSerials_;
    std::uint64_t rosterVersion_{0};
    std::vector<RosterEntry> roster_;
    std::vector<Verdict> verdicts_;
    MembershipState membership_;
    LossState loss_;
    PresetValues preset_;
    BankCurrent current_;
    Upkeep upkeep_;
    bool balanceNow_{false};
    std::optional<SteadyTime> gathering_; ///< since when members come in after there were none
    CellCounts cells_;
    LimitState limits_;
    SumWatch sums_;
    std::optional<LimitState> limitsOfAll_; ///< if those that may be sums were batteries
    PeakState peak_;
    BarTrack offProof_;
    std::set<std::string> offParties_; ///< whose proof that is
    SteadyTime provenOff_{};           ///< when it was last proven
    std::uint64_t signs_{0};           ///< of the readings, in the last cycle
    Basis basis_{Basis::New};          ///< of this cycle's limits
    AgreementState agreement_;
    CurrentBelief belief_;
    OverrunState overrun_;
    RampState chargeRamp_;
    RampState dischargeRamp_;
    MovingMean meanCurrent_;
    Limit charge_;
    Limit discharge_;
    std::optional<Limit> chargeVoltage_;
    Value lastSoc_;
    std::optional<double> usableSoc_pct_;
    LifetimeShown lifetime_;
    static constexpr std::size_t kOwnHistory = 5;
    std::bitset<kOwnHistory> historyOfMembers_; ///< rows of the history that batteries have told
    ExtrasLayout extras_;
    int page_{0};              ///< of /Battery/<n>, that the GX's screen asks for; 0 = none yet
    SteadyTime pagesFilled_{}; ///< all of them
    Snapshot snapshot_;
    Reach reach_;
    std::optional<DvccValues> ownersLimits_;
    AdviceState adviceState_;
    std::vector<Advice> advice_;
    EventFinder finder_;
    std::vector<Event> events_;
};

} // namespace busbar
