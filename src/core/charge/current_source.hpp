// SPDX-License-Identifier: MIT
// The bank's current from where the owner wants it measured, with the batteries' own sum to fall
// back on.
#pragma once

#include "core/charge/current_settings.hpp"
#include "core/members/roster.hpp"

#include <optional>
#include <string>

namespace busbar {

class Readings;

/// What is known of the bank by its members.
struct OwnMeasurement {
    std::optional<double> current_A; ///< sum over members
    std::optional<double> power_W;   ///< sum over members
    std::optional<double> voltage_V; ///< of the bank
};

/// The bank's current, positive = charging.
struct BankCurrent {
    std::optional<double> current_A;
    std::optional<double> power_W; ///< of a chosen measurement: bank V·I
    CurrentSource used{CurrentSource::Batteries};
    bool fellBack{false}; ///< not where the owner wants it measured, in this cycle
    std::string whyNot;   ///< which piece was missing; empty if nothing was
};

/// One cycle; no memory. `readings` must be settled.
///
/// Batteries: the members' sums. Victron: what all present devices of the wanted kinds put into the
/// busbar, minus measured DC loads: the `dcsystem` meters if there are any, because these measure
/// the whole DC system, else the `dcload` meters; with `minusLoads` only the meters that it names.
/// A device whose own voltage shows that it is on another DC system does not count. Shunt: the
/// listed battery services, turned round if `isInverted`, minus the listed loads.
///
/// A wanted piece that is missing, unknown, or ambiguous: the members' sums, and `whyNot` says
/// which.
[[nodiscard]] BankCurrent bankCurrent(const CurrentSettings& settings, const Readings& readings,
                                      const OwnMeasurement& members, const OwnSerials& own);

} // namespace busbar
