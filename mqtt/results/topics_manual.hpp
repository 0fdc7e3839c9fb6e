// SPDX-License-Identifier: MIT
// The manual of all topics and keys, made from the tables that the documents are made from.
#pragma once

#include <string>

namespace busbar::mqtt {

/// Markdown; mqtt/TOPICS.md is this text.
[[nodiscard]] std::string topicsManual();

} // namespace busbar::mqtt
