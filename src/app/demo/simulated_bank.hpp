// SPDX-License-Identifier: MIT
// A physical twin of a bank behind a simulated GX: its batteries on MQTT, DVCC's settings, and time
// that may run faster.
#pragma once

#include "core/now.hpp"
#include "mqtt/venus/venus_server.hpp"
#include "sim/driver_feed.hpp"
#include "sim/meter.hpp"
#include "sim/twin.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

struct SimulatedBankSettings {
    double speed = 1.0;                 ///< seconds of the twin per second; 1 to 1000
    std::string portalId = "simulated"; ///< see VenusServerSettings
};

/// What a GX without a controlling battery could do: the smallest CVL, of a string the sum of its
/// blocks', and the number of packs, or strings, times the smallest CCL and DCL. A pack that gives
/// no limit closes; a string that lacks a block does not count; without any pack nothing is known.
[[nodiscard]] sim::Limits plainRule(const sim::Twin& twin);

/// Needs neither broker nor clock: messages and time come in, messages go out. As on a GX, chargers
/// obey the limits of the selected battery and the owner's DVCC settings, whichever is lower; with
/// DVCC off they go by themselves. A pack that falls
/// silent keeps its last values, because a bridge knows nothing else.
class SimulatedBank {
public:
    /// Asked before each step of the twin: what its controlling battery says.
    using LimitSource = std::function<sim::Limits(const sim::Twin&)>;
    /// Instance of the battery that these limits come from; nothing = it is not there.
    using InstanceSource = std::function<std::optional<int>()>;

    /// Throws std::invalid_argument for a speed out of range. Without `instance` the limits are
    /// nobody's: they hold whatever is selected.
    SimulatedBank(const sim::TwinSpec& spec, const SimulatedBankSettings& settings,
                  mqtt::VenusServer::Publish publish, LimitSource limits,
                  InstanceSource instance = {});
    ~SimulatedBank() = default;
    SimulatedBank(const SimulatedBank&) = delete; // the server calls back
    SimulatedBank& operator=(const SimulatedBank&) = delete;
    SimulatedBank(SimulatedBank&&) = delete;
    SimulatedBank& operator=(SimulatedBank&&) = delete;

    /// Lets the twin catch up with the time, whole steps at once, and publishes what has changed.
    /// After a pause of more than ten seconds it does not catch up: the machine slept.
    void tick(const Now& now);
    /// A message of the broker; see `VenusServer::message`.
    void message(std::string_view topic, std::string_view payload, const Now& now) {
        server_.message(topic, payload, now);
    }

    /// For the session: what to subscribe to, what to say after connecting.
    [[nodiscard]] mqtt::VenusServer& server() { return server_; }
    [[nodiscard]] const sim::Twin& twin() const { return twin_; }
    /// What has happened since the start.
    [[nodiscard]] sim::Metrics metrics() const { return meter_.result(twin_); }

private:
    struct Setting {
        mqtt::VenusServer::Item item{0};
        double value = 0.0;
    };

    struct Candidate {
        int instance = 0;
        bool isBms = false;
    };

    void addSettings();
    void addSelection();
    void selectOnce();
    void publishSelection();
    [[nodiscard]] std::vector<Candidate> candidates() const;
    [[nodiscard]] std::optional<int> activeMonitor() const;
    [[nodiscard]] std::optional<int> activeBms() const;
    [[nodiscard]] bool isDvccOn() const;
    [[nodiscard]] sim::Limits limitsInForce() const;
    void publish();
    void put(int instance, Place place, const Value& value);
    void write(const mqtt::WriteRequest& request);
    [[nodiscard]] double setting(GxItem item) const;
    [[nodiscard]] sim::Limits limited(sim::Limits limits) const;

    double speed_;
    sim::Twin twin_;
    LimitSource limits_;
    InstanceSource instance_;
    sim::Meter meter_;
    sim::DriverFeed drivers_;
    mqtt::VenusServer server_;
    std::array<Setting, sim::kGxDefaults.size()> settings_{}; ///< in the order of kGxDefaults
    mqtt::VenusServer::Item selectedMonitorItem_{0};
    mqtt::VenusServer::Item activeMonitorItem_{0};
    mqtt::VenusServer::Item activeBmsItem_{0};
    static constexpr std::string_view kAutomatic = "default";
    std::string selectedMonitor_{kAutomatic};
    bool isSelected_{false};
    std::optional<SteadyTime> last_;  ///< of the last tick
    std::chrono::nanoseconds due_{0}; ///< of the twin's time, not yet stepped
};

} // namespace busbar
