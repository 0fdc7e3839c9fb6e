// SPDX-License-Identifier: MIT
// Means over some of the members.
#include "core/charge/usable_soc.hpp"

#include "core/limits/direction.hpp"
#include "core/members/member.hpp"
#include "core/table/aggregate.hpp"

#include <algorithm>
#include <vector>

namespace busbar {

namespace {

std::optional<double> countedBy(const Member& member, const SocOutput& soc) {
    const auto own = std::ranges::find(soc.members, member.entry().id, &SocMemberOutput::id);
    return own == soc.members.end() ? std::nullopt : own->counter_pct;
}

/// From where the bank's comes, as far as that knows single members.
std::optional<double> socOf(const Member& member, const SocOutput& soc) {
    return soc.source == SocSource::Counter ? countedBy(member, soc) : member.number(row("/Soc"));
}

template <typename Counts>
std::optional<double> meanOver(const Members& members, const SocOutput& soc, Counts counts) {
    std::vector<Weighted> values;
    for (const Member& member : members)
        if (const auto own_pct = socOf(member, soc); own_pct && counts(member))
            values.push_back({*own_pct, member.nominalCapacity_Ah()});
    return weightedMean(values);
}

/// Nothing where all have a say in the direction: then the bank's counts.
std::optional<double> meanOfConnected(const Members& members, const SocOutput& soc,
                                      Direction direction) {
    const auto isOpen = [direction](const Member& member) { return member.isOpen(direction); };
    return std::ranges::none_of(members, isOpen)
               ? std::nullopt
               : meanOver(members, soc, [&](const Member& member) { return !isOpen(member); });
}

} // namespace

std::optional<double> usableSoc_pct(const Members& members, const SocOutput& soc) {
    const auto mayDischarge = [](const Member& member) {
        return !member.isBlocked(Direction::Discharge);
    };
    return std::ranges::all_of(members, mayDischarge) ? soc.soc_pct
                                                      : meanOver(members, soc, mayDischarge);
}

SocSpan socForCurves(const Members& members, const SocOutput& soc) {
    const auto discharging = meanOfConnected(members, soc, Direction::Discharge);
    const auto charging = meanOfConnected(members, soc, Direction::Charge);
    return {discharging ? discharging : lowest_pct(soc), charging ? charging : highest_pct(soc)};
}

} // namespace busbar
