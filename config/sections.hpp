// SPDX-License-Identifier: MIT
// The objects of a file that hold options: its top level, the entries of `sites` and of `banks`.
#pragma once

#include "config/assignments.hpp"
#include "config/issue.hpp"
#include "config/json_tree.hpp"

#include <string>
#include <vector>

namespace busbar::config {

/// What stands at the top level, itself an object.
[[nodiscard]] Assignments readTopLevel(const Node& root, std::vector<Issue>& issues);

/// Options of a bank, in an object at `path`.
[[nodiscard]] Assignments readBankOptions(const Node& object, const std::string& path,
                                          std::vector<Issue>& issues);

/// The entries of `sites`; without such a list one, which has `banks` and `made`
/// of the top level.
[[nodiscard]] std::vector<SiteEntry> readSites(const Node& root, std::vector<Issue>& issues);

} // namespace busbar::config
