// SPDX-License-Identifier: MIT
// What losses of data do to banks under Busbar's defaults.
#include "bench/control/losses.hpp"

#include "core/report.hpp"
#include "core/settings.hpp"
#include "sim/closed_loop.hpp"
#include "sim/random_bank.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace busbar::bench {
namespace {

using sim::Metrics;
using sim::Trip;
using sim::Twin;

volatile std::sig_atomic_t interrupted = 0;

constexpr double kOverLast = 1.05; ///< worth a line of the trace, as in the table

struct Outcome {
    bool isDone = false;
    sim::Chemistry chemistry = sim::Chemistry::Lfp;
    std::size_t packs = 0;
    std::size_t losses = 0;
    Metrics lossy;
    Metrics whole; ///< the same bank, sun and load; every pack heard
    std::string trace;
};

int tripsOf(const Metrics& metrics, Trip trip) {
    return metrics.tripsByFlow.at(static_cast<std::size_t>(trip));
}

int apart(const Metrics& metrics) {
    return metrics.trips - sim::sumOf(metrics.tripsByFlow);
}

/// Charge that the bank took less than one that hears everything, %.
double lost_pct(const Outcome& outcome) {
    return outcome.whole.charged_Ah <= 0.0
               ? 0.0
               : 100.0 * (1.0 - outcome.lossy.charged_Ah / outcome.whole.charged_Ah);
}

std::string_view kindText(sim::Fault::Kind kind) {
    constexpr std::array<std::string_view, 6> kTexts = {"silent",        "frozen", "BMS lost",
                                                        "without cells", "left",   "blocked"};
    return kTexts.at(static_cast<std::size_t>(kind));
}

std::string_view tripText(Trip trip) {
    constexpr std::array<std::string_view, sim::kTripCount> kTexts = {
        "over-voltage", "under-voltage", "over-current charge", "over-current discharge"};
    return kTexts.at(static_cast<std::size_t>(trip));
}

/// Writes down what happens, for the replay of one bank.
class Tracer {
public:
    Tracer(const Twin& twin, sim::CoreController& core)
        : core_(core), trips_(twin.size()), said_(twin.size()) {}

