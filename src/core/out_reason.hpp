// SPDX-License-Identifier: MIT
// Why a battery does not take part.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace busbar {

/// Why a battery does not take part. Texts are part of the published interface, like those of
/// Cause.
enum class OutReason : std::uint8_t {
    None,      ///< it takes part
    Missing,   ///< configured, but nothing on the GX matches
    Ambiguous, ///< a configured entry matches two batteries
    Excluded,  ///< named in `exclude`
    Shunt,     ///< a monitor without BMS (auto only)
    Aggregate, ///< a sum of other batteries: vendor's totals, another aggregator (auto only)
    OwnOutput, ///< Busbar's own published battery
    Duplicate, ///< two services share this instance
    Joining,   ///< just appeared or came back; takes part when its values have settled
    Stale,     ///< not confirmed by the GX any more, left, or the link is lost
    Frozen,    ///< values have not moved while the bank worked
    NoVoltage,
    NoCurrent,       ///< neither current nor power
    Pending,         ///< not joined to the busbar: /State says pending, starting, shut down
    VoltageMismatch, ///< outside the guard band around the bank's median
    OutOfService,    ///< switched off by the owner
};
inline constexpr std::size_t kOutReasonCount = 16;

[[nodiscard]] constexpr std::string_view toText(OutReason reason) {
    constexpr std::array<std::string_view, kOutReasonCount> kTexts = {
        "",           "missing",   "ambiguous",        "excluded",
        "shunt",      "aggregate", "own_output",       "duplicate_instance",
        "joining",    "stale",     "frozen",           "no_voltage",
        "no_current", "pending",   "voltage_mismatch", "out_of_service"};
    return kTexts.at(static_cast<std::size_t>(reason));
}

} // namespace busbar
