// SPDX-License-Identifier: MIT
// The stages of a cycle, strung together.
#include "core/bank.hpp"

#include "core/calendar.hpp"
#include "core/charge/lifetime.hpp"
#include "core/charge/take_over.hpp"
#include "core/cycle/charge_stage.hpp"
#include "core/cycle/evidence.hpp"
#include "core/cycle/findings.hpp"
#include "core/cycle/ladder.hpp"
#include "core/cycle/limit_stage.hpp"
#include "core/cycle/measured.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/rows.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/events.hpp"
#include "core/gx/advice.hpp"
#include "core/made/corrections.hpp"
#include "core/members/loss.hpp"
#include "core/members/lost_members.hpp"
#include "core/members/member.hpp"
#include "core/memory.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/controls.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"

#include <set>
#include <string>
#include <utility>

namespace busbar {

/// Memory of each stage, and what it came to in the last cycle.
struct Bank::Stages {
    BankSettings settings;
    Surroundings surroundings{};
    PartsState partsState{};
    Parts parts{};
    Measured measured{};
    EvidenceState evidence{};
    ChargeStageState charge{};
    LimitStageState limitState{};
    BankLimits limits{};
    LossState loss{};
    RowsState rows{};
    Snapshot snapshot{};
    Findings findings{};

    void work(const Members& members, const Readings& readings, const Now& now);
    void weigh(const Members& members, const Now& now);
    void doWithout(const Now& now);
    void show(const Members& members, const Now& now, Pace pace);
    [[nodiscard]] const Controls& controls() const { return charge.upkeep.memory.controls; }
    [[nodiscard]] CycleView view() const;
    [[nodiscard]] ChargeWishes takeWishes();
};

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
    loss.soc_pct = lowest_pct(input.charge.socNow);
}

/// All members, if some of them may be sums of others; else none.
Members knowSuspects(const Parts& parts, LimitStageState& state, const BankSettings& settings,
                     const Now& now) {
    Members members = hasSuspects(parts.verdicts) ? membersOf(parts.verdicts, true) : Members();
    if (!members.empty())
        know(members, state, settings, now);
    return members;
}

} // namespace

Bank::Bank(BankSettings settings) : s_(std::make_unique<Stages>(Stages{std::move(settings)})) {}
Bank::~Bank() = default;
Bank::Bank(Bank&&) noexcept = default;
Bank& Bank::operator=(Bank&&) noexcept = default;

void Bank::setSettings(BankSettings settings) {
    s_->settings = std::move(settings);
    s_->partsState.rosterVersion = 0;
    s_->partsState.membership.guard.isBorneOut = false; // of other batteries, perhaps
    s_->limitState.preset = {};
    s_->loss.comfortCell_V = LossState{}.comfortCell_V; // of the old preset
    s_->limitState.own.curves = {};
}

const BankSettings& Bank::settings() const {
    return s_->settings;
}

Surroundings& Bank::surroundings() {
    return s_->surroundings;
}

void Bank::restore(const BankMemory& memory) {
    busbar::restore(s_->charge.upkeep, s_->limitState.own.share, memory);
    restoreWords(s_->limitState.own.unheard, memory);
    startLifetime(s_->rows.lifetime, memory);
    setControls(memory.controls);
}

const BankMemory& Bank::memory() const {
    return s_->charge.upkeep.memory;
}

void Bank::setControls(Controls controls) {
    s_->partsState.membership.outOfService = controls.outOfService;
    s_->charge.upkeep.memory.controls = std::move(controls);
}

const Controls& Bank::controls() const {
    return s_->controls();
}

void Bank::resetCounter() {
    busbar::resetCounter(s_->charge.upkeep);
}

const Snapshot& Bank::snapshot() const {
    return s_->snapshot;
}

BankReport Bank::report() const {
    return reportOf(view());
}

const std::vector<Advice>& Bank::advice() const {
    return s_->findings.advice;
}

const std::vector<Event>& Bank::events() const {
    return s_->findings.events;
}

CycleView Bank::view() const {
    return s_->view();
}

Stage Bank::stage() const {
    return s_->loss.stage;
}

const Snapshot& Bank::evaluate(const Readings& readings, const Now& now, Pace pace) {
    BankMemory& memory = s_->charge.upkeep.memory;
    UnheardState& unheard = s_->limitState.own.unheard;
    decide(s_->parts, s_->partsState, unheard,
           {readings, s_->settings, s_->surroundings.ownSerials, memory.book,
            s_->surroundings.outerCorrections, s_->snapshot[row("/Dc/0/Voltage")].number(),
            s_->measured.current.current_A, pace},
           now);
    if (s_->parts.isNewRoster)
        s_->rows.extras.shapes.reset();
    Members members = membersOf(s_->parts.verdicts, false);
    know(members, s_->limitState, s_->settings, now);
    noteBook(memory.book, s_->parts.verdicts, now);
    step(s_->loss, !members.empty(), s_->settings.loss, now);
    if (members.empty()) {
        s_->doWithout(now);
    } else {
        takeOver(s_->charge.upkeep, members, s_->surroundings.otherMemories);
        s_->work(members, readings, now);
    }
    rememberWords(memory, s_->limitState.own.unheard);
    s_->show(members, now, pace);
    advise(s_->findings, s_->view(), members, readings, now);
    findEvents(s_->findings, s_->view());
    return s_->snapshot;
}

