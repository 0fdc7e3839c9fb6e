// SPDX-License-Identifier: MIT
// The list `made`: batteries that are made of others.
#pragma once

#include "config/assignments.hpp"
#include "config/issue.hpp"
#include "config/json_tree.hpp"
#include "core/made/made_settings.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::config {

/// Each entry at `pathHead` + "made[0]" and so on; nothing without the list (nullptr). What a
/// bank's options are is in `bank` of the entry.
[[nodiscard]] std::vector<MadeEntry> readMade(const Node* list, const std::string& pathHead,
                                              std::vector<Issue>& issues);

/// What is given for a key of the entry, nullptr = nothing.
[[nodiscard]] const Assignment* fieldOf(const MadeEntry& entry, std::string_view key);

/// Its settings, without what has been refused.
[[nodiscard]] MadeSettings madeOf(const MadeEntry& entry);

} // namespace busbar::config
