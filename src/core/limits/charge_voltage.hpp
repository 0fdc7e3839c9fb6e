// SPDX-License-Identifier: MIT
// The CVL: from the members, the GX or the owner, and peak control on top.
#pragma once

#include "core/limits/limit.hpp"
#include "core/limits/limit_settings.hpp"
#include "core/members/members.hpp"
#include "core/now.hpp"

#include <optional>

namespace busbar {

struct PeakState;
struct PresetValues;
struct ShareState;

struct ChargeVoltageInput {
    const Members& members;
    const CvlSettings& settings;
    LimitMode mode = LimitMode::Both;
    const PresetValues& preset;
    const ShareState& share;    ///< says what members push into each other
    std::optional<double> gx_V; ///< DVCC's MaxChargeVoltage; nothing = unknown or none
    /// For CvlMode::Own: charge voltage of a cell now, with balancing.
    std::optional<double> cell_V;
    bool isBalancing = false;        ///< `cell_V` is raised
    std::optional<Limit> replaced{}; ///< in the place of all that; see `override`
};

/// Before peak control, V. Members that never gave a CVL do not vote; of one that has fallen silent
/// the last word keeps the smallest down. Nor do those whose switch is open to
/// charging, here and in peak control, nor those that float while another charges or balances, as
/// far as peak control sees their cells. Nothing if nobody gives one.
[[nodiscard]] std::optional<Limit> baseVoltage(const ChargeVoltageInput& input);

/// With peak control, where cell voltages and a maximum are known. Cells of members are looked at
/// one by one; a member that gives only its highest counts with the excess of that one. A member
/// into which the others push current keeps room for what still comes when the charger stops,
/// because no limit can stop that.
[[nodiscard]] Limit withPeakControl(Limit base, const ChargeVoltageInput& input, PeakState& state,
                                    const Now& now);

/// Some member gives a CVL now, not only in the past.
[[nodiscard]] bool isVoltageGiven(const Members& members);

/// Peak control is wanted, and a member whose highest cell it saw does not give it any more.
[[nodiscard]] bool isPeakUnseen(const ChargeVoltageInput& input);

/// The owner's, or the preset's; nothing = off.
[[nodiscard]] std::optional<double> cellMaximum(const CvlSettings& settings,
                                                const PresetValues& preset);

/// Charge voltage of a cell for a month (1 … 12; nothing = not known), V: the owner's list, else
/// the preset's. Of a list by month the smallest while the month is not known.
[[nodiscard]] std::optional<double> regularCellVoltage(const CvlSettings& settings,
                                                       const PresetValues& preset,
                                                       std::optional<unsigned> month);

} // namespace busbar
