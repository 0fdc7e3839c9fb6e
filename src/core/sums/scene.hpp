// SPDX-License-Identifier: MIT
// One moment of a pairing: what all of its batteries say now and said in the last minute.
#pragma once

#include "core/members/aggregate_watch.hpp"
#include "core/now.hpp"
#include "core/sums/party.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace busbar::sums {

/// Between two looks at the same thing.
inline constexpr auto kSumSettled = std::chrono::seconds(20);
/// A sum that has a sensor of its own: a shunt's gain, or a Hall sensor's, and its offset.
inline constexpr double kGain = 0.033;
inline constexpr double kOffset_A = 2.0;
/// Nothing flows.
inline constexpr double kZero_A = 0.3;

/// Takes a sample of its current, and of whether it says that it carries none.
void noteTrail(SumTrail& trail, const Party& party, const Now& now);

enum class CapacityFit : std::uint8_t { Unknown, Same, Other };

/// One moment of a pairing: all of its batteries with their present values.
struct Scene {
    const Party& one;
    const SumTrail& own;
    const Parties& all;
    const std::vector<SumTrail>& trails;
    SumSet parts{0};
    double sum_A = 0.0;
    double lowest_A = 0.0; ///< what the last minute of the parts may add up to
    double highest_A = 0.0;
    double capacity_Ah = 0.0;               ///< of all parts …
    bool isKnown = true;                    ///< … of which every one is known
    double rounding_A = 0.0;                ///< by how much rounding alone puts them apart
    double change_A = 0.0;                  ///< of load
    std::size_t length = SumTrail::kLength; ///< samples that all have
};

/// Nothing while one of them is not heard.
[[nodiscard]] std::optional<Scene> sceneOf(const SumWatch& watch, const Parties& all,
                                           const SumPairing& pairing);

/// The same row of all: what drivers mean by /Capacity differs. If known parts alone have as much
/// as it has, the others would have nothing.
[[nodiscard]] CapacityFit capacityFit(const Scene& scene);

/// The last seconds of it are nowhere near what the last minute of its parts may add up to.
[[nodiscard]] bool isApart(const Scene& scene, double offset_A = kOffset_A);

/// Nothing flows in it.
[[nodiscard]] bool isIdle(const Scene& scene);

/// So much flows in the parts that a sum must show it.
[[nodiscard]] bool areBusy(const Scene& scene);

/// A part has shown nothing for a minute although its capacity's part of what flows in all, or in
/// the suspect, would show, and has not said why all the time: a sensor that is broken, as likely
/// as a switch, also of one that has just opened its switch. The parts then add up to less than
/// their sum, and that is no evidence of anything.
[[nodiscard]] bool hasMutePart(const Scene& scene);

/// None of them has moved for long.
[[nodiscard]] bool areStill(const Scene& scene, const Now& now);

/// What the parts added up to so many samples ago.
[[nodiscard]] double sumAt(const Scene& scene, std::size_t age);

} // namespace busbar::sums
