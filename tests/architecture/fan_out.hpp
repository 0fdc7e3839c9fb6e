// SPDX-License-Identifier: MIT
// How many sources are compiled anew when a header changes, and how many may be.
#pragma once

#include "architecture/rules.hpp"
#include "architecture/source_file.hpp"

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::architecture {

/// A header that more sources may depend on than on others.
struct FanOutBound {
    std::string_view header;
    int most;
};

/// Sources (.cpp) that depend on any other header of the core, at most: what the aggregates of
/// settings have, which every bank, every option and every scenario sees.
inline constexpr int kMostDependents = 90;

// clang-format off
/// Counted after files were parted (stages of a cycle, documents, watch over sums: more sources, each smaller), and a
/// little more. A bound is raised only by who has seen why.
/// Sources that take a whole configuration or a made bank (rules of topics, the property of all outputs, plans of a
/// reload) see them all: that is what they are for. So do what is published of made batteries, and where their devices
/// hang: three sources and their tests.
/// What Home Assistant's entities show (three sources and a test), layouts of documents and sentences (three, and tests): they
/// read whole banks.
/// Three commands that look at a whole site (`doctor`, `discover`, `compare`), each in a few sources, and the chain to
/// the batteries, which `run` tells too: about ten sources and tests more. The web page: two outputs that see reports,
/// and its own sources, which are given the time. What a GX's screen says in words reads reports: a source and its test.
/// Slacks: a source and a test, which see a bank's cycle; who tells what wakes the loop has a test. The program without a page: a test.
/// What a battery carries whose current is not believed: a source and its test.
/// What a site leaves behind where it publishes no more: four sources and tests that take a configuration or the state.
/// Lean reading: who has calm cells (a source and a test), who reads them (two sources), and both ways side by side.
/// Which parts of a made battery can be used: a source.
inline constexpr auto kFanOutBounds = std::to_array<FanOutBound>({
    {"src/core/cycle/pace.hpp", 93},
    {"src/core/members/steep_end.hpp", 106},
    {"src/core/now.hpp",                        475}, // watch over sums: seven sources; owned settings: one, and a test
    {"src/core/table/controls.hpp", 114},
    {"src/core/charge/charge_target.hpp",        142},
    {"src/core/charge/charge_target_settings.hpp", 173},
    {"src/core/charge/balancing_descent.hpp",    155},
    {"src/core/charge/handed_over.hpp",          153},
    {"src/core/charge/measured_capacity.hpp", 155},
    {"src/core/made/made_settings.hpp", 124},
    {"src/core/gx/dvcc_settings.hpp", 121},
    {"src/core/members/members.hpp", 170},
    {"src/core/units/unit.hpp", 230},
    {"src/core/table/word_rows.hpp", 262},
    {"src/core/gx/advice_settings.hpp", 171},
    {"src/core/alarm_settings.hpp", 171},
    {"src/core/gx/feed_in_settings.hpp", 171},
    {"src/core/charge/meter_settings.hpp", 171},
    {"src/core/charge/shown_soc.hpp", 154},
    {"src/core/value.hpp",                      430},
    {"src/core/table/quantity.hpp",                   385},
    {"src/core/table/row_index.hpp",                  320},
    {"src/core/units/selector.hpp",                   245},
    {"src/core/table/path_table.hpp",                 238}, // counts test files that make readings, too
    {"src/core/units/battery.hpp",                     192},
    {"src/core/charge/soc_settings.hpp",                220},
    {"src/core/units/selector_match.hpp",              218},
    {"src/core/units/identity_book.hpp",               216},
    {"src/core/limits/cause.hpp",                187},
    {"src/core/limits/preset_name.hpp",          211},
    {"src/core/charge/current_settings.hpp",            193},
    {"src/core/limits/share_settings.hpp",       192},
    {"src/core/limits/curve_settings.hpp",       196}, // advice names curves by their options
    {"src/core/limits/unheard_settings.hpp",     184}, // a reload's plan and a site are tested by whole configurations
    {"src/core/charge/balancing_settings.hpp",       174}, // a reload is tested by the whole program
    {"src/core/held.hpp",                     175}, // a reload is tested by the whole program
    {"src/core/members/loss_settings.hpp",            174}, // a reload is tested by the whole program
    {"src/core/members/membership_settings.hpp",         183},
    {"src/core/table/out_reason.hpp",                  234},
    {"src/core/limits/limit_settings.hpp",       188},
    {"src/core/limits/cvl_settings.hpp",         188},
    {"src/core/members/roster.hpp",                      195},
    {"src/core/units/gx_readings.hpp",           121},
    {"src/core/units/ignored.hpp",               121},
    {"src/core/units/plant_readings.hpp",        121},
    {"src/core/made/writable_settings.hpp",      138},
    {"src/core/made/correction_settings.hpp",   178},
    {"src/core/stage.hpp",                       147},
    {"src/core/settings.hpp",                    171},
    {"src/core/gx/gx_state.hpp",                    166},
    {"src/core/charge/meters.hpp",                      164},
    {"src/core/limits/limit.hpp",                172},
    {"src/core/charge/balancing.hpp",                   154},
    {"src/core/charge/soc.hpp",                         153},
    {"src/core/gx/plant.hpp",                       122},
    {"src/core/units/readings.hpp",                    120},
    {"src/core/snapshot.hpp",                    130},
    {"src/core/gx/advice.hpp",                      96},
    {"src/core/events.hpp",                      67},
    {"src/core/memory.hpp",                      67},
    {"src/core/members/membership.hpp",                  44},
    {"src/core/report.hpp",                      110},
    {"src/core/bank.hpp",                        84},
    {"src/core/members/member.hpp",                      79}, // counts the test that options named by advice exist, too
    {"src/core/made/made_key.hpp", 137},
    {"src/core/units/ledger.hpp", 128},
    {"src/core/units/freshness.hpp", 126},
    {"src/core/table/advice_code.hpp", 99},
    {"src/core/gx/gx_advice.hpp", 95},
    {"src/core/gx/obedience.hpp", 95},
    {"src/core/slack.hpp", 130}, // where readings are kept
});
// clang-format on

/// For each header that `file`s of the tree include, directly or by others: how many sources do.
/// Names are looked up beside the file, below src/, the top and tests/, as the compiler does.
[[nodiscard]] std::map<std::string, int> fanOut(const std::vector<SourceFile>& files);

/// One finding per header of the core on which more sources depend than the table allows.
[[nodiscard]] Findings checkFanOut(const std::map<std::string, int>& dependents);

/// Lines of the table whose header is not there any more.
[[nodiscard]] Findings checkBounds(const std::map<std::string, int>& dependents);

} // namespace busbar::architecture
