// SPDX-License-Identifier: MIT
// What a GX would send about a twin's packs, put straight into readings.
#pragma once

#include "core/now.hpp"
#include "core/units/readings.hpp"
#include "sim/driver_feed.hpp"
#include "sim/twin.hpp"

#include <optional>
#include <utility>

namespace busbar::sim {

/// Sends changed values only, and everything at the start, every `sweepEvery` and when the readings
/// wish it, as Venus' bridge does (mqtt/VENUS.md).
class GxFeed {
public:
    explicit GxFeed(std::chrono::seconds sweepEvery = std::chrono::seconds(180))
        : sweepEvery_(sweepEvery) {}

    /// Brings `readings` to what the GX has sent by `now`, and settles them.
    void feed(const Twin& twin, Readings& readings, const Now& now);

    void setTampering(Tampering tampering) { drivers_.setTampering(std::move(tampering)); }

private:
    std::chrono::seconds sweepEvery_;
    std::optional<SteadyTime> swept_;
    std::optional<bool> feedIn_; ///< as sent last
    DriverFeed drivers_;
};

} // namespace busbar::sim
