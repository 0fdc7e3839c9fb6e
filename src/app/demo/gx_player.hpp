// SPDX-License-Identifier: MIT
// Plays a recording over and over as if it were a GX: same id, same services, same pace.
#pragma once

#include "app/commands/recording.hpp"
#include "core/now.hpp"
#include "mqtt/venus/venus_server.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

struct GxPlayerSettings {
    double speed = 1.0;        ///< 10 = ten times as fast; 0.01 to 10000
    std::string topicPrefix{}; ///< in front of the topics that are published; those of the
                               ///< recording have none
};

/// Needs neither broker nor clock: messages and time come in, messages go out. The recording's own
/// heartbeats and end marks are left out, because a bridge makes those. As on a GX, the owner's
/// settings and names (`settings/…`,
/// `/CustomName`) take writes, everything else ignores them.
class GxPlayer {
public:
    /// Throws std::runtime_error if the recording has no value of any service, or those of two GX
    /// devices, and std::invalid_argument for a speed out of range.
    GxPlayer(const std::vector<Record>& recording, GxPlayerSettings settings,
             mqtt::VenusServer::Publish publish);
    ~GxPlayer() = default;
    GxPlayer(const GxPlayer&) = delete; // the server calls back
    GxPlayer& operator=(const GxPlayer&) = delete;
    GxPlayer(GxPlayer&&) = delete;
    GxPlayer& operator=(GxPlayer&&) = delete;

    /// Plays what is due. The first call starts the recording; one second after its last change it
    /// starts over, with the initial values, and with the removal of what was not there at the
    /// start (if it tells what was).
    void tick(const Now& now);
    /// A message of the broker; see `VenusServer::message`.
    void message(std::string_view topic, std::string_view payload, const Now& now) {
        server_.message(topic, payload, now);
    }

    /// For the session: what to subscribe to, what to say after connecting.
    [[nodiscard]] mqtt::VenusServer& server() { return server_; }
    [[nodiscard]] std::chrono::milliseconds length() const {
        return length_;
    } ///< of one round, in recorded time
    [[nodiscard]] std::uint64_t rounds() const { return rounds_; } ///< begun so far

private:
    struct Step {
        std::chrono::milliseconds at{0};
        mqtt::VenusServer::Item item{0};
        std::string payload;
    };

    void add(const Record& record);
    void findLateItems();
    void begin();
    void playUntil(std::chrono::milliseconds position);
    [[nodiscard]] std::chrono::milliseconds position(const Now& now) const;

    double speed_;
    mqtt::VenusServer server_;
    std::vector<Step> initial_;
    std::vector<Step> steps_;
    std::vector<mqtt::VenusServer::Item> late_; ///< not there at the start
    std::chrono::milliseconds length_{0};
    SteadyTime roundStart_{};
    std::size_t next_{0};
    std::uint64_t rounds_{0};
};

} // namespace busbar
