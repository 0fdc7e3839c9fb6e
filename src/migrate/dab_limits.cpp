// SPDX-License-Identifier: MIT
// DAB's options about limits and balancing.
#include "core/limits/preset.hpp"
#include "migrate/dab_options.hpp"

#include <algorithm>
#include <array>

namespace busbar::migrate {

namespace {

constexpr std::size_t kMonths = 12;
constexpr double kHighestCeiling_A = 5000;

std::string_view presetWord(double cell_V) {
    switch (presetFor(cell_V)) {
    case Preset::Lfp:
        return "lfp";
    case Preset::Lto:
        return "lto";
    case Preset::Nmc:
        return "nmc";
    case Preset::Auto:
    case Preset::None:
        break;
    }
    return "auto";
}

void takeBmsLimits(const DabValues& values, const DabValue& value, Draft& draft) {
    if (!values.isOn("CAN_batteries")) {
        draft.set(
            "limits.share", "\"count\"",
            "as before: the smallest limit times the number of batteries; \"adaptive\" learns "
            "how they really share the current");
        draft.set(
            "limits.on_block", "\"stop\"",
            "as before: one battery that forbids it stops the bank; with \"reduce\" the others "
            "go on");
    }
    if (!values.isOn("KEEP_MAX_CVL"))
        draft.set("limits.cvl.mode", "\"min\"", "as before: the smallest that a battery asks for");
    if (value.isGiven)
        draft.say(Part::TakenOver, value.name, "off: the limits are those of the BMSs");
    draft.say(Part::Differs, "limits of the BMSs",
              "on top of them the highest cell is held down and the curves of the cells' chemistry "
              "stand guard (preset); in good order they never act. A limit that no battery gives "
              "closes, after an alarm that says so, instead of standing still. Limits rise by "
              "limits.ramp_A_per_s, they fall at once");
}

} // namespace

double cellMax_V(const DabValues& values) {
    return std::clamp(values.number("MAX_CELL_VOLTAGE"), 1.0, 5.0);
}

void takeOwnLimits(const DabValues& values, const DabValue& value, Draft& draft) {
    if (!value.flag)
        return takeBmsLimits(values, value, draft);
    draft.set(
        "preset", inQuotes(presetWord(values.number("BALANCING_VOLTAGE"))),
        "the chemistry that BALANCING_VOLTAGE is for; its numbers stand where the old program "
        "had none, such as limits by temperature");
    takeAs(draft, value, "limits.cvl.mode", "\"own\"");
    draft.set(
        "limits.mode", "\"both\"",
        "the limits of the BMSs hold beside the curves below; \"own\" is the old way, without "
        "them");
    draft.set(
        "limits.on_block", "\"stop\"",
        "as before: one battery that forbids it stops the bank; with \"reduce\" the others go on");
    draft.set("feed_in.control", "true",
              "as before: DC-coupled feed-in is switched off while a cell is too high");
    draft.say(
        Part::Differs, value.name,
        "the limits of the BMSs hold as well (limits.mode = \"both\"): the old program ignored "
        "them, and with them the BMS's own limits in cold and heat. Set it to \"own\" if a BMS "
        "asks for less than it should");
    draft.say(
        Part::Differs, "DC feed-in",
        "also switched off while charging is blocked; the owner's value is on disk before it is "
        "touched, and comes back as soon as cells are well, also after a restart");
    draft.say(Part::Differs, "dynamic charge voltage",
              "peak control holds the highest cell smoothly instead of jumping each second; limits "
              "rise by limits.ramp_A_per_s, they fall at once");
}

void takeCan(const DabValues& values, const DabValue& value, Draft& draft) {
    if (!value.flag) {
        if (value.isGiven)
            draft.say(Part::TakenOver, value.name, "off");
        return;
    }
    if (values.isOn("OWN_CHARGE_PARAMETERS"))
        draft.say(Part::TakenOver, value.name,
                  "no effect on limits with OWN_CHARGE_PARAMETERS, as before");
    else
        takeAs(draft, value, "limits.share", "\"sum\"");
    draft.say(
        Part::Differs, value.name,
        "values that a battery does not give are worked out for every battery (power from "
        "voltage and current, charge from the state of charge), or are unknown; they are never "
        "0. limits.share = \"adaptive\" keeps each battery within its own limit, \"sum\" does "
        "not");
}

void takeKeepMax(const DabValues&, const DabValue& value, Draft& draft) {
    if (!value.flag) {
        if (value.isGiven)
            draft.say(Part::TakenOver, value.name, "off (limits.cvl.mode = \"min\")");
        return;
    }
    takeAs(draft, value, "limits.cvl.mode", "\"max_until_all_float\"");
    draft.say(
        Part::Differs, value.name,
        "the largest counts until all batteries float, as its manual said; the old program took "
        "it while any of them floated. A battery without a charge mode is no trouble");
}

void takeCeiling(const DabValues&, const DabValue& value, Draft& draft) {
    const bool isCharge = value.name == "MAX_CHARGE_CURRENT";
    takeAs(draft, value, isCharge ? "limits.max_charge_A" : "limits.max_discharge_A",
           numberText(within(draft, value, value.number, 0, kHighestCeiling_A)));
}

void takeCellMax(const DabValues&, const DabValue& value, Draft& draft) {
    takeAs(draft, value, "limits.cvl.cell_max_V",
           numberText(within(draft, value, value.number, 1, 5)));
}

void takeCellDiff(const DabValues&, const DabValue& value, Draft& draft) {
    takeAs(draft, value, "limits.cvl.cell_diff_max_V",
           numberText(within(draft, value, value.number, 0.001, 1)));
}

void takeMonths(const DabValues& values, const DabValue& value, Draft& draft) {
    std::vector<double> months = value.numbers;
    const double most_V = cellMax_V(values);
    bool isCut = false;
    for (double& cell_V : months) {
        cell_V = within(draft, value, cell_V, 1, 5);
        isCut = isCut || cell_V > most_V;
        cell_V = std::min(cell_V, most_V);
    }
    if (months.empty()) {
        draft.blame(value.origin + ": no voltage; the preset's is taken");
        return;
    }
    if (months.size() != 1 && months.size() != kMonths) {
        draft.blame(
            value.origin + ": " + std::to_string(months.size()) +
            " voltages for twelve months; the old program stops in a month without one, and "
            "never looks at more. Missing ones are taken as the smallest that is given");
        months.resize(kMonths, *std::ranges::min_element(months));
    }
    takeAs(draft, value, "limits.cvl.cell_V",
           months.size() == 1 ? numberText(months.front()) : listText(months));
    if (isCut)
        draft.say(Part::Differs, value.name,
                  "voltages above MAX_CELL_VOLTAGE (" + numberText(most_V) +
                      " V) are taken as that: the old program never held them, because it lowered "
                      "the voltage as soon as a cell came there");
    draft.say(Part::Differs, value.name, "a battery that asks for less is not charged higher");
}

void takeBalancingCell(const DabValues& values, const DabValue& value, Draft& draft) {
    const double wanted_V = within(draft, value, value.number, 1, 5);
    const double cell_V = std::min(wanted_V, cellMax_V(values));
    takeAs(draft, value, "balancing.cell_V", numberText(cell_V));
    if (cell_V < wanted_V)
        draft.say(Part::Differs, value.name,
                  "above MAX_CELL_VOLTAGE, where it was never reached; taken as that");
    draft.say(Part::Differs, value.name,
              "reached means within balancing.tolerance_V, and cells must be equal for "
              "balancing.hold_s; success, failure and who is in the way are told. A month whose "
              "voltage is not below it needs no raising, and leaves nothing behind");
}

void takeRepetition(const DabValues&, const DabValue& value, Draft& draft) {
    takeAs(draft, value, "balancing.every_days",
           numberText(within(draft, value, value.number, 0.5, 365)));
}

void takePackStop(const DabValues& values, const DabValue& value, Draft& draft) {
    constexpr double kHighestCell_V = 5;
    if (!value.isGiven)
        return;
    const double cells = values.number("NR_OF_CELLS_PER_BATTERY");
    const bool isPerCell = value.number <= kHighestCell_V;
    if (value.number <= 0 || (isPerCell && cells < 2)) {
        draft.say(Part::NoCounterpart, value.name,
                  "a voltage of a whole battery, which is not known without "
                  "NR_OF_CELLS_PER_BATTERY; discharge stops by the lowest cell");
        return;
    }
    const double pack_V =
        within(draft, value, isPerCell ? value.number * cells : value.number, 1, 999);
    takeAs(draft, value, "limits.curves.low_pack_V",
           curveText({{pack_V, 0.0}, {pack_V + 0.01, 1.0}}));
}

} // namespace busbar::migrate
