// SPDX-License-Identifier: MIT
// Writes the bank's limits into the owner's DVCC settings of a GX, for a bank that is not on its
// D-Bus: two owned settings that follow the bank, closed by a last will.
#pragma once

#include "core/gx/dvcc_settings.hpp"
#include "core/gx/gx_state.hpp"
#include "core/gx/owned_setting.hpp"
#include "core/now.hpp"

#include <optional>
#include <string>
#include <vector>

namespace busbar {

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

/// Memory between cycles. One per GX.
struct DvccState {
    OwnedState current;
    OwnedState voltage;
    std::optional<SteadyTime> started;
    std::optional<SteadyTime> willLost; ///< when the session that carries the last will was lost
    bool wasWillArmed{false};
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
    OwnedStatus status{OwnedStatus::Idle}; ///< of both, the weightier one
    std::string text;                      ///< the status in words
    std::vector<OwnedEvent> events;
};

/// One cycle (owned_setting.hpp), in the rhythm of DVCC. No data: 0 A, and the voltage stays. 0 A
/// is taken for the last will's where that may have been executed (two minutes after the setting
/// was unreadable or the will's session away), and after a restart what is below the owner's value
/// is taken for what the earlier run wrote.
[[nodiscard]] DvccOutput step(DvccState& state, const DvccInput& input, const Now& now);

/// The owner's values, if they are on disk and a bank has not been given them yet: for the first
/// cycle after a restart. Same meaning as DvccOutput::owners.
[[nodiscard]] std::optional<DvccValues> ownersAtStart(const DvccSettings& settings,
                                                      const DvccValues& persisted);

/// What to write when the program ends: the owner's values, where Busbar's are or may be in force.
[[nodiscard]] DvccValues finalWrites(const DvccState& state);

/// How the two differ from other owned settings.
[[nodiscard]] const OwnedPolicy& dvccCurrentPolicy();
[[nodiscard]] const OwnedPolicy& dvccVoltagePolicy();

} // namespace busbar
