// SPDX-License-Identifier: MIT
// One GX and its banks, without sessions and buses: what run, watch and replay have in common.
#pragma once

#include "app/site/calendar.hpp"
#include "app/site/gx_control.hpp"
#include "base/mailbox.hpp"
#include "core/bank.hpp"
#include "core/made/composition.hpp"
#include "core/members/roster.hpp"
#include "core/snapshot.hpp"
#include "core/units/readings.hpp"
#include "mqtt/venus/venus_source.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar::config {
struct Config;
} // namespace busbar::config

namespace busbar {

/// Mail and time go in; banks with fresh snapshots come out. Not movable: the source writes into
/// the readings.
class Site {
public:
    Site(const config::Config& config, mqtt::SourcePort port, std::string echoSeed);
    ~Site() = default;
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;
    Site(Site&&) = delete;
    Site& operator=(Site&&) = delete;

    void take(const Mail& mail, const Now& now);
    /// Once a second.
    void tick(const Now& now);

    /// True once: something changed that may cut a limit; evaluate without waiting.
    [[nodiscard]] bool takeUrgent() { return readings_.takeUrgent(); }
    /// True once: something changed.
    [[nodiscard]] bool takeChanged() { return readings_.takeChanged(); }

    /// Works out all banks. False while nothing can be concluded yet, because the first full
    /// publish has not come; then only their ladders of losses go on.
    bool evaluate(const Now& now, Pace pace = Pace::Cycle);

    /// What this selector picks is read, although nobody counts it and it may be another Busbar's.
    void hear(Selector selector);

    /// New settings while running, with the same banks: all that is copied from a configuration is
    /// copied here. Where and how the GX is read counts from the next session on.
    void setSettings(const config::Config& config, const Now& now);
    /// The session of the readings is gone, and another one will follow.
    void disconnected(const Now& now) { source_.disconnected(now); }

    /// Its made batteries; writable ones are written here (write_desk.hpp).
    [[nodiscard]] Composition& made() { return composition_; }
    [[nodiscard]] const Composition& made() const { return composition_; }

    /// What Busbar may change there.
    [[nodiscard]] GxControl& gx() { return gx_; }
    [[nodiscard]] const GxControl& gx() const { return gx_; }

    [[nodiscard]] std::vector<Bank>& banks() { return banks_; }
    [[nodiscard]] const std::vector<Bank>& banks() const { return banks_; }
    [[nodiscard]] const Readings& readings() const { return readings_; }
    [[nodiscard]] mqtt::VenusSource& source() { return source_; }
    [[nodiscard]] const mqtt::VenusSource& source() const { return source_; }

private:
    void knowPortal();
    void ignoreEchoes();
    [[nodiscard]] std::vector<Selector> allListed() const;
    [[nodiscard]] SourceNeeds needs() const;

    std::string siteName_;
    std::vector<std::string> services_; ///< per bank: last part of its bus name
    OwnSerials ownSerials_;
    std::vector<Selector> heard_; ///< beside what is configured
    std::uint64_t rosterSeen_{0}; ///< in which echoes were looked for
    Readings readings_;
    mqtt::VenusSource source_;
    Composition composition_;
    std::vector<Bank> banks_;
    GxControl gx_;
    std::string timeZone_; ///< as configured
    Calendar calendar_;
    std::string knownPortal_; ///< that the banks were made known of
    bool everEvaluated_{false};
    bool readsTotals_; ///< as configured
};

} // namespace busbar
