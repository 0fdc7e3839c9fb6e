// SPDX-License-Identifier: MIT
// Plays a written time line through source, readings and bank, and compares; see
// tests/scenarios/README.md.
#pragma once

#include "mqtt/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace busbar::bench {

/// Plays the scenario (JSON text, comments allowed). Returns what was not as expected, one line
/// each; a mistake in the scenario itself (unknown key, wrong type, nothing expected) counts too.
[[nodiscard]] std::vector<std::string>
playScenario(std::string_view json, mqtt::GxReading reading = mqtt::GxReading::Live);

} // namespace busbar::bench
