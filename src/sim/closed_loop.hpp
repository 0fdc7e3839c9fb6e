// SPDX-License-Identifier: MIT
// A twin and something that sets its limits, run together and measured.
#pragma once

#include "core/bank.hpp"
#include "core/gx/feed_in.hpp"
#include "core/made/made_settings.hpp"
#include "core/now.hpp"
#include "core/settings.hpp"
#include "core/units/readings.hpp"
#include "sim/gx_feed.hpp"
#include "sim/meter.hpp"
#include "sim/twin.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace busbar {
class Composition;
}

namespace busbar::sim {

/// Called before each step; says what the GX is given. It may also write the feed-in setting.
using Controller = std::function<Limits(Twin&, const Now&)>;

/// Busbar's own core as controller; it also writes the feed-in setting if its settings allow. Hand
/// it to `run` by std::ref to look at the bank afterwards.
class CoreController {
public:
    explicit CoreController(BankSettings settings, std::vector<MadeSettings> made = {});
    ~CoreController();
    CoreController(const CoreController&) = delete;
    CoreController& operator=(const CoreController&) = delete;
    CoreController(CoreController&&) noexcept;
    CoreController& operator=(CoreController&&) noexcept;

    Limits operator()(Twin& twin, const Now& now);
    [[nodiscard]] Bank& bank() { return banks_.front(); }
    [[nodiscard]] Readings& readings() { return readings_; }
    [[nodiscard]] GxFeed& feed() { return feed_; }

private:
    void controlFeedIn(Twin& twin, const Now& now);

    std::vector<Bank> banks_; ///< one
    std::unique_ptr<Composition> composition_;
    Readings readings_;
    GxFeed feed_;
    FeedInState feedIn_;
    std::optional<double> ownersFeedIn_; ///< its memory outlives everything here
};

/// The moment of a twin's time, on clocks that are far from their zero.
[[nodiscard]] Now nowOf(const Twin& twin);

/// Called after each step with the limits that it was given.
using Observer = std::function<void(const Twin&, const Limits&)>;

/// Goes on from where the twin is.
[[nodiscard]] Metrics run(Twin& twin, const Controller& controller, std::chrono::seconds duration,
                          const Observer& observer = {});

} // namespace busbar::sim
