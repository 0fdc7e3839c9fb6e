// SPDX-License-Identifier: MIT
// Reference rules as plain formulas.
#include "bench/control/rules.hpp"

#include "core/calendar.hpp"
#include "core/limits/curves.hpp"
#include "core/limits/preset.hpp"
#include "sim/series.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <deque>
#include <limits>
#include <vector>

namespace busbar::bench {

namespace {

using sim::Limits;
using sim::PackReport;
using sim::Twin;

std::vector<const PackReport*> reportsOf(const Twin& twin) {
    std::vector<const PackReport*> reports;
    for (std::size_t i = 0; i < twin.size(); ++i)
        reports.push_back(&twin.bms(i).published());
    return reports;
}

// ---- dbus-aggregate-batteries

struct DabDefaults {
    double minCell_V;
    double hysteresis_V;
    double balancing_V;
    double maxCell_V;
    std::array<double, 12> month_V; ///< of a cell
    Curve charge;                   ///< over the highest cell
    Curve discharge;                ///< over the lowest cell
};

DabDefaults dabDefaults(sim::Chemistry chemistry) {
    if (chemistry == sim::Chemistry::Lto)
        return {1.9,
                0.3,
                2.5,
                2.6,
                {2.50, 2.45, 2.45, 2.40, 2.35, 2.35, 2.35, 2.35, 2.40, 2.45, 2.45, 2.50},
                {{{1.90, 0.2}, {1.95, 1.0}, {2.40, 1.0}, {2.50, 0.1}, {2.60, 0.0}}, {}},
                {{{1.90, 0.0}, {2.00, 0.05}, {2.10, 1.0}}, {}}};
    return {2.9,
            0.1,
            3.40,
            3.45,
            {3.55, 3.50, 3.50, 3.45, 3.40, 3.40, 3.40, 3.40, 3.45, 3.50, 3.50, 3.55},
            {{{2.90, 0.2}, {2.95, 1.0}, {3.30, 1.0}, {3.40, 0.1}, {3.45, 0.0}}, {}},
            {{{2.90, 0.0}, {3.00, 0.05}, {3.10, 1.0}}, {}}};
}

class Dab {
public:
    explicit Dab(const Twin& twin) : defaults_(dabDefaults(twin.pack(0).chemistry)) {
        for (std::size_t i = 0; i < twin.size(); ++i) {
            charge_A_ += twin.pack(i).bms.limits.charge_A;
            discharge_A_ += twin.pack(i).bms.limits.discharge_A;
        }
    }

    Limits operator()(const Twin& twin, const Now& now) {
        double highest_V = 0.0;
        double lowest_V = std::numeric_limits<double>::max();
        double reduced_V = std::numeric_limits<double>::max();
        const auto cells = static_cast<double>(twin.pack(0).cells.size());
        for (const PackReport* report : reportsOf(twin)) {
            if (report->cells_V.empty())
                return last_; // it freezes without cell voltages, and its last limits stay
            double sum_V = 0.0;
            for (const double cell_V : report->cells_V) {
                highest_V = std::max(highest_V, cell_V);
                lowest_V = std::min(lowest_V, cell_V);
                sum_V += std::min(cell_V, defaults_.maxCell_V);
            }
            reduced_V = std::min(reduced_V, sum_V);
        }
        const double wanted_V =
            cells *
            defaults_.month_V.at(monthOf(now.wall, std::chrono::seconds(0)).value_or(1) - 1);
        const double cvl_V =
            highest_V >= defaults_.maxCell_V ? std::min(reduced_V, wanted_V) : wanted_V;
        if (lowest_V <= defaults_.minCell_V)
            isLocked_ = true;
        else if (lowest_V > defaults_.minCell_V + defaults_.hysteresis_V)
            isLocked_ = false;
        const double ccl_A = charge_A_ * factorAt(defaults_.charge.points, highest_V);
        const double dcl_A =
            isLocked_ ? 0.0 : discharge_A_ * factorAt(defaults_.discharge.points, lowest_V);
        return last_ = {cvl_V, ccl_A, dcl_A};
    }

private:
    DabDefaults defaults_;
    double charge_A_{0.0};
    double discharge_A_{0.0};
    bool isLocked_{false};
    Limits last_;
};

// ---- BatteryAggregator

struct BagPack {
    struct Sample {
        double voltage_V = 0.0;
        double current_A = 0.0;
    };
    std::deque<Sample> samples;
    std::uint64_t number = 0;
    double resistance_Ohm = 0.0; ///< 0 = unknown
    double correction = 1.0;

