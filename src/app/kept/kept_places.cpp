// SPDX-License-Identifier: MIT
// Moves a site in its state.
#include "app/kept/kept_places.hpp"

#include "app/kept/places.hpp"

#include <algorithm>

namespace busbar {

namespace {

/// A file before 0.4 does not say where; what it has was published under the name of then.
std::vector<mqtt::LeftTopics> moveKept(State& state, const PublishedPlace& place,
                                       const std::string& site) {
    const bool isNamedSo = state.site.empty() || state.site == site;
    if (state.place.broker.empty())
        state.place = isNamedSo ? place : placeUnderName(place, state.site);
    return busbar::moveTo(state, place, site);
}

} // namespace

void KeptPlaces::moveTo(const PublishedPlace& place) {
    for (const mqtt::LeftTopics& left : moveKept(store_.state, place, site_))
        sayLeftBehind(left);
}

State KeptPlaces::stateAt(const PublishedPlace& place) const {
    State state = store_.state;
    static_cast<void>(moveKept(state, place, site_));
    return state;
}

void KeptPlaces::forgetPlace() {
    if (store_.state.announced.empty() && store_.state.published.empty())
        store_.state.place = {};
}

void KeptPlaces::adopt(const mqtt::LeftTopics& left) {
    if (std::ranges::find(store_.state.left, left) == store_.state.left.end())
        store_.state.left.push_back(left);
    store_.save();
}

} // namespace busbar
