// SPDX-License-Identifier: MIT
// One battery service of the GX: what it last said, how sure that is, and when it was lost.
#pragma once

#include "core/now.hpp"
#include "core/row_index.hpp"
#include "core/value.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

/// Number of a full publish that Busbar asked for; grows by one with each. 0 = before the first.
using Sweep = std::uint32_t;

/// The last word on one path.
struct Slot {
    Value value;
    Value held;            ///< what `value` was when it was lost; only a held battery shows it
    Sweep sweep{0};        ///< the newest sweep during or after which it arrived
    bool present{false};   ///< the service has the path, perhaps without a value; stays when the
                           ///< service leaves
    bool cameTwice{false}; ///< within the full publish that was open when it arrived …
    bool differed{false};  ///< … with different values
    bool isLost{false};    ///< it gave a value here, and says nothing now; of cells
};

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

/// What a battery said last on a row on which it says nothing now: null, or the path is gone.
struct Unsaid {
    RowIndex index{0};
    double number{0.0};
};

/// What of a battery's readings is believed.
struct Sieve {
    std::vector<std::optional<double>> good; ///< last believed value by row that is looked at
    std::vector<Doubt> doubts;               ///< mostly none
};

/// A current that is not remembered before something bears it out; see current_leap.hpp.
struct CurrentLeap {
    std::optional<double> steady_A;  ///< last current that was borne out; nothing = none yet
    double steady_V = 0.0;           ///< voltage with it; 0 = unknown
    std::optional<SteadyTime> since; ///< the current has leapt then; nothing = it has not
    SteadyTime moved{};              ///< when it said something then
};

/// Two services that take turns on one instance.
struct SharedInstance {
    Sweep seen{0}; ///< how many clean sweeps there were when they last did
    /// Of rows by which a service is recognised: what the one has said that is not shown now. A row
    /// that is not here says the same for both.
    std::map<RowIndex, Value> other;
    bool areMore{false}; ///< a third word on a row: not only two, or one was renamed meanwhile
};

/// Plain data; `Readings` keeps it consistent.
struct Battery {
    int instance{-1};
    std::array<Slot, kRowCount> slots;
    std::vector<Slot> cells; ///< storage; how many there are says cellCount

    bool left{false};         ///< its topics were emptied: the service is gone
    Sweep confirmed{0};       ///< the last sweep that proved the whole battery
    SteadyTime appeared{};    ///< when the first value arrived after it was away …
    Sweep appearedIn{0};      ///< … and which sweep had begun then
    bool appearedLive{false}; ///< … with nothing in doubt: Busbar has seen it start
    bool wasProven{false};    ///< a full publish or a read has shown it at least once
    /// It has given a current limit or a cell at least once, or a charge voltage while it carried
    /// current.
    bool hasBms{false};
    bool isMute{false};    ///< did not answer a read: what the bridge repeats of it proves
                           ///< nothing until it answers
    bool isJoining{false}; ///< it speaks, and is not proven or not complete yet
    std::optional<SteadyTime> fillingSince; ///< proven, but some of its values are still to come
    SteadyTime spoke{};                     ///< last value that was new
    bool hasHeld{false};                    ///< some slot may have a held value
    SteadyTime moved{};                     ///< last change of voltage, current or a cell voltage
    std::optional<SteadyTime> lost;         ///< since when it has not been usable
    std::optional<SteadyTime>
        firstUsable; ///< since when it has been known to work; only such a battery can be held
    bool lostWithLink{false};              ///< … because nothing at all came any more
    std::optional<SharedInstance> sharing; ///< two identities alternated
    Sieve sieve;
    CurrentLeap leap;
    /// Numbers that it took back by saying nothing. They are its own: another that comes to the
    /// instance begins without. Mostly none.
    std::vector<Unsaid> unsaid;
    std::string occupant; ///< identity of whose those are; empty = to be noted anew

    [[nodiscard]] const Slot& slot(RowIndex index) const { return slots.at(index); }
    /// The value of a path, or nullptr for unknown; of a battery that is held also what it last
    /// was.
    [[nodiscard]] const Value* valueOf(const Slot& slot, bool held) const;
};

/// The service has the path; of one that is lost, also: it had a value there.
[[nodiscard]] bool isThere(const Battery& battery, const Slot& slot);

/// Number of the last cell that is there, with or without a value; 0 = no cells.
[[nodiscard]] std::size_t cellCount(const Battery& battery);

/// Stable over restarts and other instances: "serial <serial>", else "<connection> <name>"; empty
/// while nothing of it is known. Looks at present values, then at held ones.
[[nodiscard]] std::string identityOf(const Battery& battery);

/// Its state says that it is not joined to the bank: starting, standing by, pending, off.
[[nodiscard]] bool isNotJoined(const Battery& battery);

/// The present number of a row; nothing if it has none.
[[nodiscard]] std::optional<double> numberOf(const Battery& battery, RowIndex index);

/// Installed capacity, else what is left; nothing = it says neither now. Ah, above 0.
[[nodiscard]] std::optional<double> nominalCapacity_Ah(const Battery& battery);

/// The present number of a row, else the last that was there: what closes must not open because its
/// path falls silent. Nothing if there never was one, or another battery has come since.
[[nodiscard]] std::optional<double> lastNumberOf(const Battery& battery, RowIndex index);

/// A cell that it gave is unknown now.
[[nodiscard]] bool lacksCell(const Battery& battery);

/// The text of a row, also held; empty if there is none.
[[nodiscard]] std::string_view textOf(const Battery& battery, RowIndex index);

} // namespace busbar
