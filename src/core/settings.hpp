// SPDX-License-Identifier: MIT
// The owner's wishes for one bank, with their defaults; plain data that the core is given.
#pragma once

#include "core/alarm_settings.hpp"
#include "core/charge/balancing_settings.hpp"
#include "core/charge/charge_target_settings.hpp"
#include "core/charge/current_settings.hpp"
#include "core/charge/meter_settings.hpp"
#include "core/charge/soc_settings.hpp"
#include "core/gx/advice_settings.hpp"
#include "core/gx/feed_in_settings.hpp"
#include "core/limits/limit_settings.hpp"
#include "core/limits/preset_name.hpp"
#include "core/made/correction_settings.hpp"
#include "core/members/loss_settings.hpp"
#include "core/members/membership_settings.hpp"

#include <string>

namespace busbar {

/// One bank. `id` is part of topics, names and files: [A-Za-z0-9_], unique.
struct BankSettings {
    std::string id = "main";
    std::string name = "Busbar";
    Preset preset = Preset::Auto;
    int cells = 0; ///< in series, of each battery; 0 = as found (limits/cell_count.hpp)
    bool publishCells = false;
    bool gxPages = true; ///< pages of the single batteries on the GX's screen (gx_pages.hpp)
    MembershipSettings membership;
    CorrectionSettings corrections;
    CurrentSettings current;
    LimitSettings limits;
    BalancingSettings balancing;
    ChargeTargetSettings chargeTarget;
    FeedInSettings feedIn;
    AdviceSettings advice;
    SocSettings soc;
    MeterSettings meters;
    LossSettings loss;
    AlarmSettings alarms;
};

/// Regular balancing is switched on, so that it can be started by hand.
[[nodiscard]] inline bool hasBalancing(const BankSettings& settings) {
    return settings.balancing.isEnabled && settings.limits.cvl.mode == CvlMode::Own;
}

/// The SoC comes from the own counter, so that it can be reset.
[[nodiscard]] inline bool hasCounter(const BankSettings& settings) {
    return settings.soc.source == SocSource::Counter;
}

} // namespace busbar
