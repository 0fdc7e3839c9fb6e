// SPDX-License-Identifier: MIT
// Which batteries selectors of a configuration pick on a GX now.
#pragma once

#include "app/commands/check_live.hpp"

#include <string>
#include <vector>

namespace busbar {

struct Battery;
struct Selector;
struct Unit;

/// Those that are there, without what this process publishes.
[[nodiscard]] std::vector<const Battery*> livePicks(const LiveSite& site, const Selector& selector);

/// Selectors that pick nothing, or several, and what counts twice in a bank.
[[nodiscard]] std::vector<config::Issue> pickIssues(const LiveSite& site);

/// "Pack A (instance 1)"; a made one has no instance.
[[nodiscard]] std::string liveName(const Unit& unit);
[[nodiscard]] bool isLiveMade(const Unit& unit);
/// Cells in series that it gives or says; 0 = unknown.
[[nodiscard]] int liveCells(const Unit& unit);

} // namespace busbar
