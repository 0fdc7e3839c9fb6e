// SPDX-License-Identifier: MIT
// Bases of counters that begin again, and sums that keep what is away.
#include "core/lifetime.hpp"

#include "core/member.hpp"
#include "core/memory.hpp"
#include "core/path_table.hpp"
#include "core/snapshot.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace busbar {

namespace {

/// Less is a counter's own rounding, as where it is derived from another unit; not a new start.
constexpr double kJitter = 0.001;
constexpr double kJitterLeast = 0.05; ///< kWh or Ah
/// A counter that comes back by this part of a fall in one step has not counted that: the reading
/// between was wrong.
constexpr double kCameBack = 0.5;
constexpr double kKilo = 1e-3;

struct CounterRow {
    RowIndex row;
    CounterBase Lifetime::*base;
    double LifetimeRest::*rest;
    double MeterTotals::*meter;
    double perMeter; ///< from the meter's unit to the row's
    double sign;     ///< as published
};

constexpr std::array<CounterRow, 3> kCounters = {{
    {row("/History/ChargedEnergy"), &Lifetime::energyIn, &LifetimeRest::energyIn,
     &MeterTotals::charged_Wh, kKilo, 1.0},
    {row("/History/DischargedEnergy"), &Lifetime::energyOut, &LifetimeRest::energyOut,
     &MeterTotals::discharged_Wh, kKilo, 1.0},
    {row("/History/TotalAhDrawn"), &Lifetime::drawn_Ah, &LifetimeRest::drawn_Ah,
     &MeterTotals::discharged_Ah, 1.0, -1.0},
}};

double metered(const MemberMemory& member, const CounterRow& counter) {
    return member.meters.*counter.meter * counter.perMeter;
}

bool isBackAgain(const CounterBase& it, double reading) {
    return it.lastBefore > 0.0 && reading >= it.lastBefore &&
           reading - *it.last >= kCameBack * (it.lastBefore - *it.last);
}

/// `soFar`: what the member has added until now.
void note(CounterBase& it, double reading, double soFar) {
    if (!it.last) {
        it.base = std::max(0.0, soFar - reading);
        it.last = reading;
        return;
    }
    if (isBackAgain(it, reading)) {
        it = {it.baseBefore, reading, 0.0, 0.0};
    } else if (reading < *it.last - std::max(kJitterLeast, kJitter * *it.last)) {
        it = {it.base + *it.last - reading, reading, it.base, *it.last};
    } else {
        it.last = std::max(*it.last, reading);
    }
}

double addedBy(const MemberMemory& member, const CounterRow& counter) {
    const CounterBase& it = member.lifetime.*counter.base;
    return it.last ? it.base + *it.last : metered(member, counter);
}

/// 0 is no word: some BMSs write nothing else, and one that starts does before it has read its own.
void noteAll(BankMemory& memory, const Members& members, const CounterRow& counter) {
    for (const Member& member : members) {
        const auto own = memory.members.find(member.entry().id);
        const double reading = std::abs(member.number(counter.row).value_or(0.0));
        if (own == memory.members.end() || member.isHeld() || reading <= 0.0)
            continue;
        note(own->second.lifetime.*counter.base, reading, metered(own->second, counter));
    }
}

std::optional<double> sumOf(const BankMemory& memory, const CounterRow& counter) {
    double sum = memory.lifetimeRest.*counter.rest;
    bool isTold = sum > 0.0;
    for (const auto& [id, member] : memory.members) {
        sum += addedBy(member, counter);
        isTold = isTold || (member.lifetime.*counter.base).last;
    }
    return isTold ? std::optional(sum) : std::nullopt;
}

/// What nobody adds any more goes on counting.
double kept(double sum, double& shown, double& rest) {
    if (sum < shown) {
        rest += shown - sum;
        sum = shown;
    }
    shown = sum;
    return sum;
}

bool isCount(const Row& row) {
    return row.rule == Rule::Max && row.quantity == Quantity::Count &&
           row.path.starts_with("/History/");
}

void keepCounts(LifetimeShown& shown, Snapshot& snapshot) {
    for (std::size_t i = 0; i < kRowCount; ++i) {
        if (!isCount(kRows.at(i)))
            continue;
        const auto now = snapshot.rows.at(i).number();
        const auto known = shown.counts.find(i);
        if (now && (known == shown.counts.end() || *now > known->second))
            shown.counts[i] = *now;
        else if (known != shown.counts.end())
            snapshot.rows.at(i) = known->second;
    }
}

} // namespace

void foldLifetime(BankMemory& memory, LifetimeShown& shown, const Members& members,
                  Snapshot& snapshot) {
    for (std::size_t i = 0; i < kCounters.size(); ++i) {
        const CounterRow& counter = kCounters.at(i);
        noteAll(memory, members, counter);
        const auto sum = sumOf(memory, counter);
        snapshot[counter.row] = sum ? Value(counter.sign * kept(*sum, shown.sums.at(i),
                                                                memory.lifetimeRest.*counter.rest))
                                    : Value();
    }
    keepCounts(shown, snapshot);
}

} // namespace busbar
