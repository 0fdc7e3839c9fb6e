// SPDX-License-Identifier: MIT
// What the battery drivers and the settings of a twin's GX say, as paths and values.
#pragma once

#include "core/gx/gx_state.hpp"
#include "core/units/battery.hpp"
#include "sim/twin.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace busbar::sim {

/// Where the values go: readings in process, or a bridge.
struct ValueSink {
    std::function<void(int instance, Place place, Value value)> put;
    std::function<void(int instance)> leave; ///< the service is gone from the bus
};

/// A service on the GX that is none of the twin's packs, or only seems to be one.
struct ExtraService {
    PackSpec spec; ///< name, instance, serial, connection, number of cells (0 = it gives none)
    PackReport report;
};

/// What drivers make of the truth, and who else is there. Both are asked at each feed.
struct Tampering {
    std::function<void(std::size_t pack, PackReport& report)> report;
    std::function<std::vector<ExtraService>()> extras; ///< always as many, in the same order
};

/// One driver per pack, each an own service `battery/<instance>`. What a BMS never gave has no
/// path; what it gave before and lost is unknown. A pack that has fallen silent says nothing, not
/// even that it leaves.
class DriverFeed {
public:
    /// Hands over what has changed since the last call. `all`: everything there is, as in a full
    /// publish.
    void feed(const Twin& twin, bool all, const ValueSink& sink);
    void setTampering(Tampering tampering) { tampering_ = std::move(tampering); }

private:
    struct Sent {
        bool isOnline = false;
        PackReport report; ///< the last one that was sent
    };
    static void feedService(const PackSpec& pack, const PackReport& report, Sent& sent, bool all,
                            const ValueSink& sink);

    std::vector<Sent> sent_;       ///< of the packs
    std::vector<Sent> sentExtras_; ///< of the others
    Tampering tampering_;
};

/// A setting or state of the GX itself.
struct GxDefault {
    GxItem item{GxItem::Dvcc};
    double value = 0.0; ///< of a GX whose owner has changed nothing but switched DVCC on
    double lowest = 0.0;
    double highest = 0.0;
    bool isSetting = false; ///< clients may write it
};

/// Ranges as systemcalc and hub4control register them with localsettings.
inline constexpr auto kGxDefaults = std::to_array<GxDefault>({
    {GxItem::Dvcc, 1.0, 0.0, 1.0, false},
    {GxItem::MaxChargeCurrent, -1.0, -1.0, 10000.0, true},
    {GxItem::MaxChargeVoltage, 0.0, 0.0, 80.0, true},
    {GxItem::FeedIn, 0.0, 0.0, 1.0, true},
    {GxItem::DvccSetting, 1.0, 0.0, 7.0, true},
    {GxItem::SelectedBms, kAutoBms, kNoBms, 32767.0, true},
});

/// What the twin starts with: the default, but for what the twin itself decides.
[[nodiscard]] double startValue(const GxDefault& item, const Twin& twin);

} // namespace busbar::sim
