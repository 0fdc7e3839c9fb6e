// SPDX-License-Identifier: MIT
// Priors, and what is known of a share.
#include "core/limits/share_basis.hpp"

#include "core/limits/swing.hpp"
#include "core/members/member.hpp"

#include <algorithm>

namespace busbar {

std::vector<double> priorWeights(const std::vector<const Member*>& members) {
    double sum_Ah = 0.0;
    int known = 0;
    for (const Member* member : members)
        if (const auto own_Ah = member->nominalCapacity_Ah()) {
            sum_Ah += *own_Ah;
            ++known;
        }
    const double mean_Ah = known > 0 ? sum_Ah / known : 1.0;
    std::vector<double> weights;
    weights.reserve(members.size());
    double sum = 0.0;
    for (const Member* member : members)
        sum += weights.emplace_back(member->nominalCapacity_Ah().value_or(mean_Ah));
    for (double& weight : weights)
        weight /= sum;
    return weights;
}

double scaleOf(const ShareState& state) {
    double sum_Ah = 0.0;
    for (const auto& [id, track] : state.tracks)
        sum_Ah += track.capacity_Ah;
    return swing::square(sum_Ah > 0.0 ? sum_Ah : 100.0 * static_cast<double>(state.tracks.size()));
}

ShareView::ShareView(const ShareState& state)
    : state_(&state), prior_(kPrior * scaleOf(state)), bank_A_(0.0) {
    for (const auto& [id, track] : state.tracks)
        bank_A_ += track.current_A.fast;
}

const ShareTrack* ShareView::find(const std::string& id) const {
    const auto found = state_->tracks.find(id);
    return found == state_->tracks.end() ? nullptr : &found->second;
}

double ShareView::shareBy(const ShareTrack& track, double prior) const {
    return (track.learned.withBank + prior_ * prior) / (state_->bank + prior_);
}

std::optional<double> ShareView::share(const std::string& id) const {
    const ShareTrack* const track = find(id);
    if (track == nullptr)
        return std::nullopt;
    return shareBy(*track, track->remembered.value_or(track->prior));
}

std::optional<double> ShareView::unaidedShare(const std::string& id) const {
    const ShareTrack* const track = find(id);
    if (track == nullptr)
        return std::nullopt;
    return shareBy(*track, track->prior);
}

std::optional<double> ShareView::equalising_A(const std::string& id) const {
    const ShareTrack* const track = find(id);
    if (track == nullptr)
        return std::nullopt;
    const double share = shareBy(*track, track->remembered.value_or(track->prior));
    return track->current_A.fast - share * bank_A_;
}

bool leansOnMemory(const ShareState& state) {
    return std::ranges::any_of(
        state.tracks, [](const auto& entry) { return entry.second.remembered.has_value(); });
}

} // namespace busbar
