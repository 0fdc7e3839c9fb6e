// SPDX-License-Identifier: MIT
// One cycle of a bank: roster, membership, folding, limits, alarms, counts.
#include "core/bank.hpp"

#include "core/aggregate.hpp"
#include "core/limits/charge_voltage.hpp"
#include "core/limits/direction.hpp"
#include "core/limits/open_switch.hpp"
#include "core/member.hpp"
#include "core/pack_advice.hpp"
#include "core/readings.hpp"
#include "core/report.hpp"
#include "core/usable_soc.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace busbar {

namespace {

constexpr double kRunning = 9.0;  // /State: running
constexpr double kStarting = 0.0; // /State: initialising
constexpr double kProductId =
    0xFFFF; // no id of Victron's own: neutral to systemcalc (venus-dbus: product ids)
/// Members come in one by one after a start; until then the SoC of the first is no value to slew
/// from.
constexpr auto kGathering = std::chrono::seconds(60);
/// Nothing from the GX for this long, and no link: as long as its bridge's heartbeat may be missing
/// (gx.heartbeat_timeout_s). Waiting longer would only charge blindly.
constexpr auto kSilent = std::chrono::seconds(10);
/// A proof that a lost battery is off needs changes of load; a night may have none for an hour, and
/// in a longer time a contactor may have closed again.
constexpr auto kProofLasts = std::chrono::hours(1);
/// What nobody looks at costs the GX's bus and its MQTT bridge as much as what somebody does.
constexpr auto kOtherPages = std::chrono::seconds(10);
constexpr double kWarning = 1.0;
constexpr double kAlarm = 2.0;

/// 0 is none, and 255 is what a byte says for "unknown": no lithium cell is at 0.2 V, or at 6 V.
bool isCellCount(double cells, std::optional<double> voltage_V) {
    constexpr double kLeast_V = 0.8;
    constexpr double kMost_V = 5.0;
    return cells >= 1.0 &&
           (!voltage_V || (*voltage_V >= kLeast_V * cells && *voltage_V <= kMost_V * cells));
}

bool takesPart(const Verdict& verdict) {
    return verdict.takesPart;
}

/// Batteries are there, and what they say cannot be used: nothing may flow, although no bank has
/// begun.
bool isKeptOut(const std::vector<Verdict>& verdicts) {
    return std::ranges::any_of(verdicts, [](const Verdict& verdict) {
        return verdict.battery != nullptr && !verdict.battery->left &&
               !verdict.battery->isJoining &&
               (verdict.reason == OutReason::NoVoltage ||
                verdict.reason == OutReason::VoltageMismatch);
    });
}

bool hasSuspects(const std::vector<Verdict>& verdicts) {
    return std::ranges::any_of(verdicts, &Verdict::maybeSum);
}

/// Those that take part; `withSuspects`: also those that may be sums of others.
Members membersOf(const std::vector<Verdict>& verdicts, bool withSuspects) {
    Members members;
    for (const Verdict& verdict : verdicts) {
        if (!verdict.takesPart && !(withSuspects && verdict.maybeSum))
            continue;
        members.emplace_back(*verdict.battery, *verdict.entry, verdict.held);
        if (verdict.instead_V)
            members.back().setVoltage(*verdict.instead_V);
    }
    return members;
}

void raise(Value& alarm, double level) {
    alarm = std::max(alarm.number().value_or(0.0), level);
}

/// "Float" if all agree, "Pack A: Bulk, Pack B: Float" if not; unknown if nobody says.
Value chargeModeOf(const Members& members) {
    constexpr RowIndex kMode = row("/Info/ChargeMode");
    std::set<std::string> modes;
    std::set<std::string> lines;
    for (const Member& member : members) {
        const Value* value = member.value(kMode);
        if (value == nullptr || value->text() == nullptr || value->text()->empty())
            continue;
        modes.insert(*value->text());
        lines.insert(member.name() + ": " + *value->text());
    }
    if (modes.empty())
        return {};
    if (modes.size() == 1)
        return *modes.begin();
    std::string text;
    for (const std::string& line : lines)
        text += (text.empty() ? "" : ", ") + line;
    return text;
}

/// Members count as one module each unless they know better.
double modulesOf(const Members& members, RowIndex index, double otherwise) {
    double sum = 0.0;
    for (const Member& member : members)
        sum += member.number(index).value_or(otherwise);
    return sum;
}

/// Unknown if one member's is: a part of it would make every time too short.
std::optional<double> nominalCapacityOf(const Members& members) {
    double sum_Ah = 0.0;
    for (const Member& member : members) {
        const auto own_Ah = member.nominalCapacity_Ah();
        if (!own_Ah)
            return std::nullopt;
        sum_Ah += *own_Ah;
    }
    return sum_Ah;
}

/// Modules that are offline count as that.
double blockingModules(const Members& members, RowIndex index, Direction direction) {
    double sum = 0.0;
    for (const Member& member : members)
        sum += std::max(member.number(index).value_or(0.0),
                        member.isBlocked(direction) && !isOffline(member) ? 1.0 : 0.0);
    return sum;
}

/// Limits are cut off, not rounded: a published limit is never above the one that was worked out. A
/// hundredth of the last digit is forgiven, because 13.499999771 is a widened float32 of 13.5.
double roundedDown(double value, int decimals) {
    const double scale = std::pow(10.0, decimals);
    return std::floor(value * scale + 0.01) / scale;
}

/// What the owner does not allow to a bank that is heard, one without data does not get either.
Limit withCeiling(Limit limit, std::optional<double> ceiling_A) {
    if (!ceiling_A || limit.value <= *ceiling_A)
        return limit;
    return {*ceiling_A, Cause::Ceiling, "", ""};
}

/// Of the one usable battery that is picked; two, or none, give nothing.
std::optional<SelectedSoc> socOfSelected(const std::vector<Selector>& wanted,
                                         const Readings& readings, const OwnSerials& own) {
    const Battery* found = nullptr;
    for (const auto& [instance, battery] : readings.batteries()) {
        const auto serial = textOf(battery, row("/Serial"));
        const bool isOwn = std::ranges::find(own, serial) != own.end();
        if (wanted.empty() || battery.lost || isOwn || readings.isDuplicate(battery) ||
            !matches(wanted.front(), battery))
            continue;
        if (found != nullptr)
            return std::nullopt;
        found = &battery;
    }
    const auto soc_pct = found == nullptr ? std::nullopt : found->slot(row("/Soc")).value.number();
    if (!soc_pct)
        return std::nullopt;
    return SelectedSoc{std::string(textOf(*found, row("/Serial"))) + "/" +
                           std::to_string(found->instance),
                       *soc_pct};
}

/// `kept`: what the owner has set, if something else is shown in its place.
std::optional<double> ownersLimit(const std::optional<double>& kept, double none,
                                  const std::optional<double>& shown) {
    if (!kept)
        return shown;
    return *kept == none ? std::nullopt : kept;
}

MemberReport reportOf(const Verdict& verdict) {
    MemberReport report;
    report.id = verdict.entry->id;
    report.name = verdict.entry->name;
    report.instance = verdict.entry->instance;
    report.key = verdict.entry->key;
    report.takesPart = verdict.takesPart;
    report.held = verdict.held;
    report.reason = verdict.reason;
    report.maybeSum = verdict.maybeSum;
    report.detail = verdict.detail;
    if (verdict.battery == nullptr)
        return report;
    Member member(*verdict.battery, *verdict.entry, verdict.held);
    if (verdict.instead_V)
        member.setVoltage(*verdict.instead_V);
    report.voltage_V = member.number(row("/Dc/0/Voltage"));
    report.current_A = member.number(row("/Dc/0/Current"));
    report.power_W = member.number(row("/Dc/0/Power"));
    report.soc_pct = member.number(row("/Soc"));
    report.capacity_Ah = member.nominalCapacity_Ah();
    report.maxCharge_A = member.number(row("/Info/MaxChargeCurrent"));
    report.maxDischarge_A = member.number(row("/Info/MaxDischargeCurrent"));
    report.maxCharge_V = member.number(row("/Info/MaxChargeVoltage"));
    report.minCell_V = member.number(row("/System/MinCellVoltage"));
    report.maxCell_V = member.number(row("/System/MaxCellVoltage"));
    return report;
}

/// A battery of this bank that speaks has its full say, whether it takes part or not. One that is
/// lost leaves what it last said as a warning, unless the owner has taken it out; so does an alarm
/// that fell silent.
void raiseAlarmsOf(const Verdict& verdict, Snapshot& snapshot) {
    if (verdict.battery == nullptr || isForeign(verdict))
        return;
    const Battery& battery = *verdict.battery;
    const bool isSilent =
        verdict.reason == OutReason::Frozen || (battery.lost && !battery.isJoining);
    if (isSilent && verdict.reason == OutReason::OutOfService)
        return;
    for (const Unsaid& one : verdict.battery->unsaid)
        if (kRows.at(one.index).quantity == Quantity::Alarm)
            raise(snapshot.rows.at(one.index), std::min(one.number, kWarning));
    if (verdict.takesPart)
        return;
    for (std::size_t i = 0; i < kRowCount; ++i) {
        const Slot& slot = battery.slots.at(i);
        const Value* own = battery.valueOf(slot, battery.lost.has_value());
        if (kRows.at(i).quantity != Quantity::Alarm || own == nullptr || !own->number())
            continue;
        const bool isNow = !isSilent && own == &slot.value;
        raise(snapshot.rows.at(i), isNow ? *own->number() : std::min(*own->number(), kWarning));
    }
}

/// The bank's voltage with samples that are bridged and lower, V: a stop of discharging that goes
/// by it does not wait until they last.
std::optional<double> unbridgedVoltage_V(std::optional<double> shown_V,
                                         const std::vector<Verdict>& verdicts, std::size_t count) {
    double drop_V = 0.0;
    for (const Verdict& verdict : verdicts)
        if (verdict.takesPart && verdict.instead_V)
            drop_V += std::max(
                0.0,
                *verdict.instead_V -
                    numberOf(*verdict.battery, row("/Dc/0/Voltage")).value_or(*verdict.instead_V));
    return shown_V ? std::optional(*shown_V -
                                   drop_V / static_cast<double>(std::max<std::size_t>(count, 1)))
                   : shown_V;
}

/// What of the members' sum nothing bears out yet, A (current_leap.hpp).
double leapt_A(const Members& members) {
    double sum_A = 0.0;
    for (const Member& member : members)
        sum_A += member.number(row("/Dc/0/Current")).value_or(0.0) -
                 member.steadyCurrent_A().value_or(0.0);
    return sum_A;
}

std::optional<double> less(const std::optional<double>& current_A, double part_A) {
    return current_A ? std::optional(*current_A - part_A) : std::nullopt;
}

/// Minutes, so that the bus has no change of it in every second.
Value sinceFull(const std::optional<WallTime>& lastFull, const Now& now) {
    if (!lastFull || now.wall < *lastFull)
        return {};
    const auto minutes = std::chrono::floor<std::chrono::minutes>(now.wall - *lastFull);
    return std::chrono::duration<double>(minutes).count();
}

std::optional<double> wholeCycles(const MeterTotals& meters, std::optional<double> capacity_Ah) {
    const auto cycles = fullCycles(meters, capacity_Ah);
    return cycles ? std::optional(std::floor(*cycles)) : std::nullopt;
}

constexpr double kWhPerWh = 1e-3;

} // namespace

