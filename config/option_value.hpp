// SPDX-License-Identifier: MIT
// Checks one value of a file or variable against its row of the option table.
#pragma once

#include "config/issue.hpp"
#include "config/json_tree.hpp"
#include "config/option_table.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::config {

/// "text "25"", "the number 5", "a list": what stands there, for a message.
[[nodiscard]] std::string describeNode(const Node& node, bool mayBeShown = true);

/// The value, or nothing and at least one issue under `path`. Values of options that name files or
/// variables, and of gx.url, are never repeated in an issue: passwords end up there by mistake.
[[nodiscard]] std::optional<Setting> checkValue(const Option& option, const Node& node,
                                                const std::string& path,
                                                std::vector<Issue>& issues);

/// The text of an environment variable in the shape of JSON: texts as they are, lists as JSON or
/// separated by commas, everything else as JSON. Position 0.
[[nodiscard]] Node nodeFromVariable(const Option& option, std::string_view text);

} // namespace busbar::config
