// SPDX-License-Identifier: MIT
// Takes current, capacity and cells out of the verdicts.
#include "core/sums/party.hpp"

#include "core/limits/direction.hpp"
#include "core/members/membership.hpp"
#include "core/members/roster.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>

namespace busbar::sums {

namespace {

/// No lithium battery allows more than 20 C: a capacity below that is none.
constexpr double kMostRate = 20.0;

/// As Member has it: its current, else what its power says.
std::optional<double> currentOf(const Verdict& verdict) {
    if (const auto current_A = shownOf(verdict, row("/Dc/0/Current")))
        return current_A;
    const auto voltage_V = shownOf(verdict, row("/Dc/0/Voltage"));
    const auto power_W = shownOf(verdict, row("/Dc/0/Power"));
    return voltage_V && power_W && *voltage_V > 0.0 ? std::optional(*power_W / *voltage_V)
                                                    : std::nullopt;
}

double capacityOf(const Verdict& verdict, RowIndex index) {
    const double capacity_Ah = shownOf(verdict, index).value_or(0.0);
    const double charge_A = shownOf(verdict, rowsOf(Direction::Charge).limit).value_or(0.0);
    return capacity_Ah > 0.0 && charge_A <= kMostRate * capacity_Ah ? capacity_Ah : 0.0;
}

Party partyOf(Verdict& verdict, double current_A) {
    return {&verdict,
            current_A,
            capacityOf(verdict, row("/InstalledCapacity")),
            capacityOf(verdict, row("/Capacity")),
            shownOf(verdict, row("/System/MinCellVoltage")),
            shownOf(verdict, row("/System/MaxCellVoltage"))};
}

} // namespace

bool Party::isFresh() const {
    return verdict != nullptr && !verdict->held;
}

std::optional<double> shownOf(const Verdict& verdict, RowIndex index) {
    const Unit& battery = *verdict.battery;
    const Value* value = battery.valueOf(battery.slot(index), verdict.held);
    return value == nullptr ? std::nullopt : value->number();
}

bool isCompared(const Verdict& verdict) {
    return verdict.takesPart && currentOf(verdict).has_value();
}

std::optional<std::size_t> indexOf(const SumWatch& watch, const std::string& id) {
    const auto found = std::ranges::find(watch.known, id);
    return found == watch.known.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(found - watch.known.begin()));
}

Parties partiesOf(const SumWatch& watch, std::vector<Verdict>& verdicts) {
    Parties all(watch.known.size());
    for (Verdict& verdict : verdicts)
        if (const auto index = indexOf(watch, verdict.entry->id); index && isCompared(verdict))
            all[*index] = partyOf(verdict, currentOf(verdict).value_or(0.0));
    return all;
}

std::vector<std::string> idsOf(const SumWatch& watch, SumSet set) {
    std::vector<std::string> ids;
    forEach(set, [&](std::size_t i) { ids.push_back(watch.known[i]); });
    std::ranges::sort(ids);
    return ids;
}

} // namespace busbar::sums
