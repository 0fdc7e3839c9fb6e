// SPDX-License-Identifier: MIT
// What a session has subscribed to, as a broker sees it.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::test {

/// MQTT 3.1.1 §4.7.1: `+` is one level, `#` all that follow and the level above.
[[nodiscard]] inline bool isMatch(std::string_view filter, std::string_view topic) {
    while (true) {
        if (filter == "#")
            return true;
        const std::string_view wanted = filter.substr(0, filter.find('/'));
        const std::string_view level = topic.substr(0, topic.find('/'));
        if (wanted != "+" && wanted != level)
            return false;
        const bool isFilterOver = wanted.size() == filter.size();
        const bool isTopicOver = level.size() == topic.size();
        if (isTopicOver)
            return isFilterOver || filter.substr(wanted.size()) == "/#";
        if (isFilterOver)
            return false;
        filter.remove_prefix(wanted.size() + 1);
        topic.remove_prefix(level.size() + 1);
    }
}

class Subscriptions {
public:
    void add(const std::vector<std::string>& filters) {
        filters_.insert(filters.begin(), filters.end());
    }
    void remove(const std::vector<std::string>& filters) {
        for (const std::string& filter : filters)
            filters_.erase(filter);
    }
    void clear() { filters_.clear(); }
    /// How many of them bring this topic: some brokers send it as often.
    [[nodiscard]] auto count(std::string_view topic) const {
        return std::ranges::count_if(
            filters_, [topic](const std::string& filter) { return isMatch(filter, topic); });
    }
    [[nodiscard]] const std::set<std::string>& filters() const { return filters_; }

private:
    std::set<std::string> filters_;
};

} // namespace busbar::test
