// SPDX-License-Identifier: MIT
// What is odd, when and about whom, and what it does to the limits.
#include "bench/control/oddities.hpp"

#include "bench/control/rules.hpp"
#include "bench/control/strain.hpp"
#include "core/limits/limit.hpp"
#include "core/report.hpp"
#include "core/settings.hpp"
#include "sim/closed_loop.hpp"
#include "sim/random.hpp"
#include "sim/random_bank.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace busbar::bench {
namespace {

using sim::Limits;
using sim::PackReport;
using sim::Random;
using sim::Twin;
using sim::TwinSpec;

enum class Oddity : std::uint8_t {
    Sum,       ///< a service that adds all packs up, under a name that nobody knows
    Starter,   ///< a battery of 12 V without BMS
    Glitching, ///< one value of a pack is absurd for some seconds, again and again
    Sleeping,  ///< a pack's BMS reads 0 V and 0 A for hours
    Blocked,   ///< a pack's switch opens both ways, and says so
    Deaf,      ///< a pack's BMS always reads 0 A
    Returning, ///< a pack leaves the GX for seconds to a minute, again and again
};
constexpr std::size_t kOddityCount = 7;
constexpr std::array<std::string_view, kOddityCount> kNames = {
    "sum", "starter", "glitching", "sleeping", "blocked", "deaf", "returning"};

/// A value of a pack as no pack is.
using Glitch = void (*)(PackReport&);
constexpr std::array<Glitch, 10> kGlitches = {
    [](PackReport& r) { r.voltage_V = 0.0; },
    [](PackReport& r) { r.voltage_V = 655.35; },
    [](PackReport& r) { r.voltage_V = r.voltage_V.value_or(0.0) / 2.0; },
    [](PackReport& r) { r.soc_pct = 0.0; },
    [](PackReport& r) { r.temperature_C = r.maxTemperature_C = 100.0; },
    [](PackReport& r) { r.current_A = -3276.8; },
    [](PackReport& r) { r.maxCharge_A = 6553.5; },
    [](PackReport& r) { r.maxDischarge_A = 65535.0; },
    [](PackReport& r) { r.maxCharge_V = 655.35; },
    [](PackReport& r) { r.maxCell_V = 65.535; },
};

struct Episode {
    Oddity oddity{};
    std::size_t pack = 0;
    double from_s = 0.0;
    double to_s = 0.0;
    Glitch glitch = nullptr;
};

/// How long one lasts and how far they are apart, s.
struct Rhythm {
    Oddity oddity;
    double shortest_s, longest_s;
    double meanPause_s;
};
constexpr std::array kRhythms = {
    Rhythm{Oddity::Glitching, 1.0, 6.0, 1200.0},
    Rhythm{Oddity::Sleeping, 3600.0, 14400.0, 20000.0},
    Rhythm{Oddity::Blocked, 600.0, 10800.0, 15000.0},
    Rhythm{Oddity::Returning, 5.0, 60.0, 3600.0},
};

constexpr double kBegin_s = 900.0; ///< everybody is there, and shares are known a little
constexpr int kSumInstance = 900;
constexpr int kStarterInstance = 901;
constexpr double kChance = 0.35; ///< of each kind

class Oddities {
public:
    Oddities(std::uint64_t seed, std::size_t packs, double duration_s) : random_(seed) {
        while (std::ranges::none_of(isThere_, std::identity()))
            for (bool& isThere : isThere_)
                isThere = random_.chance(kChance);
        deaf_ = static_cast<std::size_t>(random_.integer(0, static_cast<int>(packs) - 1));
        hasExtremes_ = random_.chance(0.5);
        for (const Rhythm& rhythm : kRhythms)
            if (has(rhythm.oddity))
                plan(rhythm, packs, duration_s);
    }

