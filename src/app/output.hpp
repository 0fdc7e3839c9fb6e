// SPDX-License-Identifier: MIT
// Everything that Busbar publishes on MQTT, and the commands that come back, on one session.
#pragma once

#include "app/log_pace.hpp"
#include "base/mailbox.hpp"
#include "config/config.hpp"
#include "core/bank_view.hpp"
#include "core/now.hpp"
#include "mqtt/commands.hpp"
#include "mqtt/driver_json.hpp"
#include "mqtt/ha_discovery.hpp"
#include "mqtt/results.hpp"
#include "mqtt/venus_output.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace busbar {

/// What the output needs from a session. Both are fire and forget; false = not taken.
struct OutputPort {
    std::function<bool(const std::vector<std::string>& filters)> subscribe;
    std::function<bool(std::string_view topic, std::string_view payload, int qos, bool retain)>
        publish;
};

/// What the owner asks for through MQTT.
struct OutputActions {
    mqtt::HighestValue highest; ///< which controls there are, and how far they go
    /// Form and range are checked.
    std::function<void(const mqtt::Command&)> command;
    /// False: it is no name (core/display_name.hpp).
    std::function<bool(std::size_t bank, const std::string& name)> rename;
};

/// No broker, no clock. Without a session nothing is rendered; what is due waits as a flag.
class Output {
public:
    /// `process` tells this run from every other one. `announced`: what `announced()` said at the
    /// end of the last run.
    Output(const config::Config& config, std::string process, std::set<std::string> announced,
           OutputPort port, OutputActions actions);

    /// For the session, before it connects; nothing without results.
    [[nodiscard]] std::optional<mqtt::Results::Will> will() const;

    void connected(const Now& now);
    void disconnected(); ///< commands that were not acted upon yet are forgotten
    /// A message of the session; true if it was for us.
    bool message(const Mail& mail, const Now& now);

    /// When `act` has something to do: a command waits until it is proven not to be retained.
    [[nodiscard]] std::optional<SteadyTime> nextAct() const;
    void act(const Now& now);

    /// A battery that an earlier run has published: offline until a bank reports it.
    void expect(const std::string& battery);
    /// The same, but nobody wants it any more.
    void forget(const std::string& battery);
    void forgetBank(const std::string& bank);

    /// After a cycle: all banks, in the order of the configuration. `names`: under which clients
    /// know them. `isThere`: whether the bank is published at all.
    struct Bank {
        const BankView& view;
        const std::string& name;
        bool isThere;
    };
    void offer(std::span<const Bank> banks, const Now& now);

    /// Once a second, after `offer`.
    void tick(std::span<const BankView> banks, const mqtt::HaDiscovery::IsWanted& isWanted,
              const Now& now);
    /// True when `health` has something to do.
    [[nodiscard]] bool isHealthDue(const Now& now) const;
    void health(mqtt::Health health, const Now& now);
    /// Says offline, and takes the banks out of the layout of a GX; before the session ends.
    void shutDown();

    /// For the state file.
    [[nodiscard]] std::set<std::string> announced() const;

private:
    bool publish(std::string_view topic, std::string_view payload, int qos, bool retain);
    void sayImpossible(std::string_view topic, std::size_t bytes);
    [[nodiscard]] std::vector<std::string> filters() const;
    bool takeResult(const Mail& mail, const Now& now);
    void takeCommand(std::string_view tail, const Mail& mail, const Now& now);
    void hold(std::string_view tail, std::string_view payload, const Now& now);
    void sayShadowed(std::string_view tail, std::string_view payload, const Now& now);
    void rename(std::size_t bank, const std::string& name);
    void refuse(const std::string& why);
    [[nodiscard]] std::string notTaken() const;
    [[nodiscard]] std::string commandFilter() const;
    void sayOverwritten();
    void takeHealth(const Mail& mail, const Now& now);

    std::size_t bankCount_;
    std::string process_;
    OutputPort port_;
    OutputActions actions_;
    mqtt::CommandsInForce commands_;
    struct Pending {
        std::string tail; ///< of the topic
        std::string payload;
        SteadyTime at;
    };
    std::deque<Pending> pending_; ///< the oldest first
    std::uint64_t refused_{0};
    std::optional<mqtt::Results> results_;
    std::optional<mqtt::HaDiscovery> homeAssistant_;
    std::optional<mqtt::VenusOutput> venus_;
    std::deque<mqtt::DriverJson> drivers_;           ///< one per bank, or none
    std::set<std::string> refusals_;                 ///< said already
    std::set<std::string> impossible_;               ///< topics, likewise
    std::map<std::string, SteadyTime> saidShadowed_; ///< by tail of the topic
    RepeatPace untaken_;
    std::optional<SteadyTime> saidTaken_;
};

} // namespace busbar
