// SPDX-License-Identifier: MIT
// Packs that stop being heard, again and again, and mostly when it hurts most.
#pragma once

#include "sim/bms.hpp"
#include "sim/random.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace busbar::sim {

class Twin;

/// When a loss strikes, and whom. By the truth, so that it is the same whoever controls, as long as
/// the bank goes the same way.
enum class Moment : std::uint8_t {
    NearFull,       ///< the pack with the highest cell, close to the voltage it is charged to
    NearEmpty,      ///< the pack with the lowest cell, close to where BMSs derate
    BindsCharge,    ///< the pack that is closest to its own limit, in bulk
    BindsDischarge, ///< the same while discharging
    Cold,           ///< a pack whose limit is small because it is cold
    AnyTime,        ///< anybody
};
inline constexpr std::size_t kMomentCount = 6;
[[nodiscard]] std::string_view toText(Moment moment);

/// One loss of one pack.
struct Loss {
    std::size_t pack = 0; ///< index
    Moment moment = Moment::AnyTime;
    Fault fault;
};

/// Draws losses from a seed. What is lost is the data only: the pack stays on the bar.
class Losses {
public:
    Losses(std::uint64_t seed, std::size_t packs);

    /// After each step: what fails from now on, often nothing.
    [[nodiscard]] std::vector<Loss> step(const Twin& twin);

private:
    /// One at work: waits for its moment, strikes, pauses, draws the next one.
    struct Gremlin {
        Moment moment = Moment::AnyTime;
        Fault::Kind kind = Fault::Kind::Silent;
        int victims = 1;
        double lasts_s = 0.0;
        double from_s = 0.0;           ///< not before
        double patience_s = 0.0;       ///< then it thinks of something else
        double hesitates_s = 0.0;      ///< from when its moment begins
        std::optional<double> ready_s; ///< since when the moment is there
    };
    void draw(Gremlin& gremlin, double now_s);
    void strike(Gremlin& gremlin, std::size_t first, const Twin& twin, std::vector<Loss>& losses);
    [[nodiscard]] std::optional<std::size_t> victimOf(Moment moment, const Twin& twin);
    [[nodiscard]] int drawVictims();

    Random random_;
    std::size_t packs_;
    std::array<Gremlin, 3> gremlins_; ///< so that losses overlap
};

} // namespace busbar::sim