Bank::Bank(BankSettings settings) : settings_(std::move(settings)) {}

void Bank::setIdentity(Identity identity) {
    identity_ = std::move(identity);
}

void Bank::setOwnSerials(OwnSerials serials) {
    ownSerials_ = std::move(serials);
    rosterVersion_ = 0;
}

void Bank::setSettings(BankSettings settings) {
    settings_ = std::move(settings);
    rosterVersion_ = 0;
    preset_ = {};
    loss_.comfortCell_V = LossState{}.comfortCell_V; // of the old preset
    limits_.curves = {};
}

void Bank::resetCounter() {
    for (auto& [id, member] : upkeep_.soc.members)
        member.counter = {};
    for (auto& [id, member] : upkeep_.memory.members)
        member.counter = {};
}

void Bank::refreshRoster(const Readings& readings) {
    if (rosterVersion_ == readings.rosterVersion())
        return;
    roster_ = makeRoster(readings, settings_.membership, ownSerials_, upkeep_.memory.book);
    rosterVersion_ = readings.rosterVersion();
    extras_.shapes.reset();
}

const Snapshot& Bank::evaluate(const Readings& readings, const Now& now, Pace pace) {
    refreshRoster(readings);
    verdicts_ = judge({readings, roster_, settings_.membership, settings_.loss.linkTimeout},
                      membership_, now);
    watchSums(sums_, verdicts_,
              {settings_.membership,
               wantsWitness(sums_)
                   ? plantCurrent_A(readings, {{}, {}, snapshot_[row("/Dc/0/Voltage")].number()})
                   : std::nullopt},
              now);
    hear(limits_.unheard, {verdicts_, upkeep_.memory.book, settings_.membership,
                           membership_.outOfService, current_.current_A});
    noteFreshness(readings, pace);
    Members members = membersOf(verdicts_, false);
    markOpen(members, limits_.share);
    countCells(cells_, members, cellCountInput(), now);
    noteBook(now);
    step(loss_, !members.empty(), settings_.loss, now);
    if (members.empty())
        evaluateLost(now);
    else
        evaluateMembers(members, readings, now);
    rememberWords(upkeep_.memory, limits_.unheard);
    fill(members, now, pace);
    advise(members, readings, now);
    findEvents();
    return snapshot_;
}

