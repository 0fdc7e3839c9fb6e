// SPDX-License-Identifier: MIT
// Weeks of sun and load with own charge voltages, and the attempts of balancing in them.
#include "bench/control/balance.hpp"

#include "config/reader.hpp"
#include "core/gx/balance_advice.hpp"
#include "core/memory.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "sim/closed_loop.hpp"
#include "sim/random_bank.hpp"
#include "sim/twin.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace busbar::bench {
namespace {

/// A cell so far ahead stands 0.1 V above the others when these are full (LFP, LTO, NMC).
constexpr double kAhead = 0.04;

struct Attempts {
    int started = 0;
    int succeeded = 0;
    int failed = 0;
    std::optional<double> firstDay; ///< day of the first success
    double raised_h = 0.0;
    double apart_pct = 0.0;      ///< cells of a pack at the start, the worst one
    double firstApart_pct = 0.0; ///< … at the first success
    BalancingOutput last;        ///< at the end
    std::string said;            ///< obstacles at the end of failed attempts
    std::optional<int> toldAt;   ///< attempts failed when advice began
    int trips = 0;               ///< by over-voltage while current flowed in
    double maxCell_V = 0.0;
};

BankSettings settingsOf(const BalanceOptions& options) {
    BankSettings settings;
    settings.limits.cvl.mode = CvlMode::Own;
    settings.balancing.every = std::chrono::hours(24 * options.everyDays);
    if (!options.config.empty()) {
        const auto read = config::readConfigFile(options.config);
        if (!read.config)
            throw std::runtime_error(config::formatIssues(options.config, read.issues));
        settings = read.config->banks.front().bank;
    }
    settings.gxPages = false; // nobody looks at them here
    return settings;
}

sim::TwinSpec bankOf(const BalanceOptions& options, std::uint64_t seed) {
    sim::RandomBankOptions random;
    random.chemistry = options.chemistry;
    random.withWeakCells = options.aged;
    random.withDriftingCells = options.aged;
    sim::TwinSpec spec = sim::makeRandomBank(seed, random);
    spec.step = std::chrono::seconds(options.step_s);
    if (options.dead) {
        sim::PackSpec& pack = spec.packs.at(seed % spec.packs.size());
        pack.bms.balancer.current_A = 0.0;
        sim::CellSpec& cell = pack.cells.at(seed % pack.cells.size());
        cell.soc = std::min(0.98, cell.soc + kAhead);
    }
    return spec;
}

/// State of charge of the highest minus the lowest cell of a pack, the worst one.
double apart_pct(const sim::Twin& twin) {
    double most = 0.0;
    for (std::size_t i = 0; i < twin.size(); ++i) {
        const auto [low, high] = std::ranges::minmax(twin.cells(i).socs());
        most = std::max(most, high - low);
    }
    return 100.0 * most;
}

/// Of all failed attempts since a success.
std::string leastApart(const BalancingMemory& memory) {
    return memory.spread_V ? std::to_string(std::lround(1000.0 * *memory.spread_V)) + " mV"
                           : "never full";
}

void look(Attempts& attempts, const Bank& bank, const BalanceOptions& options, double day) {
    const BalancingOutput& now = bank.report().balancing;
    for (const BalancingEvent event : now.events) {
        attempts.started += event == BalancingEvent::Started ? 1 : 0;
        attempts.succeeded += event == BalancingEvent::Succeeded ? 1 : 0;
        attempts.failed += event == BalancingEvent::Failed ? 1 : 0;
        if (event == BalancingEvent::Succeeded && !attempts.firstDay)
            attempts.firstDay = day;
        if (event == BalancingEvent::Failed)
            attempts.said += (attempts.said.empty() ? "" : "; ") +
                             std::string(toText(now.obstacle)) + " " + now.detail + " (" +
                             leastApart(bank.memory().balancing) + ")";
    }
    if (!attempts.toldAt && !failingBalance(now).empty())
        attempts.toldAt = attempts.failed;
    attempts.raised_h += now.isRaised ? options.step_s / 3600.0 : 0.0;
    attempts.last = now;
}

/// Nothing more is wanted of this bank.
bool isOver(const BalanceOptions& options, const Attempts& attempts) {
    return !options.isWhole &&
           (options.dead ? attempts.toldAt.has_value() : attempts.succeeded > 0);
}

Attempts runOne(const BalanceOptions& options, std::uint64_t seed) {
    Attempts attempts;
    sim::Twin twin(bankOf(options, seed));
    attempts.apart_pct = apart_pct(twin);
    sim::CoreController core(settingsOf(options));
    const auto controller = [&](sim::Twin& plant, const Now& now) {
        const sim::Limits limits = core(plant, now);
        const int before = attempts.succeeded;
        look(attempts, core.bank(), options,
             std::chrono::duration<double>(plant.time()).count() / 86400.0);
        if (before == 0 && attempts.succeeded > 0)
            attempts.firstApart_pct = apart_pct(plant);
        return limits;
    };
    for (int day = 0; day < options.days && !isOver(options, attempts); ++day) {
        const sim::Metrics ofDay = sim::run(twin, controller, std::chrono::hours(24));
        attempts.trips += ofDay.tripsByFlow.at(static_cast<std::size_t>(sim::Trip::OverVoltage));
        attempts.maxCell_V = std::max(attempts.maxCell_V, ofDay.maxCell_V);
    }
    return attempts;
}

void printBank(const BalanceOptions& options, std::uint64_t seed, const Attempts& own) {
    const sim::TwinSpec spec = bankOf(options, seed);
    double weakest_A = 9.0;
    for (const sim::PackSpec& pack : spec.packs)
        weakest_A = std::min(weakest_A, pack.bms.balancer.current_A / pack.bms.capacity_Ah);
    std::printf("%llu %s, %zu packs, least balancer %.2f %%/d: %d started, %d succeeded (first on "
                "day %.1f, %.1f %% apart, at the start %.1f), %d failed%s%s; raised %.0f h; advice "
                "%s; now %s %s %s; highest cell %.3f V, trips %d\n",
                static_cast<unsigned long long>(seed),
                std::string(sim::toText(spec.packs.front().chemistry)).c_str(), spec.packs.size(),
                weakest_A * 2400.0, own.started, own.succeeded, own.firstDay.value_or(-1.0),
                own.firstApart_pct, own.apart_pct, own.failed, own.said.empty() ? "" : ": ",
                own.said.c_str(), own.raised_h,
                own.toldAt ? ("after " + std::to_string(*own.toldAt)).c_str() : "none",
                std::string(toText(own.last.stage)).c_str(),
                std::string(toText(own.last.obstacle)).c_str(), own.last.detail.c_str(),
                own.maxCell_V, own.trips);
    std::fflush(stdout);
}

} // namespace

void printBalancing(const BalanceOptions& options) {
    std::vector<Attempts> all(static_cast<std::size_t>(options.banks));
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < std::max(1, options.threads); ++t)
        threads.emplace_back([&] {
            for (std::size_t bank = next++; bank < all.size(); bank = next++) {
                all[bank] = runOne(options, options.seed + bank);
                printBank(options, options.seed + bank, all[bank]);
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    const auto count = [&all](const auto& isTrue) { return std::ranges::count_if(all, isTrue); };
    std::printf("%zu banks, %d days: %td succeeded; advice for %td, within three tries for %td\n",
                all.size(), options.days,
                count([](const Attempts& own) { return own.succeeded > 0; }),
                count([](const Attempts& own) { return own.toldAt.has_value(); }),
                count([](const Attempts& own) { return own.toldAt && *own.toldAt <= 3; }));
}

} // namespace busbar::bench
