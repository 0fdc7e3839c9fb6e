// SPDX-License-Identifier: MIT
// What a battery said when it was last heard, as far as limits go by it.
#pragma once

#include <optional>
#include <string>

namespace busbar {

/// What a battery and the bank had to say while that battery was last heard. Survives a restart.
struct LastWord {
    std::string name;
    std::optional<double> charge_A; ///< its own CCL, ≥ 0; 0 = it blocked; nothing = it gave none
    std::optional<double> discharge_A; ///< the same for its DCL
    /// What the bank may take although it blocked, because its switch was open: within this it
    /// bears its part should the switch have closed again, unseen. Nothing = it did not block, or
    /// nothing showed that its switch was open.
    std::optional<double> againCharge_A;
    std::optional<double> againDischarge_A;
    std::optional<double> bankCharge_A; ///< CCL of the bank before its ramp
    std::optional<double> bankDischarge_A;
    std::optional<double> bank_V;      ///< CVL of the bank
    std::optional<double> share;       ///< its part of the bank's current, 0 … 1
    std::optional<double> cells;       ///< in series
    std::optional<double> lowBelow_V;  ///< lowest cell below its mean cell, V, ≥ 0
    std::optional<double> highAbove_V; ///< highest cell above its mean cell, V, ≥ 0
    /// Its state of charge above the mean of the other batteries', %; nothing = one was not known.
    std::optional<double> aheadSoc_pct;

    friend bool operator==(const LastWord&, const LastWord&) = default;
};

} // namespace busbar
