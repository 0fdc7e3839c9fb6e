// SPDX-License-Identifier: MIT
// Runs twin and core, and watches both.
#include "app/commands/closed_loop_report.hpp"

#include "core/members/member_stats.hpp"
#include "core/report.hpp"
#include "core/snapshot.hpp"
#include "core/table/named_rows.hpp"
#include "sim/closed_loop.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

namespace busbar {

namespace {

constexpr auto kDay = std::chrono::hours(24);

std::string cellName(std::size_t cell) {
    return "C" + std::to_string(cell + 1);
}

PackFacts factsOf(const sim::Twin& twin, std::size_t i) {
    const sim::PackSpec& pack = twin.pack(i);
    const sim::PackTruth truth = twin.truth(i);
    PackFacts facts;
    facts.name = pack.name;
    facts.instance = pack.instance;
    facts.nominal_Ah = pack.bms.capacity_Ah;
    facts.usable_Ah = truth.remaining_Ah + truth.room_Ah;
    facts.resistance_Ohm = sim::coldResistance_Ohm(pack);
    for (const sim::CellSpec& cell : pack.cells)
        facts.slow_Ohm += cell.slowResistance_Ohm;
    facts.soc_pct = 100.0 * truth.soc;
    facts.cells = pack.cells.size();
    const auto smallest = std::ranges::min_element(pack.cells, {}, &sim::CellSpec::capacity_Ah);
    facts.smallestCell = cellName(static_cast<std::size_t>(smallest - pack.cells.begin()));
    facts.smallestCell_Ah = smallest->capacity_Ah;
    facts.charge_V = pack.bms.limits.charge_V;
    facts.charge_A = pack.bms.limits.charge_A;
    facts.discharge_A = pack.bms.limits.discharge_A;
    return facts;
}

double trueSoc_pct(const sim::Twin& twin) {
    double remaining_Ah = 0.0;
    double usable_Ah = 0.0;
    for (std::size_t i = 0; i < twin.size(); ++i) {
        const sim::PackTruth truth = twin.truth(i);
        remaining_Ah += truth.remaining_Ah;
        usable_Ah += truth.remaining_Ah + truth.room_Ah;
    }
    return 100.0 * remaining_Ah / usable_Ah;
}

/// Adds up causes, step by step.
class CauseTally {
public:
    void add(LimitName limit, const Limit& now, double hours) {
        hours_[{limit, now.cause, now.member}] += hours;
    }

    /// By limit, the longest first; empties itself.
    [[nodiscard]] std::vector<CauseTime> take() {
        std::vector<CauseTime> times;
        std::map<std::tuple<LimitName, Cause>, double> most;
        for (const auto& [key, hours] : std::exchange(hours_, {})) {
            const auto& [limit, cause, member] = key;
            if (times.empty() || times.back().limit != limit || times.back().cause != cause)
                times.push_back({limit, cause, "", 0.0});
            times.back().hours += hours;
            double& longest = most[{limit, cause}];
            if (hours > longest)
                times.back().member = member;
            longest = std::max(longest, hours);
        }
        std::ranges::stable_sort(times, [](const CauseTime& a, const CauseTime& b) {
            return std::tuple(a.limit, -a.hours) < std::tuple(b.limit, -b.hours);
        });
        return times;
    }

private:
    std::map<std::tuple<LimitName, Cause, std::string>, double> hours_;
};

/// The lowest and the highest cell of one pack, counted from 0.
struct Extremes {
    std::size_t lowest = 0;
    std::size_t highest = 0;
};

Extremes extremesOf(const std::vector<double>& cells_V) {
    const auto [low, high] = std::ranges::minmax_element(cells_V);
    return {static_cast<std::size_t>(low - cells_V.begin()),
            static_cast<std::size_t>(high - cells_V.begin())};
}

void addFlow(MeterTotals& totals, double current_A, double voltage_V, double step_h) {
    const double charge_Ah = current_A * step_h;
    (charge_Ah > 0.0 ? totals.charged_Ah : totals.discharged_Ah) += std::abs(charge_Ah);
    (charge_Ah > 0.0 ? totals.charged_Wh : totals.discharged_Wh) += std::abs(charge_Ah * voltage_V);
}

/// What is true of one pack, gathered by the core's own rules where it learns.
struct TrueMember {
    MemberStatsState stats;
    MeterTotals meters;
};

class Watcher {
public:
    Watcher(const sim::Twin& twin, sim::CoreController& core, const BankSettings& settings)
        : core_(core), maxGap_(settings.meters.maxGap), whole_(twin), members_(twin.size()),
          step_h_(std::chrono::duration<double, std::ratio<3600>>(twin.spec().step).count()) {
        for (std::size_t i = 0; i < twin.size(); ++i)
            bank_Ah_ += twin.pack(i).bms.capacity_Ah;
    }

    void add(const sim::Twin& twin, const sim::Limits& limits) {
        whole_.add(twin, limits);
        addReport(core_.bank().report());
        for (std::size_t i = 0; i < twin.size(); ++i)
            addPack(twin, i);
        addFlow(meters_, twin.bus().battery_A, twin.bus().voltage_V, step_h_);
    }