const Snapshot& Bank::await(const Now& now) {
    step(loss_, false, settings_.loss, now);
    evaluateLost(now);
    fill({}, now, Pace::Cycle);
    findEvents();
    return snapshot_;
}

void Bank::fill(const Members& members, const Now& now, Pace pace) {
    fillLimits();
    fillCounts(members);
    fillAlarms();
    fillFixed();
    roundAll();
    if (pace == Pace::Cycle)
        fillPages(now);
}

void Bank::findEvents() {
    events_ = finder_.find({verdicts_, loss_.stage, charge_, discharge_, upkeep_.balancingNow,
                            current_, snapshot_, advice_});
}

void Bank::evaluateMembers(const Members& members, const Readings& readings, const Now& now) {
    foldAll(members, snapshot_);
    knowPreset(members);
    const OwnMeasurement own = measure(readings);
    const BarSides sides = barSides(members, readings, own);
    proveLostOff(members, sides, now);
    compareSides(members, sides, now);
    doubtCurrents(members, sides, now);
    if (!gathering_)
        gathering_ = now.steady;
    const UpkeepInput upkeep = upkeepInput(members, readings, now);
    countCharge(upkeep, now);
    Members withSuspects;
    if (hasSuspects(verdicts_)) {
        withSuspects = membersOf(verdicts_, true);
        countCells(cells_, withSuspects, cellCountInput(), now);
        markOpen(withSuspects, limits_.share);
    }
    const Members& all = withSuspects.empty() ? members : withSuspects;
    endSuspicion(members);
    workOutCurrents(members, readings, now);
    boundBySuspects(all, readings, now);
    workOutVoltage(members, all, readings, now);
    noteWords(limits_.unheard, all, limits_.share, {charge_, discharge_, chargeVoltage_}, now);
    const bool isOwn = current_.used == CurrentSource::Batteries;
    step(overrun_,
         {members, less(controlledCurrent_A(), isOwn ? leapt_A(members) : 0.0), charge_.value},
         now);
    rampLimits(now);
    keepBooks(upkeep_, upkeep, limits_.share, now);

    const auto knownCapacity = nominalCapacityOf(members);
    const auto soc_pct = lowest_pct(upkeep_.socNow);
    noteWork(membership_.frozen, current_.current_A, knownCapacity);
    meanCurrent_.add(current_.current_A, now);
    const bool isDischarging = current_.current_A.value_or(0.0) < 0.0;
    snapshot_[row("/TimeToGo")] = isDischarging
                                      ? Value(timeToGo(soc_pct, readings.gx().activeSocLimit_pct,
                                                       knownCapacity, meanCurrent_.mean()))
                                      : Value();
    snapshot_[row("/Info/ChargeMode")] = chargeModeOf(members);
    const auto highest_V = snapshot_[row("/System/MaxCellVoltage")].number();
    const auto lowest_V = snapshot_[row("/System/MinCellVoltage")].number();
    if (highest_V && lowest_V)
        snapshot_[row("/Voltages/Diff")] = *highest_V - *lowest_V;
    fillHistory(members, now);
    loss_.discharge_A = discharge_.value;
    loss_.lowestCell_V =
        lowest_V ? smaller(lowest_V, lowestUnheard_V(limits_.unheard, unheardInput(members)))
                 : lowest_V;
    loss_.soc_pct = soc_pct;
}

