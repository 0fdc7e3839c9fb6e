// SPDX-License-Identifier: MIT
// Curves that take a limit down before a cell, a temperature or the state of charge gets near its
// end.
#pragma once

#include "core/limits/curve_settings.hpp"
#include "core/members/members.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace busbar {

enum class Direction : std::uint8_t;
struct Limit;
struct LimitSettings;
struct PresetValues;

/// What curves remember.
struct CurveState {
    std::array<bool, kCurveCount> stopped{}; ///< at factor 0, until `release` is passed
    std::array<bool, kCurveCount> blind{};   ///< lacks its data in this cycle
    /// By member: which curves have had their data; what has never been there is not missed.
    std::map<std::string, std::array<bool, kCurveCount>> seen;
    /// By member: the largest limit it has given, A; curves without a ceiling are factors of their
    /// sum. [0] charge, [1] discharge.
    std::map<std::string, std::array<double, 2>> largest_A;
};

/// The factor at x, 0 … 1: linear between points, constant beyond the ends. 1 without points.
[[nodiscard]] double factorAt(const std::vector<CurvePoint>& points, double x);

/// The same with the memory of a stop: once at 0 it stays 0 until x has passed `release` towards
/// larger factors (without `release`: until the curve itself says more).
[[nodiscard]] double factorAt(const std::vector<CurvePoint>& points, std::optional<double> release,
                              double x, bool& stopped);

/// Points of the curve in force: the owner's, else the preset's. Valid as long as both are.
[[nodiscard]] const std::vector<CurvePoint>& pointsOf(CurveKind kind, const LimitSettings& settings,
                                                      const PresetValues& preset);

/// State of charge of the bank, %. Two, where what is shown is still on its way to the true one:
/// each direction looks at the one that is nearer to its stop.
struct SocSpan {
    std::optional<double> lowest_pct;
    std::optional<double> highest_pct;
};

struct CurveInput {
    const Members& members;
    const LimitSettings& settings;
    const PresetValues& preset;
    SocSpan soc;
    /// What factors are a part of, A; nothing = the sum of the largest limits that members gave.
    std::optional<double> charge_A;
    std::optional<double> discharge_A;
};

/// Notes what members give; once per cycle, before the two directions are asked.
void noteCurveData(const CurveInput& input, CurveState& state);

/// What each curve of the direction allows, A; nothing of those that are off or far away. Members
/// whose switch is open in it are not looked at. A curve that the owner gave and that lacks its
/// data of any member, or one of a preset that had them, gives (as one of a preset that looks at
/// cells does in LimitMode::Own, where nothing else guards them) `fallback_A` with cause
/// `missing_data`.
[[nodiscard]] std::vector<Limit> curveLimits(Direction direction, const CurveInput& input,
                                             CurveState& state);

} // namespace busbar
