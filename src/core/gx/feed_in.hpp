// SPDX-License-Identifier: MIT
// Switches the GX's DC-coupled feed-in off while the charge current limit would have no effect, and
// back to the owner's value: an owned setting with episodes that do not flap.
#pragma once

#include "core/gx/owned_setting.hpp"
#include "core/now.hpp"

#include <optional>

namespace busbar {

struct FeedInInput {
    std::optional<double> setting; ///< OvervoltageFeedIn as the GX shows it now
    bool wantsOff{false}; ///< peak control acts, charging is blocked, or more flows than is allowed
    bool mayReturn{false}; ///< all cells below cell_max_V and their spread below cell_diff_max_V
    /// The owner allows it. What was changed is given back without: at once, when it is withdrawn.
    bool mayWrite{false};
    /// The owner's value that is safely on disk: a crash now would not lose it.
    std::optional<double> persisted;
};

/// Memory between cycles. One per GX, whatever the number of banks: they share the setting.
struct FeedInState {
    OwnedState setting;
    std::optional<SteadyTime> offSince;        ///< when it was switched off, or met so
    std::optional<SteadyTime> calmSince;       ///< since when it could return
    std::optional<SteadyTime> unfinishedSince; ///< when an earlier run's work was met
};

/// One cycle. Off for at least 60 s, and calm for 10 s, before it returns: feed-in must not flap
/// with a cell that hovers at its limit. An owner who switches it on meanwhile is left alone until
/// it could return.
[[nodiscard]] OwnedOutput step(FeedInState& state, const FeedInInput& input, const Now& now);

/// What to write when the program ends, so that feed-in is not left off.
[[nodiscard]] std::optional<double> finalWrite(const FeedInState& state);

/// How it differs from other owned settings.
[[nodiscard]] const OwnedPolicy& feedInPolicy();

} // namespace busbar
