// SPDX-License-Identifier: MIT
// Writes the bank's limits into the owner's DVCC settings of a GX, for a bank that is not on its
// D-Bus, and puts the owner's values back, which no crash may lose.
#pragma once

#include "core/gx/dvcc_settings.hpp"
#include "core/gx/gx_state.hpp"
#include "core/gx/gx_write.hpp"
#include "core/now.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

/// Texts are part of the published interface. In order of weight: the status of both settings
/// together is the later one.
enum class DvccStatus : std::uint8_t {
    Idle,       ///< switched off, and the owner's values are in force
    Following,  ///< the limit in force is the bank's
    Writing,    ///< written, not seen yet
    Saving,     ///< waiting until the owner's value is safe
    Restoring,  ///< the owner's value was written, not seen yet
    Contested,  ///< somebody else keeps writing; trying again now and then
    Refused,    ///< written, but the setting does not change; trying again now and then
    Unreadable, ///< the setting is unknown: nothing is written
};
inline constexpr std::size_t kDvccStatusCount = 8;

[[nodiscard]] constexpr std::string_view toText(DvccStatus status) {
    constexpr std::array<std::string_view, kDvccStatusCount> kTexts = {
        "idle",      "following", "writing", "saving",
        "restoring", "contested", "refused", "unreadable"};
    return kTexts.at(static_cast<std::size_t>(status));
}

struct DvccInput {
    DvccSettings settings;
    DvccValues shown; ///< GxState::shown
    /// The bank's CCL and CVL as published; nothing = no data: 0 A, and the voltage stays.
    std::optional<double> limit_A;
    std::optional<double> limit_V;
    bool isStarting{false}; ///< the bank has never had data: nothing is written for the first 60 s
    /// The session that carries the last will is connected.
    bool isWillArmed{false};
    /// The owner's values that are safely on disk: a crash now would not lose them.
    DvccValues persisted;
};

/// One of the two settings.
struct DvccChannel {
    struct Write {
        double value{0.0};
        SteadyTime at{};
    };
    std::optional<double> owners; ///< what the owner wants, while Busbar is at work
    /// As the setting was shown last. Another value than the owner's is Busbar's, because whatever
    /// somebody else writes becomes the owner's.
    std::optional<double> seen;
    std::vector<Write> underWay;           ///< own writes that may still arrive, oldest first
    std::optional<SteadyTime> written;     ///< last write
    std::optional<SteadyTime> unseenSince; ///< first write since the last one that was seen
    int tries{0};                          ///< writes since then
    int contests{0};                       ///< changes by somebody else, shortly after own writes
    std::optional<SteadyTime> contested;   ///< the last of them
    SteadyTime doubted{};                  ///< when the setting could not be read last
    StatusNote<DvccStatus> note;
};

/// Memory between cycles. One per GX.
struct DvccState {
    DvccChannel current;
    DvccChannel voltage;
    std::optional<SteadyTime> started;
    std::optional<SteadyTime> willLost; ///< when the session that carries the last will was lost
    bool wasWillArmed{false};
};

/// For log and event topic.
struct DvccEvent {
    DvccStatus status{DvccStatus::Idle};
    std::string text;
    bool isProblem{false};
};

struct DvccOutput {
    DvccValues write; ///< to be written to the settings, and read back, once
    /// What should be on disk from now on; nothing = nothing. `persisted` follows when it is.
    DvccValues toPersist;
    /// While set: what the bank takes for the owner's limits instead of what the GX shows, which is
    /// Busbar's own (`Bank::setOwnersLimits`).
    std::optional<DvccValues> owners;
    /// What the last will on the W topic of MaxChargeCurrent carries; nothing = no will, because
    /// the owner's value would be lost.
    std::optional<double> willCurrent_A;
    DvccStatus status{DvccStatus::Idle};
    std::string text; ///< the status in words
    std::vector<DvccEvent> events;
};

/// One cycle. The owner's values are on disk before the first write and forgotten only after they
/// were seen in force again; nothing above them is ever written. A cut larger than the dead band,
/// or to 0 A, goes at once, though not within 3 s of the last write, the rhythm of DVCC; what is
/// smaller waits for the interval, and an increase for the dead band besides, because the GX keeps
/// settings in flash. No data: 0 A. A value that somebody else writes is the owner's new one; but 0
/// A is taken for the last will's where that may have been executed (two minutes after the setting
/// was unreadable or the will's session away), and after a restart what is below the owner's value
/// is taken for what the earlier run wrote.
[[nodiscard]] DvccOutput step(DvccState& state, const DvccInput& input, const Now& now);

/// The owner's values, if they are on disk and a bank has not been given them yet: for the first
/// cycle after a restart. Same meaning as DvccOutput::owners.
[[nodiscard]] std::optional<DvccValues> ownersAtStart(const DvccSettings& settings,
                                                      const DvccValues& persisted);

/// What to write when the program ends: the owner's values, where Busbar's are or may be in force.
/// They stay on disk unless they have surely arrived.
[[nodiscard]] DvccValues finalWrites(const DvccState& state);

} // namespace busbar
