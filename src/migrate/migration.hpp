// SPDX-License-Identifier: MIT
// What a translation takes and gives: texts in, texts out.
#pragma once

#include "core/now.hpp"
#include "migrate/draft.hpp"

#include <optional>
#include <string>

namespace busbar::migrate {

/// A file of the peer as it lay there.
struct PeerText {
    std::string name; ///< without folder
    std::string bytes;
};

/// What the peer has counted, and goes on here.
struct Kept {
    std::optional<WallTime> lastBalanced; ///< noon of that day, UTC
    std::optional<double> charge_Ah;      ///< of the whole bank, ≥ 0
};

struct Migration {
    std::string error;  ///< empty, or why there is no configuration: "config.ini is UTF-16, …"
    std::string config; ///< the text of a configuration file
    std::string report;
    Draft draft; ///< what both were made of
    Kept kept;
};

} // namespace busbar::migrate
