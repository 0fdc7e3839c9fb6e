// SPDX-License-Identifier: MIT
// A bank on the physical twin in which values may be meddled with on their way, clocks may jump,
// and reasons are noted.
#pragma once

#include "core/bank.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"
#include "sim/closed_loop.hpp"
#include "sim/gx_feed.hpp"
#include "sim/random_bank.hpp"
#include "sim/twin.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace busbar::closed_loop {

/// How long each text was shown.
using Shown = std::map<std::string, std::chrono::seconds, std::less<>>;

/// True if some text begins with the word.
inline bool hasWord(const Shown& shown, std::string_view word) {
    return std::ranges::any_of(shown, [word](const auto& entry) {
        return entry.first == word || entry.first.starts_with(std::string(word) + " ");
    });
}

class Loop {
public:
    Loop(BankSettings settings, sim::TwinSpec spec,
         std::chrono::seconds sweepEvery = std::chrono::seconds(180))
        : twin(std::move(spec)), bank(std::move(settings)), feed_(sweepEvery) {}

    sim::Metrics run(std::chrono::seconds span) { return sim::run(twin, std::ref(*this), span); }

    /// The controller's step.
    sim::Limits operator()(sim::Twin& plant, const Now& real) {
        const Now now{real.steady, real.wall + wallShift};
        feed_.feed(plant, readings, now);
        if (meddle) {
            meddle(readings, now);
            readings.settle(now);
        }
        const Snapshot& snapshot = bank.evaluate(readings, now);
        charge[textOf(snapshot, row("/Info/ChargeLimitation"))] += std::chrono::seconds(1);
        discharge[textOf(snapshot, row("/Info/DischargeLimitation"))] += std::chrono::seconds(1);
        limits = {snapshot[row("/Info/MaxChargeVoltage")].number(),
                  snapshot[row("/Info/MaxChargeCurrent")].number(),
                  snapshot[row("/Info/MaxDischargeCurrent")].number()};
        if (afterwards)
            afterwards(now);
        return limits;
    }

    [[nodiscard]] std::optional<double> number(RowIndex index) const {
        return bank.snapshot()[index].number();
    }
    [[nodiscard]] std::string text(RowIndex index) const { return textOf(bank.snapshot(), index); }
    [[nodiscard]] double ccl_A() const { return limits.ccl_A.value_or(-1.0); }
    [[nodiscard]] double dcl_A() const { return limits.dcl_A.value_or(-1.0); }
    /// Of a cell that is full, over all packs: what is really in them.
    [[nodiscard]] double trueSoc_pct() const {
        double in_Ah = 0.0;
        double most_Ah = 0.0;
        for (std::size_t i = 0; i < twin.size(); ++i) {
            const sim::PackTruth truth = twin.truth(i);
            in_Ah += truth.remaining_Ah;
            most_Ah += truth.remaining_Ah + truth.room_Ah;
        }
        return 100.0 * in_Ah / most_Ah;
    }

    sim::Twin twin;
    Readings readings;
    Bank bank;
    Shown charge;    ///< /Info/ChargeLimitation
    Shown discharge; ///< /Info/DischargeLimitation
    sim::Limits limits;
    std::function<void(Readings&, const Now&)> meddle; ///< after the GX has sent its values
    std::function<void(const Now&)> afterwards;        ///< after each cycle
    std::chrono::hours wallShift{0};                   ///< of the clock on the wall

private:
    static std::string textOf(const Snapshot& snapshot, RowIndex index) {
        const std::string* found = snapshot[index].text();
        return found == nullptr ? std::string() : *found;
    }

    sim::GxFeed feed_;
};

/// Steady sun, a load that is switched on and off; LFP packs of 100 Ah that start half full.
inline sim::TwinSpec fourPacks(double sun_W = 8000.0) {
    sim::TwinSpec spec = sim::makeEqualBank(sim::Chemistry::Lfp, 4, 100.0);
    spec.sun.constant_W = sun_W;
    spec.charger.max_A = 220.0;
    spec.load = {500.0, 0.05, {{2500.0, 120.0, 240.0}}};
    return spec;
}

inline void put(Readings& readings, int instance, RowIndex index, Value value, const Now& now) {
    readings.put(instance, {Place::Kind::Row, index}, std::move(value), now);
}

/// Nothing opened, and no pack had more than its own limit for long.
inline bool isSafe(const sim::Metrics& metrics) {
    return metrics.trips == 0 && metrics.overLimit_s == 0.0;
}

} // namespace busbar::closed_loop
