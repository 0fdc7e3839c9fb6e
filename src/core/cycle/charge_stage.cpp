// SPDX-License-Identifier: MIT
// From what is measured to what is counted.
#include "core/cycle/charge_stage.hpp"

#include "core/charge/usable_soc.hpp"
#include "core/cycle/measured.hpp"
#include "core/members/member.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "core/units/readings.hpp"
#include "core/units/selector.hpp"
#include "core/units/selector_match.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace busbar {

namespace {

/// Members come in one by one after a start; until then the SoC of the first is no value to slew
/// from.
constexpr auto kGathering = std::chrono::seconds(60);

/// Of the one usable battery that is picked; two, or none, give nothing.
std::optional<SelectedSoc> socOfSelected(const std::vector<Selector>& wanted,
                                         const Readings& readings, const OwnSerials& own) {
    const Battery* found = nullptr;
    for (const auto& [instance, battery] : readings.batteries()) {
        const auto serial = textOf(battery, row("/Serial"));
        const bool isOwn = std::ranges::find(own, serial) != own.end();
        if (wanted.empty() || battery.lost || isOwn || readings.isDuplicate(battery) ||
            !matches(wanted.front(), battery))
            continue;
        if (found != nullptr)
            return std::nullopt;
        found = &battery;
    }
    if (found == nullptr)
        return std::nullopt;
    const auto soc_pct = numberOf(*found, row("/Soc"));
    if (!soc_pct)
        return std::nullopt;
    return SelectedSoc{std::string(textOf(*found, row("/Serial"))) + "/" +
                           std::to_string(found->instance),
                       *soc_pct};
}

} // namespace

UpkeepInput upkeepInput(ChargeStageState& state, const ChargeStageInput& input, const Now& now) {
    if (!state.gathering)
        state.gathering = now.steady;
    const Measured& measured = input.measured;
    return {.members = input.members,
            .settings = input.settings,
            .preset = input.preset,
            .current_A = measured.current.current_A,
            .power_W = measured.current.power_W,
            .isMeasuredElsewhere = measured.current.used != CurrentSource::Batteries,
            .voltage_V = measured.voltage_V,
            .selected = socOfSelected(input.settings.soc.battery, input.readings, input.ownSerials),
            .isGathering = now.steady - *state.gathering < kGathering,
            .wishes = input.wishes,
            .chargeVoltage = input.chargeVoltage,
            .month = input.month};
}

void countCharge(ChargeStageState& state, const UpkeepInput& input, Snapshot& snapshot,
                 const Now& now) {
    count(state.upkeep, input, now);
    const SocOutput& soc = state.upkeep.socNow;
    snapshot[row("/Soc")] = soc.soc_pct;
    state.lastSoc = snapshot[row("/Soc")];
    state.usableSoc_pct = usableSoc_pct(input.members, soc);
    if (soc.source != SocSource::Counter)
        return;
    snapshot[row("/Capacity")] = soc.remaining_Ah;
    snapshot[row("/ConsumedAmphours")] = soc.consumed_Ah;
}

void beginToGather(ChargeStageState& state) {
    state.gathering.reset();
    state.upkeep.soc.shown.gathered.clear();
}

void resetCounter(Upkeep& upkeep) {
    upkeep.soc.handedOver = {};
    for (auto& [id, member] : upkeep.soc.members)
        member.counter = {};
    for (auto& [id, member] : upkeep.memory.members)
        member.counter = {};
}

} // namespace busbar
