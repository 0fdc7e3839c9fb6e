// SPDX-License-Identifier: MIT
// Compares batteries with each other, and names options by what is missing.
#include "core/gx/pack_advice.hpp"

#include "core/limits/cause.hpp"
#include "core/limits/direction.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/preset.hpp"
#include "core/limits/share.hpp"
#include "core/members/member.hpp"
#include "core/table/quantity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace busbar {

namespace {

// ---- unequal charge

/// Good prismatic cells have at least 0.05 Ω·Ah (share.hpp): this much between two drives at most
/// half the capacity per hour through the better one, also into a stiff bank, which nearly every
/// pack may be charged with.
constexpr double kJoinWithin_V = 0.025; ///< of a cell
/// A little more, so that what may be joined is not advised against.
constexpr double kApart_V = 0.030; ///< of a cell
constexpr double kApart_pct = 5.0; ///< what BMSs are wrong by anyway
/// Cells of one chemistry are within a fifth of their middle (LFP 2.5 … 3.65 V, NMC 3.0 … 4.2 V):
/// further away it is another number of cells, or a wrong voltage.
constexpr double kSameCells = 0.2;
/// A cell's voltage where nobody says how many there are, as in share_learning.cpp.
constexpr double kAnyCell_V = 3.3;
/// Nearer to its own limit than that, a change of load trips it.
constexpr double kNearLimit = 0.8;
/// Coarse, so that a text does not change with every reading.
constexpr double kCoarse_V = 0.1;

/// Means over those that are joined.
struct Joined {
    std::optional<double> voltage_V;
    std::optional<double> soc_pct;
    std::optional<double> cells;
};

struct Mean {
    double sum = 0.0;
    double count = 0.0;

    void add(std::optional<double> x) {
        sum += x.value_or(0.0);
        count += x ? 1.0 : 0.0;
    }
    [[nodiscard]] std::optional<double> get() const {
        return count > 0.0 ? std::optional(sum / count) : std::nullopt;
    }
};

/// It takes part and yet may stand open: its BMS allows nothing, and nothing flows.
bool standsOpen(const Member& member) {
    return allowsNothing(member) && carriesNothing(member);
}

/// `without`: nullptr = of all.
Joined joinedOnes(const Members& members, const Member* without = nullptr) {
    Mean voltage_V;
    Mean soc_pct;
    Joined result;
    for (const Member& member : members) {
        if (&member == without || member.isHeld() || standsOpen(member))
            continue;
        voltage_V.add(member.number(row("/Dc/0/Voltage")));
        soc_pct.add(member.number(row("/Soc")));
        if (const auto own = cellsInSeries(member); own && (!result.cells || *own < *result.cells))
            result.cells = own;
    }
    result.voltage_V = voltage_V.get();
    result.soc_pct = soc_pct.get();
    return result;
}

std::string coarseVoltage(double voltage_V) {
    return displayText(Quantity::Voltage, std::round(voltage_V / kCoarse_V) * kCoarse_V);
}

std::string wholePercent(double pct) {
    return std::to_string(std::lround(pct)) + " %";
}

/// "20 % below the others", "0.80V above the others".
std::string apartText(double apart_V, std::optional<double> apart_pct) {
    // A SoC that contradicts the voltage is no help: current goes by voltage.
    const bool agrees = apart_pct && (*apart_pct < 0.0) == (apart_V < 0.0);
    const std::string_view where = apart_V < 0.0 ? " below" : " above";
    return (agrees ? wholePercent(std::abs(*apart_pct)) : coarseVoltage(std::abs(apart_V))) +
           std::string(where) + " the others";
}

/// What to do with one that stands open; empty where it may be joined as it is, or never.
std::string joiningText(const Member& member, const Joined& others, double cells) {
    const auto own_V = member.number(row("/Dc/0/Voltage"));
    const auto own_pct = member.number(row("/Soc"));
    const auto ownCells = cellsInSeries(member);
    if (!own_V || !others.voltage_V || (ownCells && others.cells && *ownCells != *others.cells))
        return "";
    const double apart_V = *own_V - *others.voltage_V;
    const bool isAlike = std::abs(apart_V) <= kApart_V * cells;
    if (isAlike || std::abs(apart_V) > kSameCells * *others.voltage_V)
        return "";
    const auto apart_pct =
        own_pct && others.soc_pct ? std::optional(*own_pct - *others.soc_pct) : std::nullopt;
    if (apart_pct && std::abs(*apart_pct) < kApart_pct)
        return "";
    const bool isLower = apart_V < 0.0;
    return member.name() + " (" + coarseVoltage(*own_V) + ") is " + apartText(apart_V, apart_pct) +
           " (" + coarseVoltage(*others.voltage_V) + "): " + (isLower ? "charge" : "discharge") +
           " it by itself to " + coarseVoltage(*others.voltage_V) + ", or " +
           (isLower ? "discharge" : "charge") + " the others to " + coarseVoltage(*own_V);
}

double cellsFor(const Member& member, const Joined& others) {
    if (const auto own = cellsInSeries(member))
        return *own;
    return others.cells.value_or(others.voltage_V.value_or(kAnyCell_V) / kAnyCell_V);
}

/// The most that may lie between two batteries when they are joined: "0.20V".
std::string joinWithin(double cells) {
    return displayText(Quantity::Voltage, kJoinWithin_V * cells);
}

/// Sentences about several batteries, and the fewest cells of one.
struct Unequal {
    std::string text;
    double cells = 0.0;

