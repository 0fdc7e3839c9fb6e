// SPDX-License-Identifier: MIT
// What a cycle has found that somebody may want to know: advice and events.
#pragma once

#include "core/events.hpp"
#include "core/gx/advice.hpp"
#include "core/gx/shunt_advice.hpp"
#include "core/members/members.hpp"
#include "core/now.hpp"

#include <string>
#include <vector>

namespace busbar {

class Readings;
struct CycleView;
struct Surroundings;

struct Findings {
    std::string sameSerial; ///< made/suggestion.hpp, as of the last roster
    ShuntWatch shunts;
    AdviceState adviceState;
    std::vector<Advice> advice; ///< what should be changed in the settings of the GX
    EventFinder finder;
    std::vector<Event> events; ///< what the last cycle changed
};

/// How the limits reach the GX: as the program knows, or as the GX's own bridge shows.
[[nodiscard]] Reach reachNow(const Surroundings& surroundings, const Readings& readings);

void advise(Findings& findings, const CycleView& view, const Members& members,
            const Readings& readings, const Now& now);
/// What `advise` would say if all stayed as it is now (`findNow`); `reach` in the place of what the
/// bank knows of it.
[[nodiscard]] std::vector<Advice> adviceAtOnce(const CycleView& view, const Reach& reach,
                                               const Readings& readings, const Now& now);
void findEvents(Findings& findings, const CycleView& view);

} // namespace busbar
