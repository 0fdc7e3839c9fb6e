// SPDX-License-Identifier: MIT
// What the GX's own screen shows of each battery: "Individual Battery Info" and "Module level
// alarms" of the stock GUI, and cells under names of their own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace busbar {

class Member;
struct AlarmSettings;
struct BankSettings;
struct Item;
struct Verdict;

/// The GUI reads one digit of /Diagnostics/Module<k> (dbus/VENUS.md): only the first ten batteries
/// have a page of alarms.
inline constexpr std::size_t kAlarmPages = 10;

/// The number of the battery whose page the GUI shows; the GUI writes it.
inline constexpr std::string_view kPageRequest = "/Battery/Request/Id";

/// More batteries have no page: as many as a list in the configuration may name, so that a hostile
/// GX cannot take memory.
inline constexpr std::size_t kMostPages = 64;

/// Which paths there are; made anew only when that changes, because making texts costs more than
/// all values of a cycle.
struct ExtrasLayout {
    /// Of one verdict that has paths.
    struct Shape {
        std::size_t verdict{0};
        std::size_t cells{0};
        std::uint64_t alarms{0}; ///< which alarms it has ever sent, by bit; 0 without an alarm page
        bool hasPage{false};
        bool namesCells{false};
        friend bool operator==(const Shape&, const Shape&) = default;
    };
    enum class Kind : std::uint8_t {
        Fixed, ///< what it was made with
        Serial,
        Capacity,
        Status,
        Row,
        Alarm,
        Cell,
    };
    /// Where the value of an item comes from.
    struct Source {
        std::size_t verdict{0};
        Kind kind{Kind::Fixed};
        std::uint16_t index{0}; ///< row, or cell from 0
        int page{0};            ///< n of /Battery/<n>; 0 = elsewhere
    };
    std::optional<std::vector<Shape>> shapes; ///< nothing = to be made anew
    std::vector<Source> sources;              ///< one per item
    std::vector<bool> readable; ///< which verdicts could be read when all was brought up to date
    bool hasTemperature{false};
};

/// The cells of the pages that nobody looks at are brought up to date by turns, so that no signal
/// has them all: with 16 batteries of 16 cells they were two thirds of what a bank told the bus.
inline constexpr int kCellTurns = 6;

/// Which of /Battery/<n> are brought up to date.
struct PagesDue {
    int shown{0};          ///< n that the GUI shows, with its cells; 0 = none
    bool others{true};     ///< all others, but for their cells
    int cells{kCellTurns}; ///< the cells of those with n % kCellTurns; kCellTurns = of all
};

struct ExtrasInput {
    const std::vector<Verdict>& verdicts;
    const BankSettings& settings;
    bool hasTemperature{false}; ///< there are temperatures in the history
    PagesDue due{};
};

/// Batteries that have a page, at most kMostPages: all that should be members, in the roster's
/// order, those that were dropped or are out of service too, so that a number stays with its
/// battery.
[[nodiscard]] int pageCount(const std::vector<Verdict>& verdicts);

/// The most cells that one of them has shown; 0 = none did.
[[nodiscard]] std::size_t mostCells(const std::vector<Verdict>& verdicts);

/// What of a battery the GUI shows as its state: bits of /Battery/<n>/Status.
[[nodiscard]] double statusBits(const Member& member, const AlarmSettings& alarms);

/// Brings `extras` up to date: sorted by path, rounded.
/// * `/Battery/<n>/…` for n = 1 … pageCount, and `/Battery/Request/Id`, the number that the GUI
///   chooses; all n are there at once, so the choice decides only which of them is up to date
///   always. With `gxPages`.
/// * `/Diagnostics/Module<k>/…`, k = n − 1, for the first kAlarmPages. With `gxPages`.
/// * `/Voltages/<member>_Cell<n>`, as dbus-aggregate-batteries names them, so that dashboards go on
///   working. With `publishCells`; only batteries that take part.
/// * `/Settings/HasTemperature` 1, without which the GUI hides the temperatures of the history.
/// A battery that is not there keeps its paths; its values and its status are unknown, its alarm
/// BmsCable is 1. Never `/NumberOfBmses`: the GUI hides the bank's own alarms where that is valid.
void fillExtras(ExtrasLayout& layout, const ExtrasInput& input, std::vector<Item>& extras);

} // namespace busbar
