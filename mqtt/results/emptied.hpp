// SPDX-License-Identifier: MIT
// What was taken off the broker, until it is certain that the broker knows.
#pragma once

#include "core/now.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace busbar::mqtt {

/// A session that takes an empty message may be lost before that has left, and whoever was emptied
/// has nothing more to say in the next session. So it is emptied again there, unless the session
/// has lasted.
class Emptied {
public:
    /// A dead session is given up after about twice its keepalive of 15 s (ClientOptions): what an
    /// older one has taken, it has delivered.
    static constexpr std::chrono::seconds kDelivered{60};

    /// Taken by the session.
    void note(const std::string& id, const Now& now) { taken_[id] = now.steady; }
    /// Says something again.
    void forget(const std::string& id) { taken_.erase(id); }
    /// In a session: the ids that are certainly off the broker by now, each once.
    [[nodiscard]] std::set<std::string> takeDelivered(const Now& now) {
        std::set<std::string> ids;
        std::erase_if(taken_, [&](const auto& entry) {
            const bool isDelivered = now.steady - entry.second >= kDelivered;
            if (isDelivered)
                ids.insert(entry.first);
            return isDelivered;
        });
        return ids;
    }
    /// At a new session: the ids to be emptied again.
    [[nodiscard]] std::set<std::string> takeDoubtful() {
        std::set<std::string> ids;
        for (const auto& entry : std::exchange(taken_, {}))
            ids.insert(entry.first);
        return ids;
    }
    [[nodiscard]] bool contains(const std::string& id) const { return taken_.contains(id); }
    [[nodiscard]] std::size_t size() const { return taken_.size(); }

private:
    std::map<std::string, SteadyTime> taken_;
};

} // namespace busbar::mqtt
