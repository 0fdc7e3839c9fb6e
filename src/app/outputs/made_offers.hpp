// SPDX-License-Identifier: MIT
// What made batteries say that are published by themselves.
#pragma once

#include "app/outputs/output.hpp"
#include "core/made/published.hpp"
#include "core/now.hpp"

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace busbar {

class BusOutput;
class Composition;
class Readings;

/// In the order of the configuration. Those that are written are there always; the others on the
/// ladder of losses, from when the GX was read to its end.
class MadeOffers {
public:
    /// Where they stand. `bus` gives them their names.
    struct Place {
        const Composition& made;
        const Readings& readings;
        const std::string& site;
        const BusOutput& bus;
    };
    /// After a cycle.
    void look(const Place& place, bool isConcluded, const Now& now);
    [[nodiscard]] std::span<const OfferedMade> offered() const { return offered_; }

private:
    std::map<std::string, PublishedState, std::less<>> states_; ///< by id
    std::vector<OfferedMade> offered_;                          ///< of the last cycle
};

} // namespace busbar