    [[nodiscard]] bool has(Oddity oddity) const {
        return isThere_.at(static_cast<std::size_t>(oddity));
    }
    [[nodiscard]] std::string names() const {
        std::string text;
        for (std::size_t i = 0; i < kOddityCount; ++i)
            if (isThere_.at(i))
                text.append(text.empty() ? "" : ", ").append(kNames.at(i));
        return text;
    }
    /// Those of this moment: "deaf Pack B, blocked Pack C".
    [[nodiscard]] std::string namesAt(const Twin& twin) const {
        const double now_s = sim::Seconds(twin.time()).count();
        std::string text = has(Oddity::Deaf) ? "deaf " + twin.pack(deaf_).name : "";
        for (const Episode& episode : episodes_)
            if (now_s >= episode.from_s && now_s < episode.to_s)
                text.append(text.empty() ? "" : ", ")
                    .append(kNames.at(static_cast<std::size_t>(episode.oddity)))
                    .append(" ")
                    .append(twin.pack(episode.pack).name);
        return text;
    }
    /// What happens to the packs themselves.
    void addFaults(TwinSpec& spec) const {
        for (const Episode& episode : episodes_)
            if (episode.oddity == Oddity::Blocked)
                spec.packs[episode.pack].bms.faults.push_back({sim::Fault::Kind::Blocked,
                                                               sim::Seconds(episode.from_s),
                                                               sim::Seconds(episode.to_s)});
    }
    /// `twin` must outlive the feed.
    [[nodiscard]] sim::Tampering tampering(const Twin& twin) {
        return {[this, &twin](std::size_t pack, PackReport& report) {
                    distort(pack, report, sim::Seconds(twin.time()).count());
                },
                [this, &twin] { return extras(twin); }};
    }

private:
    void plan(const Rhythm& rhythm, std::size_t packs, double duration_s) {
        const auto pause = [&] {
            return -rhythm.meanPause_s * std::log(random_.uniform(1e-3, 1.0));
        };
        for (double at_s = kBegin_s + pause(); at_s < duration_s;) {
            const double lasts_s = random_.uniform(rhythm.shortest_s, rhythm.longest_s);
            episodes_.push_back(
                {rhythm.oddity,
                 static_cast<std::size_t>(random_.integer(0, static_cast<int>(packs) - 1)), at_s,
                 at_s + lasts_s, kGlitches.at(static_cast<std::size_t>(random_.integer(0, 9)))});
            at_s += lasts_s + pause();
        }
    }

    void distort(std::size_t pack, PackReport& report, double now_s) const {
        if (has(Oddity::Deaf) && pack == deaf_)
            report.current_A = report.power_W = 0.0;
        for (const Episode& episode : episodes_)
            if (episode.pack == pack && now_s >= episode.from_s && now_s < episode.to_s)
                distort(episode, report);
    }
    static void distort(const Episode& episode, PackReport& report) {
        if (episode.oddity == Oddity::Glitching)
            episode.glitch(report);
        else if (episode.oddity == Oddity::Sleeping)
            report.voltage_V = report.current_A = report.power_W = 0.0;
        else if (episode.oddity == Oddity::Returning)
            report.online = false;
    }

    [[nodiscard]] std::vector<sim::ExtraService> extras(const Twin& twin) {
        std::vector<sim::ExtraService> services;
        if (has(Oddity::Sum)) {
            services.push_back({service("Stack", kSumInstance), sum_});
            services.back().report.online = sum_.voltage_V.has_value();
            sum_ = sumOf(twin); // it is a second late
        }
        if (has(Oddity::Starter)) {
            services.push_back({service("Starter", kStarterInstance), {}});
            services.back().report.online = true;
            services.back().report.voltage_V = 12.6 + 0.01 * random_.integer(0, 5);
        }
        return services;
    }
    static sim::PackSpec service(const std::string& name, int instance) {
        sim::PackSpec spec;
        spec.name = name;
        spec.instance = instance;
        spec.serial = name + "1";
        spec.connection = name;
        return spec;
    }
    [[nodiscard]] PackReport sumOf(const Twin& twin) const {
        PackReport sum;
        sum.current_A = sum.power_W = sum.capacity_Ah = sum.maxCharge_A = sum.maxDischarge_A = 0.0;
        double stored = 0.0;
        for (std::size_t i = 0; i < twin.size(); ++i) {
            const PackReport& pack = twin.bms(i).published();
            const double capacity_Ah = twin.pack(i).bms.capacity_Ah;
            stored += capacity_Ah * pack.soc_pct.value_or(0.0);
            *sum.capacity_Ah += capacity_Ah;
            *sum.current_A += pack.current_A.value_or(0.0);
            *sum.power_W += pack.power_W.value_or(0.0);
            *sum.maxCharge_A += pack.maxCharge_A.value_or(0.0);
            *sum.maxDischarge_A += pack.maxDischarge_A.value_or(0.0);
            sum.voltage_V = pack.voltage_V;
            sum.maxCharge_V = smallest(sum.maxCharge_V, pack.maxCharge_V);
            if (hasExtremes_ && pack.maxCell_V && pack.minCell_V) {
                sum.maxCell_V = std::max(sum.maxCell_V.value_or(0.0), *pack.maxCell_V);
                sum.minCell_V = smallest(sum.minCell_V, pack.minCell_V);
            }
        }
        sum.soc_pct = std::round(stored / *sum.capacity_Ah);
        return sum;
    }
    static std::optional<double> smallest(std::optional<double> a, std::optional<double> b) {
        return a && b ? std::min(*a, *b) : (a ? a : b);
    }

