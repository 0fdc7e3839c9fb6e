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
/// topic matches one of these and one of the others: some brokers send it twice then.
[[nodiscard]] std::vector<std::string> whoTheyAre(std::string_view base);

/// All other values of one battery that Busbar reads, but the following.
[[nodiscard]] std::vector<std::string> liveFilters(std::string_view base, int instance);

/// Those that bear on nothing that Busbar decides: to be heard while the battery is read as a whole
/// or all are published, and not in between.
[[nodiscard]] std::vector<std::string> seldomFilters(std::string_view base, int instance);

/// Its single cells, with their sum.
[[nodiscard]] std::vector<std::string> cellFilters(std::string_view base, int instance);

/// All of the three.
[[nodiscard]] std::vector<std::string> allFilters(std::string_view base, int instance);

/// The folder of single cells that a path of a battery is in; empty = in none.
[[nodiscard]] std::string_view cellFolderOf(std::string_view path);

} // namespace busbar::mqtt
