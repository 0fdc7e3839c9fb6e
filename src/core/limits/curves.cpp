// SPDX-License-Identifier: MIT
// The list of curves: what each looks at, which direction it limits, and its cause.
#include "core/limits/curves.hpp"

#include "core/bounded_memory.hpp"
#include "core/limits/direction.hpp"
#include "core/limits/limit.hpp"
#include "core/limits/limit_settings.hpp"
#include "core/limits/preset.hpp"
#include "core/members/member.hpp"

#include <algorithm>

namespace busbar {

namespace {

enum class Look : std::uint8_t { Highest, Lowest, Spread, Soc };

struct CurveSpec {
    CurveKind kind;
    Direction direction;
    Cause cause;
    Look look;
    RowIndex data;                ///< of each member; for Highest and Lowest
    RowIndex instead;             ///< where a member does not give `data`
    std::optional<RowIndex> cell; ///< which cell or sensor it is
};

constexpr RowIndex kMaxCell = row("/System/MaxCellVoltage");
constexpr RowIndex kMinCell = row("/System/MinCellVoltage");
constexpr RowIndex kMaxTemperature = row("/System/MaxCellTemperature");
constexpr RowIndex kMinTemperature = row("/System/MinCellTemperature");
constexpr RowIndex kPackVoltage = row("/Dc/0/Voltage");
constexpr RowIndex kTemperature = row("/Dc/0/Temperature");
constexpr RowIndex kMaxCellId = row("/System/MaxVoltageCellId");
constexpr RowIndex kMinCellId = row("/System/MinVoltageCellId");
constexpr RowIndex kMaxSensorId = row("/System/MaxTemperatureCellId");
constexpr RowIndex kMinSensorId = row("/System/MinTemperatureCellId");

// clang-format off
constexpr auto kCurves = std::to_array<CurveSpec>({
    {CurveKind::HighCell,      Direction::Charge,    Cause::CellHigh,   Look::Highest, kMaxCell,        kMaxCell,     kMaxCellId},
    {CurveKind::LowCellCharge, Direction::Charge,    Cause::CellLow,    Look::Lowest,  kMinCell,        kMinCell,     kMinCellId},
    {CurveKind::LowCell,       Direction::Discharge, Cause::CellLow,    Look::Lowest,  kMinCell,        kMinCell,     kMinCellId},
    {CurveKind::ColdCharge,    Direction::Charge,    Cause::Cold,       Look::Lowest,  kMinTemperature, kTemperature, kMinSensorId},
    {CurveKind::HotCharge,     Direction::Charge,    Cause::Hot,        Look::Highest, kMaxTemperature, kTemperature, kMaxSensorId},
    {CurveKind::ColdDischarge, Direction::Discharge, Cause::Cold,       Look::Lowest,  kMinTemperature, kTemperature, kMinSensorId},
    {CurveKind::HotDischarge,  Direction::Discharge, Cause::Hot,        Look::Highest, kMaxTemperature, kTemperature, kMaxSensorId},
    {CurveKind::SocCharge,     Direction::Charge,    Cause::Soc,        Look::Soc,     kMaxCell,        kMaxCell,     kMaxCellId},
    {CurveKind::SocDischarge,  Direction::Discharge, Cause::Soc,        Look::Soc,     kMinCell,        kMinCell,     kMinCellId},
    {CurveKind::SpreadCharge,  Direction::Charge,    Cause::CellSpread, Look::Spread,  kMaxCell,        kMinCell,     kMaxCellId},
    {CurveKind::LowPack,       Direction::Discharge, Cause::PackLow,    Look::Lowest,  kPackVoltage,    kPackVoltage, {}},
});
// clang-format on
static_assert(kCurves.size() == kCurveCount);

std::size_t indexOf(CurveKind kind) {
    return static_cast<std::size_t>(kind);
}

bool isOwners(const CurveSpec& spec, const CurveInput& input) {
    return input.settings.curves.at(indexOf(spec.kind)).points.has_value();
}

/// Without the limits of BMSs nothing else guards cells.
bool looksAtCells(const CurveSpec& spec) {
    return spec.look == Look::Spread || spec.data == kMaxCell || spec.data == kMinCell;
}

/// In force: the owner's or the preset's.
struct Effective {
    const std::vector<CurvePoint>& points;
    std::optional<double> release;
};

Effective effective(const CurveSpec& spec, const CurveInput& input) {
    const CurveChoice& own = input.settings.curves.at(indexOf(spec.kind));
    const Curve& preset = input.preset.curves.at(indexOf(spec.kind));
    const auto& points = pointsOf(spec.kind, input.settings, input.preset);
    return {points, own.points || own.release ? own.release : preset.release};
}

std::optional<double> dataOf(const Member& member, const CurveSpec& spec) {
    const auto number = member.number(spec.data);
    if (spec.look == Look::Spread)
        return number && member.number(spec.instead) ? number : std::nullopt;
    return number ? number : member.number(spec.instead);
}

std::string cellOf(const Member& member, std::optional<RowIndex> id) {
    const Value* value = id ? member.value(*id) : nullptr;
    const std::string* text = value == nullptr ? nullptr : value->text();
    return text == nullptr ? std::string() : *text;
}

/// What a curve sees: a number with the one it comes from, or the member whose data is missing.
struct Sight {
    std::optional<double> x;
    std::string member;
    std::string cell;
    std::string missing;
};

bool isExpected(const CurveSpec& spec, const CurveInput& input, const CurveState& state,
                const Member& member) {
    const bool isAlone = input.settings.mode == LimitMode::Own && looksAtCells(spec);
    if (isOwners(spec, input) || isAlone)
        return true;
    const auto seen = state.seen.find(member.entry().id);
    return seen != state.seen.end() && seen->second.at(indexOf(spec.kind));
}

void lookAt(Sight& sight, const Member& member, const CurveSpec& spec, bool wantsHighest) {
    const auto own = dataOf(member, spec);
    if (!own)
        return;
    const bool isBetter = !sight.x || (wantsHighest ? *own > *sight.x : *own < *sight.x) ||
                          (*own == *sight.x && member.name() < sight.member);
    if (!isBetter)
        return;
    sight.x = own;
    sight.member = member.name();
    sight.cell = cellOf(member, spec.cell);
}

Sight sightOf(const CurveSpec& spec, const CurveInput& input, const CurveState& state) {
    if (spec.look == Look::Soc) {
        const bool isCharge = spec.direction == Direction::Charge;
        const auto& soc_pct = isCharge ? input.soc.highest_pct : input.soc.lowest_pct;
        const bool isMissed = !soc_pct && isOwners(spec, input);
        return {soc_pct, "", "", isMissed ? "state of charge" : ""};
    }
    Sight sight;
    std::optional<double> lowest;
    for (const Member& member : input.members) {
        if (member.isOpen(spec.direction))
            continue;
        lookAt(sight, member, spec, spec.look != Look::Lowest);
        if (const auto low = member.number(kMinCell); low && (!lowest || *low < *lowest))
            lowest = low;
        if (sight.missing.empty() && !dataOf(member, spec) &&
            isExpected(spec, input, state, member))
            sight.missing = member.name();
    }
    if (spec.look == Look::Spread && sight.x)
        sight.x = *sight.x - lowest.value_or(*sight.x);
    return sight;
}

/// What a factor is a part of: the owner's ceiling, else the sum of the largest limits that the
/// members have given. Unknown: the members' own limits close anyway.
std::optional<double> baseOf(Direction direction, const CurveInput& input,
                             const CurveState& state) {
    const bool isCharge = direction == Direction::Charge;
    if (const auto& ceiling_A = isCharge ? input.charge_A : input.discharge_A)
        return ceiling_A;
    double sum_A = 0.0;
    for (const Member& member : input.members)
        if (const auto own = state.largest_A.find(member.entry().id);
            own != state.largest_A.end() && !member.isOpen(direction))
            sum_A += own->second.at(isCharge ? 0 : 1);
    return sum_A > 0.0 ? std::optional(sum_A) : std::nullopt;
}

std::optional<Limit> limitOf(const CurveSpec& spec, const CurveInput& input, CurveState& state) {
    const Effective curve = effective(spec, input);
    bool& isBlind = state.blind.at(indexOf(spec.kind));
    isBlind = false;
    if (curve.points.empty())
        return std::nullopt;
    const Sight sight = sightOf(spec, input, state);
    isBlind = !sight.missing.empty();
    if (isBlind)
        return Limit{input.settings.fallback_A, Cause::MissingData, sight.missing, ""};
    if (!sight.x)
        return std::nullopt;
    const double factor =
        factorAt(curve.points, curve.release, *sight.x, state.stopped.at(indexOf(spec.kind)));
    if (factor >= 1.0)
        return std::nullopt;
    const auto base_A = baseOf(spec.direction, input, state);
    return Limit{factor * base_A.value_or(0.0), spec.cause, sight.member, sight.cell};
}

void noteLargest(const Member& member, CurveState& state) {
    auto& largest_A = state.largest_A[member.entry().id];
    for (const Direction direction : {Direction::Charge, Direction::Discharge})
        largest_A.at(direction == Direction::Charge ? 0 : 1) =
            std::max(largest_A.at(direction == Direction::Charge ? 0 : 1),
                     member.number(rowsOf(direction).limit).value_or(0.0));
}

bool isFalling(const std::vector<CurvePoint>& points) {
    return points.front().factor > points.back().factor;
}

} // namespace

const std::vector<CurvePoint>& pointsOf(CurveKind kind, const LimitSettings& settings,
                                        const PresetValues& preset) {
    const auto& own = settings.curves.at(indexOf(kind)).points;
    return own ? *own : preset.curves.at(indexOf(kind)).points;
}

double factorAt(const std::vector<CurvePoint>& points, double x) {
    if (points.empty())
        return 1.0;
    const auto above = std::ranges::upper_bound(points, x, {}, &CurvePoint::x);
    if (above == points.begin())
        return above->factor;
    const CurvePoint& low = *std::prev(above);
    if (above == points.end())
        return low.factor;
    return low.factor + (above->factor - low.factor) * (x - low.x) / (above->x - low.x);
}

double factorAt(const std::vector<CurvePoint>& points, std::optional<double> release, double x,
                bool& stopped) {
    const double factor = factorAt(points, x);
    if (points.empty() || !release) {
        stopped = factor <= 0.0;
        return factor;
    }
    const bool isBack = isFalling(points) ? x <= *release : x >= *release;
    stopped = factor <= 0.0 || (stopped && !isBack);
    return stopped ? 0.0 : factor;
}

void noteCurveData(const CurveInput& input, CurveState& state) {
    boundMemory(state.seen, input.members);
    boundMemory(state.largest_A, input.members);
    for (const Member& member : input.members) {
        noteLargest(member, state);
        auto& seen = state.seen[member.entry().id];
        for (const CurveSpec& spec : kCurves)
            if (spec.look != Look::Soc && dataOf(member, spec))
                seen.at(indexOf(spec.kind)) = true;
    }
}

std::vector<Limit> curveLimits(Direction direction, const CurveInput& input, CurveState& state) {
    std::vector<Limit> all;
    for (const CurveSpec& spec : kCurves) {
        if (spec.direction != direction)
            continue;
        if (auto limit = limitOf(spec, input, state))
            all.push_back(std::move(*limit));
    }
    return all;
}

} // namespace busbar
