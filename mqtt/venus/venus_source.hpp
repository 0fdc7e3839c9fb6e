// SPDX-License-Identifier: MIT
// Reads one GX through its MQTT bridge: portal id, keepalive, full publishes with echo, heartbeat,
// values.
#pragma once

#include "core/units/readings.hpp"
#include "mqtt/settings.hpp"
#include "mqtt/venus/battery_reads.hpp"
#include "mqtt/venus/bridge_link.hpp"
#include "mqtt/venus/cell_reads.hpp"
#include "mqtt/venus/full_publish.hpp"
#include "mqtt/venus/keepalive.hpp"
#include "mqtt/venus/portal_finder.hpp"
#include "mqtt/venus/source_filters.hpp"
#include "mqtt/venus/topic.hpp"
#include "mqtt/venus/value_intake.hpp"
#include "mqtt/venus/venus_bridge.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar::mqtt {

/// Works without a clock, a network or a thread: fed with what a session brings and with ticks,
/// writes into Readings. Protocol, limits and traps: mqtt/VENUS.md.
class VenusSource {
public:
    /// `echoSeed` makes this process' echo words unlike anybody else's. Of the GX only batteries
    /// and what `needs` names are read.
    VenusSource(GxSettings settings, Readings& readings, SourcePort port, std::string echoSeed,
                SourceNeeds needs = {});
    ~VenusSource() = default;
    VenusSource(const VenusSource&) = delete; // its parts share what they know
    VenusSource& operator=(const VenusSource&) = delete;
    VenusSource(VenusSource&&) = delete;
    VenusSource& operator=(VenusSource&&) = delete;

    /// In force from the next session on.
    void setSettings(GxSettings settings) { next_ = std::move(settings); }
    /// Other needs from now on: subscribes to what is new and asks for its values.
    void setNeeds(const SourceNeeds& needs, const Now& now);

    void connected(const Now& now);
    void disconnected(const Now& now);
    /// Messages were lost on the way here: everything may be outdated. May come with every batch;
    /// full publishes are asked for at the pace of wishes.
    void overflow(const Now& now);
    void message(std::string_view topic, std::string_view payload, bool retained, const Now& now);
    /// At least once a second.
    void tick(const Now& now);
    /// Writes a setting of the GX and has it read back: the bridge confirms nothing by itself.
    /// Without a running session nothing is sent. Whoever calls this has the owner's permission.
    /// False = the session has not taken it.
    bool write(GxItem item, double value);

    /// After each evaluation.
    void setLeeway(Leeway leeway);

    /// Where `write` publishes, for a last will; empty without a running session.
    [[nodiscard]] std::string writeTopic(GxItem item) const;
    /// Empty while it is not known.
    [[nodiscard]] const std::string& portalId() const { return bridge_.portalId; }
    /// All that the broker shows, where the id was to be found (`auto`).
    [[nodiscard]] const std::set<std::string>& portalsSeen() const { return portal_.seen(); }
    /// Since the bridge's last heartbeat; nothing if it has not sent one since the session began.
    [[nodiscard]] std::optional<std::chrono::seconds> heartbeatAge(const Now& now) const {
        return link_.heartbeatAge(now);
    }
    [[nodiscard]] const SourceCounters& counters() const { return bridge_.counters; }
    [[nodiscard]] std::vector<Notice> takeNotices() { return std::exchange(bridge_.notices, {}); }

private:
    enum class Phase : std::uint8_t { Disconnected, FindingPortal, Running };

    void run(std::string id, const Now& now);
    void takeTail(std::string_view tail, std::string_view payload, const Now& now);
    void takeService(const ServicePath& path, std::string_view payload, const Now& now);
    void takeCompletion(std::string_view payload, const Now& now);
    void tickLink(const Now& now);
    void tickKeepalive(const Now& now);

    VenusBridge bridge_;
    std::optional<GxSettings> next_; ///< from the next session on
    Phase phase_{Phase::Disconnected};
    PortalFinder portal_;
    BridgeLink link_;
    Keepalive keepalive_;
    SourceFilters filters_;
    CellReads cells_;
    FullPublish fullPublish_;
    ValueIntake intake_;
    BatteryReads reads_;
};

/// What `write` publishes.
[[nodiscard]] std::string writePayload(GxItem item, double value);

} // namespace busbar::mqtt
