// SPDX-License-Identifier: MIT
// DAB's options about the state of charge.
#include "migrate/dab_options.hpp"

#include <algorithm>

namespace busbar::migrate {

namespace {

bool isOwn(const DabValues& values) {
    return values.isOn("OWN_CHARGE_PARAMETERS");
}

/// With own limits DAB counts full and empty by their voltages.
const DabValue& fullBy(const DabValues& values) {
    return values[isOwn(values) ? "BALANCING_VOLTAGE" : "MAX_CELL_VOLTAGE_SOC_FULL"];
}
const DabValue& emptyBy(const DabValues& values) {
    return values[isOwn(values) ? "MIN_CELL_VOLTAGE" : "MIN_CELL_VOLTAGE_SOC_EMPTY"];
}

double fullCell_V(const DabValues& values) {
    const double full_V = std::clamp(fullBy(values).number, 1.0, 5.0);
    return isOwn(values) ? std::min(full_V, cellMax_V(values)) : full_V;
}

constexpr std::string_view kByLimits = "not looked at with OWN_CHARGE_PARAMETERS, as before: ";

} // namespace

void takeOwnSoc(const DabValues& values, const DabValue& value, Draft& draft) {
    if (!value.flag) {
        if (value.isGiven)
            draft.say(Part::TakenOver, value.name,
                      "the state of charge is that of the BMSs, by capacity");
        return;
    }
    takeAs(draft, value, "soc.source", "\"counter\"");
    const DabValue& full = fullBy(values);
    draft.set("soc.full_cell_V", numberText(fullCell_V(values)), full.origin);
    draft.say(
        Part::Differs, value.name,
        "each battery has a counter of its own, and is full only when voltage, equal cells and "
        "a current that has tailed off come together for a minute: the old one said 100 % as "
        "soon as the voltage was there, also under a strong current");
    draft.say(
        Part::Differs, value.name,
        "time is counted by a clock that does not jump; a value that is missing is never 0 Ah");
}

void takeZeroSoc(const DabValues& values, const DabValue& value, Draft& draft) {
    if (value.isGiven && !value.flag)
        draft.say(Part::TakenOver, value.name, "off (soc.reset_at_empty)");
    if (!value.flag)
        return;
    takeAs(draft, value, "soc.reset_at_empty", "true");
    const DabValue& empty = emptyBy(values);
    const double empty_V = within(draft, empty, empty.number, 0.5, 5);
    if (empty_V < fullCell_V(values))
        draft.set("soc.empty_cell_V", numberText(empty_V), empty.origin);
    else
        draft.blame(empty.origin + ": not below the voltage of a full cell; the preset's is taken");
}

void takeFullCell(const DabValues& values, const DabValue& value, Draft& draft) {
    if (value.isGiven)
        draft.say(Part::TakenOver, value.name,
                  (isOwn(values) ? std::string(kByLimits) + "BALANCING_VOLTAGE is full"
                                 : "soc.full_cell_V = " + numberText(value.number)));
}

void takeEmptyCell(const DabValues& values, const DabValue& value, Draft& draft) {
    if (!value.isGiven)
        return;
    if (isOwn(values))
        draft.say(Part::TakenOver, value.name,
                  std::string(kByLimits) + "MIN_CELL_VOLTAGE is empty");
    else
        draft.say(Part::TakenOver, value.name,
                  values.isOn("ZERO_SOC") ? "soc.empty_cell_V = " + numberText(value.number)
                                          : "not looked at without ZERO_SOC, as before");
}

void takeSaveStep(const DabValues&, const DabValue& value, Draft& draft) {
    takeAs(draft, value, "soc.save_step_pct",
           numberText(within(draft, value, value.number * 100, 0.1, 10)));
}

void takeEfficiency(const DabValues&, const DabValue& value, Draft& draft) {
    takeAs(draft, value, "soc.efficiency_pct",
           numberText(within(draft, value, value.number * 100, 50, 100)));
    if (value.isGiven)
        draft.say(
            Part::Differs, value.name,
            "where it starts; what comes out of each battery again is learned from full to full");
}

} // namespace busbar::migrate
