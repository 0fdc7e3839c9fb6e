// SPDX-License-Identifier: MIT
// What is subscribed to of the batteries of a GX. MQTT has no filter that leaves one out, and the
// bridge sends back all that Busbar itself publishes on the bus: so each is subscribed to by
// itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace busbar::mqtt {

/// All values of all batteries. `base`: what topics of this GX begin with, up to the slash behind
/// the portal id.
[[nodiscard]] std::string everyBattery(std::string_view base);

/// Who the batteries are, of all that there are: what comes seldom, and tells of a new one. No
/// topic matches one of these and one of `filtersOf`: some brokers send it twice then.
[[nodiscard]] std::vector<std::string> whoTheyAre(std::string_view base);

/// All other values of one battery that Busbar reads.
[[nodiscard]] std::vector<std::string> filtersOf(std::string_view base, int instance);

} // namespace busbar::mqtt
