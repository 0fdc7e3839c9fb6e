// SPDX-License-Identifier: MIT
// Parts of made batteries.
#include "core/made/part.hpp"

#include "core/members/member.hpp"
#include "core/units/battery.hpp"
#include "core/units/inner_name.hpp"

#include <algorithm>

namespace busbar {

bool Part::isUsable() const {
    return battery != nullptr && problem.empty() && !battery->lost && !battery->isJoining;
}

std::optional<SteadyTime> Part::lost() const {
    return battery == nullptr ? std::nullopt : battery->lost;
}

void lackPart(Standing& standing, const Part& part) {
    const bool isOnItsWay = part.battery != nullptr && part.battery->isJoining;
    standing.isJoining = isOnItsWay && (standing.isWhole || standing.isJoining);
    const bool isByLink = part.battery != nullptr && part.battery->lostWithLink;
    standing.isByLink = isByLink && (standing.isWhole || standing.isByLink);
    standing.isWhole = false;
    if (const auto lost = part.lost())
        standing.since = standing.since ? std::min(*standing.since, *lost) : *lost;
    std::string text = part.entry.name;
    if (!part.problem.empty())
        text += ": " + part.problem;
    else if (!part.battery->lacking.empty())
        text += " (" + part.battery->lacking + ")";
    else
        text += isOnItsWay ? " is joining" : " is lost";
    standing.lacking += (standing.lacking.empty() ? "" : "; ") + text;
}

void loseLast(Standing& standing, const Battery& part) {
    if (!part.lost || (standing.since && *part.lost < *standing.since))
        return;
    standing.since = part.lost;
    standing.isByLink = part.lostWithLink;
}

Standing standingOf(std::span<const Part> parts) {
    Standing standing;
    for (const Part& part : parts)
        if (!part.isUsable())
            lackPart(standing, part);
    return standing;
}

std::string deepName(const Part& part, RowIndex index) {
    return innerName(part.entry.name, deciderOf(*part.battery, index));
}

Members membersOf(std::span<const Part> parts) {
    Members members;
    for (const Part& part : parts)
        if (part.isUsable())
            members.emplace_back(*part.battery, part.entry, false);
    return members;
}

} // namespace busbar
