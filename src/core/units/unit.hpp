// SPDX-License-Identifier: MIT
// What a bank counts: the values of one battery, whatever fills them, and what of them is lost.
#pragma once

#include "core/now.hpp"
#include "core/table/row_index.hpp"
#include "core/value.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

/// Number of a full publish that Busbar asked for; grows by one with each. 0 = before the first.
using Sweep = std::uint32_t;

/// All that a BMS says at once has come within this: half a second on its way, and what cuts no
/// limit gathers for up to one more (app/run/inbox). What is later is another report.
inline constexpr std::chrono::milliseconds kReportTakes{1500};

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
    bool isWish{false};    ///< of a limit: 0 is what the owner or a bank wants of it, no switch
};

/// What a unit said last on a row on which it says nothing now: null, or the path is gone.
struct Unsaid {
    RowIndex index{0};
    double number{0.0};
};

/// A current that is not remembered before something bears it out; see current_leap.hpp.
struct CurrentLeap {
    std::optional<double> steady_A;  ///< last current that was borne out; nothing = none yet
    double steady_V = 0.0;           ///< voltage with it; 0 = unknown
    std::optional<SteadyTime> since; ///< the current has leapt then; nothing = it has not
    SteadyTime moved{};              ///< when it said something then
};

/// Which of its parts decides a row of a made unit: "S1b", "Pack C", "Barn/Pack C".
struct Decider {
    RowIndex index{0};
    std::string name;
};

/// Plain data. A source fills it (unit.hpp: a battery of the GX); whoever counts it looks at
/// nothing else.
struct Unit {
    int instance{-1}; ///< on the GX
    std::array<Slot, kRowCount> slots;
    std::vector<Slot> cells; ///< storage; how many there are says cellCount
    /// These are read now and then only (calm_cells.hpp): for who shows them. What decides goes by
    /// the extremes, as of a battery that gives no cells.
    bool hasOldCells{false};

    bool left{false};      ///< its source says that it is gone
    SteadyTime appeared{}; ///< when the first value arrived after it was away
    bool isJoining{false}; ///< it speaks, and is not proven or not complete yet
    /// It has given a current limit or a cell at least once, or a charge voltage while it carried
    /// current.
    bool hasBms{false};
    SteadyTime moved{}; ///< last change of voltage, current or a cell voltage
    SteadyTime heard{}; ///< last value at all; of a made one, that of the part which has
                        ///< been silent longest
    std::optional<SteadyTime> lost; ///< since when it has not been usable
    std::optional<SteadyTime>
        firstUsable; ///< since when it has been known to work; only such a one can be held
    CurrentLeap leap;
    /// Numbers that it took back by saying nothing. They are its own: another that comes to the
    /// instance begins without. Mostly none.
    std::vector<Unsaid> unsaid;
    std::vector<Decider> deciders; ///< of a made unit; of a found one none
    /// What a made unit waits for: "S1b is lost", or what is odd about its parts; empty = nothing.
    std::string lacking;
    std::string parts; ///< names of what a made unit is made of, with commas

    [[nodiscard]] const Slot& slot(RowIndex index) const { return slots.at(index); }
    /// The value of a path, or nullptr for unknown; of a unit that is held also what it last was.
    [[nodiscard]] const Value* valueOf(const Slot& slot, bool held) const;
};

/// The service has the path; of one that is lost, also: it had a value there.
[[nodiscard]] bool isThere(const Unit& unit, const Slot& slot);

/// Number of the last cell that is there, with or without a value; 0 = no cells.
[[nodiscard]] std::size_t cellCount(const Unit& unit);

/// Stable over restarts and other instances: "serial <serial>", else "<connection> <name>"; empty
/// while nothing of it is known. Looks at present values, then at held ones.
[[nodiscard]] std::string identityOf(const Unit& unit);

/// A value of `/State` that says: not joined to the bank: starting, standing by, pending, off.
[[nodiscard]] bool isNotJoinedState(double state);
/// Its state says so, or did when it said one last.
[[nodiscard]] bool isNotJoined(const Unit& unit);

/// The present number of a row; nothing if it has none.
[[nodiscard]] std::optional<double> numberOf(const Unit& unit, RowIndex index);

/// Installed capacity, else what is left; nothing = it says neither now. Ah, above 0.
[[nodiscard]] std::optional<double> nominalCapacity_Ah(const Unit& unit);

/// The present number of a row, else the last that was there: what closes must not open because its
/// path falls silent. Nothing if there never was one, or another battery has come since.
[[nodiscard]] std::optional<double> lastNumberOf(const Unit& unit, RowIndex index);

/// A cell that it gave is unknown now.
[[nodiscard]] bool lacksCell(const Unit& unit);

/// The part of a made unit that decides a row, as deep as it is known; empty = it itself does.
[[nodiscard]] std::string_view deciderOf(const Unit& unit, RowIndex index);

/// The text of a row, also held; empty if there is none.
[[nodiscard]] std::string_view textOf(const Unit& unit, RowIndex index);

} // namespace busbar