const Snapshot& Bank::await(const Now& now) {
    step(s_->loss, false, s_->settings.loss, now);
    s_->doWithout(now);
    s_->show({}, now, Pace::Cycle);
    findEvents(s_->findings, s_->view());
    return s_->snapshot;
}

/// A cycle with data. What limits need comes first, what follows from them last.
void Bank::Stages::work(const Members& members, const Readings& readings, const Now& now) {
    measured =
        measure({members, parts.verdicts, readings, settings, surroundings.ownSerials}, snapshot);
    knowPreset(limitState.preset, settings, members);
    const auto month = monthOf(now.wall, surroundings.aheadOfUtc);
    weigh(members, now);
    const UpkeepInput upkeep =
        upkeepInput(charge,
                    {members, readings, settings, surroundings.ownSerials, limitState.preset,
                     measured, limits.chargeVoltage, takeWishes(), month},
                    now);
    countCharge(charge, upkeep, snapshot, now);

    const Members withSuspects = knowSuspects(parts, limitState, settings, now);
    const LimitStageInput input{
        members,
        withSuspects.empty() ? members : withSuspects,
        parts.verdicts,
        readings,
        settings,
        controls(),
        surroundings.ownersLimits,
        measured,
        evidence.agreement.known,
        charge.upkeep,
        parts.basis,
        isComfortable(loss, settings.loss),
        replacedLimits(settings.corrections, {readings, surroundings.ownSerials}, parts.verdicts),
        month};
    workOut(limits, limitState, input, now);

    keepBooks(charge.upkeep, upkeep, limitState.own.share, now);
    noteWork(partsState.membership.frozen, measured.current.current_A, measured.nominal_Ah);
    partsState.membership.frozen.ends = steepEnds(limitState.preset);
    noteForLadder(loss, input, limitState, limits.discharge);
    fillWork(snapshot, rows, charge.upkeep.memory,
             {members, measured, loss.soc_pct, readings.gx().activeSocLimit_pct}, now);
    replaceRows(snapshot, settings.corrections, {readings, surroundings.ownSerials});
}

ChargeWishes Bank::Stages::takeWishes() {
    return {std::exchange(surroundings.balanceNow, false),
            std::exchange(surroundings.fullChargeNow, false), controls().chargeTarget_pct};
}

/// What the currents of both sides of the busbar prove.
void Bank::Stages::weigh(const Members& members, const Now& now) {
    UnheardState& unheard = limitState.own.unheard;
    const EvidenceInput sides{members, measured};
    proveLostOff(evidence, unheard, sides, now);
    compareSides(evidence, hasLost(unheard), sides, now);
    std::set<std::string> doubted = doubtCurrents(evidence, sides, parts.verdicts, now);
    auto deduced = deduce(evidence, doubted, sides, now);
    noteDoubted(limitState, std::move(doubted), std::move(deduced));
}

/// A cycle without data. Voltage, current and power become unknown; the SoC and the CVL keep their
/// last value, because an unknown one switches the GX's own control off.
void Bank::Stages::doWithout(const Now& now) {
    snapshot.rows = {};
    charge.usableSoc_pct.reset();
    charge.upkeep.balancingNow.events.clear();
    charge.upkeep.present.clear();
    if (loss.stage == Stage::NoData)
        pause(charge.upkeep.soc, now);
    else
        beginToGather(charge);
    rows.meanCurrent.add(std::nullopt, now);
    rows.timeToFull_s.reset();
    rows.stopSoc_pct.reset();
    noteWork(partsState.membership.frozen, std::nullopt, std::nullopt);
    const bool isSeries = !partsState.membership.guard.series.empty();
    fallBack(limits, limitState, {parts.verdicts, settings, controls(), loss, isSeries}, now);
    if (loss.stage != Stage::Starting && !isSeries)
        snapshot[row("/Soc")] = charge.lastSoc;
}

void Bank::Stages::show(const Members& members, const Now& now, Pace pace) {
    const RowsInput input{members,
                          parts.verdicts,
                          limitState.own.unheard,
                          settings,
                          surroundings.identity,
                          controls(),
                          limits,
                          loss.stage};
    fillRows(snapshot, input);
    if (pace == Pace::Cycle)
        fillPages(snapshot, rows, input, surroundings.page, now);
}

CycleView Bank::Stages::view() const {
    return {settings, surroundings, parts,  partsState, measured, evidence,
            charge,   limitState,   limits, loss,       rows,     snapshot};
}

void introduce(std::vector<Bank>& banks, const std::vector<BankMemory>& former) {
    for (Bank& bank : banks) {
        OtherMemories& others = bank.surroundings().otherMemories;
        others.clear();
        for (const Bank& other : banks)
            if (&other != &bank)
                others.push_back(&other.memory());
        for (const BankMemory& memory : former)
            others.push_back(&memory);
    }
}

} // namespace busbar
