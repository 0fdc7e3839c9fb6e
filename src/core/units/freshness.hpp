// SPDX-License-Identifier: MIT
// How sure it is what one GX has said: numbers of full publishes, the link, and doubts.
#pragma once

#include "core/now.hpp"
#include "core/units/unit.hpp"

#include <cstdint>
#include <optional>

namespace busbar {

/// *Mark and sweep*: every value is marked with the number of the newest full publish (sweep) that
/// was asked for; when that publish is complete, what has an older mark is gone. What was said
/// before a doubt is proven only by a sweep that begins after it.
class Freshness {
public:
    /// What arrives from here on is marked with the number returned.
    Sweep beginSweep();
    void completeSweep();
    /// It has ended without being complete; `isDistrusted`: only what was completed one by one
    /// since it began is proven.
    void abandonSweep(bool isDistrusted);
    /// Everything known so far may be outdated.
    void doubt();
    /// The end mark of somebody else's full publish came within ours.
    void noteOtherPublish() { isDisturbed_ = true; }

    /// The link is back: that alone proves nothing, see `doubt`.
    void noteLink() { isLinkUp_ = true; }
    void loseLink(const Now& now);
    /// Once per cycle: a loss that is made good is forgotten.
    void settle();
    /// Anything at all came, a heartbeat at least.
    void noteSign(const Now& now) {
        lastSign_ = now.steady;
        ++signs_;
    }

    [[nodiscard]] bool isLinkUp() const { return isLinkUp_; }
    /// Since when the link is down or what it brought is not proven again.
    [[nodiscard]] std::optional<SteadyTime> linkLost() const { return linkLost_; }
    [[nodiscard]] SteadyTime lastSign() const { return lastSign_; }
    [[nodiscard]] std::uint64_t signs() const { return signs_; }
    /// The newest one that was asked for; 0 = none yet.
    [[nodiscard]] Sweep sweep() const { return sweep_; }
    /// What this sweep has proven is not in doubt.
    [[nodiscard]] bool isTrusted(Sweep sweep) const { return sweep >= trustFrom_; }
    /// True between a lost link (or a doubt) and the sweep that settles it.
    [[nodiscard]] bool inDoubt() const { return !isLinkUp_ || !isTrusted(completed_); }
    [[nodiscard]] bool everComplete() const { return completed_ > 0; }
    /// A mark of the sweep that is under way.
    [[nodiscard]] bool isOfOpenSweep(Sweep mark) const { return isOpen_ && mark == sweep_; }
    /// How many were completed, without those that were abandoned.
    [[nodiscard]] Sweep cleanSweeps() const { return cleanSweeps_; }
    [[nodiscard]] bool isDisturbed() const { return isDisturbed_; }

private:
    bool isLinkUp_{false};
    std::optional<SteadyTime> linkLost_;
    SteadyTime lastSign_{};
    std::uint64_t signs_{0};
    Sweep sweep_{0};
    Sweep trustFrom_{1};
    Sweep completed_{0};
    Sweep cleanSweeps_{0};
    bool isOpen_{false};
    bool isDisturbed_{false};
};

/// Two identities are forgiven after this many sweeps in which only one was seen.
inline constexpr Sweep kCleanSweeps = 2;

} // namespace busbar