/// Limits rise only on what has come since the last cycle, and in a cycle: a message that has
/// caused a cut must not lift another limit, or the bus would have a step of it for each message.
void Bank::noteFreshness(const Readings& readings, Pace pace) {
    const bool isHeld = std::ranges::any_of(
        verdicts_, [](const Verdict& verdict) { return verdict.held || verdict.isHeldOver; });
    const bool isNew = pace == Pace::Cycle && readings.signs() != signs_;
    basis_ = isHeld || readings.inDoubt() ? Basis::Held : (isNew ? Basis::New : Basis::Silent);
    if (pace == Pace::Cycle)
        signs_ = readings.signs();
}

/// Kirchhoff, with all chargers, inverters and meters of the GX. Who is lost and who is heard must
/// be the same all the time, and a proof is not believed for long without new evidence.
void Bank::proveLostOff(const Members& members, const BarSides& sides, const Now& now) {
    std::set<std::string> parties;
    for (const auto& [id, one] : limits_.unheard.lost)
        if (!one.saysOff)
            parties.insert("lost " + id);
    const bool isAnyLost = !parties.empty();
    for (const Member& member : members)
        parties.insert(member.entry().id);
    if (!isAnyLost || parties != offParties_) {
        offParties_ = std::move(parties);
        offProof_ = {};
        noteProof(limits_.unheard, false);
        return;
    }
    const auto isOff = step(
        offProof_,
        {sides.plant_A, sides.heard_A, sides.capacity_Ah, smallestShare(limits_.unheard)}, now);
    if (isOff == true)
        provenOff_ = now.steady;
    const bool isStale = !sides.plant_A || now.steady - provenOff_ > kProofLasts;
    if (isOff == false || isStale)
        noteProof(limits_.unheard, false);
    else if (isOff == true)
        noteProof(limits_.unheard, true);
}

/// Only while all of the bank are heard: what is missing else is not a sensor's fault.
void Bank::compareSides(const Members& members, const BarSides& sides, const Now& now) {
    if (hasLost(limits_.unheard) || !sides.plant_A) {
        pause(agreement_, now);
        return;
    }
    AgreementInput input{
        {}, sides.plant_A, less(sides.heard_A, leapt_A(members)), sides.capacity_Ah};
    for (const Member& member : members)
        input.parties.insert(member.entry().id);
    step(agreement_, input, now);
}

/// A current that is not believed teaches no share; said beside the battery, too.
void Bank::doubtCurrents(const Members& members, const BarSides& sides, const Now& now) {
    step(belief_, {members, sides.plant_A}, now);
    limits_.share.doubted = doubtedOf(belief_);
    if (limitsOfAll_)
        limitsOfAll_->share.doubted = limits_.share.doubted;
    for (Verdict& verdict : verdicts_)
        if (verdict.takesPart && limits_.share.doubted.contains(verdict.entry->id))
            verdict.detail += std::string(verdict.detail.empty() ? "" : "; ") +
                              "its current is not believed: load moves its voltage and not that";
}

Bank::BarSides Bank::barSides(const Members& members, const Readings& readings,
                              const OwnMeasurement& own) const {
    BarSides sides{{}, own.current_A, nominalCapacityOf(members).value_or(0.0)};
    if (std::ranges::none_of(members, &Member::isHeld))
        sides.plant_A = plantCurrent_A(readings, own);
    return sides;
}

/// By all chargers, inverters and meters; nothing if there are none, or a piece lacks.
std::optional<double> Bank::plantCurrent_A(const Readings& readings,
                                           const OwnMeasurement& own) const {
    if (readings.plant().empty())
        return std::nullopt;
    CurrentSettings all;
    all.source = CurrentSource::Victron;
    const BankCurrent plant = bankCurrent(all, readings, own, ownSerials_);
    return plant.used == CurrentSource::Victron ? plant.current_A : std::nullopt;
}

/// The part of the bank's current that the GX sees and its limits bound.
std::optional<double> Bank::controlledCurrent_A() const {
    return current_.current_A ? std::optional(asPlant(agreement_.known, *current_.current_A))
                              : std::nullopt;
}

UnheardInput Bank::unheardInput(const Members& members) const {
    return {settings_.loss.unheard,
            settings_.limits,
            preset_,
            unbridgedVoltage_V(snapshot_[row("/Dc/0/Voltage")].number(), verdicts_, members.size()),
            current_.current_A,
            cellsOfBank(members),
            meanSoc_pct(members),
            amongThem_A(members)};
}

/// Current and power from where the owner wants them measured. What the members themselves say.
OwnMeasurement Bank::measure(const Readings& readings) {
    const OwnMeasurement own{snapshot_[row("/Dc/0/Current")].number(),
                             snapshot_[row("/Dc/0/Power")].number(),
                             snapshot_[row("/Dc/0/Voltage")].number()};
    current_ = bankCurrent(settings_.current, readings, own, ownSerials_);
    snapshot_[row("/Dc/0/Current")] = current_.current_A;
    snapshot_[row("/Dc/0/Power")] = current_.power_W;
    return own;
}

