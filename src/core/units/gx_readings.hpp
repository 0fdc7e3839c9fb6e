// SPDX-License-Identifier: MIT
// States and settings of the GX itself, with the proof that they are not outdated.
#pragma once

#include "core/gx/gx_state.hpp"
#include "core/units/unit.hpp"

#include <array>

namespace busbar {

struct Changes;

class GxReadings {
public:
    /// A state or setting arrived within this sweep. False if the value was an impossible one.
    bool put(GxItem item, const Value& value, Sweep sweep, Changes& changes);
    /// What must not be guessed becomes unknown, if it has not arrived since that sweep began; the
    /// owner's limits stay, see GxState.
    void forget(Sweep olderThan);
    /// Whenever it arrived.
    void forgetAll();
    /// Another GX.
    void clear() { state_ = {}; }

    [[nodiscard]] const GxState& state() const { return state_; }

private:
    GxState state_;
    /// Per item: the newest sweep during or after which it arrived.
    std::array<Sweep, kGxItemCount> sweeps_{};
};

} // namespace busbar
