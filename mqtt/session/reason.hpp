// SPDX-License-Identifier: MIT
// Why a broker refused a session, in words.
#pragma once

#include <string>

namespace busbar::mqtt {

/// Return code of CONNACK (MQTT 3.1.1 §3.2.2.3, 1 … 5) in words; empty for any other number, which
/// then is none of the broker's. A GX answers 5 one to six seconds late, and also when too many
/// wrong passwords came before.
[[nodiscard]] std::string refusalReason(int returnCode);

} // namespace busbar::mqtt
