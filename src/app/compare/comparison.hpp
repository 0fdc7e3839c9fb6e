// SPDX-License-Identifier: MIT
// Two services for one bank side by side over hours: where they agree, for how long not and why,
// and whose limits kept every battery within its own.
#pragma once

#include "core/now.hpp"
#include "core/table/named_rows.hpp"
#include "core/value.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

/// A value of both, and how far they may be apart and still agree: two programs do not read and
/// round at one moment.
struct ComparedRow {
    RowIndex row;
    std::string_view key;
    std::string_view head;
    double tolerance; ///< in the unit of the row …
    double share;     ///< … and of the larger of both
};

inline constexpr auto kComparedRows = std::to_array<ComparedRow>({
    {rows::kVoltage, "voltage_V", "Voltage", 0.1, 0.002},
    {rows::kCurrent, "current_A", "Current", 1.0, 0.03},
    {rows::kPower, "power_W", "Power", 60.0, 0.03},
    {rows::kSoc, "soc_pct", "SoC", 1.0, 0.0},
    {rows::kTemperature, "temperature_C", "Temperature", 1.0, 0.0},
    {rows::kMinCell, "min_cell_V", "Lowest cell", 0.005, 0.0},
    {rows::kMaxCell, "max_cell_V", "Highest cell", 0.005, 0.0},
    {rows::kMaxChargeVoltage, "max_charge_V", "Charge voltage", 0.05, 0.0},
    {rows::kMaxChargeCurrent, "max_charge_A", "Charge limit", 1.0, 0.02},
    {rows::kMaxDischargeCurrent, "max_discharge_A", "Discharge limit", 1.0, 0.02},
});
inline constexpr std::size_t kComparedCount = kComparedRows.size();

/// One battery of the bank, for the question whose limits it could bear.
struct ComparedMember {
    std::string name{};
    double share{0.0}; ///< of the bank's current that it takes, 0 … 1
    std::optional<double> current_A{};
    std::optional<double> maxCharge_A{}; ///< what its BMS allows …
    std::optional<double> maxDischarge_A{};
    std::optional<double> maxCharge_V{};
};

/// What both say in one moment.
struct ComparedMoment {
    std::array<std::optional<double>, kComparedCount> ours{};
    std::array<std::optional<double>, kComparedCount> theirs{};
    std::array<std::string, kComparedCount> causes{}; ///< ours, of limits: "member Pack A"
    std::vector<ComparedMember> members{};
};

enum class ComparedSide : unsigned char { Ours, Theirs };
inline constexpr std::size_t kComparedSides = 2;

/// Of one limit of one side: how long it would have let more flow into a battery than this allows,
/// by 10 % and 1 A, at the share that was measured; of the voltage, how long it was above the
/// battery's own.
struct OverTally {
    std::chrono::milliseconds known{0}; ///< the side had this limit, and half of it flowed
    std::chrono::milliseconds over{0};
    std::map<std::string, std::chrono::milliseconds> members{}; ///< who, and how long
};
/// Charge current, discharge current, charge voltage.
inline constexpr std::array<std::string_view, 3> kOverWords = {"charge", "discharge", "voltage"};

struct RowTally {
    std::chrono::milliseconds agreed{0};
    std::chrono::milliseconds differed{0};
    std::chrono::milliseconds onlyOurs{0}; ///< they say nothing here
    std::chrono::milliseconds onlyTheirs{0};
    std::chrono::milliseconds longest{0}; ///< without agreement
    std::chrono::milliseconds lasts{0};   ///< … of the one that is not over
    double largest{0.0};                  ///< difference, …
    std::chrono::milliseconds at{0};      ///< … how long after the start …
    double ours{0.0};                     ///< … and the values then
    double theirs{0.0};
    std::map<std::string, std::chrono::milliseconds> causes{}; ///< ours while they differed
};

/// Means of a span, for plots; nothing where nobody said anything.
struct ComparedPoint {
    std::array<std::optional<double>, kComparedCount> ours{};
    std::array<std::optional<double>, kComparedCount> theirs{};
};

/// Works without a clock: fed with moments. Bounded whatever the time: points are merged.
class Comparison {
public:
    static constexpr std::size_t kMostPoints = 720;
    /// A longer pause between two moments is no time that was compared.
    static constexpr std::chrono::seconds kLongestStep{5};

    void add(const ComparedMoment& moment, SteadyTime now);

    [[nodiscard]] const std::array<RowTally, kComparedCount>& rows() const { return rows_; }
    [[nodiscard]] const OverTally& over(ComparedSide side, std::size_t limit) const {
        return over_.at(static_cast<std::size_t>(side)).at(limit);
    }
    /// How long batteries were measured above their own current limit, whoever was in control.
    [[nodiscard]] const OverTally& measured() const { return measured_; }
    [[nodiscard]] std::chrono::milliseconds compared() const { return compared_; }
    [[nodiscard]] const std::vector<ComparedPoint>& points() const { return points_; }
    /// Of one point.
    [[nodiscard]] std::chrono::milliseconds spanOfPoint() const { return span_; }

private:
    using Span = std::chrono::milliseconds;

    void tallyRows(const ComparedMoment& moment, Span span);
    void tallyOver(const ComparedMoment& moment, Span span);
    void plot(const ComparedMoment& moment);
    void mergePoints();

    std::array<RowTally, kComparedCount> rows_{};
    std::array<std::array<OverTally, kOverWords.size()>, kComparedSides> over_{};
    OverTally measured_;
    Span compared_{0};
    std::optional<SteadyTime> last_;
    std::vector<ComparedPoint> points_;
    Span span_{std::chrono::seconds(10)};
    std::size_t inPoint_{0}; ///< moments that are in the last point
    Span pointBegan_{0};
};

/// Both known and close enough.
[[nodiscard]] bool agree(const ComparedRow& row, double ours, double theirs);

} // namespace busbar
