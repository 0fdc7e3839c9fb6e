// SPDX-License-Identifier: MIT
// Bases of counters that begin again, and sums that keep what is away.
#include "core/charge/lifetime.hpp"

#include "core/limits/direction.hpp"
#include "core/members/member.hpp"
#include "core/memory.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ratio>
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
/// What a counter may move at once however little can have flowed: some count whole kWh, and some
/// tell of it seldom.
constexpr double kCounterStep = 1.0; // kWh
constexpr double kCounterStep_Ah = 20.0;
/// Of a member that gives neither capacity nor limit: more than one battery can take (A), on the
/// highest bus of Victron's.
constexpr double kMostCurrent_A = 500.0;
constexpr double kMostVoltage_V = 60.0;
/// An earlier run is at least so long ago: days are what is known of it, of clocks that may jump.
constexpr double kLeastAway_h = 24.0;

struct CounterRow {
    RowIndex row;
    CounterBase Lifetime::*base;
    double LifetimeRest::*rest;
    double MeterTotals::*meter;
    double perMeter; ///< from the meter's unit to the row's
    double sign;     ///< as published
    Direction direction;
};

constexpr std::array<CounterRow, 3> kCounters = {{
    {row("/History/ChargedEnergy"), &Lifetime::energyIn, &LifetimeRest::energyIn,
     &MeterTotals::charged_Wh, kKilo, 1.0, Direction::Charge},
    {row("/History/DischargedEnergy"), &Lifetime::energyOut, &LifetimeRest::energyOut,
     &MeterTotals::discharged_Wh, kKilo, 1.0, Direction::Discharge},
    {row("/History/TotalAhDrawn"), &Lifetime::drawn_Ah, &LifetimeRest::drawn_Ah,
     &MeterTotals::discharged_Ah, 1.0, -1.0, Direction::Discharge},
}};

double metered(const MemberMemory& member, const CounterRow& counter) {
    return member.meters.*counter.meter * counter.perMeter;
}

double jitterOf(double reading) {
    return std::max(kJitterLeast, kJitter * reading);
}

/// What was told between was wrong: too low, …
bool isBackUp(const CounterBase& it, double reading, double most) {
    return it.lastBefore > *it.last && reading >= it.lastBefore &&
           reading <= it.lastBefore + most &&
           reading - *it.last >= kCameBack * (it.lastBefore - *it.last);
}

/// … or too high.
bool isBackDown(const CounterBase& it, double reading, double most) {
    return it.lastBefore > 0.0 && it.lastBefore < *it.last &&
           reading >= it.lastBefore - jitterOf(it.lastBefore) && reading <= it.lastBefore + most;
}

/// What a member tells, and what is known of it besides.
struct Word {
    double reading = 0.0;
    double soFar = 0.0; ///< what it has added until now
    double most = 0.0;  ///< what can have flowed since `last`
    bool isStranger{};  ///< perhaps one that is remembered by another name
};

void begin(CounterBase& it, const Word& word) {
    const double base = word.soFar - word.reading;
    it.base = word.isStranger ? base : std::max(0.0, base);
    it.last = word.reading;
}

void step(CounterBase& it, const Word& word) {
    const double fallen = *it.last - word.reading;
    if (isBackUp(it, word.reading, word.most)) {
        it = {it.baseBefore, word.reading, 0.0, 0.0, {}};
    } else if (fallen > jitterOf(*it.last) && isBackDown(it, word.reading, word.most)) {
        it = {it.baseBefore, std::max(word.reading, it.lastBefore), 0.0, 0.0, {}};
    } else if (fallen > jitterOf(*it.last) || -fallen > word.most) {
        it = {it.base + fallen, word.reading, it.base, *it.last, {}};
    } else {
        it.last = std::max(*it.last, word.reading);
    }
}

