// SPDX-License-Identifier: MIT
// Priors, and what is known of a share.
#include "core/limits/share_basis.hpp"

#include "core/limits/swing.hpp"
#include "core/members/member.hpp"

#include <algorithm>

namespace busbar {

std::map<std::string, double> priorWeights(const std::vector<const Member*>& members) {
    double sum_Ah = 0.0;
    int known = 0;
    for (const Member* member : members)
        if (const auto own_Ah = member->nominalCapacity_Ah()) {
            sum_Ah += *own_Ah;
            ++known;
        }
    const double mean_Ah = known > 0 ? sum_Ah / known : 1.0;
    std::map<std::string, double> weights;
    double sum = 0.0;
    for (const Member* member : members)
        sum += weights[member->entry().id] = member->nominalCapacity_Ah().value_or(mean_Ah);
    for (auto& [id, weight] : weights)
        weight /= sum;
    return weights;
}

double scaleOf(const ShareState& state) {
    double sum_Ah = 0.0;
    for (const auto& [id, track] : state.tracks)
        sum_Ah += track.capacity_Ah;
    return swing::square(sum_Ah > 0.0 ? sum_Ah : 100.0 * static_cast<double>(state.tracks.size()));
}

double shareBy(const ShareState& state, const ShareTrack& track, double prior) {
    const double weight = kPrior * scaleOf(state);
    return (track.learned.withBank + weight * prior) / (state.bank + weight);
}

std::optional<double> unaidedShareOf(const ShareState& state, const std::string& id) {
    const auto found = state.tracks.find(id);
    if (found == state.tracks.end())
        return std::nullopt;
    return shareBy(state, found->second, found->second.prior);
}

bool leansOnMemory(const ShareState& state) {
    return std::ranges::any_of(
        state.tracks, [](const auto& entry) { return entry.second.remembered.has_value(); });
}

} // namespace busbar
