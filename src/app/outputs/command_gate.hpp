// SPDX-License-Identifier: MIT
// Commands of the owner on their way in: held back until they are proven not to be retained.
#pragma once

#include "base/mailbox.hpp"
#include "core/made/written.hpp"
#include "core/now.hpp"
#include "mqtt/results/commands.hpp"
#include "mqtt/results/write_message.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

class WriteDesk;

/// What the owner asks for through MQTT.
struct OutputActions {
    mqtt::HighestValue highest; ///< which controls there are, and how far they go
    /// Form and range are checked.
    std::function<void(const mqtt::Command&)> command;
    /// False: it is no name (core/units/display_name.hpp).
    std::function<bool(std::size_t bank, const std::string& name)> rename;
    /// Takes values for writable batteries; without it there are none.
    WriteDesk* desk{nullptr};
};

/// Refuses what is not a command, not allowed or not new; says each reason once.
class CommandGate {
public:
    using Subscribe = std::function<bool(const std::vector<std::string>& filters)>;

    /// `root`: below which commands lie, "busbar/home/set"; empty = there are none, but renaming.
    CommandGate(mqtt::CommandsInForce inForce, std::string root, Subscribe subscribe,
                OutputActions actions);

    /// To be heard; empty without commands.
    [[nodiscard]] std::vector<std::string> filters() const;
    /// True if it was a command, taken or not.
    bool message(const Mail& mail, const Now& now);
    /// Commands that were not acted upon yet are forgotten.
    void disconnected() { pending_.clear(); }

    /// When `act` has something to do.
    [[nodiscard]] std::optional<SteadyTime> nextAct() const;
    void act(const Now& now);
    /// A name, which comes by another way.
    void rename(std::size_t bank, const std::string& name);
    /// A value of a writable battery, which does, too.
    void write(const std::string& id, const WrittenValue& value, const Now& now);

    [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
    [[nodiscard]] std::string filter() const { return root_ + "/#"; }
    void take(std::string_view tail, const Mail& mail, const Now& now);
    struct Pending;
    void takeValues(std::string_view tail, const Mail& mail, const Now& now);
    void writeNow(std::string_view tail, const mqtt::WriteMessage& message, const Now& now);
    void writeHeld(const Pending& due, const Now& now);
    void hold(std::string_view tail, std::string_view payload, const Now& now);
    void sayShadowed(std::string_view tail, std::string_view payload, const Now& now);
    void refuse(const std::string& why);
    [[nodiscard]] std::string notTaken() const;

    mqtt::CommandsInForce inForce_;
    std::string root_;
    Subscribe subscribe_;
    OutputActions actions_;
    struct Pending {
        std::string tail; ///< of the topic
        std::string payload;
        SteadyTime at;
    };
    std::deque<Pending> pending_; ///< the oldest first
    std::uint64_t refused_{0};
    std::set<std::string> refusals_;                 ///< said already
    std::map<std::string, SteadyTime> saidShadowed_; ///< by tail of the topic
};

} // namespace busbar