void note(CounterBase& it, const Word& word, const Now& now) {
    const auto before = it.last;
    const auto movedAt = it.movedAt;
    if (it.last)
        step(it, word);
    else
        begin(it, word);
    it.movedAt = movedAt && it.last == before ? movedAt : std::optional(now.steady);
}

double addedBy(const MemberMemory& member, const CounterRow& counter) {
    const CounterBase& it = member.lifetime.*counter.base;
    return it.last ? it.base + *it.last : metered(member, counter);
}

/// h; nothing where nobody knows.
std::optional<double> sinceMoved_h(const CounterBase& it, const std::string& id,
                                   const LifetimeShown& shown, const Now& now) {
    using Hours = std::chrono::duration<double, std::ratio<3600>>;
    if (it.movedAt)
        return Hours(now.steady - *it.movedAt).count();
    const auto seen = shown.seenBefore.find(id);
    if (seen == shown.seenBefore.end())
        return std::nullopt;
    return std::max(Hours(now.wall - seen->second).count(), kLeastAway_h);
}

/// By its own limit, or its capacity in an hour if that is more: a limit may be low just now.
double mostOf(const Member& member, const CounterRow& counter, double span_h) {
    const auto own_Ah = member.nominalCapacity_Ah();
    const auto own_A = member.number(rowsOf(counter.direction).limit);
    const double most_A =
        own_Ah || own_A ? std::max(own_Ah.value_or(0.0), own_A.value_or(0.0)) : kMostCurrent_A;
    if (counter.sign < 0.0)
        return kCounterStep_Ah + most_A * span_h;
    const double voltage_V = member.number(row("/Dc/0/Voltage")).value_or(kMostVoltage_V);
    return kCounterStep + most_A * voltage_V * kKilo * span_h;
}

/// Another that has counted is away, and this one says no serial.
bool isStranger(const BankMemory& memory, const Members& members, const Member& member,
                const CounterRow& counter) {
    const Value* serial = member.value(row("/Serial"));
    if (serial != nullptr && serial->text() != nullptr && !serial->text()->empty())
        return false;
    return std::ranges::any_of(memory.members, [&](const auto& known) {
        return (known.second.lifetime.*counter.base).last &&
               std::ranges::none_of(members, [&known](const Member& other) {
                   return other.entry().id == known.first;
               });
    });
}

/// 0 is no word: some BMSs write nothing else, and one that starts does before it has read its own.
void noteAll(BankMemory& memory, const LifetimeShown& shown, const Members& members,
             const CounterRow& counter, const Now& now) {
    for (const Member& member : members) {
        const auto own = memory.members.find(member.entry().id);
        const double reading = std::abs(member.number(counter.row).value_or(0.0));
        if (own == memory.members.end() || member.isHeld() || reading <= 0.0)
            continue;
        CounterBase& it = own->second.lifetime.*counter.base;
        const auto span_h = sinceMoved_h(it, own->first, shown, now);
        note(it,
             {reading, metered(own->second, counter),
              span_h ? mostOf(member, counter, *span_h) : reading,
              !it.last && isStranger(memory, members, member, counter)},
             now);
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

void startLifetime(LifetimeShown& shown, const BankMemory& memory) {
    for (const auto& [id, member] : memory.members)
        if (member.lastSeen)
            shown.seenBefore[id] = *member.lastSeen;
}

void foldLifetime(BankMemory& memory, LifetimeShown& shown, const Members& members,
                  Snapshot& snapshot, const Now& now) {
    for (std::size_t i = 0; i < kCounters.size(); ++i) {
        const CounterRow& counter = kCounters.at(i);
        noteAll(memory, shown, members, counter, now);
        const auto sum = sumOf(memory, counter);
        snapshot[counter.row] = sum ? Value(counter.sign * kept(*sum, shown.sums.at(i),
                                                                memory.lifetimeRest.*counter.rest))
                                    : Value();
    }
    keepCounts(shown, snapshot);
}

} // namespace busbar