    void add(const Sample& sample);
    void fit();
};

constexpr std::size_t kBagSamples = 10;
constexpr double kBagVoltageChange_V = 0.02;
constexpr double kBagMaxError = 0.10;

void BagPack::add(const Sample& sample) {
    if (sample.voltage_V <= 0.0 ||
        (!samples.empty() &&
         std::abs(sample.voltage_V - samples.back().voltage_V) < kBagVoltageChange_V))
        return;
    samples.push_back(sample);
    if (samples.size() <= kBagSamples)
        return;
    samples.pop_front();
    fit();
}

/// Orthogonal regression of voltage over current. Where the original divides by zero or takes the
/// root of a negative number, and ends, this keeps the old value.
void BagPack::fit() {
    const auto count = static_cast<double>(samples.size());
    double meanV = 0.0;
    double meanI = 0.0;
    for (const Sample& sample : samples) {
        meanV += sample.voltage_V / count;
        meanI += sample.current_A / count;
    }
    double a = 0.0;
    double b = 0.0;
    double c = 0.0;
    for (const Sample& sample : samples) {
        const double v = sample.voltage_V - meanV;
        const double i = sample.current_A - meanI;
        a += v * v;
        b += i * i;
        c += 2.0 * v * i;
    }
    if (c == 0.0)
        return;
    const double k = (a - b) / c;
    const double r = k + std::sqrt(k * k + 1.0);
    const double residual = r * r * b - r * c + a;
    const double spread = r * r * a + r * c + b;
    if (residual < 0.0 || spread <= 0.0)
        return;
    const double error = std::sqrt(residual / (count - 2.0)) * (1.0 + r * r) / std::sqrt(spread);
    if (r > 0.0 && error / r <= kBagMaxError)
        resistance_Ohm = r;
}

class Bag {
public:
    explicit Bag(const Twin& twin) : packs_(twin.size()) {}

    Limits operator()(const Twin& twin, const Now&) {
        const auto reports = reportsOf(twin);
        for (std::size_t i = 0; i < packs_.size(); ++i)
            sample(packs_[i], *reports[i]);
        return {chargeVoltage(reports), limit(reports, true), limit(reports, false)};
    }

private:
    static void sample(BagPack& pack, const PackReport& report) {
        if (report.number == pack.number || !report.voltage_V || !report.current_A)
            return;
        pack.number = report.number;
        pack.add({*report.voltage_V, *report.current_A});
        const auto limit_A = *report.current_A > 0.0 ? report.maxCharge_A : report.maxDischarge_A;
        const double current_A = std::abs(*report.current_A);
        if (limit_A && *limit_A > 0.0 && current_A > *limit_A && pack.resistance_Ohm > 0.0)
            pack.correction *= *limit_A / current_A;
    }

    [[nodiscard]] std::optional<double> limit(const std::vector<const PackReport*>& reports,
                                              bool charge) const {
        std::vector<std::size_t> connected;
        for (std::size_t i = 0; i < reports.size(); ++i)
            if ((charge ? reports[i]->allowCharge : reports[i]->allowDischarge) != false)
                connected.push_back(i);
        const std::vector<double> ratios = ratiosOf(reports, connected);
        std::optional<double> smallest;
        bool hasAny = false;
        for (std::size_t n = 0; n < connected.size(); ++n) {
            const PackReport& report = *reports[connected[n]];
            const auto own = charge ? report.maxCharge_A : report.maxDischarge_A;
            if (own && (!smallest || *own * ratios[n] < *smallest))
                smallest = *own * ratios[n];
        }
        for (const PackReport* report : reports)
            hasAny = hasAny || (charge ? report->maxCharge_A : report->maxDischarge_A);
        return smallest || !hasAny ? smallest : std::optional(0.0);
    }

    [[nodiscard]] std::vector<double> ratiosOf(const std::vector<const PackReport*>& reports,
                                               const std::vector<std::size_t>& connected) const {
        const bool byResistance = std::ranges::all_of(
            connected, [this](std::size_t i) { return packs_[i].resistance_Ohm > 0.0; });
        double total = 0.0;
        for (const std::size_t i : connected)
            total += byResistance ? 1.0 / effective(i) : reports[i]->capacity_Ah.value_or(0.0);
        std::vector<double> ratios;
        for (const std::size_t i : connected) {
            const double own =
                byResistance ? 1.0 / effective(i) : reports[i]->capacity_Ah.value_or(0.0);
            ratios.push_back(own > 0.0 ? total / own : static_cast<double>(connected.size()));
        }
        return ratios;
    }

    [[nodiscard]] double effective(std::size_t i) const {
        return packs_[i].resistance_Ohm * packs_[i].correction;
    }

