// SPDX-License-Identifier: MIT
// DAB's curves of charge and discharge by cell voltages.
#include "migrate/curves.hpp"
#include "migrate/dab_options.hpp"

#include <algorithm>
#include <optional>

namespace busbar::migrate {

namespace {

constexpr double kFine_V = 0.001; ///< as near as two points may stand
constexpr std::size_t kMostPoints = 32;

/// What DAB puts in the place of a list that is empty.
std::vector<double> chargeVoltages(const DabValues& values) {
    const double min_V = values.number("MIN_CELL_VOLTAGE");
    const double balancing_V = values.number("BALANCING_VOLTAGE");
    return {min_V, min_V + 0.05, balancing_V - 0.1, balancing_V, values.number("MAX_CELL_VOLTAGE")};
}
std::vector<double> dischargeVoltages(const DabValues& values) {
    const double min_V = values.number("MIN_CELL_VOLTAGE");
    return {min_V, min_V + 0.1, min_V + 0.2};
}

/// Earlier versions may have amperes where later ones have factors.
double factorOf(double number, double most_A) {
    return std::clamp(number > 1.0 && most_A > 0.0 ? number / most_A : number, 0.0, 1.0);
}

/// Nothing, and a mistake, if it is none that can be.
std::optional<std::vector<CurvePoint>> curveOf(const DabValue& volts, const DabValue& factors,
                                               const std::vector<double>& derived, double most_A,
                                               Draft& draft) {
    const std::vector<double>& at = volts.numbers.empty() ? derived : volts.numbers;
    if (at.size() < 2 || at.size() != factors.numbers.size() || at.size() > kMostPoints) {
        draft.blame(volts.origin + ": " + std::to_string(at.size()) + " voltages and " +
                    std::to_string(factors.numbers.size()) +
                    " factors make no curve, and the old program does not start with it; the "
                    "preset's curve stands");
        return std::nullopt;
    }
    std::vector<CurvePoint> points;
    for (std::size_t i = 0; i < at.size(); ++i)
        points.push_back({std::clamp(at[i], 0.0, 5.0), factorOf(factors.numbers[i], most_A)});
    if (isRising(points))
        return points;
    draft.blame(volts.origin +
                ": the voltages of this curve do not rise from one to the next (or "
                "those that follow from BALANCING_VOLTAGE and others do not), so the "
                "old program went wrong with it; the preset's curve stands");
    return std::nullopt;
}

void setCurve(Draft& draft, const DabValue& value, std::string_view key,
              const std::vector<CurvePoint>& points) {
    if (!points.empty())
        takeAs(draft, value, key, curveText(points));
}

} // namespace

void takeChargeCurve(const DabValues& values, const DabValue& value, Draft& draft) {
    const auto points = curveOf(value, values["CELL_CHARGE_LIMITED_CURRENT"],
                                chargeVoltages(values), values.number("MAX_CHARGE_CURRENT"), draft);
    if (!points) {
        if (value.isGiven)
            draft.say(Part::NoCounterpart, value.name, "no curve, see the mistakes above");
        return;
    }
    const CurveSides sides = sidesOf(*points);
    setCurve(draft, value, "limits.curves.low_cell_charge_V", sides.rising);
    setCurve(draft, value, "limits.curves.high_cell_V", sides.falling);
    if (!sides.rising.empty())
        draft.say(
            Part::Differs, "charge curve, low end",
            "goes by the lowest cell; the old program looked at the highest there, so that one "
            "empty cell alone did not count");
}

void takeDischargeCurve(const DabValues& values, const DabValue& value, Draft& draft) {
    auto points = curveOf(value, values["CELL_DISCHARGE_LIMITED_CURRENT"],
                          dischargeVoltages(values), values.number("MAX_DISCHARGE_CURRENT"), draft);
    if (!points) {
        if (value.isGiven)
            draft.say(Part::NoCounterpart, value.name, "no curve, see the mistakes above");
        return;
    }
    // Whatever the curve says, DAB stops at this cell voltage.
    const double stop_V = std::clamp(values.number("MIN_CELL_VOLTAGE"), 0.0, 5.0 - kFine_V);
    const double atStop = [&] {
        double factor = points->front().factor;
        for (const CurvePoint& point : *points)
            if (point.at <= stop_V)
                factor = point.factor;
        return factor;
    }();
    if (atStop > 0.0) {
        std::erase_if(*points,
                      [&](const CurvePoint& point) { return point.at <= stop_V + kFine_V; });
        points->insert(points->begin(), {{stop_V, 0.0}, {stop_V + kFine_V, atStop}});
    }
    takeAs(draft, value, "limits.curves.low_cell_V", curveText(*points));
    const double release_V = stop_V + values.number("MIN_CELL_HYSTERESIS");
    const bool isAbove = std::ranges::any_of(*points, [release_V](const CurvePoint& point) {
        return point.factor > 0.0 && point.at <= release_V;
    });
    if (isAbove && release_V <= 5.0)
        draft.set("limits.curves.low_cell_release_V", numberText(release_V),
                  values["MIN_CELL_HYSTERESIS"].origin + ": above MIN_CELL_VOLTAGE");
}

} // namespace busbar::migrate
