// SPDX-License-Identifier: MIT
// A GX that does what the test says: real MQTT, Victron's bridge as VenusServer has it, any value
// at any time.
#pragma once

#include "mqtt/session/client.hpp"
#include "mqtt/venus/venus_server.hpp"
#include "support/bus_echo.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace busbar::test {

inline constexpr const char* kPortal = "c0619ab00001";

/// A battery as its driver would publish it. Defaults: in the middle of its range, charging.
struct Pack {
    int instance{1};
    std::string name{"A"};
    double voltage_V{52.8};
    double current_A{10.0};
    double soc_pct{60.0};
    double capacity_Ah{100.0};
    double maxCharge_V{56.0};
    double maxCharge_A{50.0};
    double maxDischarge_A{80.0};
    double minCell_V{3.29};
    double maxCell_V{3.32};
};

/// Values are kept while there is no broker. Works only while it is pumped.
class SimulatedGx {
public:
    SimulatedGx(mqtt::BrokerSettings broker, mqtt::VenusServerSettings settings);

    /// Its bus: the batteries that stand there are published, too.
    void echo(const std::string& busAddress) { echo_.emplace(busAddress, bridge_); }
    /// Values of that bus so far.
    [[nodiscard]] std::uint64_t echoed() const { return echo_ ? echo_->values() : 0; }

    /// One wake-up: takes messages, answers, beats the heart.
    void pump();
    /// Does not wait for the pause after a failure.
    void connectNow();
    [[nodiscard]] bool isConnected() const { return isReady_ && client_.isConnected(); }

    void add(const Pack& pack);
    void set(int instance, std::string_view path, const Value& value);
    /// A setting of the GX that clients may write; an integer, unless it is one that Busbar knows
    /// as something else.
    void setSetting(std::string_view path, double value);
    /// A value of the GX's own service `system`.
    void setSystem(std::string_view path, const Value& value);
    /// What is in force, and how often a client has written it.
    [[nodiscard]] double setting(std::string_view path) const;
    [[nodiscard]] int settingWrites() const { return settingWrites_; }
    /// Writes of clients have no effect, as if localsettings refused them.
    void setRefusing(bool isRefusing) { isRefusing_ = isRefusing; }
    /// The bytes as they are, in place of what the bridge would make of a value.
    void setPayload(int instance, std::string_view path, std::string_view payload);
    /// Another service with the same instance: its values come in every full publish as well, on
    /// the same topics. Says its serial now.
    void addTwin(const Pack& pack);
    /// The device leaves: zero bytes on all its topics.
    void vanish(int instance);
    /// Any message, past the bridge; false if the session does not take it now.
    bool publish(std::string_view topic, std::string_view payload, bool retain = false);
    [[nodiscard]] std::string topicOf(int instance, std::string_view path) const;

    /// The bridge hangs: no answer, no heartbeat, no value.
    void setSilent(bool isSilent) { isSilent_ = isSilent; }
    [[nodiscard]] const mqtt::VenusServer& bridge() const { return bridge_; }

private:
    [[nodiscard]] static Now now();
    void publishTwin();
    void write(const mqtt::WriteRequest& request);

    Mailbox box_;
    MailBatch batch_;
    mqtt::Client client_;
    std::string prefix_;
    mqtt::VenusServer bridge_;
    std::optional<BusEcho> echo_;
    std::map<std::string, std::string> twin_; ///< payloads by topic
    std::map<std::string, double, std::less<>> settings_;
    int settingWrites_{0};
    bool isRefusing_{false};
    bool isSilent_{false};
    bool isReady_{false};
};

} // namespace busbar::test
