// SPDX-License-Identifier: MIT
// Why a limit is what it is: the table of causes.
#pragma once

#include "core/table/word_rows.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace busbar {

/// Why a limit is what it is.
enum class Cause : std::uint8_t {
    None,
    Member,
    UnknownLimit,
    Blocked,
    Ceiling,
    Ramp,
    TooFewMembers,
    NoData,
    RideThrough,
    CellHigh,
    CellLow,
    Cold,
    Hot,
    Soc,
    CellSpread,
    MissingData,
    GxLimit,
    PeakControl,
    Balancing,
    Configured,
    LostMember,
    InSeries,
    Override,
    PackLow,
    ChargeTarget,
};

/// How bad it is.
enum class Severity : std::uint8_t {
    Usual,   ///< as it should be
    Passing, ///< ends by itself, but is worth a look
    Fault,   ///< ends when somebody has done something
};

struct CauseRow {
    Cause cause;
    std::string_view word; ///< published (Home Assistant's enum): words are added, never changed
    Severity severity;
    std::string_view meaning;
    std::string_view remedy{}; ///< what to do; empty = nothing
};

// clang-format off
inline constexpr auto kCauses = std::to_array<CauseRow>({
    {Cause::None,          "none",            Severity::Passing, "no limit has been worked out yet"},
    {Cause::Member,        "member",          Severity::Usual,   "the limit that a battery's BMS gives, shared over the bank"},
    {Cause::UnknownLimit,  "unknown_limit",   Severity::Fault,   "a battery takes part but gives no limit: closed", "see what its driver lacks, or give the bank `limits.fallback_A`"},
    {Cause::Blocked,       "blocked",         Severity::Fault,   "batteries forbid it", "look at the BMS of the battery that is named"},
    {Cause::Ceiling,       "ceiling",         Severity::Usual,   "the owner's ceiling, configured or chosen"},
    {Cause::Ramp,          "ramping",         Severity::Passing, "on the way up to a higher limit"},
    {Cause::TooFewMembers, "too_few_members", Severity::Fault,   "fewer batteries than `min_batteries`", "see why the others do not take part"},
    {Cause::NoData,        "no_data",         Severity::Fault,   "no usable battery, the link is lost, or nothing moves any more", "look at the link to the GX and at the batteries' drivers"},
    {Cause::RideThrough,   "ride_through",    Severity::Passing, "no data, the last value is kept for a while", "the same, before the time is over"},
    {Cause::CellHigh,      "cell_high",       Severity::Passing, "curve of the highest cell"},
    {Cause::CellLow,       "cell_low",        Severity::Passing, "curve of the lowest cell"},
    {Cause::Cold,          "cold",            Severity::Passing, "curve of the coldest sensor"},
    {Cause::Hot,           "hot",             Severity::Passing, "curve of the hottest sensor"},
    {Cause::Soc,           "soc",             Severity::Usual,   "curve of the state of charge"},
    {Cause::CellSpread,    "cell_spread",     Severity::Usual,   "curve of the spread between the cells", "let the batteries balance"},
    {Cause::MissingData,   "missing_data",    Severity::Fault,   "a curve lacks what it looks at", "see what the battery's driver lacks, or leave the curve out"},
    {Cause::GxLimit,       "gx_limit",        Severity::Usual,   "the owner's limit in the GX's settings"},
    {Cause::PeakControl,   "peak_control",    Severity::Passing, "charge voltage held down so that no cell passes its maximum", "balance, or stay longer at full voltage"},
    {Cause::Balancing,     "balancing",       Severity::Usual,   "charge voltage raised to balance"},
    {Cause::Configured,    "configured",      Severity::Usual,   "the owner's charge voltage per cell"},
    {Cause::LostMember,    "lost_member",     Severity::Passing, "a battery that is not heard and may still hang on the busbar", "bring it back, or take it out of service once it is disconnected"},
    {Cause::InSeries,      "in_series",       Severity::Fault,   "the batteries seem to be in series, and are counted as parallel: closed", "join them by `made` with `series`, or do not merge them"},
    {Cause::Override,      "override",        Severity::Usual,   "a service that the owner has put in the place of the batteries' own limits (`override`, `fallback`)"},
    {Cause::PackLow,       "pack_low",        Severity::Passing, "curve of the lowest voltage of a battery"},
    {Cause::ChargeTarget,  "charge_target",   Severity::Usual,   "the state of charge up to which the owner wants to charge is reached"},
});
// clang-format on
static_assert(isInOrder(kCauses, &CauseRow::cause));

inline constexpr std::size_t kCauseCount = kCauses.size();

[[nodiscard]] constexpr const CauseRow& rowOf(Cause cause) {
    return kCauses.at(static_cast<std::size_t>(cause));
}

[[nodiscard]] constexpr std::string_view toText(Cause cause) {
    return rowOf(cause).word;
}

} // namespace busbar