    Random random_;
    std::array<bool, kOddityCount> isThere_{};
    std::size_t deaf_{0};
    bool hasExtremes_{false};
    std::vector<Episode> episodes_;
    PackReport sum_;
};

/// Something that must not last.
struct Wrong {
    double lasting_s = 0.0;
    double total_s = 0.0; ///< beyond what is allowed
    double worst = 0.0;   ///< A or V
    bool isNew = false;   ///< it has just become too long

    void step(bool isWrong, double by, double allowed_s) {
        isNew = false;
        lasting_s = isWrong ? lasting_s + 1.0 : 0.0;
        if (lasting_s <= allowed_s)
            return;
        isNew = lasting_s <= allowed_s + 1.0;
        total_s += 1.0;
        worst = std::max(worst, by);
    }
};

enum class Mistake : std::uint8_t {
    Ccl,
    CclDrawn,
    Dcl,
    DclDrawn,
    Cvl,
    NoCharge,
    NoDischarge,
    HonestCcl,
    HonestDcl,
};
constexpr std::size_t kMistakeCount = 9;
constexpr std::size_t kTabledCount = 7; ///< the rest is what Busbar does wrong without oddities
constexpr std::array<std::string_view, kMistakeCount> kMistakes = {
    "CCL too high", "… while drawn", "DCL too high",        "… while drawn",       "CVL too high",
    "CCL at 0",     "DCL at 0",      "honest CCL too high", "honest DCL too high",
};

constexpr double kDrawn = 0.5; ///< of the limit
constexpr double kOver_V = 0.1;
constexpr double kOverFor_s = 3.0;
constexpr double kClosedFor_s = 30.0;
constexpr double kCouldWork_A = 2.0;

struct Outcome {
    bool isDone = false;
    std::string oddities;
    std::array<Wrong, kMistakeCount> wrong{};
    sim::Metrics metrics;
    std::string trace;
};

/// What is on the bus beside what Busbar gives if it is shown the truth, and what one gives who
/// knows everything.
struct Moment {
    const Twin& twin;
    const Limits& shown;
    const Limits& honest;
    const Limits& known;
};

class Judge {
public:
    explicit Judge(Outcome& outcome) : outcome_(outcome) {}

    void look(const Moment& moment) {
        const auto& [twin, shown, honest, known] = moment;
        strain(moment, Way::Charge);
        strain(moment, Way::Discharge);
        const double most_V = std::max(honest.cvl_V.value_or(0.0), known.cvl_V.value_or(0.0));
        const double by_V = shown.cvl_V.value_or(0.0) - most_V;
        of(Mistake::Cvl).step(by_V > kOver_V, by_V, kOverFor_s);
        closed(Mistake::NoCharge, shown.ccl_A, honest.ccl_A, known.ccl_A);
        closed(Mistake::NoDischarge, shown.dcl_A, honest.dcl_A, known.dcl_A);
    }
    /// Of the last look.
    [[nodiscard]] const std::string& strained(Mistake mistake) const {
        return mistake == Mistake::Ccl || mistake == Mistake::CclDrawn ? charge_ : discharge_;
    }

private:
    using Number = std::optional<double>;
    Wrong& of(Mistake mistake) { return outcome_.wrong.at(static_cast<std::size_t>(mistake)); }
    /// What the truth would have done wrong, too, is no fault of the oddity's.
    void strain(const Moment& moment, Way way) {
        const bool isCharge = way == Way::Charge;
        const Number limit_A = isCharge ? moment.shown.ccl_A : moment.shown.dcl_A;
        const Strain odd = strainOf(moment.twin, limit_A, way);
        const Strain honest =
            strainOf(moment.twin, isCharge ? moment.honest.ccl_A : moment.honest.dcl_A, way);
        const bool isWrong = odd.over_A > 0.0 && honest.over_A <= 0.0;
        const double flow_A = moment.twin.bus().battery_A * (isCharge ? 1.0 : -1.0);
        const bool isDrawn = flow_A > kDrawn * limit_A.value_or(0.0);
        of(isCharge ? Mistake::Ccl : Mistake::Dcl).step(isWrong, odd.over_A, kOverFor_s);
        of(isCharge ? Mistake::CclDrawn : Mistake::DclDrawn)
            .step(isWrong && isDrawn, odd.over_A, kOverFor_s);
        of(isCharge ? Mistake::HonestCcl : Mistake::HonestDcl)
            .step(honest.over_A > 0.0 && odd.over_A <= 0.0, honest.over_A, kOverFor_s);
        (isCharge ? charge_ : discharge_) = odd.pack;
    }
    void closed(Mistake mistake, Number shown, Number honest, Number known) {
        const double least = std::min(honest.value_or(0.0), known.value_or(0.0));
        of(mistake).step(shown.value_or(0.0) <= 0.0 && least > kCouldWork_A, least, kClosedFor_s);
    }

