// SPDX-License-Identifier: MIT
// What the state keeps of a site's topics: where they are, who has some, and what is left
// elsewhere.
#pragma once

#include "app/kept/state.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace busbar {

/// A view of a store that outlives it.
class KeptPlaces {
public:
    /// `site`: its name now.
    KeptPlaces(StateStore& store, const std::string& site) : store_(store), site_(site) {}

    /// The site publishes there from here on; what lies elsewhere is to be taken back.
    void moveTo(const PublishedPlace& place);
    /// As the state would be there; nothing moves.
    [[nodiscard]] State stateAt(const PublishedPlace& place) const;
    void forgetLeft(const mqtt::LeftTopics& left) { std::erase(store_.state.left, left); }
    /// The site is no more, and what it had published was taken back, unless something is left.
    void forgetPlace();
    /// Of a site that is no more, on a broker of this one. On disk when it returns.
    void adopt(const mqtt::LeftTopics& left);

    /// Devices that Home Assistant was told of.
    void keepAnnounced(std::set<std::string> devices) {
        store_.state.announced = std::move(devices);
    }
    /// Batteries that have topics.
    void keepPublished(std::set<std::string> batteries) {
        store_.state.published = std::move(batteries);
    }

private:
    StateStore& store_;
    const std::string& site_;
};

} // namespace busbar
