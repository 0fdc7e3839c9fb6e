// SPDX-License-Identifier: MIT
// A cycle without data: the ladder of losses in the place of the stages that need members.
#pragma once

#include "core/members/membership.hpp"
#include "core/now.hpp"

#include <vector>

namespace busbar {

struct BankLimits;
struct BankSettings;
struct Controls;
struct LimitStageState;
struct LossState;

struct LadderInput {
    const std::vector<Verdict>& verdicts;
    const BankSettings& settings;
    const Controls& controls;
    const LossState& loss;
    bool isSeries = false; ///< batteries look like a series string (GuardState::series)
};

/// Limits of a bank of which nobody takes part: closed, or what the ladder leaves. When data comes
/// back, they rise from there.
void fallBack(BankLimits& limits, LimitStageState& state, const LadderInput& input, const Now& now);

} // namespace busbar
