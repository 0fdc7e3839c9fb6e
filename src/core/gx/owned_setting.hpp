// SPDX-License-Identifier: MIT
// Keeps a setting of the owner's that Busbar changes for a while and gives back, which no crash may
// lose: save, write, see, be refused, be contradicted, restore.
#pragma once

#include "core/now.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

/// The bridge confirms nothing and answers within a second; a write that was not seen for this long
/// is lost or refused.
inline constexpr std::chrono::seconds kUnseenWrite{10};

/// In order of weight: the status of several settings together is the latest one.
enum class OwnedStatus : std::uint8_t {
    Idle,       ///< the owner's value is in force, and nothing else is wanted
    InForce,    ///< what Busbar wants is in force
    Writing,    ///< written, not seen yet
    Saving,     ///< waiting until the owner's value is safe
    Restoring,  ///< the owner's value was written, not seen yet
    Contested,  ///< somebody else writes, too; what that means is the policy's tenure
    Refused,    ///< written, but the setting does not change; trying again now and then
    Unreadable, ///< the setting is unknown: nothing is written
};
inline constexpr std::size_t kOwnedStatusCount = 8;

/// How a setting's status is put into words.
struct OwnedRow {
    OwnedStatus status{};
    std::string_view word; ///< in the log, part of the published interface
    bool isProblem{false};
    /// Announced when it has lasted this long; nothing = not worth a word.
    std::optional<std::chrono::seconds> announceAfter;
    std::string_view text; ///< behind the policy's subject
};
/// One per status, in their order.
using OwnedRows = std::array<OwnedRow, kOwnedStatusCount>;

[[nodiscard]] constexpr bool areInOrder(const OwnedRows& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (static_cast<std::size_t>(rows[i].status) != i)
            return false;
    return true;
}

/// What Busbar makes of the owner while it is at work.
enum class OwnedTenure : std::uint8_t {
    /// As long as it is allowed. The owner's value is kept all the time, because others count with
    /// it, and what somebody else writes is the owner's new one; who does so again and again is
    /// another program, and is not outdone.
    Lasting,
    /// Now and then. The owner's value is kept only while it differs from what is wanted, and
    /// somebody else who changes what is in force ends the episode: hands off until it is over.
    Episode,
};

/// All that makes one owned setting different from another.
struct OwnedPolicy {
    std::string_view name;    ///< in the log, "dvcc"
    std::string_view subject; ///< of the texts, "the GX's charge current limit "
    const OwnedRows* rows{nullptr};
    OwnedTenure tenure{OwnedTenure::Lasting};
    /// An own write that was not seen may still arrive this long. One that is forgotten too early
    /// is taken for the owner's.
    std::chrono::seconds mayArrive{0};
    std::chrono::seconds rhythm{0}; ///< at least between two writes
    std::optional<double> noLimit;  ///< a value of the setting that is above all others
};

struct OwnedInput {
    std::optional<double> shown; ///< by the GX now
    /// The owner's value that is safely on disk: a crash now would not lose it.
    std::optional<double> persisted;
    /// Allowed, and there is something to change. Otherwise the owner's value goes back.
    bool isWanted{false};
    /// What the setting should be, as it would be written; nothing = it stays as it is. Above the
    /// owner's value, the owner's is meant.
    std::optional<double> target;
    double deadBand{0.0};             ///< smaller changes up are not worth a write
    std::chrono::seconds interval{0}; ///< between writes that are not urgent
    /// A value that may be shown now without anybody's having written it: a last will, or what an
    /// earlier run wrote last. It is not the owner's.
    std::optional<double> stray;
    bool isOver{false}; ///< the episode that was left to the owner
};

/// Memory between cycles, of one setting.
struct OwnedState {
    struct Write {
        double value{0.0};
        SteadyTime at{};
    };
    /// A status and since when it holds; each is announced once, if it lasts.
    struct Note {
        OwnedStatus status{};
        SteadyTime since{};
        OwnedStatus announced{};
    };
    std::optional<double> owners; ///< what the owner wants, while Busbar is at work
    /// As the setting was shown last. Another value than the owner's is Busbar's, because whatever
    /// somebody else writes becomes the owner's.
    std::optional<double> seen;
    std::vector<Write> underWay;           ///< own writes that may still arrive, oldest first
    std::optional<SteadyTime> written;     ///< last write
    std::optional<SteadyTime> unseenSince; ///< the oldest write that was not seen …
    int tries{0};                          ///< … and writes since then
    int contests{0};                       ///< changes by somebody else, shortly after own writes
    std::optional<SteadyTime> contested;   ///< the last of them
    SteadyTime doubted{};                  ///< when the setting could not be read last
    bool isLeft{false};                    ///< to the owner, until the episode is over
    bool wasWanted{false};                 ///< in the last cycle that could read the setting
    Note note;
};

/// For the log: a status that was reached, and lasted where short ones do not matter.
struct OwnedEvent {
    std::string_view name; ///< OwnedPolicy::name
    std::string_view word; ///< OwnedRow::word
    std::string text;
    bool isProblem{false};
};

struct OwnedOutput {
    std::optional<double> write; ///< to be written to the setting, and read back, once
    /// What should be on disk from now on; nothing = nothing. `persisted` follows when it is.
    std::optional<double> toPersist;
    OwnedStatus status{OwnedStatus::Idle};
    std::string text; ///< the status in words
    std::vector<OwnedEvent> events;
};

/// One cycle. The owner's value is on disk before the first write and forgotten only after it was
/// seen in force again and nothing can arrive behind it; nothing above it is ever written. A cut
/// larger than the dead band, or to 0, goes as soon as the rhythm allows; what is smaller waits for
/// the interval, and an increase for the dead band besides, because the GX keeps settings in flash.
/// What is not seen is tried again less and less often.
[[nodiscard]] OwnedOutput step(OwnedState& state, const OwnedPolicy& policy,
                               const OwnedInput& input, SteadyTime now);

/// What to write when the program ends: the owner's value, where Busbar's is or may be in force. It
/// stays on disk unless it has surely arrived; then the next start sees that and forgets it.
[[nodiscard]] std::optional<double> finalWrite(const OwnedState& state);

/// Both are unknown, or the same for a setting, whose steps are 0.1 at least.
[[nodiscard]] bool isSameSetting(std::optional<double> a, std::optional<double> b);

} // namespace busbar