    [[nodiscard]] DayFacts takeDay(const sim::Twin& twin, const sim::Metrics& metrics) {
        const BankReport report = core_.bank().report();
        DayFacts day;
        day.metrics = metrics;
        day.lowest = std::exchange(lowest_, {}).value_or(CellFacts{});
        day.highest = std::exchange(highest_, {}).value_or(CellFacts{});
        day.atEnd = {core_.bank().snapshot()[rows::kSoc].number(), report.soc.counter_pct,
                     trueSoc_pct(twin)};
        day.balancing = report.balancing.stage;
        day.causes = causes_.take();
        return day;
    }

    void finish(const sim::Twin& twin, ClosedLoopReport& result) const {
        const BankReport report = core_.bank().report();
        for (std::size_t i = 0; i < twin.size(); ++i)
            result.members.push_back(memberFacts(twin, i, report));
        result.preset = report.preset;
        result.meters = report.meters;
        result.trueMeters = meters_;
        result.balancing = {report.balancing.stage, report.balancing.lastResult,
                            report.balancing.obstacle, report.balancing.daysSince, balancing_};
        result.whole = whole_.result(twin);
    }

private:
    void addReport(const BankReport& report) {
        if (report.stage == Stage::Starting)
            return;
        causes_.add(LimitName::Charge, report.charge, step_h_);
        causes_.add(LimitName::Discharge, report.discharge, step_h_);
        if (report.chargeVoltage)
            causes_.add(LimitName::ChargeVoltage, *report.chargeVoltage, step_h_);
        for (const BalancingEvent event : report.balancing.events)
            ++balancing_.at(static_cast<std::size_t>(event));
    }

    void addPack(const sim::Twin& twin, std::size_t i) {
        const std::vector<double>& cells_V = twin.cells(i).cells_V();
        const Extremes cells = extremesOf(cells_V);
        if (!lowest_ || cells_V[cells.lowest] < lowest_->voltage_V)
            lowest_ = {twin.pack(i).name + " " + cellName(cells.lowest), cells_V[cells.lowest]};
        if (!highest_ || cells_V[cells.highest] > highest_->voltage_V)
            highest_ = {twin.pack(i).name + " " + cellName(cells.highest), cells_V[cells.highest]};
        const sim::Pack& pack = twin.cells(i);
        addFlow(members_[i].meters, pack.current_A(), pack.voltage_V(), step_h_);
        MemberStatsInput input;
        input.current_A = pack.current_A();
        input.bankCurrent_A = twin.bus().battery_A;
        input.capacity_Ah = twin.pack(i).bms.capacity_Ah;
        input.bankCapacity_Ah = bank_Ah_;
        input.lowestCell = cellName(cells.lowest);
        input.highestCell = cellName(cells.highest);
        input.maxGap = maxGap_;
        step(members_[i].stats, input, sim::nowOf(twin));
    }

    [[nodiscard]] MemberFacts memberFacts(const sim::Twin& twin, std::size_t i,
                                          const BankReport& report) const {
        const TrueMember& truth = members_[i];
        MemberFacts facts;
        facts.name = twin.pack(i).name;
        facts.truth_pct = 100.0 * twin.truth(i).soc;
        facts.trueShare = truth.stats.stats.share;
        facts.trueWeakestCell = truth.stats.stats.lowest.named;
        facts.trueHighestCell = truth.stats.stats.highest.named;
        facts.trueMeters = truth.meters;
        for (std::size_t k = 0; k < sim::kTripCount; ++k)
            facts.trips.at(k) = twin.bms(i).trips(static_cast<sim::Trip>(k));
        const auto known =
            std::ranges::find(report.members, twin.pack(i).instance, &MemberReport::instance);
        if (known == report.members.end())
            return facts;
        facts.share = known->share;
        facts.resistance_Ohm = known->resistance_Ohm;
        facts.bms_pct = known->soc_pct;
        facts.counter_pct = known->counter_pct;
        facts.weakestCell = known->weakestCell;
        facts.highestCell = known->highestCell;
        facts.meters = known->meters;
        return facts;
    }

    sim::CoreController& core_;
    std::chrono::milliseconds maxGap_;
    sim::Meter whole_;
    std::vector<TrueMember> members_;
    double step_h_;
    double bank_Ah_{0.0};
    CauseTally causes_;
    std::optional<CellFacts> lowest_, highest_; ///< of the day
    MeterTotals meters_;
    std::array<int, 3> balancing_{};
};

} // namespace

ClosedLoopReport runClosedLoop(const ClosedLoopOptions& options, const Progress& progress) {
    sim::Twin twin(makeBank(options.bank));
    sim::CoreController core(options.settings);
    Watcher watcher(twin, core, options.settings);
    ClosedLoopReport report;
    report.seed = options.bank.seed;
    report.chemistry = twin.pack(0).chemistry;
    report.startOfDay = twin.spec().startOfDay;
    for (std::size_t i = 0; i < twin.size(); ++i)
        report.packs.push_back(factsOf(twin, i));
    const sim::Observer observer = [&watcher](const sim::Twin& now, const sim::Limits& limits) {
        watcher.add(now, limits);
    };
    for (int day = 1; day <= options.days; ++day) {
        if (progress)
            progress(day);
        const sim::Metrics metrics = sim::run(twin, std::ref(core), kDay, observer);
        report.days.push_back(watcher.takeDay(twin, metrics));
    }
    watcher.finish(twin, report);
    return report;
}

} // namespace busbar
