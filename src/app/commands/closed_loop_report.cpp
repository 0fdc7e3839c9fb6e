// SPDX-License-Identifier: MIT
// Runs twin and core, and watches both.
#include "app/commands/closed_loop_report.hpp"

#include "core/made/made_key.hpp"
#include "core/members/member_stats.hpp"
#include "core/report.hpp"
#include "core/snapshot.hpp"
#include "core/table/named_rows.hpp"
#include "sim/closed_loop.hpp"
#include "sim/made_strings.hpp"
#include "sim/series.hpp"

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

double slow_Ohm(const sim::PackSpec& pack) {
    double sum_Ohm = 0.0;
    for (const sim::CellSpec& cell : pack.cells)
        sum_Ohm += cell.slowResistance_Ohm;
    return sum_Ohm;
}

sim::TripCounts tripsOf(const sim::Bms& bms) {
    sim::TripCounts trips{};
    for (std::size_t k = 0; k < sim::kTripCount; ++k)
        trips.at(k) = bms.trips(static_cast<sim::Trip>(k));
    return trips;
}

void addTrips(sim::TripCounts& sum, const sim::TripCounts& more) {
    for (std::size_t k = 0; k < sum.size(); ++k)
        sum.at(k) += more.at(k);
}

/// The core sees a string as a battery that is made of its blocks.
int memberInstance(const sim::Twin& twin, std::size_t string) {
    return twin.spec().inSeries == 1 ? twin.pack(string).instance
                                     : kMadeFrom + static_cast<int>(string);
}

std::string memberName(const sim::Twin& twin, std::size_t string) {
    return twin.spec().inSeries == 1 ? twin.pack(string).name
                                     : nameOf(sim::madeStrings(twin.spec())[string]);
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
    facts.slow_Ohm = slow_Ohm(pack);
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
    for (std::size_t s = 0; s < sim::stringCount(twin); ++s) {
        const sim::PackTruth truth = sim::stringTruth(twin, s);
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

/// A cell of the twin.
struct TwinCell {
    std::size_t pack = 0;
    std::size_t cell = 0; ///< counted from 0
    double voltage_V = 0.0;
};

/// The lowest and the highest cell of one string.
struct Extremes {
    TwinCell lowest, highest;
};

Extremes extremesOf(const sim::Twin& twin, std::size_t string) {
    Extremes found;
    const sim::Blocks blocks = sim::blocksOf(twin, string);
    for (std::size_t i = blocks.first; i < blocks.end; ++i) {
        const auto& cells_V = twin.cells(i).cells_V();
        for (std::size_t k = 0; k < cells_V.size(); ++k) {
            const bool isFirst = i == blocks.first && k == 0;
            if (isFirst || cells_V[k] < found.lowest.voltage_V)
                found.lowest = {i, k, cells_V[k]};
            if (isFirst || cells_V[k] > found.highest.voltage_V)
                found.highest = {i, k, cells_V[k]};
        }
    }
    return found;
}

/// As the core names it: "C7" of a pack, of a string with its block.
std::string nameWithin(const sim::Twin& twin, const TwinCell& cell) {
    return twin.spec().inSeries == 1 ? cellName(cell.cell)
                                     : twin.pack(cell.pack).name + "/" + cellName(cell.cell);
}

CellFacts factsOf(const sim::Twin& twin, const TwinCell& cell) {
    return {twin.pack(cell.pack).name + " " + cellName(cell.cell), cell.voltage_V};
}

void addFlow(MeterTotals& totals, double current_A, double voltage_V, double step_h) {
    const double charge_Ah = current_A * step_h;
    (charge_Ah > 0.0 ? totals.charged_Ah : totals.discharged_Ah) += std::abs(charge_Ah);
    (charge_Ah > 0.0 ? totals.charged_Wh : totals.discharged_Wh) += std::abs(charge_Ah * voltage_V);
}

/// What is true of one pack or string, gathered by the core's own rules where it learns.
struct TrueMember {
    MemberStatsState stats;
    MeterTotals meters;
};

class Watcher {
public:
    Watcher(const sim::Twin& twin, sim::CoreController& core, const BankSettings& settings)
        : core_(core), maxGap_(settings.meters.maxGap), whole_(twin),
          members_(sim::stringCount(twin)),
          step_h_(std::chrono::duration<double, std::ratio<3600>>(twin.spec().step).count()) {
        for (std::size_t s = 0; s < sim::stringCount(twin); ++s)
            bank_Ah_ += sim::stringNominal_Ah(twin, s);
    }

    void add(const sim::Twin& twin, const sim::Limits& limits) {
        whole_.add(twin, limits);
        addReport(core_.bank().report());
        for (std::size_t s = 0; s < sim::stringCount(twin); ++s)
            addString(twin, s);
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
        for (std::size_t s = 0; s < sim::stringCount(twin); ++s)
            result.members.push_back(memberFacts(twin, s, report));
        for (std::size_t i = 0; i < twin.size(); ++i)
            result.packs[i].trips = tripsOf(twin.bms(i));
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

    void addString(const sim::Twin& twin, std::size_t string) {
        const Extremes cells = extremesOf(twin, string);
        if (!lowest_ || cells.lowest.voltage_V < lowest_->voltage_V)
            lowest_ = factsOf(twin, cells.lowest);
        if (!highest_ || cells.highest.voltage_V > highest_->voltage_V)
            highest_ = factsOf(twin, cells.highest);
        const double current_A = twin.cells(sim::blocksOf(twin, string).first).current_A();
        addFlow(members_[string].meters, current_A, sim::stringVoltage_V(twin, string), step_h_);
        MemberStatsInput input;
        input.current_A = current_A;
        input.bankCurrent_A = twin.bus().battery_A;
        input.capacity_Ah = sim::stringNominal_Ah(twin, string);
        input.bankCapacity_Ah = bank_Ah_;
        input.lowestCell = nameWithin(twin, cells.lowest);
        input.highestCell = nameWithin(twin, cells.highest);
        input.maxGap = maxGap_;
        step(members_[string].stats, input, sim::nowOf(twin));
    }

    [[nodiscard]] MemberFacts memberFacts(const sim::Twin& twin, std::size_t string,
                                          const BankReport& report) const {
        const TrueMember& truth = members_[string];
        MemberFacts facts;
        facts.name = memberName(twin, string);
        facts.truth_pct = 100.0 * sim::stringTruth(twin, string).soc;
        facts.trueShare = truth.stats.stats.share;
        facts.trueWeakestCell = truth.stats.stats.lowest.named;
        facts.trueHighestCell = truth.stats.stats.highest.named;
        facts.trueMeters = truth.meters;
        facts.trueResistance.fast_Ohm = sim::stringColdResistance_Ohm(twin, string);
        const sim::Blocks blocks = sim::blocksOf(twin, string);
        for (std::size_t i = blocks.first; i < blocks.end; ++i) {
            facts.trueResistance.slow_Ohm += slow_Ohm(twin.pack(i));
            addTrips(facts.trips, tripsOf(twin.bms(i)));
        }
        const int instance = memberInstance(twin, string);
        const auto known = std::ranges::find(report.members, instance, &MemberReport::instance);
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
    sim::CoreController core(options.settings, sim::madeStrings(twin.spec()));
    Watcher watcher(twin, core, options.settings);
    ClosedLoopReport report;
    report.seed = options.bank.seed;
    report.chemistry = twin.pack(0).chemistry;
    report.inSeries = twin.spec().inSeries;
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