    void add(const std::string& sentence, double ownCells) {
        if (sentence.empty())
            return;
        text += (text.empty() ? "" : "; ") + sentence;
        cells = cells > 0.0 ? std::min(cells, ownCells) : ownCells;
    }
};

Unequal openOnes(const std::vector<Verdict>& verdicts, const Members& members) {
    Unequal found;
    const Joined others = joinedOnes(members);
    const auto look = [&](const Member& member) {
        const double cells = cellsFor(member, others);
        found.add(joiningText(member, others, cells), cells);
    };
    for (const Verdict& verdict : verdicts)
        if (saysItIsOff(verdict))
            look(Member(*verdict.battery, *verdict.entry, false));
    for (const Member& member : members)
        if (!member.isHeld() && standsOpen(member))
            look(member);
    return found;
}

std::string chargesText(const Member& member, const Joined& others) {
    const auto own_pct = member.number(row("/Soc"));
    if (!own_pct || !others.soc_pct)
        return "";
    return "; it is at " + wholePercent(*own_pct) + ", the others at " +
           wholePercent(*others.soc_pct);
}

/// What flows between the others and this one, A, ≥ 0. While its share of the bank's current is a
/// guess, no more than what flows in it.
double equalisingFlow_A(const Member& member, double pushed_A, const ShareState& share) {
    if (certainShares(share).contains(member.entry().id))
        return std::abs(pushed_A);
    const double own_A = member.number(row("/Dc/0/Current")).value_or(0.0);
    return std::min(std::abs(pushed_A), std::max(0.0, pushed_A > 0.0 ? own_A : -own_A));
}

/// What flows between batteries comes near what this one may take or give.
std::string equalisingText(const Member& member, const Members& members, const ShareState& share,
                           double pushed_A) {
    const Direction direction = pushed_A > 0.0 ? Direction::Charge : Direction::Discharge;
    const auto limit_A = ownLimit(member, direction);
    const double least_A = std::max(offset_A(member), kNearLimit * limit_A.value_or(0.0));
    if (!limit_A || std::abs(pushed_A) < least_A)
        return "";
    const double flow_A = equalisingFlow_A(member, pushed_A, share);
    if (flow_A < least_A)
        return "";
    return member.name() + (pushed_A > 0.0 ? " takes " : " gives ") +
           displayText(Quantity::Current, std::round(flow_A)) +
           (pushed_A > 0.0 ? " from the others" : " to the others") + " (its own limit is " +
           displayText(Quantity::Current, *limit_A) +
           chargesText(member, joinedOnes(members, &member)) + ")";
}

Unequal equalisingOnes(const Members& members, const ShareState& share) {
    Unequal found;
    const ShareView view(share);
    for (const Member& member : members) {
        if (member.isHeld())
            continue;
        const double pushed_A = view.equalising_A(member.entry().id).value_or(0.0);
        const std::string sentence = equalisingText(member, members, share, pushed_A);
        if (!sentence.empty())
            found.add(sentence, cellsFor(member, joinedOnes(members, &member)));
    }
    return found;
}

// ---- missing limits

enum class Lacks : std::uint8_t { Cells, Temperature, Soc, Voltage };

struct CurveWord {
    CurveKind kind;
    Direction direction;
    Lacks lacks;
    std::string_view option;
};

// clang-format off
constexpr auto kCurveWords = std::to_array<CurveWord>({
    {CurveKind::HighCell,      Direction::Charge,    Lacks::Cells,       "limits.curves.high_cell_V"},
    {CurveKind::LowCellCharge, Direction::Charge,    Lacks::Cells,       "limits.curves.low_cell_charge_V"},
    {CurveKind::LowCell,       Direction::Discharge, Lacks::Cells,       "limits.curves.low_cell_V"},
    {CurveKind::ColdCharge,    Direction::Charge,    Lacks::Temperature, "limits.curves.cold_charge_C"},
    {CurveKind::HotCharge,     Direction::Charge,    Lacks::Temperature, "limits.curves.hot_charge_C"},
    {CurveKind::ColdDischarge, Direction::Discharge, Lacks::Temperature, "limits.curves.cold_discharge_C"},
    {CurveKind::HotDischarge,  Direction::Discharge, Lacks::Temperature, "limits.curves.hot_discharge_C"},
    {CurveKind::SocCharge,     Direction::Charge,    Lacks::Soc,         "limits.curves.soc_charge_pct"},
    {CurveKind::SocDischarge,  Direction::Discharge, Lacks::Soc,         "limits.curves.soc_discharge_pct"},
    {CurveKind::SpreadCharge,  Direction::Charge,    Lacks::Cells,       "limits.curves.spread_charge_V"},
    {CurveKind::LowPack,       Direction::Discharge, Lacks::Voltage,     "limits.curves.low_pack_V"},
});
// clang-format on
static_assert(kCurveWords.size() == kCurveCount);

constexpr std::array kBothWays = {Direction::Charge, Direction::Discharge};

const Limit& limitIn(Direction direction, const NoLimitsInput& input) {
    return direction == Direction::Charge ? input.charge : input.discharge;
}

bool isClosedBy(Cause cause, Direction direction, const NoLimitsInput& input) {
    const Limit& limit = limitIn(direction, input);
    return limit.value <= 0.0 && limit.cause == cause;
}

using Words = std::vector<std::string>;

void addOnce(Words& words, std::string_view word) {
    if (std::ranges::find(words, word) == words.end())
        words.emplace_back(word);
}

std::string listText(const Words& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

/// "charging and discharging are closed": those that a cause closes.
std::string closedText(Cause cause, const NoLimitsInput& input) {
    const bool isCharge = isClosedBy(cause, Direction::Charge, input);
    const bool isDischarge = isClosedBy(cause, Direction::Discharge, input);
    if (isCharge && isDischarge)
        return "so charging and discharging are closed";
    return isCharge ? "so charging is closed" : "so discharging is closed";
}

bool givesNoLimit(const Member& member, Direction direction) {
    return !ownLimit(member, direction);
}

/// Another way out, for one that should not count; the last one cannot go.
std::string leaveOutText(const NoLimitsInput& input) {
    if (input.members.size() < 2)
        return "";
    return input.takesAll ? "; or leave it out (exclude), if it does not hang on this busbar"
                          : "; or take it off the list (batteries), if it does not hang on this "
                            "busbar";
}

/// Curves are all that looks at cells then.
std::string presetText(const NoLimitsInput& input) {
    return input.preset == Preset::None ? ", and a preset, so that curves look at its cells" : "";
}

/// Batteries that give no current limit of their own.
std::string silentText(const NoLimitsInput& input) {
    Words names;
    Words paths;
    for (const Direction direction : kBothWays) {
        if (!isClosedBy(Cause::UnknownLimit, direction, input))
            continue;
        for (const Member& member : input.members)
            if (givesNoLimit(member, direction)) {
                addOnce(names, member.name());
                addOnce(paths, direction == Direction::Charge ? "/Info/MaxChargeCurrent"
                                                              : "/Info/MaxDischargeCurrent");
            }
    }
    if (names.empty() || input.isOwnMode)
        return "";
    return "No current limit comes from " + listText(names) + " (" + listText(paths) + "), " +
           closedText(Cause::UnknownLimit, input) +
           ": see that its BMS or driver sends it; or say what it may take and give (per_battery: "
           "max_charge_A, max_discharge_A); or give limits by yourself, in place of those of all "
           "BMSs (limits.mode: own with limits.max_charge_A and limits.max_discharge_A" +
           presetText(input) + ")" + leaveOutText(input);
}

/// Nobody says any more how high to charge.
std::string noVoltageText(const NoLimitsInput& input) {
    const bool isKnown = std::ranges::any_of(input.members, [](const Member& member) {
        return member.number(row("/Info/MaxChargeVoltage")).has_value();
    });
    if (isKnown || !isClosedBy(Cause::UnknownLimit, Direction::Charge, input))
        return "";
    return "No battery gives a charge voltage limit any more (/Info/MaxChargeVoltage), so charging "
           "is closed: mend the driver; or give one by yourself (limits.cvl.mode: own with "
           "limits.cvl.cell_V, and cells, where no battery says how many it has)";
}

std::string_view toText(Lacks lacks) {
    constexpr std::array<std::string_view, 4> kTexts = {"cell voltages", "temperature",
                                                        "state of charge", "voltage"};
    return kTexts.at(static_cast<std::size_t>(lacks));
}

/// Curves that have lost sight of something.
std::string blindText(const NoLimitsInput& input) {
    Words names;
    Words missing;
    Words options;
    for (const CurveWord& word : kCurveWords) {
        if (!isClosedBy(Cause::MissingData, word.direction, input) ||
            !input.curves.blind.at(static_cast<std::size_t>(word.kind)))
            continue;
        // Of a state of charge the limit names no battery: it is the bank's.
        addOnce(names, word.lacks == Lacks::Soc ? std::string_view("any battery")
                                                : limitIn(word.direction, input).member);
        addOnce(missing, toText(word.lacks));
        addOnce(options, word.option);
    }
    if (options.empty())
        return "";
    return "No " + listText(missing) + " from " + listText(names) + ", at which curves look, " +
           closedText(Cause::MissingData, input) +
           ": mend its BMS or driver; or set a limit for that time (limits.fallback_A); or switch "
           "these curves off (false): " +
           listText(options) + leaveOutText(input);
}

/// Protections that the owner asked for and that lack something.
std::string lackText(const NoLimitsInput& input) {
    std::string text;
    for (const Lack& lack : input.lacks) {
        const std::string one = "No " + std::string(lack.what) + " from " + lack.member +
                                ", which " + std::string(lack.option) + " goes by, so " +
                                (lack.direction == Direction::Charge ? "" : "dis") +
                                "charging is closed: give " + std::string(lack.cure) +
                                ", or mend its BMS or driver";
        text += (text.empty() ? "" : ". ") + one;
    }
    return text;
}

} // namespace

std::string unequalCharge(const std::vector<Verdict>& verdicts, const Members& members,
                          const ShareState& share) {
    const Unequal open = openOnes(verdicts, members);
    const Unequal joined = equalisingOnes(members, share);
    std::string text;
    if (!joined.text.empty())
        text = "Batteries equalise, which no limit of the bank holds back: " + joined.text +
               ". Open the switch of one before its BMS does, and join it again at rest, when "
               "its voltage is within " +
               joinWithin(joined.cells) + " of the others'";
    if (!open.text.empty())
        text += (text.empty() ? "" : ". ") + std::string("Not joined yet, and better not now: ") +
                open.text + ". Join at rest, within " + joinWithin(open.cells) +
                " of the others: no limit of the bank holds back what then flows between them";
    return text;
}

std::string missingLimits(const NoLimitsInput& input) {
    std::string text;
    for (const std::string& one :
         {silentText(input), noVoltageText(input), blindText(input), lackText(input)})
        if (!one.empty())
            text += (text.empty() ? "" : ". ") + one;
    return text;
}

} // namespace busbar
