// SPDX-License-Identifier: MIT
// How large a file, a function and a class may be, and which are larger for a reason or still.
#pragma once

#include "architecture/rules.hpp"
#include "architecture/shape.hpp"

#include <array>
#include <string_view>

namespace busbar::architecture {

/// Lines, counted as an editor does. What is above has two jobs, or is a table.
inline constexpr int kMostFileLines = 400;
inline constexpr int kMostFunctionLines = 40; ///< from the first word of its head to its last brace
inline constexpr int kMostFields = 15;        ///< data of each object
inline constexpr int kMostMethods = 20;       ///< private ones too

/// What a file, function or class has too many of.
enum class Measure : std::uint8_t { FileLines, FunctionLines, Fields, Methods };

/// One that is larger than the bound. `what`: name of the function or class; empty for a file.
struct Larger {
    std::string_view file;
    std::string_view what;
    Measure measure;
    int number;
    std::string_view reason; ///< why it is right so
};

// clang-format off
/// Numbers may only shrink, and a row goes when its subject keeps the bound.
inline constexpr auto kLarger = std::to_array<Larger>({
    {"config/option_table.cpp", "allowedText", Measure::FunctionLines, 45, "a table: one case per kind of option"},
    {"config/option_value.cpp", "checkValue", Measure::FunctionLines, 43, "a table: one case per kind of option"},
    {"config/schema.cpp", "writeType", Measure::FunctionLines, 42, "a table: one case per kind of option"},
    {"mqtt/ha/ha_entities.hpp", "Entity", Measure::Fields, 18, "a row of a table, one field per key of Home Assistant"},
    {"mqtt/ha/ha_tables.cpp", "", Measure::FileLines, 600, "tables of entities"},
    {"mqtt/ha/ha_tables.cpp", "ofQuantity", Measure::FunctionLines, 60, "a table: one case per quantity"},
    {"mqtt/session/session_state.hpp", "SessionState", Measure::Methods, 21, "what three threads hand over to each other, one line each, behind one lock"},
    {"mqtt/venus/venus_source.hpp", "VenusSource", Measure::Methods, 22, "the front of its parts, one line each"},
    {"src/app/run/site_run.hpp", "SiteRun", Measure::Methods, 23, "one for each moment of a site, and what others may see of its session"},
    {"src/app/site/site.hpp", "Site", Measure::Methods, 22, "the front of one GX: what run, watch, replay and those who look once have in common"},
    {"src/core/units/readings.hpp", "Readings", Measure::Methods, 50, "the front of its parts, one line each: a source sees one thing, and so do banks"},
    {"src/core/members/member.hpp", "Member", Measure::Methods, 21, "what all behind membership ask of one, one line each"},
    {"src/core/units/unit.hpp", "Unit", Measure::Fields, 17, "what is known of a unit, found or made: each is read by another stage"},
    {"src/core/report.hpp", "BankReport", Measure::Fields, 18, "a list of what there is to say of a bank; what belongs together is a struct already"},
    {"src/app/outputs/outputs.hpp", "Outputs", Measure::Methods, 21, "one for each moment of a site's outputs: made, installed, offered, taken back, ended"},
    {"src/core/report.hpp", "MemberReport", Measure::Fields, 31, "a list of what there is to say of a battery, each unknown or not; documents read them one by one"},
    {"src/core/settings.hpp", "BankSettings", Measure::Fields, 18, "a list of the sections of a bank, without any rule"},
    {"src/sim/bms.hpp", "ReportingSpec", Measure::Fields, 18, "a list of what differs between makes, without any rule"},
    {"src/sim/bms_report.hpp", "PackReport", Measure::Fields, 30, "a list of what a BMS can say, each unknown or not"},
    {"src/sim/meter.hpp", "Metrics", Measure::Fields, 20, "a list of figures of one run"},
});
// clang-format on

/// What is larger than the bounds, and not as `larger` says.
[[nodiscard]] Findings checkBounds(const SourceFile& file, const Shape& shape);
/// Rows of the table that are not true any more, of all files of a tree.
[[nodiscard]] Findings checkLarger(const std::vector<SourceFile>& files);

} // namespace busbar::architecture