UpkeepInput Bank::upkeepInput(const Members& members, const Readings& readings,
                              const Now& now) const {
    UpkeepInput input{members, settings_, preset_};
    input.current_A = current_.current_A;
    input.power_W = current_.power_W;
    input.isMeasuredElsewhere = current_.used != CurrentSource::Batteries;
    input.voltage_V = snapshot_[row("/Dc/0/Voltage")].number();
    input.selected = socOfSelected(settings_.soc.battery, readings, ownSerials_);
    input.isGathering = gathering_ && now.steady - *gathering_ < kGathering;
    input.balanceNow = balanceNow_;
    return input;
}

/// What the counter says goes into the rows only where the SoC comes from it; members' own Ah stay
/// where it does not.
void Bank::countCharge(const UpkeepInput& input, const Now& now) {
    count(upkeep_, input, now);
    balanceNow_ = false;
    const SocOutput& soc = upkeep_.socNow;
    snapshot_[row("/Soc")] = soc.soc_pct;
    lastSoc_ = snapshot_[row("/Soc")];
    usableSoc_pct_ = usableSoc_pct(input.members, soc);
    if (soc.source != SocSource::Counter)
        return;
    snapshot_[row("/Capacity")] = soc.remaining_Ah;
    snapshot_[row("/ConsumedAmphours")] = soc.consumed_Ah;
}

/// Once recognised it stays, until the settings change.
void Bank::knowPreset(const Members& members) {
    const Preset wanted = settings_.preset;
    if (wanted != Preset::Auto) {
        if (preset_.preset != wanted)
            preset_ = presetValues(wanted);
    } else if (preset_.preset == Preset::None) {
        if (const auto found = recognise(members))
            preset_ = presetValues(*found);
    }
    if (preset_.comfortCell_V)
        loss_.comfortCell_V = *preset_.comfortCell_V;
}

CellCountInput Bank::cellCountInput() const {
    const bool isGiven = settings_.preset != Preset::Auto;
    const auto& months_V = settings_.limits.cvl.cell_V;
    return {settings_.cells > 0 ? std::optional<double>(settings_.cells) : std::nullopt,
            isGiven ? settings_.preset : preset_.preset,
            months_V.empty() ? preset_.regularCell_V : *std::ranges::max_element(months_V)};
}

bool Bank::isUnrecognised() const {
    return settings_.preset == Preset::Auto && preset_.preset == Preset::None;
}

void Bank::workOutCurrents(const Members& members, const Readings& readings, const Now& now) {
    const LimitInput input{members,
                           settings_.limits,
                           settings_.membership.minBatteries,
                           preset_,
                           socForCurves(members, upkeep_.socNow),
                           ownersLimit(ownersLimits_.value_or(DvccValues()).maxCharge_A,
                                       kNoCurrentLimit_A, readings.gx().maxCharge_A),
                           lostCount(),
                           chargeCeiling_A(controls()),
                           dischargeCeiling_A(controls()),
                           unheardInput(members),
                           !readings.linkUp() && now.steady - readings.lastSign() >= kSilent,
                           settings_.loss.safeCharge_A,
                           agreement_.known,
                           isUnrecognised()};
    estimate(limits_.unheard, input.unheard, now);
    learn(limits_.share, members, now);
    noteCurveData(curveInput(input), limits_.curves);
    charge_ = currentLimit(Direction::Charge, input, limits_);
    discharge_ = currentLimit(Direction::Discharge, input, limits_);
}

/// Once nobody may be a sum any more. One that turned out to be a battery of its own takes along
/// what was learned while it was counted as one, or limits would rise as it joins.
void Bank::endSuspicion(const Members& members) {
    if (!limitsOfAll_ || hasSuspects(verdicts_))
        return;
    const auto& learned = limitsOfAll_->share.tracks;
    const auto known = std::ranges::count_if(
        members, [&learned](const Member& member) { return learned.contains(member.entry().id); });
    const bool isOfThese = static_cast<std::size_t>(known) == learned.size();
    if (isOfThese && learned.size() > limits_.share.tracks.size()) {
        limitsOfAll_->unheard = std::move(limits_.unheard);
        limits_ = std::move(*limitsOfAll_);
    }
    limitsOfAll_.reset();
}

/// What may be a sum may be a battery: of the two readings the smaller limits. The same steps with
/// a memory of their own.
void Bank::boundBySuspects(const Members& all, const Readings& readings, const Now& now) {
    if (!hasSuspects(verdicts_))
        return;
    if (!limitsOfAll_)
        limitsOfAll_ = limits_;
    limitsOfAll_->unheard = limits_.unheard;
    const Limit charge = charge_;
    const Limit discharge = discharge_;
    std::swap(limits_, *limitsOfAll_);
    workOutCurrents(all, readings, now);
    std::swap(limits_, *limitsOfAll_);
    charge_ = charge.value <= charge_.value ? charge : charge_;
    discharge_ = discharge.value <= discharge_.value ? discharge : discharge_;
}

/// A CVL that nobody gives any more stays as a number, because the GX needs all three; then nothing
/// may flow in.
void Bank::workOutVoltage(const Members& members, const Members& all, const Readings& readings,
                          const Now& now) {
    const auto inputOf = [&](const Members& these) { return voltageInput(these, readings, now); };
    auto base = baseVoltage(inputOf(members));
    if (all.size() > members.size())
        if (auto ofAll = baseVoltage(inputOf(all)); ofAll && (!base || ofAll->value < base->value))
            base = std::move(ofAll);
    const bool isOfThePast = base && base->cause == Cause::Member && !isVoltageGiven(members);
    if (base)
        holdVoltage(std::move(*base), inputOf(all), now);
    if (chargeVoltage_ && (!base || isOfThePast))
        charge_ = {0.0, Cause::UnknownLimit, chargeVoltage_->member, ""};
}

