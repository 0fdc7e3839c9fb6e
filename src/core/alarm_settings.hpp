// SPDX-License-Identifier: MIT
// From where on the bank itself raises alarms.
#pragma once

namespace busbar {

struct AlarmSettings {
    double cellSpreadWarning_V = 0.3; ///< /Alarms/CellImbalance 1 from here; 0 = never
    double cellSpreadAlarm_V = 0.0;   ///< /Alarms/CellImbalance 2 from here; 0 = never
};

} // namespace busbar