    void look(const Twin& twin, const sim::Limits& limits) {
        for (; losses_ < twin.losses().size(); ++losses_) {
            const sim::Loss& loss = twin.losses()[losses_];
            const double lasts_s = (loss.fault.to - loss.fault.from).count();
            line(twin, loss.pack, limits,
                 std::string(kindText(loss.fault.kind)) + " for " +
                     std::to_string(std::lround(lasts_s)) + " s, " +
                     std::string(sim::toText(loss.moment)));
        }
        for (std::size_t i = 0; i < twin.size(); ++i)
            for (std::size_t k = 0; k < sim::kTripCount; ++k) {
                const auto trip = static_cast<Trip>(k);
                if (twin.bms(i).trips(trip) == trips_[i].at(k))
                    continue;
                trips_[i].at(k) = twin.bms(i).trips(trip);
                line(twin, i, limits, "TRIPS, " + std::string(tripText(trip)));
            }
        for (std::size_t i = 0; i < twin.size(); ++i)
            lookAtLimit(twin, i, limits);
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    /// The limits that a pack has published while it was heard, and whether it is above them.
    struct Said {
        sim::PackReport limits;
        bool isOver = false;
    };
    void lookAtLimit(const Twin& twin, std::size_t i, const sim::Limits& limits) {
        Said& said = said_[i];
        if (!twin.bms(i).isUnheard()) {
            said = {twin.bms(i).published(), false};
            return;
        }
        const double current_A = twin.truth(i).current_A;
        const auto& most_A = current_A > 0.0 ? said.limits.maxCharge_A : said.limits.maxDischarge_A;
        const bool isOver = most_A && std::abs(current_A) > kOverLast * *most_A + 1.0;
        if (isOver && !said.isOver)
            line(twin, i, limits, "OVER its last limit");
        said.isOver = isOver;
    }

    /// "14.160 h Pack C silent for 3600 s, near full; 3.412…3.431 V, 12.3 A of 50 / 80, …".
    void line(const Twin& twin, std::size_t i, const sim::Limits& limits, const std::string& what) {
        const sim::PackTruth truth = twin.truth(i);
        const BankReport report = core_.bank().report();
        std::array<char, 400> text{};
        std::snprintf(
            text.data(), text.size(),
            "  %7.3f h %s %s; cells %.3f…%.3f V, %.1f A of +%.0f/-%.0f, %.1f °C; bank %.1f A, "
            "%.2f V; CVL %.2f, CCL %.1f %.*s %s, DCL %.1f %.*s %s%s\n",
            std::chrono::duration<double, std::ratio<3600>>(twin.time()).count(),
            twin.pack(i).name.c_str(), what.c_str(), truth.minCell_V, truth.maxCell_V,
            truth.current_A, truth.ownLimit.maxCharge_A, truth.ownLimit.maxDischarge_A,
            truth.temperature_C, twin.bus().battery_A, twin.bus().voltage_V,
            limits.cvl_V.value_or(0.0), limits.ccl_A.value_or(0.0),
            static_cast<int>(toText(report.charge.cause).size()),
            toText(report.charge.cause).data(), report.charge.member.c_str(),
            limits.dcl_A.value_or(0.0), static_cast<int>(toText(report.discharge.cause).size()),
            toText(report.discharge.cause).data(), report.discharge.member.c_str(),
            twin.bms(i).isUnheard() ? ", unheard" : "");
        text_ += text.data();
    }

    sim::CoreController& core_;
    std::size_t losses_{0};
    std::vector<sim::TripCounts> trips_;
    std::vector<Said> said_;
    std::string text_;
};

Metrics runBank(Twin& twin, int days, std::string* trace) {
    BankSettings settings;
    settings.gxPages = false; // nobody looks at them here
    sim::CoreController core(settings);
    Tracer tracer(twin, core);
    const sim::Observer observer = [&tracer](const Twin& now, const sim::Limits& limits) {
        tracer.look(now, limits);
    };
    const Metrics metrics = sim::run(twin, std::ref(core), std::chrono::hours(24 * days),
                                     trace == nullptr ? sim::Observer() : observer);
    if (trace != nullptr)
        *trace = tracer.take();
    return metrics;
}

Outcome runOne(std::uint64_t seed, const LossOptions& options) {
    sim::RandomBankOptions bankOptions;
    bankOptions.withLosses = true;
    bankOptions.chemistry = options.chemistry;
    sim::TwinSpec spec = sim::makeRandomBank(seed, bankOptions);
    Outcome outcome;
    Twin lossy(spec);
    outcome.lossy = runBank(lossy, options.days, options.trace ? &outcome.trace : nullptr);
    outcome.chemistry = spec.packs.front().chemistry;
    outcome.packs = spec.packs.size();
    outcome.losses = lossy.losses().size();
    spec.withLosses = false;
    Twin whole(spec);
    std::string trace;
    outcome.whole = runBank(whole, options.days, options.trace ? &trace : nullptr);
    if (!trace.empty())
        outcome.trace += "  every pack heard:\n" + trace;
    outcome.isDone = true;
    return outcome;
}

/// tests/bench/sum_losses reads these lines.
void printBank(const Outcome& outcome, std::uint64_t seed) {
    const Metrics& m = outcome.lossy;
    const Metrics& whole = outcome.whole;
    const auto counts = [](const Metrics& metrics) {
        std::string text;
        for (const int count : metrics.tripsByFlow)
            text += std::to_string(count) + "/";
        return text + std::to_string(apart(metrics));
    };
    std::printf("%llu %s %zu packs, %zu losses: trips %s (all heard: %s) unheard %.0f s %.0f %%, "
                "heard %.0f s %.0f %% (%.0f s %.0f %%), charge lost %.1f %%, CCL 0 %.1f h (%.1f), "
                "DCL 0 %.1f h (%.1f), unserved %.1f kWh (%.1f), cells %.3f…%.3f V\n",
                static_cast<unsigned long long>(seed), sim::toText(outcome.chemistry).data(),
                outcome.packs, outcome.losses, counts(m).c_str(), counts(whole).c_str(),
                m.unheard.total_s, m.unheard.worst_pct, m.heard.total_s, m.heard.worst_pct,
                whole.heard.total_s, whole.heard.worst_pct, lost_pct(outcome), m.cclAtZero_h,
                whole.cclAtZero_h, m.dclAtZero_h, whole.dclAtZero_h, m.unserved_Wh / 1000.0,
                whole.unserved_Wh / 1000.0, m.minCell_V, m.maxCell_V);
    std::fputs(outcome.trace.c_str(), stdout);
    std::fflush(stdout);
}

/// Nearest rank; `values` not empty.
double quantile(std::vector<double> values, double q) {
    std::ranges::sort(values);
    return values[static_cast<std::size_t>(
        std::lround(q * static_cast<double>(values.size() - 1)))];
}

/// A column of the table: how often in sum, and on how many banks.
std::string sumText(const std::vector<const Outcome*>& all, const Metrics Outcome::*which,
                    const std::function<int(const Metrics&)>& count) {
    int sum = 0;
    int banks = 0;
    for (const Outcome* outcome : all) {
        sum += count(outcome->*which);
        banks += count(outcome->*which) > 0 ? 1 : 0;
    }
    return std::to_string(sum) + " (" + std::to_string(banks) + ")";
}

/// "12 banks, 391 s, 22 %": on how many, the longest, the worst.
std::string overText(const std::vector<const Outcome*>& all, const Metrics Outcome::*which,
                     const sim::OverLimit Metrics::*limit) {
    int banks = 0;
    sim::OverLimit worst;
    for (const Outcome* outcome : all) {
        const sim::OverLimit& over = outcome->*which.*limit;
        banks += over.total_s > 0.0 ? 1 : 0;
        worst.total_s = std::max(worst.total_s, over.total_s);
        worst.worst_pct = std::max(worst.worst_pct, over.worst_pct);
    }
    return std::to_string(banks) + ", " + std::to_string(std::lround(worst.total_s)) + " s, " +
           std::to_string(std::lround(worst.worst_pct)) + " %";
}

void printRow(const std::string& name, const std::vector<const Outcome*>& all,
              const Metrics Outcome::*which) {
    if (all.empty())
        return;
    std::string row = "| " + name;
    for (const Trip trip :
         {Trip::OverVoltage, Trip::UnderVoltage, Trip::OverCharge, Trip::OverDischarge})
        row += " | " + sumText(all, which, [trip](const Metrics& m) { return tripsOf(m, trip); });
    row += " | " + sumText(all, which, apart);
    row += " | " + overText(all, which, &Metrics::unheard);
    row += " | " + overText(all, which, &Metrics::heard);
    std::vector<double> lost;
    std::vector<double> ccl_h;
    std::vector<double> dcl_h;
    for (const Outcome* outcome : all) {
        lost.push_back(which == &Outcome::lossy ? lost_pct(*outcome) : 0.0);
        ccl_h.push_back((outcome->*which).cclAtZero_h);
        dcl_h.push_back((outcome->*which).dclAtZero_h);
    }
    std::printf("%s | %.1f / %.1f / %.1f | %.1f / %.1f | %.1f / %.1f |\n", row.c_str(),
                quantile(lost, 0.5), quantile(lost, 0.95), quantile(lost, 1.0),
                quantile(ccl_h, 0.5), quantile(ccl_h, 0.95), quantile(dcl_h, 0.5),
                quantile(dcl_h, 0.95));
}

void printTable(const std::vector<Outcome>& outcomes) {
    std::puts("| banks | over-voltage trips (banks) | under-voltage | over-current charge | … "
              "discharge | apart: equalising, at rest | unheard over last limit by 5 %: banks, "
              "longest, worst | heard over own limit by 2 %: banks, longest, worst | charge lost, "
              "% 50 / 95 / 100 | CCL at 0, h 50 / 95 | DCL at 0, h 50 / 95 |\n"
              "|---|---|---|---|---|---|---|---|---|---|---|");
    std::vector<const Outcome*> all;
    std::array<std::vector<const Outcome*>, 3> byChemistry;
    for (const Outcome& outcome : outcomes) {
        if (!outcome.isDone)
            continue;
        all.push_back(&outcome);
        byChemistry.at(static_cast<std::size_t>(outcome.chemistry)).push_back(&outcome);
    }
    const auto title = [](std::string_view text, const std::vector<const Outcome*>& banks) {
        return std::to_string(banks.size()) + " " + std::string(text);
    };
    for (const sim::Chemistry chemistry :
         {sim::Chemistry::Lfp, sim::Chemistry::Lto, sim::Chemistry::Nmc}) {
        const auto& banks = byChemistry.at(static_cast<std::size_t>(chemistry));
        printRow(title(sim::toText(chemistry), banks), banks, &Outcome::lossy);
    }
    printRow(title("all", all), all, &Outcome::lossy);
    printRow("… the same, every pack heard", all, &Outcome::whole);
}

} // namespace

void printLosses(const LossOptions& options) {
    std::signal(SIGINT, [](int) { interrupted = 1; });
    const auto start = std::chrono::steady_clock::now();
    std::vector<Outcome> outcomes(static_cast<std::size_t>(options.banks));
    std::atomic<std::size_t> next{0};
    std::mutex printing;
    std::vector<std::thread> threads;
    for (int t = 0; t < std::max(1, options.threads); ++t)
        threads.emplace_back([&] {
            for (std::size_t bank = next++; bank < outcomes.size() && interrupted == 0;
                 bank = next++) {
                outcomes[bank] = runOne(options.seed + bank, options);
                const std::scoped_lock lock(printing);
                if (options.perBank || options.trace)
                    printBank(outcomes[bank], options.seed + bank);
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    std::size_t losses = 0;
    std::size_t done = 0;
    for (const Outcome& outcome : outcomes) {
        done += outcome.isDone ? 1 : 0;
        losses += outcome.losses;
    }
    printTable(outcomes);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::printf("\n%zu banks from seed %llu, %d days each, %zu losses, in %.0f s\n", done,
                static_cast<unsigned long long>(options.seed), options.days, losses, took.count());
}

} // namespace busbar::bench
