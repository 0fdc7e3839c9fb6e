// SPDX-License-Identifier: MIT
// The say of batteries that are not heard.
#include "core/limits/unheard.hpp"

#include "core/limits/curves.hpp"

#include <algorithm>

namespace busbar {

namespace {

using namespace std::chrono_literals;

/// A cell at its stop rebounds as soon as the load is gone. It is let go when it has been
/// comfortable for this long without being charged: long enough for the rebound to have ended, and
/// for a night to begin with it if the sun has charged it.
constexpr auto kCalm = 10min;
/// Below where cells are comfortable, a weak one falls this much faster than the mean: it is empty
/// sooner. Chosen on the twin (tests/bench, losses: seed 52, 0.08 V below at 3.45 V, 0.36 V at
/// 3.36 V).
constexpr double kWeaker = 3.0;
/// Where the curve is flat, the others stay there and one that has left it takes all that the
/// string loses (seed 155, second day: 0.03 V below at 3.23 V, 0.54 V at 3.14 V). Resistances alone
/// leave 0.01 V between cells at rest or so; at three times that it counts as such a one.
constexpr double kEven_V = 0.01;
constexpr double kLeft_V = 0.03;
/// Looks further apart than this tell nothing of the time between them.
constexpr auto kLongestLook = 10s;
/// Charging below this part of the limit counts as none, A: offsets of sensors.
constexpr double kIdle_A = 2.0;

/// Of cells that were never seen, over and below their mean, V: what cells count as equal by where
/// the chemistry is not known (lithium presets: 0.03 … 0.05).
constexpr double kUnseen_V = 0.05;

/// Without cells, discharging goes by the state of charge: BMSs' counters are off by up to 10 % a
/// few weeks after the last full charge, and the same again is for slowing down.
constexpr double kEmptySoc_pct = 10.0;
constexpr double kLowSoc_pct = 20.0;

/// Of the highest cell over the mean: resistances alone do that (as kKneeFrom_V of
/// charge_voltage.cpp).
constexpr double kByResistance_V = 0.04;

/// The numbers of a word that a direction goes by.
struct WordOf {
    std::optional<double> LastWord::*own;
    std::optional<double> LastWord::*again;
    std::optional<double> LastWord::*bank;
};

constexpr WordOf wordOf(Direction direction) {
    return direction == Direction::Charge
               ? WordOf{&LastWord::charge_A, &LastWord::againCharge_A, &LastWord::bankCharge_A}
               : WordOf{&LastWord::discharge_A, &LastWord::againDischarge_A,
                        &LastWord::bankDischarge_A};
}

/// Where nobody says how many cells there are, those there must be at least, because the charge
/// voltage was meant for them: too few only makes it lower.
std::optional<double> fewestCells(const LastWord& word, const UnheardInput& input) {
    if (const auto known = word.cells ? word.cells : input.cells)
        return known;
    return word.bank_V && input.preset.cellMax_V
               ? std::optional(*word.bank_V / *input.preset.cellMax_V)
               : std::nullopt;
}

std::optional<double> meanCell_V(const Unheard& one, const UnheardInput& input) {
    const auto cells = one.word.cells ? one.word.cells : input.cells;
    if (!input.bank_V || !cells || *cells < 1.0)
        return std::nullopt;
    return *input.bank_V / *cells;
}

double unseen_V(const UnheardInput& input) {
    return input.preset.cellDiffMax_V.value_or(kUnseen_V);
}

/// How much faster than the mean cell its weakest falls.
double weakerBy(const Unheard& one, const UnheardInput& input) {
    const double cells = one.word.cells.value_or(input.cells.value_or(0.0));
    if (!input.preset.hasKnee || !one.word.lowBelow_V || cells <= kWeaker)
        return kWeaker;
    const double left =
        std::clamp((*one.word.lowBelow_V - kEven_V) / (kLeft_V - kEven_V), 0.0, 1.0);
    return kWeaker + left * (cells - kWeaker);
}

std::optional<double> lowest_V(const Unheard& one, const UnheardInput& input) {
    const auto mean_V = meanCell_V(one, input);
    if (!mean_V)
        return std::nullopt;
    const double below_V = std::max(0.0, input.preset.comfortCell_V.value_or(0.0) - *mean_V);
    return smaller(one.still.lowestCell_V, *mean_V - one.word.lowBelow_V.value_or(unseen_V(input)) -
                                               weakerBy(one, input) * below_V);
}

std::optional<double> highest_V(const Unheard& one, const UnheardInput& input) {
    const auto mean_V = meanCell_V(one, input);
    if (!mean_V)
        return one.still.highestCell_V;
    return std::max(one.still.highestCell_V.value_or(0.0),
                    *mean_V + one.word.highAbove_V.value_or(unseen_V(input)));
}

/// As far from that of the others as it was.
std::optional<double> soc_pct(const Unheard& one, const UnheardInput& input) {
    return one.word.aheadSoc_pct && input.soc_pct
               ? std::optional(*input.soc_pct + *one.word.aheadSoc_pct)
               : std::nullopt;
}

/// There are cells to estimate, and a curve that goes by them.
bool hasCells(const Unheard& one, const UnheardInput& input) {
    return meanCell_V(one, input) &&
           !pointsOf(CurveKind::LowCell, input.limits, input.preset).empty();
}

/// 0 … 1. Nothing at all to go by closes; one whose curve the owner does not want has its cells.
double socFactor(const Unheard& one, const UnheardInput& input) {
    const auto own_pct = soc_pct(one, input);
    if (!own_pct)
        return meanCell_V(one, input) ? 1.0 : 0.0;
    return std::clamp((*own_pct - kEmptySoc_pct) / (kLowSoc_pct - kEmptySoc_pct), 0.0, 1.0);
}

double curveFactor(CurveKind kind, const UnheardInput& input, const std::optional<double>& x) {
    return x ? factorAt(pointsOf(kind, input.limits, input.preset), *x) : 1.0;
}

/// 0 … 1: what its cells, as estimated, leave of the limit.
double factorOf(Direction direction, const Unheard& one, const UnheardInput& input) {
    if (direction == Direction::Charge)
        return curveFactor(CurveKind::HighCell, input, highest_V(one, input));
    if (one.isStopped)
        return 0.0;
    return hasCells(one, input) ? curveFactor(CurveKind::LowCell, input, lowest_V(one, input))
                                : socFactor(one, input);
}

using PartsOfCurrent = std::map<std::string, double>;

/// By id: the part of the current of the whole bank, 0 … 1, that each had that is lost. A share is
/// one among those that were counted then, so without those that had been lost before.
PartsOfCurrent partsOfCurrent(const UnheardState& state) {
    PartsOfCurrent parts;
    for (const auto& [id, one] : state.lost) {
        double part = one.word.share.value_or(0.0);
        for (const auto& [before, other] : state.lost)
            if (one.lostAs > 0 && other.lostAs > 0 && other.lostAs < one.lostAs)
                part *= 1.0 - std::clamp(other.word.share.value_or(0.0), 0.0, 1.0);
        parts[id] = part;
    }
    return parts;
}

/// Its share if all others that are lost should be off, which nobody sees.
double largestShare(const std::string& id, const Unheard& one, const PartsOfCurrent& parts) {
    constexpr double kLeast = 0.01;
    if (!one.word.share)
        return 1.0;
    double others = 0.0;
    for (const auto& [other, part] : parts)
        others += other == id ? 0.0 : part;
    return std::clamp(parts.at(id) / std::max(kLeast, 1.0 - others), kLeast, 1.0);
}

/// By its last share; one without a share carried nothing that is known, so its limit is the
/// bank's. Its 0 A were the bank's only while its switch was closed.
std::optional<double> byItsLimit_A(const Unheard& one, Direction direction, double share) {
    const LastWord& word = one.word;
    const auto& last_A = word.*wordOf(direction).own;
    const auto& again_A = word.*wordOf(direction).again;
    if (last_A == 0.0 && again_A)
        return again_A;
    const auto own_A = smaller(last_A, direction == Direction::Charge ? one.still.charge_A
                                                                      : one.still.discharge_A);
    return own_A ? std::optional(*own_A / share) : std::nullopt;
}

/// Closed where nothing at all is known of it.
double mostFor(Direction direction, const Unheard& one, double share, const UnheardInput& input) {
    const auto most_A =
        smaller(one.word.*wordOf(direction).bank, byItsLimit_A(one, direction, share));
    const double factor = factorOf(direction, one, input) / kShareGrows;
    return std::max(0.0, most_A.value_or(0.0) * factor - input.among_A);
}

/// One whose highest cell stood further above the others than resistances explain was near its
/// end, and gets as much less.
std::optional<double> bearable_V(const LastWord& word, const UnheardInput& input) {
    const auto cells = fewestCells(word, input);
    const auto string_V = cells ? unseenString_V(*cells, input) : std::nullopt;
    const double ahead_V = std::max(0.0, word.highAbove_V.value_or(0.0) - kByResistance_V);
    return string_V ? std::optional(*string_V - *cells * ahead_V) : std::nullopt;
}

/// Its discharge is to end, and may begin again.
struct Ends {
    bool isEmpty{false};
    bool isCalm{false};
};

Ends endsOf(const Unheard& one, const UnheardInput& input) {
    if (!hasCells(one, input)) {
        const auto own_pct = soc_pct(one, input);
        return {own_pct && *own_pct <= kEmptySoc_pct, own_pct && *own_pct >= kLowSoc_pct};
    }
    const auto low_V = lowest_V(one, input);
    const bool isCharging = input.bank_A.value_or(0.0) > kIdle_A;
    return {curveFactor(CurveKind::LowCell, input, low_V) <= 0.0,
            !isCharging && input.preset.comfortCell_V && *low_V >= *input.preset.comfortCell_V};
}

/// A stop is latched: see kCalm.
void stepStop(Unheard& one, const UnheardInput& input, const Now& now) {
    const Ends ends = endsOf(one, input);
    one.isStopped = one.isStopped || ends.isEmpty;
    if (holds(one.calm, one.isStopped && ends.isCalm, kCalm, kLongestLook, now))
        one.isStopped = false;
}

} // namespace

void noteWord(UnheardState& state, const std::string& id, LastWord word) {
    state.words[id] = std::move(word);
}

void forget(UnheardState& state, const std::string& id) {
    state.words.erase(id);
    state.heardAt.erase(id);
    state.lost.erase(id);
}

void noteLost(UnheardState& state, const std::string& id) {
    const auto word = state.words.find(id);
    if (word == state.words.end())
        return;
    const auto [lost, isNew] = state.lost.try_emplace(id);
    if (!isNew)
        return;
    lost->second.word = word->second;
    for (const auto& [other, one] : state.lost)
        lost->second.lostAs = std::max(lost->second.lostAs, one.lostAs + 1);
}

void growShare(UnheardState& state, const std::string& id, double share) {
    const auto word = state.words.find(id);
    if (word != state.words.end() && word->second.share)
        word->second.share = std::max(*word->second.share, share);
}

std::optional<double> lowestUnheard_V(const UnheardState& state, const UnheardInput& input) {
    std::optional<double> lowest;
    for (const auto& [id, one] : state.lost)
        if (input.settings.rule == UnheardRule::Hold && hasSay(one))
            lowest = smaller(lowest, one.isStopped ? 0.0 : lowest_V(one, input).value_or(0.0));
    return lowest;
}

void estimate(UnheardState& state, const UnheardInput& input, const Now& now) {
    for (auto& [id, one] : state.lost)
        stepStop(one, input, now);
}

std::optional<double> unseenString_V(double cells, const UnheardInput& input) {
    const PresetValues& preset = input.preset;
    if (input.settings.cell_V)
        return cells * *input.settings.cell_V;
    if (!preset.unheardCell_V)
        return std::nullopt;
    return *preset.unheardCell_V +
           (cells - 1.0) * preset.plateauCell_V.value_or(*preset.unheardCell_V);
}

std::optional<Limit> unheardLimit(Direction direction, const UnheardState& state,
                                  const UnheardInput& input) {
    std::optional<Limit> smallest;
    if (input.settings.rule == UnheardRule::Ignore)
        return smallest;
    const PartsOfCurrent parts = partsOfCurrent(state);
    for (const auto& [id, one] : state.lost) {
        if (!hasSay(one))
            continue;
        const double most_A = mostFor(direction, one, largestShare(id, one, parts), input);
        if (!smallest || most_A < smallest->value)
            smallest = Limit{most_A, Cause::LostMember, one.word.name, ""};
    }
    return smallest;
}

Limit unheardVoltage(Limit wanted, const UnheardState& state, const UnheardInput& input) {
    if (input.settings.rule == UnheardRule::Ignore)
        return wanted;
    for (const auto& [id, one] : state.lost) {
        if (!hasSay(one))
            continue;
        const auto most_V = smaller(one.word.bank_V, bearable_V(one.word, input));
        if (most_V && *most_V < wanted.value)
            wanted = {*most_V, Cause::LostMember, one.word.name, ""};
    }
    return wanted;
}

} // namespace busbar
