// SPDX-License-Identifier: MIT
// Why a limit is what it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace busbar {

/// Why a limit is what it is. The texts (`toText`) are part of the published interface (Home
/// Assistant's enum): words are added, never changed.
enum class Cause : std::uint8_t {
    None,          ///< no limit has been worked out yet
    Member,        ///< the limit that a member's BMS gives, shared over the bank
    UnknownLimit,  ///< a member takes part but gives no limit: closed
    Blocked,       ///< members forbid it
    Ceiling,       ///< the owner's configured ceiling
    Ramp,          ///< on the way up to a higher limit
    TooFewMembers, ///< less than `min_batteries`
    NoData,        ///< no usable member, or the link is lost
    RideThrough,   ///< no data, the last value is kept for a while
    CellHigh,      ///< curve of the highest cell
    CellLow,       ///< curve of the lowest cell
    Cold,          ///< curve of the coldest sensor
    Hot,           ///< curve of the hottest sensor
    Soc,           ///< curve of the state of charge
    CellSpread,    ///< curve of the spread
    MissingData,   ///< a curve lacks what it looks at
    GxLimit,       ///< the owner's limit in the GX's settings
    PeakControl,   ///< CVL: held down so that no cell passes its maximum
    Balancing,     ///< CVL: raised to balance
    Configured,    ///< CVL: the owner's cell voltage
    LostMember,    ///< a battery that is not heard and may still hang on the busbar
    InSeries,      ///< the batteries seem to be in series, and are counted as parallel: closed
};
inline constexpr std::size_t kCauseCount = 22;

[[nodiscard]] constexpr std::string_view toText(Cause cause) {
    constexpr std::array<std::string_view, kCauseCount> kTexts = {
        "none",         "member",       "unknown_limit",   "blocked",
        "ceiling",      "ramping",      "too_few_members", "no_data",
        "ride_through", "cell_high",    "cell_low",        "cold",
        "hot",          "soc",          "cell_spread",     "missing_data",
        "gx_limit",     "peak_control", "balancing",       "configured",
        "lost_member",  "in_series"};
    return kTexts.at(static_cast<std::size_t>(cause));
}

} // namespace busbar
