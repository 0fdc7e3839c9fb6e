// SPDX-License-Identifier: MIT
// Curves of peers become curves of ours: rising, within 0 … 1, each side by what it looks at.
#pragma once

#include "migrate/draft.hpp"

#include <map>
#include <string>
#include <vector>

namespace busbar::migrate {

/// Each `at` above the one before.
[[nodiscard]] bool isRising(const std::vector<CurvePoint>& points);

/// A curve with a flat top, as its two sides. One of fewer than two points is empty.
struct CurveSides {
    std::vector<CurvePoint> rising;  ///< up to its highest factor
    std::vector<CurvePoint> falling; ///< from there on
};
/// One that goes up again after it went down is all in `falling`.
[[nodiscard]] CurveSides sidesOf(const std::vector<CurvePoint>& points);

/// Steps ("from 52 V on 30 A") as a curve that is nowhere above them, in parts of the largest
/// limit.
struct Steps {
    double most = 0.0; ///< the largest limit; 0 = they forbid everything
    std::vector<CurvePoint> points;
};
[[nodiscard]] Steps stepsCurve(const std::map<double, double>& limits);

} // namespace busbar::migrate
