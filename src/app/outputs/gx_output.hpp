// SPDX-License-Identifier: MIT
// What the bank wants of the GX's own settings (DVCC limits, feed-in), as an output.
#pragma once

#include "app/kept/keeper.hpp"
#include "app/outputs/output.hpp"
#include "app/run/links.hpp"
#include "app/site/site.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace busbar::config {
struct Config;
} // namespace busbar::config

namespace busbar {

/// What it wants to have remembered must be on disk before its next step writes, so whoever ticks
/// it saves afterwards.
class GxOutput final : public Output {
public:
    /// All must outlive it; the configuration is the one in force. `label`: of the site in the log.
    GxOutput(const config::Config& config, Site& site, const Keeper& keeper, Links& links,
             std::string label)
        : config_(config), site_(site), keeper_(keeper), links_(links), label_(std::move(label)) {}

    void offer(const Offer& /*offer*/, const Now& /*now*/) override {}
    void tick(const Offer& offer, const Now& now) override;
    /// Gives the owner's values back.
    void end() override;

    /// After `end`: how long the sessions' goodbye may take.
    [[nodiscard]] std::chrono::milliseconds patience() const;
    /// After that goodbye: true if nothing remains to be given back at the next start. Says it
    /// otherwise.
    [[nodiscard]] bool isDone(bool hasArrived) const;

private:
    const config::Config& config_;
    Site& site_;
    const Keeper& keeper_;
    Links& links_;
    std::string label_;
    bool isGivingBack_{false};
    bool isTaken_{false}; ///< by the session, what was given back
};

} // namespace busbar
