// SPDX-License-Identifier: MIT
// Medians, witnesses and multiples.
#include "core/members/voltage_guard.hpp"

#include "core/gx/plant.hpp"
#include "core/limits/direction.hpp"
#include "core/made/made_key.hpp"
#include "core/members/membership.hpp"
#include "core/members/membership_settings.hpp"
#include "core/members/roster.hpp"
#include "core/table/quantity.hpp"
#include "core/units/readings.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace busbar {

namespace {

constexpr RowIndex kGuarded = row("/Dc/0/Voltage");

/// Of /Dc/0 these classes measure the busbar itself.
constexpr std::array kWitnessClasses = {PlantClass::Vebus,    PlantClass::Multi,
                                        PlantClass::Inverter, PlantClass::SolarCharger,
                                        PlantClass::DcLoad,   PlantClass::DcSystem};
/// What is switched off may read nothing.
constexpr double kNoVoltage_V = 1.0;
/// Cables, and instruments of different makers, differ by some per cent at most.
constexpr double kSameAsMultiple = 0.1;
/// One that has agreed once has to differ for so long: it may be its own reading that is wrong.
constexpr auto kSeriesAfter = std::chrono::seconds(30);
/// A wrong reading of the witness is over by then.
constexpr auto kAgreesAfter = std::chrono::seconds(10);
/// As for readings that cannot be true (sieve.cpp): two bad answers of the slowest driver.
constexpr auto kAwayAfter = std::chrono::seconds(10);
/// Of voltage and cell of one report.
constexpr double kOneReport = 0.02;
/// Strings of more blocks are not built of batteries with a BMS each.
constexpr int kMostBlocks = 4;

std::optional<double> fresh(const Verdict& verdict, RowIndex index) {
    if (!verdict.takesPart || verdict.held)
        return std::nullopt; // one that is missing has no battery
    return numberOf(*verdict.battery, index);
}

std::optional<double> median(std::vector<double> values) {
    if (values.empty())
        return std::nullopt;
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2.0;
}

constexpr std::array kGuardedWays = {Direction::Charge, Direction::Discharge};

/// Its BMS allows a direction: a switch is closed. One that allows neither may be open, and measure
/// a voltage that is not the busbar's.
bool isConnected(const Verdict& verdict) {
    return std::ranges::any_of(kGuardedWays, [&verdict](Direction direction) {
        const auto allow = fresh(verdict, rowsOf(direction).allow);
        const auto limit_A = fresh(verdict, rowsOf(direction).limit);
        return (allow || limit_A) && allow != 0.0 && limit_A != 0.0;
    });
}

/// Its BMS says that it allows neither.
bool isOpen(const Verdict& verdict) {
    return std::ranges::all_of(kGuardedWays, [&verdict](Direction direction) {
        return fresh(verdict, rowsOf(direction).allow) == 0.0 ||
               fresh(verdict, rowsOf(direction).limit) == 0.0;
    });
}

/// Of those that are known to be connected; of all where none is. A sum has no voice.
std::vector<double> comparedVoltages(const std::vector<Verdict>& verdicts,
                                     const std::set<std::string>& sums) {
    std::vector<double> all;
    std::vector<double> connected;
    for (const Verdict& verdict : verdicts) {
        if (!verdict.takesPart || verdict.held || sums.contains(verdict.entry->id))
            continue;
        all.push_back(fresh(verdict, kGuarded).value_or(0.0));
        if (isConnected(verdict))
            connected.push_back(all.back());
    }
    return connected.empty() ? all : connected;
}

double bandOf(double middle_V, const MembershipSettings& settings) {
    return middle_V * settings.guard_pct / 100.0 + settings.guard_V;
}

bool isNear(double voltage_V, double middle_V, const MembershipSettings& settings) {
    return std::abs(voltage_V - middle_V) <= bandOf(middle_V, settings);
}

std::size_t countNear(const std::vector<double>& voltages, double middle_V,
                      const MembershipSettings& settings) {
    return static_cast<std::size_t>(std::ranges::count_if(
        voltages, [&](double voltage_V) { return isNear(voltage_V, middle_V, settings); }));
}

std::vector<double> voltagesOf(const std::vector<Witness>& witnesses) {
    std::vector<double> voltages(witnesses.size());
    std::ranges::transform(witnesses, voltages.begin(), &Witness::voltage_V);
    return voltages;
}

/// Around which most stand, batteries and witnesses; the median where two are equal in that, so
/// that whoever is far from it is out.
double borneOut(const std::vector<double>& voltages, const std::vector<double>& witnesses,
                double middle_V, const MembershipSettings& settings) {
    const auto support = [&](double at_V) {
        return countNear(voltages, at_V, settings) + countNear(witnesses, at_V, settings);
    };
    double best_V = middle_V;
    std::size_t most = 0;
    for (const double voltage_V : voltages) {
        const std::size_t own = support(voltage_V);
        const bool isSameGroup = most > 0 && isNear(voltage_V, best_V, settings);
        if (own > most)
            best_V = voltage_V;
        else if (own == most && !isSameGroup)
            best_V = middle_V;
        most = std::max(most, own);
    }
    return best_V;
}

double referenceOf(const std::vector<double>& voltages, const std::vector<double>& witnesses,
                   double middle_V, const MembershipSettings& settings) {
    const bool isMajority = 2 * countNear(voltages, middle_V, settings) > voltages.size();
    return isMajority || witnesses.empty() ? middle_V
                                           : borneOut(voltages, witnesses, middle_V, settings);
}

bool isMultiple(double whole_V, double part_V, double times) {
    return std::abs(whole_V - times * part_V) <= kSameAsMultiple * times * part_V;
}

bool isOneSeen(const std::vector<double>& witnesses, double part_V) {
    return std::ranges::any_of(
        witnesses, [part_V](double voltage_V) { return isMultiple(voltage_V, part_V, 1.0); });
}

/// How many blocks of `part_V` the witnesses see; nothing where one of them sees a single one, or
/// they fit no number.
std::optional<int> blocksSeen(const std::vector<double>& witnesses, double part_V) {
    const auto whole_V = median(witnesses);
    if (!whole_V || isOneSeen(witnesses, part_V))
        return std::nullopt;
    for (int blocks = 2; blocks <= kMostBlocks; ++blocks)
        if (isMultiple(*whole_V, part_V, blocks))
            return blocks;
    return std::nullopt;
}

std::string volts(double voltage_V) {
    return displayText(Quantity::Voltage, voltage_V);
}

std::string seriesText(const std::vector<Witness>& witnesses, double middle_V, int blocks) {
    const auto& witness = *std::ranges::min_element(witnesses, {}, [&](const Witness& one) {
        return std::abs(one.voltage_V - blocks * middle_V);
    });
    return "the batteries measure " + volts(middle_V) + ", " + witness.who + " " +
           volts(witness.voltage_V) + ": in series?";
}

/// All stand together, and the witnesses elsewhere. What has been said stays said while nobody
/// measures, and while the batteries change.
void stepSeries(const std::vector<double>& voltages, const std::vector<Witness>& witnesses,
                double middle_V, const MembershipSettings& settings, GuardState& state,
                const Now& now) {
    const auto others = voltagesOf(witnesses);
    const bool isAgreed = countNear(voltages, middle_V, settings) == voltages.size();
    const auto blocks = isAgreed ? blocksSeen(others, middle_V) : std::nullopt;
    state.isBorneOut = state.isBorneOut || countNear(others, middle_V, settings) > 0;
    const auto since = [&now](std::optional<SteadyTime>& from, bool isSo) {
        from = isSo ? std::optional(from.value_or(now.steady)) : std::nullopt;
        return isSo ? now.steady - *from : SteadyTime::duration::zero();
    };
    const auto string = since(state.seriesFrom, blocks.has_value());
    const auto agreed = since(state.agreedFrom, isOneSeen(others, middle_V));
    if (agreed >= kAgreesAfter)
        state.series.clear();
    const bool isSure = !state.isBorneOut || string >= kSeriesAfter || !state.series.empty();
    if (blocks && isSure) {
        state.series = seriesText(witnesses, middle_V, *blocks);
        state.blocks = *blocks;
    }
}

void takeOut(Verdict& verdict, std::string detail) {
    verdict.takesPart = false;
    verdict.held = false;
    verdict.reason = OutReason::VoltageMismatch;
    verdict.detail = std::move(detail);
}

/// A Multi stands at the whole bank, which no meter of a part of it does.
std::vector<Witness> multisOf(const Readings& readings) {
    std::vector<Witness> multis;
    for (const auto& [key, device] : readings.plant()) {
        const bool isMulti = key.kind == PlantClass::Vebus || key.kind == PlantClass::Multi;
        const auto voltage_V = device.value(kGuarded).number();
        if (isMulti && device.isFresh && !device.duplicateSeen && voltage_V &&
            *voltage_V >= kNoVoltage_V)
            multis.push_back({*voltage_V, describe(device)});
    }
    return multis;
}

/// What the owner has put in series, and all Multis see less: as many volts as one or some of its
/// blocks have. The one that says so; nullptr = none does.
/// Nor where another meter stands at the string's own voltage: those Multis are at another bank.
const Witness* lowerThanMade(const Verdict& verdict, const std::vector<Witness>& multis,
                             const std::vector<Witness>& witnesses) {
    const auto own_V = fresh(verdict, kGuarded);
    const auto blocks = fresh(verdict, row("/System/BatteriesSeries")).value_or(1.0);
    if (!own_V || blocks < 2.0 || multis.empty() || !isMade(verdict.entry->instance) ||
        isOneSeen(voltagesOf(witnesses), *own_V))
        return nullptr;
    const auto isLower = [&](const Witness& multi) {
        for (int times = 2; times <= static_cast<int>(blocks); ++times)
            if (isMultiple(*own_V, multi.voltage_V, times))
                return true;
        return false;
    };
    return std::ranges::all_of(multis, isLower) ? &multis.front() : nullptr;
}

/// They would charge to the sum of voltages what hangs side by side.
void guardMade(std::vector<Verdict>& verdicts, const Readings& readings,
               const std::vector<Witness>& witnesses, GuardState& state, const Now& now) {
    const bool isAny = std::ranges::any_of(
        verdicts, [](const Verdict& verdict) { return isMade(verdict.entry->instance); });
    const auto multis = isAny ? multisOf(readings) : std::vector<Witness>();
    const auto isLower = [&](const Verdict& verdict) {
        return lowerThanMade(verdict, multis, witnesses) != nullptr;
    };
    if (std::ranges::none_of(verdicts, isLower)) {
        state.tooHighFrom.reset();
        state.isMadeOut = false;
        return;
    }
    state.tooHighFrom = state.tooHighFrom.value_or(now.steady);
    const bool isSure = !state.isBorneOut || now.steady - *state.tooHighFrom >= kSeriesAfter;
    state.isMadeOut = state.isMadeOut || isSure;
    if (!state.isMadeOut)
        return;
    for (Verdict& verdict : verdicts)
        if (const Witness* multi = lowerThanMade(verdict, multis, witnesses))
            takeOut(verdict, "its blocks add up to " +
                                 volts(fresh(verdict, kGuarded).value_or(0.0)) + ", " + multi->who +
                                 " measures " + volts(multi->voltage_V) + ": not in series?");
}

/// What one that is held, or out for another reason, once measured says nothing of what it will.
void forgetTracks(GuardState& state, const std::vector<Verdict>& verdicts) {
    std::erase_if(state.tracks, [&verdicts](const auto& track) {
        return std::ranges::none_of(verdicts, [&track](const Verdict& verdict) {
            return verdict.entry->id == track.first && verdict.takesPart && !verdict.held;
        });
    });
}

/// How many of its highest cell its voltage is; nothing where no cell is known.
std::optional<double> cellsIn(const Verdict& verdict, double own_V) {
    const auto cell_V = fresh(verdict, row("/System/MaxCellVoltage"));
    return cell_V && *cell_V > 0.0 ? std::optional(own_V / *cell_V) : std::nullopt;
}

/// The sieve may have held a voltage over already: it has lasted since then.
void noteGood(const Verdict& verdict, double own_V, GuardState& state, const Now& now) {
    VoltageTrack& track = state.tracks[verdict.entry->id];
    track.good_V = own_V;
    track.cells = cellsIn(verdict, own_V);
    track.awayFrom =
        verdict.isHeldOver ? std::optional(track.awayFrom.value_or(now.steady)) : std::nullopt;
}

/// Its cells go with its voltage, as they did before.
bool isOfItsCells(const Verdict& verdict, const VoltageTrack& track) {
    const auto cells = cellsIn(verdict, fresh(verdict, kGuarded).value_or(0.0));
    return cells && track.cells && std::abs(*cells - *track.cells) <= kOneReport * *track.cells;
}

/// It has stood elsewhere for a moment only: a bad sample, its own or of the other of two. Not one
/// that says that its switches are open, or that the others outvote while its cells go with it:
/// then it does stand elsewhere.
bool isBridged(Verdict& verdict, bool isOutvoted, GuardState& state, const Now& now) {
    const auto track = state.tracks.find(verdict.entry->id);
    if (track == state.tracks.end() || isOpen(verdict) ||
        (isOutvoted && isOfItsCells(verdict, track->second)))
        return false;
    track->second.awayFrom = track->second.awayFrom.value_or(now.steady);
    if (now.steady - *track->second.awayFrom >= kAwayAfter)
        return false;
    verdict.isHeldOver = true;
    verdict.instead_V = track->second.good_V;
    return true;
}

} // namespace

