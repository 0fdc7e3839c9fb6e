// SPDX-License-Identifier: MIT
// Objects in lists: their keys, and what is said of one that is not known.
#pragma once

#include "config/assignments.hpp"
#include "config/issue.hpp"
#include "config/json_tree.hpp"
#include "config/option.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::config {

inline constexpr std::string_view kSecretAdvice =
    "secrets do not stand in the configuration: write it to a file or an environment variable and "
    "name that in gx.password_file or gx.password_env";

/// A key that somebody might put a secret to.
[[nodiscard]] bool soundsSecret(std::string_view key);

/// The places of what is in a list or an object; empty for other values.
[[nodiscard]] std::vector<Position> entriesOf(const Node& node);

/// The values of an object at `path`; an issue for each that is wrong, for keys that are not known
/// or given twice, and for the first row, if it is missing and `needsFirst`.
[[nodiscard]] FieldValues readFields(Rows rows, const Node& object, const std::string& path,
                                     bool needsFirst, std::vector<Issue>& issues);

/// Without the places; nothing if a value was refused.
[[nodiscard]] std::optional<Record> recordOf(const FieldValues& given);

} // namespace busbar::config