ChargeVoltageInput Bank::voltageInput(const Members& members, const Readings& readings,
                                      const Now& now) const {
    return {members,
            settings_.limits.cvl,
            settings_.limits.mode,
            preset_,
            limits_.share,
            ownersLimit(ownersLimits_.value_or(DvccValues()).maxCharge_V, kNoVoltageLimit_V,
                        readings.gx().maxCharge_V),
            upkeep_.balancingNow.cell_V
                ? upkeep_.balancingNow.cell_V
                : regularCellVoltage(settings_.limits.cvl, preset_, monthOf(now.wall)),
            upkeep_.balancingNow.isRaised};
}

/// Peak control and lost batteries on top; what may not rise stays, the controller with it.
void Bank::holdVoltage(Limit base, const ChargeVoltageInput& input, const Now& now) {
    const PeakState before = peak_;
    Limit wanted = withPeakControl(std::move(base), input, peak_, now);
    wanted = unheardVoltage(std::move(wanted), limits_.unheard, unheardInput(input.members));
    const bool mayRise = basis_ == Basis::New && !isPeakUnseen(input);
    if (!mayRise && chargeVoltage_ && wanted.value > chargeVoltage_->value) {
        peak_ = before;
        return;
    }
    chargeVoltage_ = std::move(wanted);
}

void Bank::rampLimits(const Now& now) {
    charge_ = ramped(charge_, settings_.limits.ramp_A, chargeRamp_, now, basis_);
    discharge_ = ramped(discharge_, settings_.limits.ramp_A, dischargeRamp_, now, basis_);
}

/// Voltage, current and power become unknown; the SoC and the CVL keep their last value, because an
/// unknown one switches the GX's own control off (product.md §11).
void Bank::evaluateLost(const Now& now) {
    snapshot_.rows = {};
    usableSoc_pct_.reset();
    upkeep_.balancingNow.events.clear();
    if (loss_.stage == Stage::NoData)
        pause(upkeep_.soc, now);
    else
        beginToGather();
    meanCurrent_.add(std::nullopt, now);
    noteWork(membership_.frozen, std::nullopt, std::nullopt);
    if (!membership_.guard.series.empty()) {
        charge_ = discharge_ = {0.0, Cause::InSeries, "", ""};
        chargeRamp_ = dischargeRamp_ = {0.0, now.steady};
        return;
    }
    if (loss_.stage == Stage::Starting) {
        if (isKeptOut(verdicts_))
            charge_ = discharge_ = {0.0, Cause::NoData, "", ""};
        return;
    }
    charge_ = withCeiling(lostCharge(settings_.loss), chargeCeiling_A(controls()));
    discharge_ =
        withCeiling(lostDischarge(loss_, settings_.loss, now), dischargeCeiling_A(controls()));
    chargeRamp_ = {charge_.value, now.steady};
    dischargeRamp_ = {discharge_.value, now.steady};
    snapshot_[row("/Soc")] = lastSoc_;
}

/// Nobody sees the battery now: it comes back as after a start.
void Bank::beginToGather() {
    gathering_.reset();
    upkeep_.soc.shown.gathered.clear();
}

void Bank::fillLimits() {
    if (loss_.stage == Stage::Starting && charge_.cause == Cause::None)
        return;
    snapshot_[row("/Info/ChargeLimitation")] = describe(charge_);
    snapshot_[row("/Info/DischargeLimitation")] = describe(discharge_);
    const double charge_A = roundedDown(charge_.value, spec(Quantity::Current).decimals);
    const double discharge_A = roundedDown(discharge_.value, spec(Quantity::Current).decimals);
    snapshot_[row("/Io/AllowToCharge")] = charge_A > 0.0 ? 1.0 : 0.0;
    snapshot_[row("/Io/AllowToDischarge")] = discharge_A > 0.0 ? 1.0 : 0.0;
    if (chargeVoltage_)
        snapshot_[row("/Info/MaxChargeVoltage")] =
            roundedDown(chargeVoltage_->value, spec(Quantity::Voltage).decimals);
    else if (loss_.stage != Stage::Starting)
        return; // systemcalc takes a battery without CVL for no BMS; then the other two must be
                // unknown too
    snapshot_[row("/Info/MaxChargeCurrent")] = charge_A;
    snapshot_[row("/Info/MaxDischargeCurrent")] = discharge_A;
}

bool Bank::wantsFeedInOff() const {
    const bool isHeldDown = chargeVoltage_ && chargeVoltage_->cause == Cause::PeakControl;
    return loss_.stage != Stage::Starting &&
           (charge_.value <= 0.0 || isHeldDown || overrun_.isOver);
}

bool Bank::feedInMayReturn() const {
    const auto highest_V = snapshot_[row("/System/MaxCellVoltage")].number();
    const auto spread_V = snapshot_[row("/Voltages/Diff")].number();
    const auto most_V = cellMaximum(settings_.limits.cvl, preset_);
    const auto& given_V = settings_.limits.cvl.cellDiffMax_V;
    const auto mostSpread_V = given_V ? given_V : preset_.cellDiffMax_V;
    if (wantsFeedInOff())
        return false;
    if (!most_V)
        return true; // no peak control: something else held it off
    return highest_V && *highest_V < *most_V && spread_V && mostSpread_V &&
           *spread_V < *mostSpread_V;
}

