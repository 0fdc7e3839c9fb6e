// SPDX-License-Identifier: MIT
// Watches what is retained on the status topics of ours, and says when it has to be put right.
#pragma once

#include "core/now.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::mqtt {

/// Somebody else's word stays on a retained topic for ever if it is not put right: the last will of
/// a run before this one (killed, stopped, cut from power), another Busbar under the same name. So
/// the session hears its own status topics, and what is not as it was said last is said again: at
/// once, and at the second and each further time after a pause that doubles, so that two who
/// contradict each other do not flood the broker.
///
/// A status that nobody of this run has said is taken for a leftover: it must not be online.
class StatusGuard {
public:
    /// Another word this many times without a day of rest between: not a last will, which comes
    /// once for each run that died. Our choice.
    static constexpr int kContested = 4;
    /// Known topics; a flood of invented ones must not take memory without end. As many as there
    /// can be batteries whose topics wait to be emptied (result_leftovers.cpp).
    static constexpr std::size_t kMostTopics = 1024;

    /// What to say again.
    struct Repair {
        std::string topic;
        std::string payload;
    };
    /// For the log: the first foreign word on a topic, and the one that makes it contested.
    struct Notice {
        std::string topic;
        bool isContested{false};
    };

    /// A session began or ended: what is retained is not known, what was said does not count.
    void startOver();
    /// Said by us; empty = the topic is given up.
    void said(const std::string& topic, std::string_view payload, const Now& now);
    /// Arrived on a status topic, own words too. `isRetained`: as the broker kept it before the
    /// session, so nobody has overwritten anything.
    void heard(std::string_view topic, std::string_view payload, bool isRetained);

    [[nodiscard]] std::vector<Repair> due(const Now& now) const;
    /// A repair was published.
    void repaired(const std::string& topic, const Now& now);
    [[nodiscard]] std::vector<Notice> takeNotices();
    /// Words of somebody else on topics of ours that were put right so far.
    [[nodiscard]] std::uint64_t overwritten() const { return overwritten_; }

private:
    struct Topic {
        std::optional<std::string> said; ///< in this session; nothing = not ours
        bool isWrong{false};             ///< something else stands there
        bool isForeign{false};           ///< … and arrived while we were there
        SteadyTime since{};              ///< when we last said something there
        int repairs{0};                  ///< since the last rest
        SteadyTime repaired{};           ///< the last of them
    };
    [[nodiscard]] static bool isDue(const Topic& topic, const Now& now);
    [[nodiscard]] Topic* find(std::string_view name);

    std::map<std::string, Topic, std::less<>> topics_;
    std::vector<Notice> notices_;
    std::uint64_t overwritten_{0};
};

} // namespace busbar::mqtt