    Outcome& outcome_;
    std::string charge_;
    std::string discharge_;
};

std::string lineOf(const Twin& twin, const Limits& shown, const Limits& honest,
                   const BankReport& report, std::string_view what) {
    std::array<char, 300> text{};
    const auto a = [](std::optional<double> x) { return x.value_or(-1.0); };
    std::snprintf(text.data(), text.size(),
                  "  %8.4f h %.*s: CVL %.2f (%.2f), CCL %.1f (%.1f) %.*s %s, DCL %.1f (%.1f) %.*s "
                  "%s; bank %.1f A, %.2f V\n",
                  std::chrono::duration<double, std::ratio<3600>>(twin.time()).count(),
                  static_cast<int>(what.size()), what.data(), a(shown.cvl_V), a(honest.cvl_V),
                  a(shown.ccl_A), a(honest.ccl_A),
                  static_cast<int>(toText(report.charge.cause).size()),
                  toText(report.charge.cause).data(), report.charge.member.c_str(), a(shown.dcl_A),
                  a(honest.dcl_A), static_cast<int>(toText(report.discharge.cause).size()),
                  toText(report.discharge.cause).data(), report.discharge.member.c_str(),
                  twin.bus().battery_A, twin.bus().voltage_V);
    return text.data();
}

/// What is said of each battery that is shown: "Pack A 12.0 A 0.25, …; Sum aggregate".
std::string membersOf(const BankReport& report) {
    std::string text = "             ";
    for (const MemberReport& member : report.members) {
        std::array<char, 160> line{};
        std::snprintf(line.data(), line.size(), " %s%s %.1f A of %.0f/%.0f %s %.3f %s;",
                      member.name.c_str(), member.held ? " (held)" : "",
                      member.current_A.value_or(-0.0), member.maxCharge_A.value_or(-1.0),
                      member.maxDischarge_A.value_or(-1.0),
                      std::string(toText(member.reason)).c_str(), member.share.value_or(-1.0),
                      member.detail.c_str());
        text += line.data();
    }
    return text + "\n";
}

int tripsOf(const Twin& twin, std::size_t pack) {
    int count = 0;
    for (std::size_t trip = 0; trip < sim::kTripCount; ++trip)
        count += twin.bms(pack).trips(static_cast<sim::Trip>(trip));
    return count;
}

/// Those whose BMS has opened in this step, with their cells: "trips: Pack A 3.31 … 3.66 V".
std::string trippedNow(const Twin& twin, std::vector<int>& trips) {
    std::string text;
    trips.resize(twin.size());
    for (std::size_t i = 0; i < twin.size(); ++i) {
        const int count = tripsOf(twin, i);
        if (count == std::exchange(trips[i], count))
            continue;
        std::array<char, 120> line{};
        const sim::PackTruth truth = twin.truth(i);
        std::snprintf(line.data(), line.size(), "%s %s %.3f … %.3f V %.1f A",
                      text.empty() ? "trips:" : ",", twin.pack(i).name.c_str(), truth.minCell_V,
                      truth.maxCell_V, truth.current_A);
        text += line.data();
    }
    return text;
}

Outcome runOne(std::uint64_t seed, const OddityOptions& options) {
    Outcome outcome;
    sim::RandomBankOptions bankOptions;
    bankOptions.withMeters = true;
    TwinSpec spec = sim::makeRandomBank(seed, bankOptions);
    const long duration_s = 86400L * options.days;
    Oddities oddities(seed * 7919, spec.packs.size(), static_cast<double>(duration_s));
    outcome.oddities = oddities.names();
    oddities.addFaults(spec);
    Twin twin(spec);
    BankSettings settings;
    settings.gxPages = false; // nobody looks at them here
    sim::CoreController odd(settings);
    sim::CoreController honest(settings);
    odd.feed().setTampering(oddities.tampering(twin));
    const sim::Controller known = oracle(twin);
    sim::Meter meter(twin);
    Judge judge(outcome);
    std::vector<int> trips;
    for (long at_s = 0; at_s < duration_s; ++at_s) {
        const Now now = sim::nowOf(twin);
        const Limits truly = honest(twin, now);
        const Limits best = known(twin, now);
        const Limits shown = odd(twin, now);
        if (static_cast<double>(at_s) > kBegin_s)
            judge.look({twin, shown, truly, best});
        for (std::size_t i = 0; options.trace && i < kMistakeCount; ++i)
            if (outcome.wrong.at(i).isNew)
                outcome.trace += lineOf(twin, shown, truly, odd.bank().report(), kMistakes.at(i)) +
                                 "              " + judge.strained(static_cast<Mistake>(i)) +
                                 "; now: " + oddities.namesAt(twin) + "\n" +
                                 membersOf(odd.bank().report());
        twin.step(shown);
        meter.add(twin, shown);
        const std::string tripped = trippedNow(twin, trips);
        if (options.trace && !tripped.empty())
            outcome.trace += lineOf(twin, shown, truly, odd.bank().report(), tripped) +
                             membersOf(odd.bank().report());
    }
    outcome.metrics = meter.result(twin);
    outcome.isDone = true;
    return outcome;
}

void printBank(const Outcome& outcome, std::uint64_t seed) {
    std::printf("%llu %s: trips %d", static_cast<unsigned long long>(seed),
                outcome.oddities.c_str(), sim::sumOf(outcome.metrics.tripsByFlow));
    for (std::size_t i = 0; i < kMistakeCount; ++i)
        if (outcome.wrong.at(i).total_s > 0.0)
            std::printf(", %s %.0f s (%.1f)", kMistakes.at(i).data(), outcome.wrong.at(i).total_s,
                        outcome.wrong.at(i).worst);
    std::printf("\n%s", outcome.trace.c_str());
}

void printTable(const std::vector<Outcome>& outcomes) {
    std::puts(
        "| oddity | banks with it | banks with trips by charging or discharging | CCL too "
        "high: banks, most s, worst A | … while drawn | DCL too high | … while drawn | CVL too "
        "high (V) | CCL at 0: banks, most s | DCL at 0 "
        "|\n|---|---|---|---|---|---|---|---|---|---|");
    for (std::size_t kind = 0; kind <= kOddityCount; ++kind) {
        const std::string_view name = kind < kOddityCount ? kNames.at(kind) : "all";
        int banks = 0;
        int trips = 0;
        std::array<int, kMistakeCount> wrong{};
        std::array<Wrong, kMistakeCount> worst{};
        for (const Outcome& outcome : outcomes) {
            if (!outcome.isDone ||
                (kind < kOddityCount && outcome.oddities.find(name) == std::string::npos))
                continue;
            ++banks;
            trips += sim::sumOf(outcome.metrics.tripsByFlow) > 0 ? 1 : 0;
            for (std::size_t i = 0; i < kMistakeCount; ++i) {
                const Wrong& one = outcome.wrong.at(i);
                wrong.at(i) += one.total_s > 0.0 ? 1 : 0;
                worst.at(i).total_s = std::max(worst.at(i).total_s, one.total_s);
                worst.at(i).worst = std::max(worst.at(i).worst, one.worst);
            }
        }
        std::printf("| %s | %d | %d", name.data(), banks, trips);
        for (std::size_t i = 0; i < kTabledCount; ++i)
            std::printf(" | %d, %.0f, %.1f", wrong.at(i), worst.at(i).total_s, worst.at(i).worst);
        std::puts(" |");
        if (kind == kOddityCount)
            std::printf("\nThe other way round, honest limits too high where the odd are not: CCL "
                        "%d, %.0f, %.1f; DCL %d, %.0f, %.1f\n",
                        wrong.at(7), worst.at(7).total_s, worst.at(7).worst, wrong.at(8),
                        worst.at(8).total_s, worst.at(8).worst);
    }
}

} // namespace

void printOddities(const OddityOptions& options) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<Outcome> outcomes(static_cast<std::size_t>(options.banks));
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < std::max(1, options.threads); ++t)
        threads.emplace_back([&] {
            for (std::size_t bank = next++; bank < outcomes.size(); bank = next++)
                outcomes[bank] = runOne(options.seed + bank, options);
        });
    for (std::thread& thread : threads)
        thread.join();
    for (std::size_t bank = 0; bank < outcomes.size(); ++bank)
        if (options.perBank || options.trace)
            printBank(outcomes[bank], options.seed + bank);
    printTable(outcomes);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::printf("\n%d banks from seed %llu, %d days each, in %.0f s\n", options.banks,
                static_cast<unsigned long long>(options.seed), options.days, took.count());
}

} // namespace busbar::bench