void Bank::addMembers(std::set<int>& instances) const {
    for (const Verdict& verdict : verdicts_)
        if (verdict.takesPart)
            instances.insert(verdict.entry->instance);
}

/// Those that the GX shows nothing of any more, and that may still hang on the busbar.
int Bank::absentCount() const {
    return settings_.loss.unheard.rule == UnheardRule::Hold
               ? static_cast<int>(absentOnes(limits_.unheard, verdicts_).size())
               : 0;
}

int Bank::lostCount() const {
    const auto lost = std::ranges::count_if(verdicts_, [](const Verdict& verdict) {
        return !verdict.takesPart && (isLoss(verdict.reason) || verdict.returning);
    });
    const auto online = std::ranges::count_if(verdicts_, takesPart);
    return std::max(static_cast<int>(lost) + absentCount(),
                    settings_.membership.expected - static_cast<int>(online));
}

void Bank::fillCounts(const Members& members) {
    snapshot_[row("/Connected")] = 1.0;
    snapshot_[row("/State")] = loss_.stage == Stage::Normal ? kRunning : kStarting;
    if (loss_.stage == Stage::Starting)
        return;
    constexpr RowIndex kOnline = row("/System/NrOfModulesOnline");
    constexpr RowIndex kOffline = row("/System/NrOfModulesOffline");
    const auto count = static_cast<double>(members.size());
    // The GUI's choice of a battery ends here, so it counts those that were dropped, too, and such
    // as the owner expects and nobody has seen.
    snapshot_[row("/System/NrOfBatteries")] =
        std::max(pageCount(verdicts_), settings_.membership.expected);
    snapshot_[row("/System/BatteriesParallel")] = count;
    snapshot_[row("/System/BatteriesSeries")] = members.empty() ? 0.0 : 1.0;
    Value& cells = snapshot_[row("/System/NrOfCellsPerBattery")];
    if (const auto said = cells.number();
        said && !isCellCount(*said, snapshot_[row("/Dc/0/Voltage")].number()))
        cells = {};
    if (const auto most = mostCells(verdicts_); !cells.isKnown() && most > 0)
        cells = static_cast<double>(most);
    else if (const auto found = cellsOfBank(members); !cells.isKnown() && found)
        cells = *found;
    snapshot_[kOnline] = modulesOf(members, kOnline, 1.0);
    snapshot_[kOffline] = modulesOf(members, kOffline, 0.0) + lostCount();
    snapshot_[row("/System/NrOfModulesBlockingCharge")] =
        blockingModules(members, row("/System/NrOfModulesBlockingCharge"), Direction::Charge);
    snapshot_[row("/System/NrOfModulesBlockingDischarge")] =
        blockingModules(members, row("/System/NrOfModulesBlockingDischarge"), Direction::Discharge);
}

void Bank::fillAlarms() {
    if (loss_.stage == Stage::Starting)
        return;
    Value& cable = snapshot_[row("/Alarms/BmsCable")];
    raise(cable, 0.0);
    for (const Verdict& verdict : verdicts_)
        raiseAlarmsOf(verdict, snapshot_);
    if (lostCount() > 0)
        raise(cable, kWarning);
    if (loss_.stage != Stage::Normal)
        raise(cable, kAlarm);
    if (controls().doubt.isUnconfirmed)
        raise(snapshot_[row("/Alarms/InternalFailure")], kAlarm);
    const auto spread_V = snapshot_[row("/Voltages/Diff")].number();
    if (!spread_V)
        return;
    const auto isOver = [&](double level_V) { return level_V > 0.0 && *spread_V >= level_V; };
    if (isOver(settings_.alarms.cellSpreadWarning_V))
        raise(snapshot_[row("/Alarms/CellImbalance")], kWarning);
    if (isOver(settings_.alarms.cellSpreadAlarm_V))
        raise(snapshot_[row("/Alarms/CellImbalance")], kAlarm);
}

void Bank::fillFixed() {
    snapshot_[row("/Mgmt/ProcessName")] = "busbar";
    snapshot_[row("/Mgmt/ProcessVersion")] = identity_.version;
    snapshot_[row("/Mgmt/Connection")] = identity_.connection;
    snapshot_[row("/ProductId")] = kProductId;
    snapshot_[row("/ProductName")] = identity_.productName;
    snapshot_[row("/CustomName")] = identity_.customName;
    snapshot_[row("/FirmwareVersion")] = identity_.version;
    snapshot_[row("/HardwareVersion")] = Value();
    snapshot_[row("/Serial")] = identity_.serial;
    snapshot_[row("/DeviceInstance")] =
        identity_.instance >= 0 ? Value(identity_.instance) : Value();
}

/// Own meters where no battery has ever told; once one has, it is not mixed with ours. A count of
/// 0 is no word, because some write nothing else; no time since the last full charge is one.
void Bank::fillHistory(const Members& members, const Now& now) {
    foldLifetime(upkeep_.memory, lifetime_, members, snapshot_, now);
    const MeterTotals& meters = upkeep_.memory.meters;
    const auto installed_Ah = snapshot_[row("/InstalledCapacity")].number();
    const std::array<std::pair<RowIndex, Value>, kOwnHistory> own = {{
        {row("/History/ChargedEnergy"), meters.charged_Wh * kWhPerWh},
        {row("/History/DischargedEnergy"), meters.discharged_Wh * kWhPerWh},
        {row("/History/TotalAhDrawn"), -meters.discharged_Ah},
        {row("/History/ChargeCycles"), wholeCycles(meters, installed_Ah)},
        {row("/History/TimeSinceLastFullCharge"), sinceFull(upkeep_.memory.lastFull, now)},
    }};
    for (std::size_t i = 0; i < own.size(); ++i) {
        Value& shown = snapshot_[own.at(i).first];
        const bool isSilent = kRows.at(own.at(i).first).quantity == Quantity::Count &&
                              shown.number().value_or(0.0) <= 0.0;
        if (shown.isKnown() && !isSilent)
            historyOfMembers_.set(i);
        else if (!historyOfMembers_.test(i))
            shown = own.at(i).second;
        if (i < lifetime_.sums.size())
            lifetime_.sums.at(i) = std::abs(shown.number().value_or(0.0));
    }
}