    /// `max_when_balancing`: batteries in float lose their vote while one charges.
    static std::optional<double> chargeVoltage(const std::vector<const PackReport*>& reports) {
        const bool balances = std::ranges::any_of(
            reports, [](const PackReport* report) { return report->balancing; });
        const bool charges = std::ranges::any_of(reports, [](const PackReport* report) {
            return report->maxCharge_V && report->chargeMode != sim::ChargeMode::Float;
        });
        std::optional<double> result;
        for (const PackReport* report : reports) {
            if (!report->maxCharge_V || (charges && report->chargeMode == sim::ChargeMode::Float))
                continue;
            const double own_V = *report->maxCharge_V;
            result = !result    ? own_V
                     : balances ? std::max(*result, own_V)
                                : std::min(*result, own_V);
        }
        return result;
    }

    std::vector<BagPack> packs_;
};

// ---- one who knows everything

Preset presetOf(sim::Chemistry chemistry) {
    switch (chemistry) {
    case sim::Chemistry::Lfp:
        return Preset::Lfp;
    case sim::Chemistry::Lto:
        return Preset::Lto;
    case sim::Chemistry::Nmc:
        break;
    }
    return Preset::Nmc;
}

class Oracle {
public:
    explicit Oracle(const Twin& twin)
        : cellMax_V_(presetValues(presetOf(twin.pack(0).chemistry)).cellMax_V.value_or(5.0)) {
        for (std::size_t s = 0; s < sim::stringCount(twin); ++s)
            conductance_.push_back(1.0 / sim::stringColdResistance_Ohm(twin, s));
    }

    Limits operator()(const Twin& twin, const Now&) const {
        Limits limits;
        for (std::size_t s = 0; s < sim::stringCount(twin); ++s) {
            const double own_V = sim::stringTruth(twin, s).ownLimit.maxCharge_V;
            limits.cvl_V = std::min(limits.cvl_V.value_or(own_V), own_V);
        }
        limits.ccl_A = limit(twin, 1.0);
        limits.dcl_A = limit(twin, -1.0);
        return limits;
    }

private:
    [[nodiscard]] double limit(const Twin& twin, double sign) const {
        double total = 0.0;
        double bank_A = 0.0;
        for (std::size_t s = 0; s < sim::stringCount(twin); ++s)
            if (isOpen(twin, s, sign)) {
                total += conductance_[s];
                bank_A += sim::stringTruth(twin, s).current_A;
            }
        double smallest_A = std::numeric_limits<double>::max();
        for (std::size_t s = 0; s < sim::stringCount(twin); ++s) {
            if (!isOpen(twin, s, sign))
                continue;
            const sim::PackTruth truth = sim::stringTruth(twin, s);
            const double own_A = sign > 0.0
                                     ? std::min(truth.ownLimit.maxCharge_A, cellLimits(twin, s))
                                     : truth.ownLimit.maxDischarge_A;
            const double share = conductance_[s] / total;
            smallest_A =
                std::min(smallest_A, sign * bank_A + (own_A - sign * truth.current_A) / share);
        }
        return total > 0.0 ? std::max(0.0, smallest_A) : 0.0;
    }

    /// Current at which the first cell of a pack would be at its maximum.
    [[nodiscard]] double cellLimit(const Twin& twin, std::size_t i) const {
        const double current_A = twin.truth(i).current_A;
        const auto& cells = twin.pack(i).cells;
        double smallest_A = std::numeric_limits<double>::max();
        for (std::size_t k = 0; k < cells.size(); ++k)
            smallest_A =
                std::min(smallest_A, current_A + (cellMax_V_ - twin.cells(i).cells_V()[k]) /
                                                     cells[k].resistance_Ohm);
        return smallest_A;
    }

    [[nodiscard]] double cellLimits(const Twin& twin, std::size_t string) const {
        double smallest_A = std::numeric_limits<double>::max();
        const sim::Blocks blocks = sim::blocksOf(twin, string);
        for (std::size_t i = blocks.first; i < blocks.end; ++i)
            smallest_A = std::min(smallest_A, cellLimit(twin, i));
        return smallest_A;
    }

    static bool isOpen(const Twin& twin, std::size_t string, double sign) {
        const sim::PackTruth truth = sim::stringTruth(twin, string);
        return sign > 0.0 ? truth.canCharge && truth.ownLimit.maxCharge_A > 0.0
                          : truth.canDischarge && truth.ownLimit.maxDischarge_A > 0.0;
    }

    double cellMax_V_;
    std::vector<double> conductance_;
};

} // namespace

sim::Controller dabRule(const Twin& twin) {
    return Dab(twin);
}

sim::Controller bagRule(const Twin& twin) {
    return Bag(twin);
}

sim::Controller oracle(const Twin& twin) {
    return Oracle(twin);
}

} // namespace busbar::bench
