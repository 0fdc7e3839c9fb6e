// SPDX-License-Identifier: MIT
// Parts curves at their top, and turns steps into lines.
#include "migrate/curves.hpp"

#include <algorithm>

namespace busbar::migrate {

namespace {

/// How steep a step is drawn, in V or °C.
constexpr double kStepWidth = 0.01;

bool isNever(const std::vector<CurvePoint>& points, bool (*isWrong)(double, double)) {
    return std::ranges::adjacent_find(points, [isWrong](const CurvePoint& a, const CurvePoint& b) {
               return isWrong(a.factor, b.factor);
           }) == points.end();
}

} // namespace

bool isRising(const std::vector<CurvePoint>& points) {
    return std::ranges::adjacent_find(points, [](const CurvePoint& a, const CurvePoint& b) {
               return a.at >= b.at;
           }) == points.end();
}

CurveSides sidesOf(const std::vector<CurvePoint>& points) {
    if (points.size() < 2)
        return {};
    const auto top = std::ranges::max_element(points, {}, &CurvePoint::factor);
    const auto last = std::find_if(points.rbegin(), points.rend(), [top](const CurvePoint& point) {
                          return point.factor == top->factor;
                      }).base();
    CurveSides sides{{points.begin(), top + 1}, {last - 1, points.end()}};
    const bool isPlain = isNever(sides.rising, [](double a, double b) { return a > b; }) &&
                         isNever(sides.falling, [](double a, double b) { return a < b; });
    if (!isPlain)
        return {{}, points};
    if (sides.rising.size() < 2)
        sides.rising.clear();
    if (sides.falling.size() < 2)
        sides.falling.clear();
    return sides;
}

Steps stepsCurve(const std::map<double, double>& limits) {
    Steps steps;
    for (const auto& [at, limit] : limits)
        steps.most = std::max(steps.most, limit);
    double before = 0.0;
    for (const auto& [at, limit] : limits) {
        const double factor = steps.most > 0.0 ? std::max(limit, 0.0) / steps.most : 0.0;
        const bool isFirst = steps.points.empty();
        if (!isFirst && factor < before)
            steps.points.push_back({at - kStepWidth, before});
        else if (!isFirst && factor > before)
            steps.points.push_back({at, before});
        if (isFirst || factor != before)
            steps.points.push_back({!isFirst && factor > before ? at + kStepWidth : at, factor});
        before = factor;
    }
    if (steps.points.size() == 1)
        steps.points.push_back({steps.points.front().at + kStepWidth, before});
    return steps;
}

} // namespace busbar::migrate
