// SPDX-License-Identifier: MIT
// What one MQTT session has done, for the health topic and for tests.
#pragma once

#include "documents/counters.hpp"

namespace busbar::mqtt {

using documents::ClientCounters;

} // namespace busbar::mqtt
