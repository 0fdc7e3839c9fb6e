// SPDX-License-Identifier: MIT
// Which fields of the documents Home Assistant's entities show.
#pragma once

#include "mqtt/ha/ha_entities.hpp"
#include "mqtt/results/said_names.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>

namespace busbar::mqtt {

/// Of a bank or of a battery.
class HaFields {
public:
    enum class Part : std::uint8_t {
        Out,     ///< nobody shows it
        Through, ///< something in it is shown
        Whole,   ///< with all that is in it
    };

    /// What `entities`, rows with a name and cells show.
    explicit HaFields(std::span<const Entity> entities);

    /// `around`: what the object or list that it is in was found to be.
    [[nodiscard]] Part find(SaidNames::Place place, Part around) const;

private:
    void want(std::string_view source, Part part);

    std::unordered_map<SaidNames::Place, Part> parts_;
};

} // namespace busbar::mqtt
