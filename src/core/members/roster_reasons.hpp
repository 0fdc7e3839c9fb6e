// SPDX-License-Identifier: MIT
// Why a battery of the GX is none of a bank's, or cannot be.
#pragma once

#include "core/members/roster.hpp"
#include "core/table/out_reason.hpp"

#include <string_view>

namespace busbar {

class Readings;
struct Battery;
struct MembershipSettings;
struct Unit;

/// By its serial, its name and its paths; None = a candidate. Of a list nobody is taken yet.
[[nodiscard]] OutReason reasonOf(const Battery& battery, const Readings& readings,
                                 const MembershipSettings& settings, const OwnSerials& own);

/// A process name is a Busbar's.
[[nodiscard]] bool isABusbar(std::string_view process);

/// It carries the serial of a battery that this process publishes: what it says is our own word.
[[nodiscard]] bool isOwnOutput(const Unit& unit, const OwnSerials& own);

} // namespace busbar