std::vector<Witness> witnessesOf(const VoltageGuardInput& input) {
    std::vector<Witness> witnesses;
    const auto add = [&witnesses](const Value& value, const std::string& who) {
        if (const auto voltage_V = value.number(); voltage_V && *voltage_V >= kNoVoltage_V)
            witnesses.push_back({*voltage_V, who});
    };
    for (const auto& [key, device] : input.readings.plant())
        if (device.isFresh && !device.duplicateSeen &&
            std::ranges::find(kWitnessClasses, key.kind) != kWitnessClasses.end())
            add(device.value(kGuarded), describe(device));
    for (const RosterEntry& entry : input.roster) {
        const auto found = input.readings.batteries().find(entry.instance);
        if (entry.reason == OutReason::Shunt && found != input.readings.batteries().end() &&
            !found->second.lost)
            add(found->second.slot(kGuarded).value, entry.name);
    }
    return witnesses;
}

void guardVoltages(std::vector<Verdict>& verdicts, const VoltageGuardInput& input,
                   GuardState& state, const Now& now) {
    forgetTracks(state, verdicts);
    const auto witnesses = witnessesOf(input);
    guardMade(verdicts, input.readings, witnesses, state, now);
    const auto voltages = comparedVoltages(verdicts, state.sums);
    const auto middle_V = median(voltages);
    if (middle_V)
        stepSeries(voltages, witnesses, *middle_V, input.settings, state, now);
    if (!state.series.empty()) {
        for (Verdict& verdict : verdicts)
            if (verdict.takesPart)
                takeOut(verdict, state.series);
        return;
    }
    if (!middle_V)
        return;
    const double reference_V =
        referenceOf(voltages, voltagesOf(witnesses), *middle_V, input.settings);
    const bool isDecided = 2 * countNear(voltages, reference_V, input.settings) > voltages.size();
    const char* whose = reference_V == *middle_V ? ", the bank's median is " : ", others measure ";
    for (Verdict& verdict : verdicts) {
        const auto own_V = fresh(verdict, kGuarded);
        if (!own_V)
            continue;
        const bool isAway = !isNear(*own_V, reference_V, input.settings);
        const std::string text = isAway ? volts(*own_V) + whose + volts(reference_V) : "";
        if (!isAway)
            noteGood(verdict, *own_V, state, now);
        else if (!isBridged(verdict, isDecided, state, now))
            takeOut(verdict, text);
        else
            verdict.detail += (verdict.detail.empty() ? "" : "; ") + text;
    }
}

} // namespace busbar
