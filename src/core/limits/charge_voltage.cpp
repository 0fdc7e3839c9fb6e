// SPDX-License-Identifier: MIT
// The CVL by each mode.
#include "core/limits/charge_voltage.hpp"

#include "core/limits/direction.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/peak.hpp"
#include "core/limits/preset.hpp"
#include "core/limits/share.hpp"
#include "core/members/member.hpp"
#include "core/members/sieve.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <string>

namespace busbar {

namespace {

constexpr RowIndex kCvl = row("/Info/MaxChargeVoltage");
constexpr RowIndex kHighest = row("/System/MaxCellVoltage");

// Tuned on the twin (tests/bench, control): while LFP packs equalise, the current falls within
// three to five minutes, and a drifting cell at its knee rises by 0.1 V for half a per cent of the
// charge.
constexpr double kPush_V = 0.9;    ///< of a cell, for a capacity per hour
constexpr double kBearable = 0.06; ///< capacities per hour that the room to the trip is enough for
constexpr double kMostPush_V = 0.12; ///< of a cell
constexpr double kKneeFrom_V =
    0.04;                        ///< of the highest cell over the mean: resistances alone do that
constexpr double kKnee_V = 0.09; ///< it is at its knee

enum class Wants : std::uint8_t { Lowest, Highest };

using Votes = std::function<bool(const Member&)>;

/// One that has fallen silent holds the voltage down by its last word, and asks for no more by it.
std::optional<double> ownVoltage(const Member& member, Wants wants) {
    return wants == Wants::Lowest ? member.lastNumber(kCvl) : member.number(kCvl);
}

std::optional<Limit> pick(const Members& members, Wants wants, const Votes& votes) {
    const Member* best = nullptr;
    const bool isAnyConnected = std::ranges::any_of(
        members, [](const Member& member) { return !member.isOpen(Direction::Charge); });
    for (const Member& member : members) {
        const auto own_V = ownVoltage(member, wants);
        if (!own_V || *own_V <= 0.0 || !votes(member)) // 0 V forbids, see forbids
            continue;
        if (isAnyConnected && member.isOpen(Direction::Charge))
            continue;
        const auto best_V = best == nullptr ? std::nullopt : ownVoltage(*best, wants);
        const bool isBetter = !best_V ||
                              (wants == Wants::Lowest ? *own_V < *best_V : *own_V > *best_V) ||
                              (*own_V == *best_V && member.name() < best->name());
        best = isBetter ? &member : best;
    }
    if (best == nullptr)
        return std::nullopt;
    return Limit{*ownVoltage(*best, wants), Cause::Member, best->name(), ""};
}

bool always(const Member& /*member*/) {
    return true;
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// "Float", "Float Transition"; nothing where no charge mode is given.
std::optional<bool> floats(const Member& member) {
    const Value* mode = member.value(row("/Info/ChargeMode"));
    const std::string* text = mode == nullptr ? nullptr : mode->text();
    if (text == nullptr || text->empty())
        return std::nullopt;
    return lower(*text).find("float") != std::string::npos;
}

bool balances(const Member& member) {
    return member.number(row("/Balancing")).value_or(0.0) > 0.0;
}

/// A pack that is full and asks for its float voltage would keep the others below full. Peak
/// control looks after it meanwhile; where it cannot, the pack's own word counts.
Votes notFloatingBeforeTheOthers(const ChargeVoltageInput& input) {
    const bool someCharges = std::ranges::any_of(input.members, [](const Member& member) {
        return !member.isOpen(Direction::Charge) && (floats(member) == false || balances(member));
    });
    const bool hasPeakControl = cellMaximum(input.settings, input.preset).has_value() &&
                                cellsOfBank(input.members).has_value();
    if (!someCharges || !hasPeakControl)
        return always;
    return [](const Member& member) {
        return floats(member) != true || balances(member) || !member.number(kHighest);
    };
}

std::optional<Limit> smallest(const ChargeVoltageInput& input) {
    return pick(input.members, Wants::Lowest, notFloatingBeforeTheOthers(input));
}

std::optional<Limit> largest(const ChargeVoltageInput& input) {
    return pick(input.members, Wants::Highest, always);
}

std::optional<Limit> highest(std::optional<Limit> a, std::optional<Limit> b) {
    if (!a || !b)
        return a ? a : b;
    return b->value > a->value ? b : a;
}

std::optional<Limit> maxWhenBalancing(const ChargeVoltageInput& input) {
    return highest(smallest(input), pick(input.members, Wants::Highest, balances));
}

/// Members without a charge mode have no say in it; where nobody has one, the smallest it is.
std::optional<Limit> maxUntilAllFloat(const ChargeVoltageInput& input) {
    const bool someCharges = std::ranges::any_of(
        input.members, [](const Member& member) { return floats(member) == false; });
    return someCharges ? largest(input) : smallest(input);
}

/// Only once all that have a charge mode float, who asks for most may have it.
std::optional<Limit> maxWhenFloating(const ChargeVoltageInput& input) {
    const auto isAny = [&input](bool floating) {
        return std::ranges::any_of(input.members, [floating](const Member& member) {
            return floats(member) == std::optional(floating);
        });
    };
    return isAny(true) && !isAny(false) ? largest(input) : smallest(input);
}

/// A voltage from elsewhere: no more than the members ask for, unless they have no say.
std::optional<Limit> withinMembers(const Limit& wanted, const ChargeVoltageInput& input) {
    auto members = smallest(input);
    const bool isOverMembers = members && members->value < wanted.value;
    return input.mode != LimitMode::Own && isOverMembers ? members : std::optional(wanted);
}

std::optional<Limit> fromGx(const ChargeVoltageInput& input) {
    if (!input.gx_V)
        return smallest(input);
    return withinMembers(Limit{*input.gx_V, Cause::GxLimit, "", ""}, input);
}

std::optional<Limit> own(const ChargeVoltageInput& input) {
    const auto cells = cellsOfBank(input.members);
    if (!cells || !input.cell_V)
        return smallest(input);
    return withinMembers(Limit{*cells * *input.cell_V,
                               input.isBalancing ? Cause::Balancing : Cause::Configured, "", ""},
                         input);
}

using Mode = std::optional<Limit> (*)(const ChargeVoltageInput&);
constexpr std::array<Mode, 7> kModes = {smallest, largest, maxWhenBalancing, maxUntilAllFloat,
                                        fromGx,   own,     maxWhenFloating};

/// What a member's cells add up to with what is over the target cut off, V.
std::optional<double> cutSum(const Member& member, double target_V) {
    const auto voltage_V = member.number(row("/Dc/0/Voltage"));
    double sum_V = 0.0;
    double excess_V = 0.0;
    std::size_t known = 0;
    for (std::size_t n = 0; n < member.cellCount(); ++n)
        if (const auto cell_V = member.cell_V(n); cell_V && isRealCell(*cell_V)) {
            sum_V += *cell_V;
            excess_V += std::max(0.0, *cell_V - target_V);
            ++known;
        }
    if (known > 0 && known == member.cellCount())
        return sum_V - excess_V;
    const auto highest_V = member.number(kHighest);
    if (!voltage_V || !highest_V)
        return std::nullopt;
    return *voltage_V - std::max(0.0, *highest_V - target_V);
}

/// 0 … 1: how far the highest cell of a member has left the others behind. Where it has not, the
/// member is full as a whole and soon takes nothing. Unknown counts as 1.
double kneeOf(const Member& member, double highest_V) {
    const auto voltage_V = member.number(row("/Dc/0/Voltage"));
    const auto cells = cellsInSeries(member);
    if (!voltage_V || !cells)
        return 1.0;
    return std::clamp((highest_V - *voltage_V / *cells - kKneeFrom_V) / (kKnee_V - kKneeFrom_V),
                      0.0, 1.0);
}

/// What the highest cell of a member still rises after the charger has stopped, because the others
/// push current into it until all have equalised, V; 0 where that is not known.
double pushed_V(const Member& member, double highest_V, const ShareView& shares,
                const ChargeVoltageInput& input) {
    const auto capacity_Ah = member.nominalCapacity_Ah();
    if (!input.preset.hasKnee || !capacity_Ah || *capacity_Ah <= 0.0)
        return 0.0;
    const double pushed_A = shares.equalising_A(member.entry().id).value_or(0.0);
    return std::clamp(kPush_V * (pushed_A / *capacity_Ah - kBearable), 0.0, kMostPush_V) *
           kneeOf(member, highest_V);
}

struct Peak {
    double highest_V = 0.0;         ///< of all members, now
    const Member* member = nullptr; ///< whose highest cell will be the highest
    double coming_V = 0.0;          ///< what that cell will come to although the charger stops
};

Peak findPeak(const ChargeVoltageInput& input) {
    Peak peak;
    const ShareView shares(input.share);
    for (const Member& member : input.members) {
        const auto own_V = member.number(kHighest);
        if (!own_V || member.isOpen(Direction::Charge))
            continue;
        peak.highest_V = std::max(peak.highest_V, *own_V);
        const double coming_V = *own_V + pushed_V(member, *own_V, shares, input);
        if (peak.member != nullptr &&
            (coming_V < peak.coming_V ||
             (coming_V == peak.coming_V && member.name() > peak.member->name())))
            continue;
        peak.member = &member;
        peak.coming_V = coming_V;
    }
    return peak;
}

/// The voltage at the cells of the member that has the highest one, which is what the controller
/// moves.
double bankVoltage(const Members& members, double otherwise_V) {
    double sum_V = 0.0;
    int known = 0;
    for (const Member& member : members)
        if (const auto own_V = member.number(row("/Dc/0/Voltage"));
            own_V && !member.isOpen(Direction::Charge)) {
            sum_V += *own_V;
            ++known;
        }
    return known > 0 ? sum_V / known : otherwise_V;
}

/// Where nobody knows their number: the controller goes by what a cell has of the whole.
double roughCells(const Peak& peak) {
    const double voltage_V = peak.member->number(row("/Dc/0/Voltage")).value_or(0.0);
    return peak.highest_V > 0.0 ? std::max(1.0, voltage_V / peak.highest_V) : 1.0;
}

std::string cellName(const Member& member) {
    const Value* id = member.value(row("/System/MaxVoltageCellId"));
    return id == nullptr || id->text() == nullptr ? std::string() : *id->text();
}

} // namespace

std::optional<Limit> baseVoltage(const ChargeVoltageInput& input) {
    if (input.replaced)
        return input.replaced;
    return kModes.at(static_cast<std::size_t>(input.settings.mode))(input);
}

bool isVoltageGiven(const Members& members) {
    return std::ranges::any_of(
        members, [](const Member& member) { return member.number(kCvl).value_or(0.0) > 0.0; });
}

bool isPeakUnseen(const ChargeVoltageInput& input) {
    return cellMaximum(input.settings, input.preset).has_value() &&
           std::ranges::any_of(input.members, [](const Member& member) {
               return !member.isOpen(Direction::Charge) && member.hasLostHighest();
           });
}

std::optional<double> cellMaximum(const CvlSettings& settings, const PresetValues& preset) {
    const auto wanted_V = settings.cellMax_V ? settings.cellMax_V : preset.cellMax_V;
    return wanted_V && *wanted_V > 0.0 ? wanted_V : std::nullopt;
}

std::optional<double> regularCellVoltage(const CvlSettings& settings, const PresetValues& preset,
                                         std::optional<unsigned> month) {
    if (settings.cell_V.empty())
        return preset.regularCell_V;
    if (!hasMonths(settings))
        return settings.cell_V.front();
    return month ? settings.cell_V.at(*month - 1) : *std::ranges::min_element(settings.cell_V);
}

Limit withPeakControl(Limit base, const ChargeVoltageInput& input, PeakState& state,
                      const Now& now) {
    const auto target_V = cellMaximum(input.settings, input.preset);
    const Peak found = findPeak(input);
    const auto cells = cellsOfBank(input.members);
    if (!target_V || found.member == nullptr) {
        state = {};
        return base;
    }
    double bound_V = base.value;
    for (const Member& member : input.members)
        if (const auto own_V = cutSum(member, *target_V);
            own_V && !member.isOpen(Direction::Charge))
            bound_V = std::min(bound_V, *own_V);
    const PeakInput peak{base.value,
                         bankVoltage(input.members, base.value),
                         cells.value_or(roughCells(found)),
                         found.highest_V,
                         *target_V,
                         bound_V,
                         found.coming_V - found.highest_V};
    const double value_V = holdPeak(peak, state, now);
    if (value_V >= base.value)
        return base;
    return {value_V, Cause::PeakControl, found.member->name(), cellName(*found.member)};
}

} // namespace busbar