void Bank::fillPages(const Now& now) {
    ExtrasInput input{verdicts_, settings_};
    input.hasTemperature = snapshot_[row("/History/MinimumTemperature")].isKnown() ||
                           snapshot_[row("/History/MaximumTemperature")].isKnown();
    if (now.steady - pagesFilled_ < kOtherPages)
        input.page = page_ <= pageCount(verdicts_) ? page_ : 0;
    else
        pagesFilled_ = now.steady;
    fillExtras(extras_, input, snapshot_.extras);
}

/// Only from what they say now.
void Bank::noteBook(const Now& now) {
    for (const Verdict& verdict : verdicts_)
        if (verdict.takesPart && !verdict.held) {
            remember(upkeep_.memory.book, verdict.entry->id, textsOf(*verdict.battery), now);
            rememberName(upkeep_.memory.book, *verdict.entry);
        }
    forgetOldest(upkeep_.memory.book);
}

void Bank::roundAll() {
    for (std::size_t i = 0; i < kRowCount; ++i)
        snapshot_.rows[i] = rounded(kRows[i].quantity, snapshot_.rows[i]);
}

/// The GX's own bridge shows what is on its bus: the surest sign that this bank is.
Reach Bank::reachNow(const Readings& readings) const {
    if (identity_.serial.empty() || (reach_.isOnGx && reach_.instance))
        return reach_;
    for (const auto& [instance, battery] : readings.batteries())
        if (!battery.left && textOf(battery, row("/Serial")) == identity_.serial)
            return {true, instance, reach_.isIndirect};
    return reach_;
}

void Bank::advise(const Members& members, const Readings& readings, const Now& now) {
    if (!settings_.advice.isEnabled) {
        adviceState_ = {};
        advice_.clear();
        return;
    }
    const AdviceInput input{
        readings,
        ownSerials_,
        reachNow(readings),
        loss_.stage == Stage::Normal,
        controlledCurrent_A(),
        snapshot_[row("/Info/MaxChargeCurrent")].number(),
        snapshot_[row("/Info/MaxDischargeCurrent")].number(),
        wantsFeedInOff(),
        settings_.feedIn.mayWrite,
        lostNames(limits_.unheard, settings_.loss.unheard),
        unequalCharge(verdicts_, members, limits_.share),
        missingLimits({.members = members,
                       .curves = limits_.curves,
                       .charge = charge_,
                       .discharge = discharge_,
                       .preset = preset_.preset,
                       .isOwnMode = settings_.limits.mode == LimitMode::Own,
                       .takesAll = settings_.membership.takeAll,
                       .lacks = lacksOf({members, settings_.limits, preset_, isUnrecognised(),
                                         settings_.cells > 0})}),
        disagreement(agreement_.known, nominalCapacityOf(members).value_or(0.0)),
        membership_.guard.series,
        doubleCount(sums_, verdicts_),
        doubtedNames(belief_, members)};
    advice_ = step(adviceState_, input, now);
}

void Bank::addLearned(MemberReport& report) const {
    const auto memory = upkeep_.memory.members.find(report.id);
    if (memory != upkeep_.memory.members.end()) {
        report.share = memory->second.stats.share;
        report.resistance_Ohm = memory->second.resistance_Ohm;
        report.weakestCell = memory->second.stats.lowest.named;
        report.highestCell = memory->second.stats.highest.named;
        report.meters = memory->second.meters;
        report.fullCycles = fullCycles(report.meters, report.capacity_Ah);
    }
    const auto& counted = upkeep_.socNow.members;
    const auto own = std::ranges::find(counted, report.id, &SocMemberOutput::id);
    if (own == counted.end())
        return;
    report.counter_pct = own->counter_pct;
    report.deviation_pct = own->deviation_pct;
}

BankReport Bank::report() const {
    BankReport report;
    report.preset = preset_.preset;
    report.currentSource = current_.used;
    report.currentWhyNot = current_.whyNot;
    report.soc = upkeep_.socNow;
    report.usableSoc_pct = usableSoc_pct_;
    report.balancing = upkeep_.balancingNow;
    report.meters = upkeep_.memory.meters;
    report.fullCycles = fullCycles(report.meters, snapshot_[row("/InstalledCapacity")].number());
    report.lastFull = upkeep_.memory.lastFull;
    report.stage = loss_.stage;
    report.isUnheard = !loss_.wasNormal;
    report.charge = charge_;
    report.discharge = discharge_;
    report.chargeVoltage = chargeVoltage_;
    for (const Verdict& verdict : verdicts_) {
        report.members.push_back(reportOf(verdict));
        addLearned(report.members.back());
    }
    report.online = static_cast<int>(std::ranges::count_if(verdicts_, takesPart));
    const auto own = std::ranges::count_if(verdicts_, [](const Verdict& verdict) {
        return !isForeign(verdict) && verdict.reason != OutReason::OutOfService;
    });
    report.total = std::max(static_cast<int>(own) + absentCount(), settings_.membership.expected);
    return report;
}

} // namespace busbar
