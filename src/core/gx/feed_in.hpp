// SPDX-License-Identifier: MIT
// Switches the GX's DC-coupled feed-in off while the charge current limit would have no effect, and
// back to the owner's value, which no crash may lose.
#pragma once

#include "core/gx/gx_write.hpp"
#include "core/now.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

/// Texts are part of the published interface.
enum class FeedInStatus : std::uint8_t {
    Idle,         ///< nothing to do
    Saving,       ///< waiting until the owner's value is safe
    SwitchingOff, ///< 0 was written, not seen yet
    Off,          ///< seen
    Restoring,    ///< the owner's value was written, not seen yet
    Refused,      ///< written, but the setting does not change; trying again now and then
    Unreadable,   ///< the setting is unknown: nothing is written
    LeftToOwner,  ///< the owner has switched it on meanwhile: hands off until this episode is over
};
inline constexpr std::size_t kFeedInStatusCount = 8;

[[nodiscard]] constexpr std::string_view toText(FeedInStatus status) {
    constexpr std::array<std::string_view, kFeedInStatusCount> kTexts = {
        "idle",      "saving",  "switching_off", "off",
        "restoring", "refused", "unreadable",    "left_to_owner"};
    return kTexts.at(static_cast<std::size_t>(status));
}

struct FeedInInput {
    std::optional<double> setting; ///< OvervoltageFeedIn as the GX shows it now
    bool wantsOff{false}; ///< peak control acts, charging is blocked, or more flows than is allowed
    bool mayReturn{false}; ///< all cells below cell_max_V and their spread below cell_diff_max_V
    /// The owner allows it. What was changed is given back without: at once, when it is withdrawn.
    bool mayWrite{false};
    /// The owner's value that is safely on disk: a crash now would not lose it.
    std::optional<double> persisted;
};

enum class FeedInPhase : std::uint8_t {
    Starting, ///< the setting has never been seen; an earlier run may have left its work unfinished
    Idle,
    Saving,
    SwitchingOff,
    Off,
    Restoring,
    LeftToOwner
};

/// Memory between cycles. One per GX, whatever the number of banks: they share the setting.
struct FeedInState {
    FeedInPhase phase{FeedInPhase::Starting};
    std::optional<double> owners;         ///< what the owner had, while that is not in force
    std::optional<SteadyTime> offSince;   ///< when 0 was first seen in this episode
    std::optional<SteadyTime> calmSince;  ///< since when it could return
    std::optional<SteadyTime> zeroSent;   ///< last write of 0, until 0 is seen …
    std::optional<SteadyTime> ownersSent; ///< … and of the owner's value, until not 0 is seen
    std::optional<SteadyTime> firstSeen;  ///< when the setting was seen for the first time
    SteadyTime writtenAt{};               ///< last write of this phase
    int writes{0};                        ///< in this phase
    StatusNote<FeedInStatus> note;
};

/// For log and event topic: a status that was reached, and lasted where short ones do not matter.
struct FeedInEvent {
    FeedInStatus status{FeedInStatus::Idle};
    std::string text;
    bool isProblem{false};
};

struct FeedInOutput {
    std::optional<double> write; ///< to be written to the setting, and read back, once
    /// What should be on disk from now on; nothing = nothing. `persisted` follows when it is.
    std::optional<double> toPersist;
    FeedInStatus status{FeedInStatus::Idle};
    std::string text; ///< the status in words
    std::vector<FeedInEvent> events;
};

/// One cycle. The owner's value is on disk before 0 is written for the first time, and forgotten
/// only after it was seen in force again. Off for at least 60 s, and calm for 10 s, before it
/// returns: feed-in must not flap with a cell that hovers at its limit.
[[nodiscard]] FeedInOutput step(FeedInState& state, const FeedInInput& input, const Now& now);

/// What to write when the program ends, so that feed-in is not left off: the owner's value, if it
/// is not in force. Stays on disk unless it has surely arrived; then the next start sees that it is
/// in force and forgets it.
[[nodiscard]] std::optional<double> finalWrite(const FeedInState& state);

} // namespace busbar
