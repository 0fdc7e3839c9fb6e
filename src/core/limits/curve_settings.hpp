// SPDX-License-Identifier: MIT
// Curves as the owner or a preset gives them, for curves.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace busbar {

struct CurvePoint {
    double x = 0.0;      ///< V, °C or %
    double factor = 0.0; ///< 0 … 1, of the ceiling
    friend bool operator==(const CurvePoint&, const CurvePoint&) = default;
};

/// Piecewise linear, constant beyond its ends. Where it has stopped (factor 0) it stays stopped
/// until x is back at `release`.
struct Curve {
    std::vector<CurvePoint> points; ///< x rising; empty = off
    std::optional<double> release;
    friend bool operator==(const Curve&, const Curve&) = default;
};

/// What a curve looks at and which direction it limits.
enum class CurveKind : std::uint8_t {
    HighCell,      ///< highest cell, charge
    LowCellCharge, ///< lowest cell, charge
    LowCell,       ///< lowest cell, discharge
    ColdCharge,    ///< coldest sensor, charge
    HotCharge,     ///< hottest sensor, charge
    ColdDischarge,
    HotDischarge,
    SocCharge,
    SocDischarge,
    SpreadCharge, ///< highest minus lowest cell, charge
    LowPack,      ///< lowest voltage of a whole battery, discharge
};
inline constexpr std::size_t kCurveCount = 11;

/// What the owner gave of a curve; the rest is the preset's. Points without any = off. A release
/// goes with the points: own points without a release have none.
struct CurveChoice {
    std::optional<std::vector<CurvePoint>> points;
    std::optional<double> release;
};

} // namespace busbar
