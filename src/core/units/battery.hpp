// SPDX-License-Identifier: MIT
// One battery service of the GX: what it last said, and how sure that is.
#pragma once

#include "core/now.hpp"
#include "core/table/row_index.hpp"
#include "core/units/unit.hpp"
#include "core/value.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

/// Where a path of a battery is kept: a row of the table, or a cell voltage.
struct Place {
    enum class Kind : std::uint8_t { Row, Cell };
    Kind kind{Kind::Row};
    std::uint16_t index{0}; ///< row, or cell counted from 0
};

/// Bound on cells per battery; far above any pack, so that a hostile topic cannot take memory.
inline constexpr std::uint16_t kMostCells = 256;

/// The place of a path: a row, `/Voltages/Cell<n>` or `/Cell/<n>/Volts` (serialbattery's other
/// naming) with n in 1 … kMostCells; nothing for a path that Busbar does not read.
[[nodiscard]] std::optional<Place> findPlace(std::string_view path);

/// Rows that decide who a battery is and whether it is one of ours to count.
[[nodiscard]] bool isDescriptive(RowIndex index);

/// What is taken of a battery that nobody looks at: who it is, and its instance, which tells that
/// it answers.
[[nodiscard]] bool tellsWho(RowIndex index);

/// The value if it fits the place, else unknown; see `plausible` in path_table.hpp. Cells: 0 … 10
/// V. Texts become part of ids, topics and documents, so what does not fit of them is left out.
[[nodiscard]] Value plausible(Place place, Value value);

/// A value that came and is not believed; see sieve.hpp.
struct Doubt {
    RowIndex index{0};
    Value said;             ///< what came; the slot shows something else
    SteadyTime since{};     ///< since when nothing was believed on this row
    std::string why;        ///< for the owner
    bool isOdd{false};      ///< it was no value of this path at all, so `said` is unknown
    bool isHeldOver{false}; ///< the slot shows the last good value
};

/// What of a battery's readings is believed.
struct Sieve {
    std::vector<std::optional<double>> good; ///< last believed value by row that is looked at
    std::vector<Doubt> doubts;               ///< mostly none
};

/// Two services that take turns on one instance.
struct SharedInstance {
    Sweep seen{0}; ///< how many clean sweeps there were when they last did
    /// Of rows by which a service is recognised: what the one has said that is not shown now. A row
    /// that is not here says the same for both.
    std::map<RowIndex, Value> other;
    bool areMore{false}; ///< a third word on a row: not only two, or one was renamed meanwhile
};

/// A battery of the GX as it is read there: the unit, and what its source knows of how sure that
/// is. Plain data; `Readings` keeps it consistent.
struct Battery : Unit {
    Sweep confirmed{0};       ///< the last sweep that proved the whole battery
    Sweep appearedIn{0};      ///< which sweep had begun when it appeared …
    bool appearedLive{false}; ///< … with nothing in doubt: Busbar has seen it start
    bool wasProven{false};    ///< a full publish or a read has shown it at least once
    bool isMute{false};       ///< did not answer a read: what the bridge repeats of it proves
                              ///< nothing until it answers
    std::optional<SteadyTime> fillingSince; ///< proven, but some of its values are still to come
    SteadyTime spoke{};                     ///< last value that was new
    bool hasHeld{false};                    ///< some slot may have a held value
    bool lostWithLink{false};               ///< lost because nothing at all came any more
    bool wasConnected{false};               ///< has said so with `/Connected` since it appeared
    std::optional<SharedInstance> sharing;  ///< two identities alternated
    Sieve sieve;
    std::string banks;    ///< ids of those that count it, where several do; else empty
    std::string occupant; ///< identity of whose `unsaid` is; empty = to be noted anew
    std::set<int> leaves; ///< of a made one: keys of the GX's batteries that count in it
};

/// It said that it is connected, and says now that it is not: what else it says is of the past. One
/// that has never said so does not fill `/Connected`, which tells nothing.
[[nodiscard]] bool saysItIsAway(const Battery& battery);

} // namespace busbar
