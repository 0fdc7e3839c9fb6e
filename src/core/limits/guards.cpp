// SPDX-License-Identifier: MIT
// The list of what protections need.
#include "core/limits/guards.hpp"

#include "core/limits/charge_voltage.hpp"
#include "core/limits/direction.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/limit_settings.hpp"
#include "core/limits/preset.hpp"
#include "core/members/member.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <array>

namespace busbar {

namespace {

constexpr std::array kChargeCurves = {CurveKind::HighCell,   CurveKind::LowCellCharge,
                                      CurveKind::ColdCharge, CurveKind::HotCharge,
                                      CurveKind::SocCharge,  CurveKind::SpreadCharge};
constexpr std::array kDischargeCurves = {CurveKind::LowCell, CurveKind::ColdDischarge,
                                         CurveKind::HotDischarge, CurveKind::SocDischarge,
                                         CurveKind::LowPack};

/// The first by name that does not give it.
template <class Gives>
std::optional<std::string> firstWithout(const Members& members, Gives gives) {
    std::optional<std::string> first;
    for (const Member& member : members)
        if (!gives(member) && (!first || member.name() < *first))
            first = member.name();
    return first;
}

template <class Kinds>
bool hasOwnCurve(const Kinds& kinds, const LimitSettings& settings) {
    return std::ranges::any_of(kinds, [&settings](CurveKind kind) {
        return settings.curves.at(static_cast<std::size_t>(kind)).points.has_value();
    });
}

void lookAtChargeVoltage(const NeedsInput& input, std::vector<Lack>& lacks) {
    if (input.settings.cvl.mode != CvlMode::Own)
        return;
    const auto silent = firstWithout(
        input.members, [](const Member& member) { return cellsInSeries(member).has_value(); });
    if (silent && !cellsOfBank(input.members))
        lacks.push_back({Direction::Charge, *silent,
                         input.hasCells ? "agreement with the option cells" : "number of cells",
                         "limits.cvl.mode: own", input.hasCells ? "the right cells" : "cells"});
    if (!regularCellVoltage(input.settings.cvl, input.preset, std::nullopt))
        lacks.push_back({Direction::Charge, input.members.front().name(), "known chemistry",
                         "limits.cvl.mode: own", "preset or limits.cvl.cell_V"});
}

void lookAtPeakControl(const NeedsInput& input, std::vector<Lack>& lacks) {
    if (input.settings.cvl.cellMax_V.value_or(0.0) <= 0.0)
        return;
    const auto silent = firstWithout(input.members, [](const Member& member) {
        return member.number(row("/System/MaxCellVoltage")).has_value();
    });
    if (silent)
        lacks.push_back({Direction::Charge, *silent, "highest cell voltage",
                         "limits.cvl.cell_max_V", "limits.cvl.cell_max_V: 0, which does without"});
}

/// The curves of a chemistry would be all that guards the cells.
void lookAtChemistry(const NeedsInput& input, std::vector<Lack>& lacks) {
    if (input.settings.mode != LimitMode::Own || !input.isUnrecognised)
        return;
    const auto add = [&](Direction direction) {
        lacks.push_back({direction, input.members.front().name(), "known chemistry",
                         "limits.mode: own", "preset, or curves"});
    };
    if (!hasOwnCurve(kChargeCurves, input.settings))
        add(Direction::Charge);
    if (!hasOwnCurve(kDischargeCurves, input.settings))
        add(Direction::Discharge);
}

} // namespace

std::vector<Lack> lacksOf(const NeedsInput& input) {
    std::vector<Lack> lacks;
    if (input.members.empty())
        return lacks;
    lookAtChargeVoltage(input, lacks);
    lookAtPeakControl(input, lacks);
    lookAtChemistry(input, lacks);
    return lacks;
}

std::optional<Limit> unguardedLimit(Direction direction, const NeedsInput& input) {
    const auto lacks = lacksOf(input);
    const auto found = std::ranges::find(lacks, direction, &Lack::direction);
    if (found == lacks.end())
        return std::nullopt;
    return Limit{input.settings.fallback_A, Cause::MissingData, found->member, ""};
}

} // namespace busbar
