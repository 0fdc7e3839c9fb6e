// SPDX-License-Identifier: MIT
// Chargers, inverters and meters as they are read: who is there, and whose values are proven.
#pragma once

#include "core/gx/plant.hpp"

#include <cstddef>

namespace busbar {

class Freshness;
struct Changes;

class PlantReadings {
public:
    /// A value arrived; `path` is an index into kPlantRows.
    void put(const PlantKey& key, std::size_t path, Value value, const Freshness& freshness,
             Changes& changes);
    void leave(const PlantKey& key, Changes& changes);
    /// All values of this device have arrived since the sweep began, or none will.
    void complete(const PlantKey& key, Sweep sweep, Changes& changes);
    /// Those of all.
    void completeAll(Sweep sweep, Changes& changes);
    /// A sweep is complete. Who is still under suspicion is looked at again soon.
    void forgiveDuplicates(const Freshness& freshness, Changes& changes);
    /// Once per cycle: works out whose values are fresh.
    void settle(const Freshness& freshness);
    void clear() { devices_.clear(); }

    [[nodiscard]] const Plant& devices() const { return devices_; }
    /// The sweep has marked its description.
    [[nodiscard]] bool isDescribedIn(const PlantKey& key, Sweep sweep) const;

private:
    Plant devices_;
};

} // namespace busbar
