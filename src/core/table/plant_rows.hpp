// SPDX-License-Identifier: MIT
// The rows that are read of chargers, inverters and DC meters.
#pragma once

#include "core/gx/plant.hpp"
#include "core/table/path_table.hpp"

#include <array>

namespace busbar {

/// What is read of each device; ranges as in the path table.
inline constexpr std::array kPlantRows = {
    row("/Dc/0/Current"), row("/Dc/0/Power"),  row("/Dc/0/Voltage"), row("/Connected"),
    row("/CustomName"),   row("/ProductName"), row("/Serial"),       row("/Mgmt/Connection")};
static_assert(kPlantRows.size() == kPlantPathCount);

} // namespace busbar
