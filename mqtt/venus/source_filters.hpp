// SPDX-License-Identifier: MIT
// What the reader of a GX is subscribed to: all batteries until it is known which there are, then
// each by itself.
#pragma once

#include "mqtt/venus/battery_filters.hpp"
#include "mqtt/venus/venus_bridge.hpp"

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

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
    /// All values of all batteries, or of one, are about to be asked for. False: the session does
    /// not take it now.
    bool widen();
    bool widen(int instance);
    /// Batteries may have come, left, or been found to be ignored. `isIdle`: no full publish is
    /// under way; `isRead`: of this one not all is there that was asked for. At least once a
    /// second.
    void follow(bool isIdle, const std::function<bool(int instance)>& isRead);
    /// A value of it came, so it is there; before it is read as a whole.
    void heard(int instance);

    /// Batteries that are subscribed to by themselves.
    [[nodiscard]] const std::set<int>& single() const { return heard_; }
    [[nodiscard]] bool hearsCells(int instance) const {
        return !heard_.contains(instance) || cells_.heard.contains(instance);
    }
    /// False: the session does not take it now.
    bool hearCells(int instance);
    bool leaveCells(int instance) { return drop(cells_, instance); }

private:
    /// Filters that a battery has for a time.
    struct Group {
        std::vector<std::string> (*filtersOf)(std::string_view base, int instance);
        std::set<int> heard{}; ///< instances
    };

    bool add(Group& group, int instance);
    bool drop(Group& group, int instance);
    bool hearAll();
    bool hear(int instance);
    void leaveGone();
    bool leave(int instance);
    void leaveAllSeldom(const std::function<bool(int instance)>& isRead);

    VenusBridge& bridge_;
    bool isNarrow_{false}; ///< of each battery only what is read, of ignored ones only who they are
    std::set<int> heard_;  ///< instances whose values are subscribed to, while it is narrow
    Group seldom_{seldomFilters}; ///< of these, whose seldom values are, too …
    Group cells_{cellFilters};    ///< … and whose single cells are
};

} // namespace busbar::mqtt
