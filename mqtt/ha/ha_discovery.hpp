// SPDX-License-Identifier: MIT
// Announces banks and batteries to Home Assistant, one device message each, and takes them back.
#pragma once

#include "core/now.hpp"
#include "mqtt/ha/ha_device.hpp"
#include "mqtt/ha/ha_message.hpp"
#include "mqtt/ha/ha_tree.hpp"
#include "mqtt/results/emptied.hpp"
#include "mqtt/settings.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace busbar::mqtt {

/// Sends messages when they are due, a few at a time, and remembers what was announced. What a
/// device once had it keeps until the program ends, so that no entity comes and goes.
class HaDiscovery {
public:
    /// Retained, QoS 1. False = not taken; it is tried again, behind all others that wait.
    using Publish = std::function<bool(const std::string& topic, const std::string& payload)>;
    /// Asked for announced devices that nothing stands for now: whether the configuration still
    /// wants them. No function = yes.
    using IsWanted = std::function<bool(std::string_view deviceId)>;

    /// At most this many devices: a flood of batteries must not fill anybody's Home Assistant.
    static constexpr std::size_t kMostDevices = 256;
    /// Messages per tick; one of a battery with 32 cells has some 30 KiB.
    static constexpr std::size_t kPerTick = 4;
    /// Home Assistant's start makes everybody speak at once, and it may restart in a loop.
    static constexpr std::chrono::seconds kBirthPause{10};

    /// `announced`: as `announced()` said at the end of the last run.
    HaDiscovery(HaSettings settings, HaContext context, std::set<std::string> announced,
                Publish publish);

    /// Where Home Assistant says that it has started; to be subscribed (QoS 0).
    [[nodiscard]] std::string birthTopic() const { return settings_.prefix + "/status"; }
    /// Something arrived there. Everything but "online" is ignored.
    void takeBirth(std::string_view payload, const Now& now);
    /// The session is there (again): everything is announced anew.
    void connected();
    void disconnected() { isConnected_ = false; }

    /// After a cycle; all banks, in the order of the configuration.
    void update(std::span<const BankView> banks, const IsWanted& isWanted);
    /// Once a second: sends what is due. Nothing while not connected.
    void tick(const Now& now);

    /// Takes all of it back, as far as the session takes that. Nothing is to be updated afterwards.
    void withdraw();

    /// Device ids for which a message may lie on the broker. To be kept over restarts.
    [[nodiscard]] const std::set<std::string>& announced() const { return announced_; }
    [[nodiscard]] std::size_t pending() const { return queue_.size(); }

private:
    void note(HaDevice device, bool isUnheard);
    void enqueue(const std::string& deviceId);
    void enqueueAll();
    void retire(const IsWanted& isWanted);
    [[nodiscard]] bool send(const std::string& deviceId, const Now& now);
    [[nodiscard]] bool announce(const std::string& deviceId, const HaDevice& device);
    [[nodiscard]] bool takeBack(const std::string& deviceId);
    [[nodiscard]] std::string topicOf(const std::string& deviceId) const;
    void takeBackAgain();
    [[nodiscard]] std::chrono::milliseconds jitter() const;

    HaSettings settings_;
    HaContext context_;
    std::set<std::string> announced_;
    Publish publish_;
    bool isConnected_{false};
    HaDevices devices_;
    std::set<std::string> reported_; ///< by the last update
    std::set<std::string> retired_;  ///< to be taken back
    /// Whose controls that are no more Home Assistant was told of, since it or we have started.
    std::set<std::string> tidied_;
    Emptied emptied_;               ///< taken back as far as the session says; still `announced_`
    std::deque<std::string> queue_; ///< device ids to announce or to take back, each once
    std::optional<SteadyTime> birthDue_;
    std::optional<SteadyTime> lastBirth_;
};

} // namespace busbar::mqtt
