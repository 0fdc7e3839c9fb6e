// SPDX-License-Identifier: MIT
// DAB's options with their values, and the table that says what becomes of each.
#pragma once

#include "migrate/draft.hpp"
#include "migrate/peer_file.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::migrate {

/// How DAB reads the text of an option.
enum class DabKind : std::uint8_t { Flag, Whole, Number, Numbers, Text };

/// One option of DAB with the value that it would have worked with.
struct DabValue {
    std::string name; ///< as it was written; an older version may have called it otherwise
    std::string text;
    bool isGiven = false; ///< by the owner
    bool flag = false;
    double number = 0.0;
    std::vector<double> numbers;
    std::string origin; ///< "MAX_CELL_VOLTAGE, config.ini line 12"
};

/// All options, by the newest name.
class DabValues {
public:
    /// Of a name that is in the table.
    [[nodiscard]] const DabValue& operator[](std::string_view name) const {
        return all.find(name)->second;
    }
    [[nodiscard]] bool isOn(std::string_view name) const { return (*this)[name].flag; }
    [[nodiscard]] bool isGiven(std::string_view name) const { return (*this)[name].isGiven; }
    [[nodiscard]] double number(std::string_view name) const { return (*this)[name].number; }

    std::map<std::string, DabValue, std::less<>> all;
};

/// When DAB looks at an option at all.
enum class DabUse : std::uint8_t { Always, OwnLimits, BmsLimits, OwnSoc, Victron };

/// Sets what comes of it, and says so for one that is given.
using DabTake = void (*)(const DabValues&, const DabValue&, Draft&);

struct DabRow {
    std::string_view name;
    DabKind kind = DabKind::Text;
    std::string_view standard; ///< DAB's own default
    DabUse use = DabUse::Always;
    DabTake take = nullptr; ///< else `note` says it, for one that is given
    Part part = Part::NoCounterpart;
    std::string_view note{};
};
/// In the order in which they are translated.
[[nodiscard]] std::span<const DabRow> dabRows();

/// What an option was called in an older version.
struct DabAlias {
    std::string_view old;
    std::string_view name;
};
[[nodiscard]] std::span<const DabAlias> dabAliases();

/// Reads every value as DAB does; what it could not read is a mistake. `standards`: its
/// config.default.ini.
[[nodiscard]] DabValues dabValues(const PeerFile& standards, const PeerFile& given, bool isPython,
                                  Draft& draft);
/// Walks the table, and names what no version of DAB knows.
void takeDab(const DabValues& values, const PeerFile& given, Draft& draft);

/// Sets `key` and says that it is taken over.
void takeAs(Draft& draft, const DabValue& value, std::string_view key, const std::string& json);
/// Within `lowest` … `highest`; what is outside is a mistake.
[[nodiscard]] double within(Draft& draft, const DabValue& value, double number, double lowest,
                            double highest);

/// MAX_CELL_VOLTAGE, within what can be.
[[nodiscard]] double cellMax_V(const DabValues& values);

// What the rows name; each in the file of its topic.
void takeCount(const DabValues&, const DabValue&, Draft&);
void takeCells(const DabValues&, const DabValue&, Draft&);
void takeProduct(const DabValues&, const DabValue&, Draft&);
void takeServiceClass(const DabValues&, const DabValue&, Draft&);
void takeNamePath(const DabValues&, const DabValue&, Draft&);
void takeInterval(const DabValues&, const DabValue&, Draft&);
void takeSendCells(const DabValues&, const DabValue&, Draft&);
void takeLogging(const DabValues&, const DabValue&, Draft&);

void takeVictron(const DabValues&, const DabValue&, Draft&);
void takeMppts(const DabValues&, const DabValue&, Draft&);
void takeMultiWord(const DabValues&, const DabValue&, Draft&);
void takeShunts(const DabValues&, const DabValue&, Draft&);
void takeShuntAlone(const DabValues&, const DabValue&, Draft&);
void takeInvert(const DabValues&, const DabValue&, Draft&);
void takeDcLoads(const DabValues&, const DabValue&, Draft&);
void takeAbsence(const DabValues&, const DabValue&, Draft&);

void takeOwnSoc(const DabValues&, const DabValue&, Draft&);
void takeZeroSoc(const DabValues&, const DabValue&, Draft&);
void takeFullCell(const DabValues&, const DabValue&, Draft&);
void takeEmptyCell(const DabValues&, const DabValue&, Draft&);
void takeSaveStep(const DabValues&, const DabValue&, Draft&);
void takeEfficiency(const DabValues&, const DabValue&, Draft&);

void takeOwnLimits(const DabValues&, const DabValue&, Draft&);
void takeCan(const DabValues&, const DabValue&, Draft&);
void takeKeepMax(const DabValues&, const DabValue&, Draft&);
void takeCeiling(const DabValues&, const DabValue&, Draft&);
void takeCellMax(const DabValues&, const DabValue&, Draft&);
void takeCellDiff(const DabValues&, const DabValue&, Draft&);
void takeMonths(const DabValues&, const DabValue&, Draft&);
void takeBalancingCell(const DabValues&, const DabValue&, Draft&);
void takeRepetition(const DabValues&, const DabValue&, Draft&);
void takeChargeCurve(const DabValues&, const DabValue&, Draft&);
void takeDischargeCurve(const DabValues&, const DabValue&, Draft&);
void takePackStop(const DabValues&, const DabValue&, Draft&);

} // namespace busbar::migrate
