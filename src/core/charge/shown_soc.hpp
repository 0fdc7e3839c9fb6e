// SPDX-License-Identifier: MIT
// How the shown state of charge follows the true one without a jump when members come and go.
#pragma once

#include "core/charge/soc_settings.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace busbar {

/// One of those whose SoC makes up the bank's.
struct SocPart {
    double soc_pct = 0.0;
    std::optional<double> capacity_Ah; ///< what it counts by, > 0; unknown = all count the same
    bool isFresh = true;               ///< false: the last one that came
};

/// By id.
using SocParts = std::map<std::string, SocPart>;

/// What is remembered from cycle to cycle.
struct ShownSoc {
    SocSource source = SocSource::Batteries; ///< of `parts`
    SocParts parts;                          ///< of the cycle before; empty after a gap
    std::set<std::pair<SocSource, std::string>> gathered; ///< parts seen while gathering
    std::optional<double> visible_pct;                    ///< last one that was shown
};

/// What there is to show in a cycle.
struct SocSight {
    SocSource source = SocSource::Batteries;
    SocParts parts;               ///< one or more
    double top_pct = 100.0;       ///< more than this is not shown
    double topBefore_pct = 100.0; ///< what it was, or would have been, in the cycle before
    bool isGathering = false;     ///< see SocInput
};

/// Sets `visible_pct`, 0 … 100, and returns the true SoC: the mean of the parts by capacity.
///
/// What a part says moves the shown SoC at once, by as much as the true one. What changes because a
/// part is held, leaves, comes, speaks again or counts by another capacity, or because the source
/// is another, moves it by `way_pct` at most (unknown = at once). The shown SoC is outside of what
/// the parts say only as far as such a change left it there, and comes nearer by `way_pct` each
/// cycle. Nothing is carried on but the shown value itself, so that nothing can drift.
double show(ShownSoc& state, SocSight sight, std::optional<double> way_pct);

} // namespace busbar
