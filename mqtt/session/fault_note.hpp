// SPDX-License-Identifier: MIT
// Saying each cause of an outage once, and once that it is over.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar::mqtt {

/// The faults of one outage, from the first until `over`.
class FaultNote {
public:
    /// True = not heard before in this outage, so worth a line. After eight different causes no
    /// more are, so that a reason with a changing detail cannot fill the log.
    [[nodiscard]] bool isNews(std::string_view reason) {
        ++faults_;
        constexpr std::size_t kMost = 8;
        const bool isKnown = std::find(heard_.begin(), heard_.end(), reason) != heard_.end();
        if (isKnown || heard_.size() >= kMost)
            return false;
        heard_.emplace_back(reason);
        return true;
    }

    /// The outage ended: how many faults it had, 0 if there was none.
    std::uint64_t over() {
        heard_.clear();
        return std::exchange(faults_, 0);
    }

private:
    std::vector<std::string> heard_;
    std::uint64_t faults_{0};
};

} // namespace busbar::mqtt
