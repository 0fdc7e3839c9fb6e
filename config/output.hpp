// SPDX-License-Identifier: MIT
// What `busbar config` prints: schema, manual, effective configuration.
#pragma once

#include "config/config.hpp"

#include <string>

namespace busbar::config {

/// JSON Schema, draft-07, of the configuration file; editors complete and check with it.
[[nodiscard]] std::string jsonSchema();

/// The manual of all options in Markdown; config/OPTIONS.md is this text.
[[nodiscard]] std::string optionsManual();

/// Everything that is in force, as a configuration file: reading it gives the same Config. Holds
/// names of files and variables with secrets, never secrets, because a Config has none.
[[nodiscard]] std::string effectiveConfig(const Config& config);

} // namespace busbar::config
