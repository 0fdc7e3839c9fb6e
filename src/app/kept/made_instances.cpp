// SPDX-License-Identifier: MIT
// Hands out device instances.
#include "app/kept/made_instances.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace busbar {

namespace {

/// Of the batteries that `isCounted` takes.
template <class IsCounted>
std::set<int> takenBy(const State& state, IsCounted&& isCounted) {
    std::set<int> taken;
    for (const auto& [id, kept] : state.writables)
        if (kept.instance && isCounted(id))
            taken.insert(*kept.instance);
    return taken;
}

/// Nothing if all are taken.
std::optional<int> lowestFree(const std::set<int>& taken) {
    for (int instance = kPublishedInstance; instance <= kLastPublishedInstance; ++instance)
        if (!taken.contains(instance))
            return instance;
    return std::nullopt;
}

/// A file that gives two batteries one number (edited, or half of it lost): the first keeps it.
void partTwins(State& state) {
    std::set<int> seen;
    for (auto& [id, kept] : state.writables)
        if (kept.instance && !seen.insert(*kept.instance).second)
            kept.instance.reset();
}

} // namespace

void numberMade(State& state, const std::vector<MadeSettings>& made) {
    partTwins(state);
    const auto isMade = [&made](const std::string& id) {
        return std::ranges::find(made, id, &MadeSettings::id) != made.end();
    };
    for (const MadeSettings& one : made) {
        if (!isPublished(one) || state.writables[one.id].instance)
            continue;
        auto instance = lowestFree(takenBy(state, [](const std::string&) { return true; }));
        if (!instance) {
            instance = lowestFree(takenBy(state, isMade));
            for (auto& [id, kept] : state.writables)
                if (instance && kept.instance == instance)
                    kept.instance.reset();
        }
        state.writables[one.id].instance = instance;
    }
}

} // namespace busbar
