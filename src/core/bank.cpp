// SPDX-License-Identifier: MIT
// The stages of a cycle, strung together.
#include "core/bank.hpp"

#include "core/cycle/ladder.hpp"
#include "core/lost_members.hpp"
#include "core/member.hpp"
#include "core/path_table.hpp"
#include "core/readings.hpp"

#include <utility>

namespace busbar {

namespace {

/// What the ladder starts from when data is lost in the next cycle.
void noteForLadder(LossState& loss, const LimitStageInput& input, const LimitStageState& state,
                   const Limit& discharge) {
    const auto lowest_V = input.measured.lowestCell_V;
    if (state.preset.comfortCell_V)
        loss.comfortCell_V = *state.preset.comfortCell_V;
    loss.discharge_A = discharge.value;
    loss.lowestCell_V =
        lowest_V ? smaller(lowest_V, lowestUnheard_V(state.own.unheard, unheardInput(input, state)))
                 : lowest_V;
    loss.soc_pct = lowest_pct(input.soc);
}

} // namespace

Bank::Bank(BankSettings settings) : settings_(std::move(settings)) {}

void Bank::setSettings(BankSettings settings) {
    settings_ = std::move(settings);
    partsState_.rosterVersion = 0;
    limitState_.preset = {};
    loss_.comfortCell_V = LossState{}.comfortCell_V; // of the old preset
    limitState_.own.curves = {};
}

void Bank::restore(const BankMemory& memory) {
    busbar::restore(charge_.upkeep, limitState_.own.share, memory);
    restoreWords(limitState_.own.unheard, memory);
    startLifetime(rows_.lifetime, memory);
    setControls(memory.controls);
}

void Bank::setControls(Controls controls) {
    partsState_.membership.outOfService = controls.outOfService;
    charge_.upkeep.memory.controls = std::move(controls);
}

const Snapshot& Bank::evaluate(const Readings& readings, const Now& now, Pace pace) {
    BankMemory& memory = charge_.upkeep.memory;
    UnheardState& unheard = limitState_.own.unheard;
    decide(parts_, partsState_, unheard,
           {readings, settings_, surroundings_.ownSerials, memory.book,
            snapshot_[row("/Dc/0/Voltage")].number(), measured_.current.current_A, pace},
           now);
    if (parts_.isNewRoster)
        rows_.extras.shapes.reset();
    Members members = membersOf(parts_.verdicts, false);
    know(members, limitState_, settings_, now);
    noteBook(memory.book, parts_.verdicts, now);
    step(loss_, !members.empty(), settings_.loss, now);
    if (members.empty())
        doWithout(now);
    else
        work(members, readings, now);
    rememberWords(memory, limitState_.own.unheard);
    show(members, now, pace);
    advise(findings_, view(), members, readings, now);
    findEvents(findings_, view());
    return snapshot_;
}

const Snapshot& Bank::await(const Now& now) {
    step(loss_, false, settings_.loss, now);
    doWithout(now);
    show({}, now, Pace::Cycle);
    findEvents(findings_, view());
    return snapshot_;
}

/// A cycle with data. What limits need comes first, what follows from them last.
void Bank::work(const Members& members, const Readings& readings, const Now& now) {
    measured_ = measure({members, parts_.verdicts, readings, settings_, surroundings_.ownSerials},
                        snapshot_);
    knowPreset(limitState_.preset, settings_, members);

    UnheardState& unheard = limitState_.own.unheard;
    const EvidenceInput evidence{members, measured_};
    proveLostOff(evidence_, unheard, evidence, now);
    compareSides(evidence_, hasLost(unheard), evidence, now);
    noteDoubted(limitState_, doubtCurrents(evidence_, evidence, parts_.verdicts, now));

    const UpkeepInput upkeep =
        upkeepInput(charge_,
                    {members, readings, settings_, surroundings_.ownSerials, limitState_.preset,
                     measured_, std::exchange(surroundings_.balanceNow, false)},
                    now);
    countCharge(charge_, upkeep, snapshot_, now);

    Members withSuspects;
    if (hasSuspects(parts_.verdicts)) {
        withSuspects = membersOf(parts_.verdicts, true);
        know(withSuspects, limitState_, settings_, now);
    }
    const LimitStageInput limits{members,
                                 withSuspects.empty() ? members : withSuspects,
                                 parts_.verdicts,
                                 readings,
                                 settings_,
                                 controls(),
                                 surroundings_.ownersLimits,
                                 measured_,
                                 evidence_.agreement.known,
                                 charge_.upkeep.socNow,
                                 charge_.upkeep.balancingNow,
                                 parts_.basis};
    workOut(limits_, limitState_, limits, now);

    keepBooks(charge_.upkeep, upkeep, limitState_.own.share, now);
    noteWork(partsState_.membership.frozen, measured_.current.current_A, measured_.nominal_Ah);
    noteForLadder(loss_, limits, limitState_, limits_.discharge);
    fillWork(snapshot_, rows_, charge_.upkeep.memory,
             {members, measured_, loss_.soc_pct, readings.gx().activeSocLimit_pct}, now);
}

/// A cycle without data. Voltage, current and power become unknown; the SoC and the CVL keep their
/// last value, because an unknown one switches the GX's own control off.
void Bank::doWithout(const Now& now) {
    snapshot_.rows = {};
    charge_.usableSoc_pct.reset();
    charge_.upkeep.balancingNow.events.clear();
    if (loss_.stage == Stage::NoData)
        pause(charge_.upkeep.soc, now);
    else
        beginToGather(charge_);
    rows_.meanCurrent.add(std::nullopt, now);
    noteWork(partsState_.membership.frozen, std::nullopt, std::nullopt);
    const bool isSeries = !partsState_.membership.guard.series.empty();
    fallBack(limits_, limitState_, {parts_.verdicts, settings_, controls(), loss_, isSeries}, now);
    if (loss_.stage != Stage::Starting && !isSeries)
        snapshot_[row("/Soc")] = charge_.lastSoc;
}

void Bank::show(const Members& members, const Now& now, Pace pace) {
    const RowsInput input{members,
                          parts_.verdicts,
                          limitState_.own.unheard,
                          settings_,
                          surroundings_.identity,
                          controls(),
                          limits_,
                          loss_.stage};
    fillRows(snapshot_, input);
    if (pace == Pace::Cycle)
        fillPages(snapshot_, rows_, input, surroundings_.page, now);
}

CycleView Bank::view() const {
    return {settings_, surroundings_, parts_,  partsState_, measured_, evidence_,
            charge_,   limitState_,   limits_, loss_,       snapshot_};
}

} // namespace busbar
