// SPDX-License-Identifier: MIT
// bench_control: the same random banks under Busbar's share methods and CVL modes, under today's
// rules and under one who knows everything, side by side.
#include "bench/control/balance.hpp"
#include "bench/control/losses.hpp"
#include "bench/control/oddities.hpp"
#include "bench/control/rules.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "sim/made_strings.hpp"
#include "sim/random_bank.hpp"
#include "sim/series.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace busbar::bench {
namespace {

using sim::Metrics;
using sim::Twin;
using sim::TwinSpec;

struct Options {
    int banks = 200;
    int days = 3;
    std::uint64_t seed = 1;
    int threads = static_cast<int>(std::thread::hardware_concurrency());
    std::string only;     ///< names of rules that contain this
    bool perBank = false; ///< a line for each bank and rule, to look closer
    bool withFaults = false;
    bool withMeters = false;
    bool withLyingSensor = false;
    bool counter = false;
    std::optional<sim::Chemistry> chemistry; ///< of all banks; nothing = drawn
    bool withLosses = false;
    bool withOddities = false;
    bool trace = false;
    std::optional<std::string> strings; ///< "2x3", or empty = drawn; nothing = packs
    bool balancing = false;
    BalanceOptions balance; ///< what of it has options of its own
};

/// What the own counter is tried with: every current sensor this far off, up and down by turns.
constexpr double kSensorError = 0.05;
constexpr int kCounterDays = 30;

struct Rule {
    std::string name;
    std::function<sim::Controller(const Twin&)> make;
};

sim::Controller busbarRule(BankSettings settings, const Twin& bank) {
    settings.gxPages = false; // nobody looks at them here
    const auto core =
        std::make_shared<sim::CoreController>(settings, sim::madeStrings(bank.spec()));
    return [core](Twin& twin, const Now& now) { return (*core)(twin, now); };
}

Rule busbar(std::string name, const BankSettings& settings) {
    return {std::move(name), [settings](const Twin& bank) { return busbarRule(settings, bank); }};
}

BankSettings with(Share share, CvlMode mode) {
    BankSettings settings;
    settings.limits.share = share;
    settings.limits.cvl.mode = mode;
    return settings;
}

constexpr const char* kDab = "DAB, own parameters";
constexpr const char* kBag = "BAG, ir, max_when_balancing";

std::vector<Rule> rules() {
    return {{"oracle, smallest CVL", oracle},
            busbar("Busbar, defaults (adaptive, min)", BankSettings{}),
            busbar("Busbar, resistance, min", with(Share::Resistance, CvlMode::Min)),
            busbar("Busbar, capacity, min", with(Share::Capacity, CvlMode::Min)),
            busbar("Busbar, count, min", with(Share::Count, CvlMode::Min)),
            busbar("Busbar, sum, min", with(Share::Sum, CvlMode::Min)),
            busbar("Busbar, adaptive, max", with(Share::Adaptive, CvlMode::Max)),
            busbar("Busbar, adaptive, max_when_balancing",
                   with(Share::Adaptive, CvlMode::MaxWhenBalancing)),
            busbar("Busbar, adaptive, max_until_all_float",
                   with(Share::Adaptive, CvlMode::MaxUntilAllFloat)),
            busbar("Busbar, adaptive, own", with(Share::Adaptive, CvlMode::Own)),
            {kDab, dabRule},
            {kBag, bagRule}};
}

/// The others' rules know packs only.
bool knowsStrings(const Rule& rule) {
    return rule.name != kDab && rule.name != kBag;
}

/// A full charge from more power than the bank may take, without load: room of all packs together,
/// % of what they hold, once a minute.
using RoomTrace = std::vector<float>;
constexpr int kChargeMinutes = 10 * 60;

struct Outcome {
    Metrics days;
    RoomTrace charge;
};

/// [rule][bank]
using Results = std::vector<std::vector<Outcome>>;

float room_pct(const Twin& twin) {
    double room_Ah = 0.0;
    double usable_Ah = 0.0;
    for (std::size_t s = 0; s < sim::stringCount(twin); ++s) {
        const sim::PackTruth truth = sim::stringTruth(twin, s);
        room_Ah += truth.room_Ah;
        usable_Ah += truth.room_Ah + truth.remaining_Ah;
    }
    return static_cast<float>(100.0 * room_Ah / usable_Ah);
}

/// Of all packs, of a string the smallest.
double chargeLimits_A(const TwinSpec& bank) {
    double sum_A = 0.0;
    for (std::size_t first = 0; first < bank.packs.size(); first += bank.inSeries) {
        double least_A = bank.packs[first].bms.limits.charge_A;
        for (std::size_t i = first + 1; i < first + bank.inSeries; ++i)
            least_A = std::min(least_A, bank.packs[i].bms.limits.charge_A);
        sum_A += least_A;
    }
    return sum_A;
}

/// What the option says, or one to four strings of two to four blocks, by turns.
std::optional<sim::StringsSpec> stringsOf(const Options& options, std::uint64_t seed) {
    if (!options.strings)
        return std::nullopt;
    if (!options.strings->empty())
        return sim::parseStrings(*options.strings);
    return sim::StringsSpec{1 + static_cast<int>(seed / 3 % 4), 2 + static_cast<int>(seed % 3)};
}

RoomTrace chargeOnce(const Rule& rule, TwinSpec bank) {
    const double limits_A = chargeLimits_A(bank);
    bank.charger.max_A = 1.2 * limits_A;
    Twin twin(bank);
    twin.setSun(limits_A * 1.2 * 70.0); // more than any bank's voltage
    twin.setLoad({});
    const sim::Controller controller = rule.make(twin);
    RoomTrace trace;
    for (int second = 0; second < kChargeMinutes * 60; ++second) {
        twin.step(controller(twin, sim::nowOf(twin)));
        if (second % 60 == 59)
            trace.push_back(room_pct(twin));
    }
    return trace;
}

Outcome runOne(const Rule& rule, const TwinSpec& bank, int days) {
    Twin twin(bank);
    return {sim::run(twin, rule.make(twin), std::chrono::hours(24 * days)), chargeOnce(rule, bank)};
}

volatile std::sig_atomic_t interrupted = 0;

/// Ctrl-C ends the run after the banks that are at work; the table is of those that are whole.
Results runAll(const std::vector<Rule>& rules, const Options& options) {
    const auto banks = static_cast<std::size_t>(options.banks);
    Results results(rules.size(), std::vector<Outcome>(banks));
    std::atomic<std::size_t> next{0};
    std::vector<std::atomic<std::size_t>> done(banks); ///< rules, by bank
    std::vector<std::thread> threads;
    sim::RandomBankOptions bankOptions;
    bankOptions.withFaults = options.withFaults;
    bankOptions.withMeters = options.withMeters;
    bankOptions.withLyingSensor = options.withLyingSensor;
    bankOptions.chemistry = options.chemistry;
    for (int t = 0; t < std::max(1, options.threads); ++t)
        threads.emplace_back([&] {
            for (std::size_t job = next++; job < banks * rules.size() && interrupted == 0;
                 job = next++) {
                const std::size_t bank = job / rules.size();
                const std::size_t rule = job % rules.size();
                sim::RandomBankOptions own = bankOptions;
                own.strings = stringsOf(options, options.seed + bank);
                const TwinSpec spec = sim::makeRandomBank(options.seed + bank, own);
                results[rule][bank] = runOne(rules[rule], spec, options.days);
                ++done[bank];
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    const auto isUnfinished = [&rules](const std::atomic<std::size_t>& count) {
        return count < rules.size();
    };
    const auto finished = std::ranges::find_if(done, isUnfinished) - done.begin();
    for (auto& banksOfRule : results)
        banksOfRule.resize(static_cast<std::size_t>(finished));
    return results;
}

/// Sorted on the way in.
double quantile(std::vector<double> values, double q) {
    if (values.empty())
        return 0.0;
    std::ranges::sort(values);
    const auto last = static_cast<double>(values.size() - 1);
    return values[static_cast<std::size_t>(std::lround(q * last))];
}

std::vector<double> pick(const std::vector<Outcome>& all, double Metrics::*member) {
    std::vector<double> values;
    values.reserve(all.size());
    for (const Outcome& outcome : all)
        values.push_back(outcome.days.*member);
    return values;
}

/// Minutes until there is no more room than `least_pct` and one per cent; nothing = never.
std::optional<double> minutesTo(const RoomTrace& trace, float least_pct) {
    const auto found =
        std::ranges::find_if(trace, [&](float room) { return room <= least_pct + 1.0F; });
    return found == trace.end() ? std::nullopt
                                : std::optional(static_cast<double>(found - trace.begin()) + 1.0);
}

/// Time to full as a multiple of the oracle's; full = within 1 % of the least room that the oracle
/// left in ten hours. A bank that never gets there counts with the whole ten hours.
std::vector<double> fullRatios(const std::vector<Outcome>& own,
                               const std::vector<Outcome>& oracle) {
    std::vector<double> ratios;
    for (std::size_t bank = 0; bank < own.size(); ++bank) {
        const float least_pct = std::ranges::min(oracle[bank].charge);
        const auto best = minutesTo(oracle[bank].charge, least_pct);
        ratios.push_back(minutesTo(own[bank].charge, least_pct).value_or(kChargeMinutes) / *best);
    }
    return ratios;
}

/// What stays unused at the end of the charge, beyond what the oracle leaves, % of all packs.
std::vector<double> unused(const std::vector<Outcome>& own, const std::vector<Outcome>& oracle) {
    std::vector<double> values;
    for (std::size_t bank = 0; bank < own.size(); ++bank)
        values.push_back(static_cast<double>(std::ranges::min(own[bank].charge) -
                                             std::ranges::min(oracle[bank].charge)));
    return values;
}

/// "12 (3)": how often, and on how many banks.
std::string tripsText(const std::vector<Outcome>& all, sim::Trip trip) {
    const auto k = static_cast<std::size_t>(trip);
    int sum = 0;
    int banks = 0;
    for (const Outcome& outcome : all) {
        sum += outcome.days.tripsByFlow.at(k);
        banks += outcome.days.tripsByFlow.at(k) > 0 ? 1 : 0;
    }
    return std::to_string(sum) + " (" + std::to_string(banks) + ")";
}

/// The same, not minus the oracle's: what the cells could hold beside what the voltages that the
/// BMSs ask for, and the smallest pack, leave.
std::vector<double> room(const std::vector<Outcome>& all) {
    std::vector<double> values(all.size());
    std::ranges::transform(all, values.begin(), [](const Outcome& outcome) {
        return static_cast<double>(std::ranges::min(outcome.charge));
    });
    return values;
}

int banksWith(const std::vector<Outcome>& all, const auto& isTrue) {
    return static_cast<int>(std::ranges::count_if(all, isTrue, &Outcome::days));
}

void printRow(const Rule& rule, const std::vector<Outcome>& all,
              const std::vector<Outcome>& oracle) {
    const auto ratios = fullRatios(all, oracle);
    const auto left = unused(all, oracle);
    const auto rest = room(all);
    const auto at = [&all](double Metrics::*member, double q) {
        return quantile(pick(all, member), q);
    };
    std::printf("| %s | %s | %s | %s | %s | %d, %.0f | %.0f | %.2f / %.2f / %.2f | %.2f / %.2f / "
                "%.2f | "
                "%.1f / %.1f | %.1f / %.1f | %.1f / %.1f | %.0f | %.3f |\n",
                rule.name.c_str(), tripsText(all, sim::Trip::OverVoltage).c_str(),
                tripsText(all, sim::Trip::UnderVoltage).c_str(),
                tripsText(all, sim::Trip::OverCharge).c_str(),
                tripsText(all, sim::Trip::OverDischarge).c_str(),
                banksWith(all, [](const Metrics& m) { return m.overLimit_s > 0.0; }),
                at(&Metrics::overLimit_s, 1.0), at(&Metrics::worstExcess_pct, 1.0),
                quantile(ratios, 0.5), quantile(ratios, 0.95), quantile(ratios, 1.0),
                quantile(left, 0.5), quantile(left, 0.95), quantile(left, 1.0), quantile(rest, 0.5),
                quantile(rest, 1.0), at(&Metrics::cvlTurns_per_h, 0.5),
                at(&Metrics::cvlTurns_per_h, 0.95), at(&Metrics::cclTurns_per_h, 0.5),
                at(&Metrics::cclTurns_per_h, 0.95), at(&Metrics::unserved_Wh, 0.95),
                at(&Metrics::maxCell_V, 1.0));
}

void printTable(const std::vector<Rule>& rules, const Results& results) {
    std::puts("| rule | trips (banks): over-voltage | under-voltage | over-current charge | … "
              "discharge | banks over a limit, longest s | worst excess, % | "
              "time to full ÷ oracle 50 / 95 / 100 % | unused beyond oracle, % 50 / 95 / 100 | "
              "room at full, % 50 / 100 | CVL turns/h 50 / 95 | CCL turns/h 50 / 95 | unserved, Wh "
              "95 % | highest cell, V |\n"
              "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (std::size_t rule = 0; rule < rules.size(); ++rule)
        printRow(rules[rule], results[rule], results[0]);
}

/// "0/0/0/0": by Trip.
std::string countsText(const sim::TripCounts& trips) {
    std::string text;
    for (const int count : trips)
        text += (text.empty() ? "" : "/") + std::to_string(count);
    return text;
}

void printBanks(const std::vector<Rule>& rules, const Results& results, const Options& options) {
    for (std::size_t bank = 0; bank < results[0].size(); ++bank)
        for (std::size_t rule = 0; rule < rules.size(); ++rule) {
            const Metrics& m = results[rule][bank].days;
            std::printf(
                "%s %s: trips=%s over_s=%.0f excess=%.1f%% ratio=%.2f left=%.2f%% room=%.2f%% "
                "cvl=%.1f/h ccl=%.1f/h unserved=%.0f max=%.3f\n",
                std::to_string(options.seed + bank).c_str(), rules[rule].name.c_str(),
                countsText(m.tripsByFlow).c_str(), m.overLimit_s, m.worstExcess_pct,
                fullRatios(results[rule], results[0])[bank],
                unused(results[rule], results[0])[bank], room(results[rule])[bank],
                m.cvlTurns_per_h, m.cclTurns_per_h, m.unserved_Wh, m.maxCell_V);
        }
}

/// A bank whose own counter has run for a month.
struct CounterOutcome {
    double error_pct = 0.0;         ///< shown minus true, at the end
    double worstLastDay_pct = 0.0;  ///< largest distance during the last day
    double batteries_pct = 0.0;     ///< what the BMSs themselves say, minus the truth, at the end
    double leastAtFull_pct = 100.0; ///< true SoC while 100 % was shown
    double shownFull_h = 0.0;
};

double trueSoc_pct(const Twin& twin) {
    return 100.0 - static_cast<double>(room_pct(twin));
}

/// BMSs know their capacities here, because only the sensors are on trial.
TwinSpec withSensorErrors(TwinSpec bank) {
    double sign = 1.0;
    for (sim::PackSpec& pack : bank.packs) {
        double smallest_Ah = pack.cells.front().capacity_Ah;
        for (const sim::CellSpec& cell : pack.cells)
            smallest_Ah = std::min(smallest_Ah, cell.capacity_Ah);
        pack.bms.capacity_Ah = smallest_Ah;
        pack.bms.reporting.currentGain = 1.0 + sign * kSensorError;
        sign = -sign;
    }
    return bank;
}

CounterOutcome countForAMonth(std::uint64_t seed) {
    BankSettings settings;
    settings.soc.source = SocSource::Counter;
    sim::CoreController core(settings);
    Twin twin(withSensorErrors(sim::makeRandomBank(seed)));
    CounterOutcome outcome;
    constexpr long kSeconds = 24L * 3600 * kCounterDays;
    for (long second = 0; second < kSeconds; ++second) {
        twin.step(core(twin, sim::nowOf(twin)));
        if (second % 60 != 59)
            continue;
        const double true_pct = trueSoc_pct(twin);
        const double shown_pct = core.bank().snapshot()[row("/Soc")].number().value_or(-100.0);
        outcome.error_pct = shown_pct - true_pct;
        if (second > kSeconds - 24L * 3600)
            outcome.worstLastDay_pct =
                std::max(outcome.worstLastDay_pct, std::abs(outcome.error_pct));
        if (shown_pct < 99.95)
            continue;
        outcome.shownFull_h += 1.0 / 60.0;
        outcome.leastAtFull_pct = std::min(outcome.leastAtFull_pct, true_pct);
    }
    double said_pct = 0.0;
    double weight = 0.0;
    for (std::size_t i = 0; i < twin.size(); ++i) {
        said_pct += twin.bms(i).published().soc_pct.value_or(0.0) * twin.pack(i).bms.capacity_Ah;
        weight += twin.pack(i).bms.capacity_Ah;
    }
    outcome.batteries_pct = said_pct / weight - trueSoc_pct(twin);
    return outcome;
}

void printCounters(const Options& options) {
    std::vector<CounterOutcome> outcomes(static_cast<std::size_t>(options.banks));
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < std::max(1, options.threads); ++t)
        threads.emplace_back([&] {
            for (std::size_t bank = next++; bank < outcomes.size(); bank = next++)
                outcomes[bank] = countForAMonth(options.seed + bank);
        });
    for (std::thread& thread : threads)
        thread.join();
    const auto all = [&outcomes](auto member) {
        std::vector<double> values;
        values.reserve(outcomes.size());
        for (const CounterOutcome& outcome : outcomes)
            values.push_back(std::abs(outcome.*member));
        return values;
    };
    const auto row = [&](const char* name, const std::vector<double>& values, double last) {
        std::printf("| %s | %.2f | %.2f | %.2f |\n", name, quantile(values, 0.5),
                    quantile(values, std::abs(0.95 - (last < 0.5 ? 0.9 : 0.0))),
                    quantile(values, last));
    };
    std::puts("| own counter after 30 days, sensors ±5 % | 50 % of banks | 95 % | worst |\n"
              "|---|---|---|---|");
    row("off at the end, %", all(&CounterOutcome::error_pct), 1.0);
    row("most off during the last day, %", all(&CounterOutcome::worstLastDay_pct), 1.0);
    row("the BMSs' own SoC off at the end, %", all(&CounterOutcome::batteries_pct), 1.0);
    row("true SoC while 100 % is shown, least, %", all(&CounterOutcome::leastAtFull_pct), 0.0);
    row("100 % shown, h", all(&CounterOutcome::shownFull_h), 0.0);
}

void addBalancing(CLI::App& app, Options& options) {
    app.add_flag("--balancing", options.balancing,
                 "Banks with own charge voltages that balance instead, a line for each");
    app.add_option("--every-days", options.balance.everyDays, "With --balancing: between attempts");
    app.add_option("--step", options.balance.step_s, "With --balancing: of the twin, s")
        ->check(CLI::Range(1, 10));
    app.add_flag("--whole", options.balance.isWhole,
                 "With --balancing: all days, also after the first success or advice");
    app.add_flag("--aged", options.balance.aged, "With --balancing: weak and drifting cells");
    app.add_flag("--dead", options.balance.dead,
                 "With --balancing: a pack without balancer and with a cell that is ahead");
    app.add_option("--config", options.balance.config,
                   "With --balancing: the settings of the first bank of this configuration");
}

void addOptions(CLI::App& app, Options& options) {
    app.add_option("--banks", options.banks, "How many")->check(CLI::Range(1, 100000));
    app.add_option("--days", options.days, "Days each")->check(CLI::Range(1, 400));
    app.add_option("--seed", options.seed, "Of the first bank");
    app.add_option("--threads", options.threads, "At once")->check(CLI::Range(1, 256));
    app.add_option("--only", options.only,
                   "Only rules whose name contains this; the oracle always");
    app.add_flag("--per-bank", options.perBank, "A line for each bank and rule");
    app.add_flag("--faults", options.withFaults, "One pack of each bank fails for a while");
    app.add_flag("--meters", options.withMeters, "The GX measures charger and load");
    app.add_flag("--lying", options.withLyingSensor,
                 "One pack of each bank shows 1.3 times its current, or 8 A more");
    app.add_flag("--counter", options.counter, "The own SoC counter over a month instead");
    app.add_flag("--losses", options.withLosses,
                 "Busbar's defaults instead, with packs that are unheard again and again, beside "
                 "a bank that hears everything");
    app.add_flag("--oddities", options.withOddities,
                 "Busbar's defaults instead, on a GX that shows sums, starter batteries, absurd "
                 "values, beside the same that sees the truth");
    app.add_option("--strings", options.strings,
                   "Banks of series strings, 2x3 = two of three blocks; without a value one to "
                   "four strings of two to four blocks, by turns")
        ->expected(0, 1)
        ->check([](const std::string& text) {
            return std::string(text.empty() || sim::parseStrings(text) ? "" : "must be as 2x3");
        });
    app.add_flag("--trace", options.trace,
                 "With --losses: each loss and each trip; with --oddities: each wrong limit");
    const std::map<std::string, sim::Chemistry> chemistries = {
        {"lfp", sim::Chemistry::Lfp}, {"lto", sim::Chemistry::Lto}, {"nmc", sim::Chemistry::Nmc}};
    app.add_option("--chemistry", options.chemistry, "Of all banks: lfp, lto, nmc; else drawn")
        ->transform(CLI::CheckedTransformer(chemistries));
    addBalancing(app, options);
}

void printRules(const Options& options) {
    std::vector<Rule> chosen = rules();
    std::erase_if(chosen, [&](const Rule& rule) {
        return rule.name.find("oracle") == std::string::npos &&
               rule.name.find(options.only) == std::string::npos;
    });
    if (options.strings)
        std::erase_if(chosen, [](const Rule& rule) { return !knowsStrings(rule); });
    std::signal(SIGINT, [](int) { interrupted = 1; });
    const auto start = std::chrono::steady_clock::now();
    const Results results = runAll(chosen, options);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (options.perBank)
        printBanks(chosen, results, options);
    printTable(chosen, results);
    std::printf("\n%zu banks from seed %llu, %d days each, %zu rules, in %.0f s\n",
                results[0].size(), static_cast<unsigned long long>(options.seed), options.days,
                chosen.size(), took.count());
}

void printWanted(Options& options) {
    if (options.withLosses) {
        printLosses({options.banks, options.days, options.seed, options.threads, options.perBank,
                     options.trace, options.chemistry});
        return;
    }
    if (options.withOddities) {
        printOddities({options.banks, options.days, options.seed, options.threads, options.perBank,
                       options.trace});
        return;
    }
    if (options.balancing) {
        BalanceOptions& balance = options.balance;
        balance.banks = options.banks;
        balance.days = options.days;
        balance.seed = options.seed;
        balance.threads = options.threads;
        balance.chemistry = options.chemistry;
        printBalancing(balance);
        return;
    }
    if (options.counter) {
        printCounters(options);
        return;
    }
    printRules(options);
}

int run(int argc, char** argv) {
    Options options;
    CLI::App app("Random banks under different rules of charge control");
    addOptions(app, options);
    CLI11_PARSE(app, argc, argv);
    printWanted(options);
    return 0;
}

} // namespace
} // namespace busbar::bench

int main(int argc, char** argv) {
    try {
        return busbar::bench::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_control: %s\n", error.what());
    } catch (...) {
        std::fputs("bench_control: unknown failure\n", stderr);
    }
    return 1;
}
