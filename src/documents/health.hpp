// SPDX-License-Identifier: MIT
// What there is to say about the program itself.
#pragma once

#include "documents/counters.hpp"
#include "documents/piece.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace busbar {
struct Now;
}

namespace busbar::documents {

/// What the program has done since it started, collected by whoever owns the parts.
struct Health {
    std::string process; ///< tells this run from every other one
    std::string version;
    std::chrono::seconds uptime{0};
    std::uint64_t evaluations{0};
    std::uint64_t mailboxDropped{0}; ///< messages lost on their way to the loop
    std::uint64_t commandsRefused{0};
    std::uint64_t writes{0}; ///< groups of values that writable batteries took, from all sides
    std::uint64_t writesRefused{0};
    std::uint64_t busSignals{0}; ///< sent on D-Bus, all batteries
    SourceCounters source;
    ClientCounters gxSession;
    std::optional<ClientCounters> outputSession; ///< nothing if results use the GX's session
};

struct HealthView {
    const Health& health;
    const ResultsCounters& results;
    const Now& now;
};

void tellHealth(const HealthView& view, const Reader& reader);
[[nodiscard]] std::vector<Line> healthLines();

} // namespace busbar::documents
