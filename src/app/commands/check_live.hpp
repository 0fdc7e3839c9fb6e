// SPDX-License-Identifier: MIT
// What a configuration makes of the batteries that a GX shows now.
#pragma once

#include "config/issue.hpp"

#include <string>
#include <vector>

namespace busbar::config {
struct Config;
struct MadeTree;
} // namespace busbar::config

namespace busbar {

class Bank;
class Readings;

/// A site that has run for a while.
struct LiveSite {
    const config::Config& config;
    const config::MadeTree& tree;
    const Readings& readings;
    const std::vector<Bank>& banks; ///< those of `config`
};

/// A battery of the GX is there at all.
[[nodiscard]] bool hearsAny(const LiveSite& site);

/// What is not as the configuration has it: selectors that pick nothing, two or what counts
/// already, batteries that lack a part, blocks that do not go together, members that take no part.
/// Each with its place where it has one. What picks two or counts twice is an error; what may be
/// there in an hour is a warning.
[[nodiscard]] std::vector<config::Issue> liveIssues(const LiveSite& site);

/// Each bank with its batteries, and what they are made of, a line each, indented by level.
[[nodiscard]] std::vector<std::string> liveLines(const LiveSite& site);

} // namespace busbar
