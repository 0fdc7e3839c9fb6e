// SPDX-License-Identifier: MIT
// From made batteries to what outputs are offered of them.
#include "app/outputs/made_offers.hpp"

#include "app/outputs/bus_output.hpp"
#include "app/site/serial.hpp"
#include "app/site/write_desk.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/made/composition.hpp"
#include "core/made/made_key.hpp"
#include "core/made/made_settings.hpp"
#include "core/members/loss.hpp"
#include "core/units/readings.hpp"

#include <cstddef>

namespace busbar {

namespace {

const Battery* batteryAt(const Readings& readings, std::size_t index) {
    const auto found = readings.batteries().find(madeInstance(index));
    return found == readings.batteries().end() ? nullptr : &found->second;
}

} // namespace

void MadeOffers::look(const Place& place, bool isConcluded, const Now& now) {
    offered_.clear();
    const auto& settings = place.made.settings();
    for (std::size_t i = 0; i < settings.size(); ++i) {
        const MadeSettings& made = settings[i];
        if (!isPublished(made))
            continue;
        OfferedMade& offer = offered_.emplace_back();
        offer.id = made.id;
        offer.name = place.bus.nameOfMade(offered_.size() - 1);
        const Battery* battery = batteryAt(place.readings, i);
        if (made.kind == MadeKind::Writable) {
            offer.snapshot = writtenSnapshot(place.made, made, place.site, now);
        } else if (isConcluded && battery != nullptr) {
            PublishedState& state = states_[made.id];
            offer.snapshot = publishedSnapshot(state, *battery, identityOf(made, place.site), now);
            offer.isThere = wantsBus(state.loss);
        } else {
            offer.isThere = false;
        }
    }
}

} // namespace busbar
