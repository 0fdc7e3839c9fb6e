// SPDX-License-Identifier: MIT
// What a cycle has found that somebody may want to know: advice and events.
#pragma once

#include "core/events.hpp"
#include "core/gx/advice.hpp"
#include "core/members/members.hpp"
#include "core/now.hpp"

#include <string>
#include <vector>

namespace busbar {

class Readings;
struct CycleView;

struct Findings {
    std::string sameSerial; ///< made/suggestion.hpp, as of the last roster
    AdviceState adviceState;
    std::vector<Advice> advice; ///< what should be changed in the settings of the GX
    EventFinder finder;
    std::vector<Event> events; ///< what the last cycle changed
};

void advise(Findings& findings, const CycleView& view, const Members& members,
            const Readings& readings, const Now& now);
void findEvents(Findings& findings, const CycleView& view);

} // namespace busbar
