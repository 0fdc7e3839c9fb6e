// SPDX-License-Identifier: MIT
// What bears a leap of current out.
#include "core/members/current_leap.hpp"

#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace busbar {

namespace {

using namespace std::chrono_literals;

/// Smaller ones teach little.
constexpr double kLeapOfCapacity = 0.25; // per hour
constexpr double kLeapLeast_A = 20.0;
/// Of a cell: good prismatic ones have 0.05 … 0.3 Ω·Ah (share.hpp), and half of it shows at once.
constexpr double kLeapLeastOhmAh = 0.02;
constexpr double kLeapUsualCell_V = 3.3;
constexpr double kLeapUsual_Ah = 100.0; ///< where no capacity is known
/// Drivers poll every 1 to 5 s, and what does not change is not sent again.
constexpr auto kLeapLasts = 10s;

std::optional<double> currentOf(const Battery& battery) {
    return battery.lost ? std::nullopt : numberOf(battery, row("/Dc/0/Current"));
}

double capacityOf(const Battery& battery) {
    return nominalCapacity_Ah(battery).value_or(kLeapUsual_Ah);
}

/// Away from where nothing flows: less is what a leap ends with.
bool isLeap(double current_A, double before_A, double capacity_Ah) {
    const bool isMore = std::abs(current_A) > std::abs(before_A) || current_A * before_A < 0.0;
    return isMore &&
           std::abs(current_A - before_A) > std::max(kLeapLeast_A, kLeapOfCapacity * capacity_Ah);
}

bool isBorneOut(const Battery& battery, double current_A, const Now& now) {
    const CurrentLeap& leap = battery.leap;
    const double leap_A = current_A - *leap.steady_A;
    const double voltage_V = numberOf(battery, row("/Dc/0/Voltage")).value_or(0.0);
    const double least_V =
        kLeapLeastOhmAh * std::abs(leap_A) / capacityOf(battery) * voltage_V / kLeapUsualCell_V;
    const bool isSeen = leap.steady_V > 0.0 && voltage_V > 0.0 &&
                        std::copysign(1.0, leap_A) * (voltage_V - leap.steady_V) >= least_V;
    return isSeen || battery.moved > leap.moved + kReportTakes ||
           now.steady - *leap.since >= kLeapLasts;
}

} // namespace

void stepLeap(Battery& battery, const Now& now) {
    CurrentLeap& leap = battery.leap;
    const auto current_A = currentOf(battery);
    if (!current_A) {
        leap = {};
        return;
    }
    const bool hasLeapt = leap.steady_A && isLeap(*current_A, *leap.steady_A, capacityOf(battery));
    if (hasLeapt && !leap.since) {
        leap.since = now.steady;
        leap.moved = battery.moved;
    }
    if (hasLeapt && !isBorneOut(battery, *current_A, now))
        return;
    leap = {current_A, numberOf(battery, row("/Dc/0/Voltage")).value_or(0.0), {}, {}};
}

} // namespace busbar
