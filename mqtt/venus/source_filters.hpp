// SPDX-License-Identifier: MIT
// What the reader of a GX is subscribed to: all batteries until it is known which there are, then
// each by itself.
#pragma once

#include "mqtt/venus/venus_bridge.hpp"

#include <set>

namespace busbar::mqtt {

class SourceFilters {
public:
    explicit SourceFilters(VenusBridge& bridge) : bridge_(bridge) {}

    /// A GX is read from now on.
    void start();
    /// What is needed of the GX beside its batteries; again when that changes.
    void subscribeToGx();
    /// A full publish has shown which batteries there are.
    void narrow();
    /// Batteries may have come, left, or been found to be ignored. `isIdle`: no full publish is
    /// under way. At least once a second.
    void follow(bool isIdle);
    /// A value of it came, so it is there; before it is read as a whole.
    void heard(int instance);

private:
    bool hearAll();
    bool hear(int instance);
    void leaveGone();

    VenusBridge& bridge_;
    bool isNarrow_{false}; ///< of each battery only what is read, of ignored ones only who they are
    std::set<int> heard_;  ///< instances whose values are subscribed to, while it is narrow
};

} // namespace busbar::mqtt
