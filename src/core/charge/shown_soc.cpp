// SPDX-License-Identifier: MIT
// The way of the shown SoC to the true one.
#include "core/charge/shown_soc.hpp"

#include "core/table/aggregate.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace busbar {

namespace {

/// What parts come to, as far as it is shown.
struct Gauge {
    double mean_pct = 0.0;
    double lowest_pct = 0.0;
    double highest_pct = 0.0;
};

/// Call with one part or more.
Gauge gaugeOf(const SocParts& parts, double top_pct) {
    std::vector<Weighted> values;
    for (const auto& [id, part] : parts)
        values.push_back({part.soc_pct, part.capacity_Ah});
    const auto [lowest, highest] = std::ranges::minmax(values, {}, &Weighted::value);
    const auto shown = [top_pct](double pct) { return std::clamp(pct, 0.0, top_pct); };
    return {shown(weightedMean(values).value_or(lowest.value)), shown(lowest.value),
            shown(highest.value)};
}

/// The parts of now with what they said in the cycle before. One that did not say anything then, or
/// of which only an old value is known at one of both moments, as it is now.
SocParts before(const ShownSoc& state, const SocSight& sight) {
    SocParts parts = sight.parts;
    if (state.source != sight.source)
        return parts;
    for (auto& [id, part] : parts)
        if (const auto old = state.parts.find(id);
            old != state.parts.end() && old->second.isFresh && part.isFresh)
            part.soc_pct = old->second.soc_pct;
    return parts;
}

double shrunk(double offset, double by) {
    return std::abs(offset) <= by ? 0.0 : offset - std::copysign(by, offset);
}

/// From the shown SoC to the next one. What `is` has moved from `was` is walked at once, of the
/// rest no more than `way_pct`.
double approached(double visible_pct, const Gauge& was, const Gauge& is, double way_pct) {
    const double next_pct = is.mean_pct + shrunk(visible_pct - was.mean_pct, way_pct);
    const double below = std::max(0.0, was.lowest_pct - visible_pct - way_pct);
    const double above = std::max(0.0, visible_pct - was.highest_pct - way_pct);
    const double kept_pct = std::clamp(next_pct, is.lowest_pct - below, is.highest_pct + above);
    return std::clamp(kept_pct, 0.0, 100.0);
}

/// True if a part is there for the first time since the start.
bool gather(ShownSoc& state, const SocSight& sight) {
    if (!sight.isGathering) {
        state.gathered.clear();
        return false;
    }
    bool isNew = false;
    for (const auto& [id, part] : sight.parts)
        isNew = state.gathered.insert({sight.source, id}).second || isNew;
    return isNew;
}

} // namespace

double show(ShownSoc& state, SocSight sight, std::optional<double> way_pct) {
    const Gauge is = gaugeOf(sight.parts, sight.top_pct);
    const Gauge was = gaugeOf(before(state, sight), sight.topBefore_pct);
    const bool isNew = gather(state, sight);
    if (!state.visible_pct || isNew || !way_pct)
        state.visible_pct = is.mean_pct;
    else
        state.visible_pct = approached(*state.visible_pct, was, is, *way_pct);
    state.source = sight.source;
    state.parts = std::move(sight.parts);
    return is.mean_pct;
}

} // namespace busbar
