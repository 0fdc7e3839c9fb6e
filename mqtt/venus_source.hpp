// SPDX-License-Identifier: MIT
// Reads one GX through its MQTT bridge: portal id, keepalive, full publishes with echo, heartbeat,
// values.
#pragma once

#include "core/readings.hpp"
#include "documents/counters.hpp"
#include "mqtt/battery_reads.hpp"
#include "mqtt/settings.hpp"
#include "mqtt/topic.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar::mqtt {

/// What the source needs from a session, which keeps the order. All are fire and forget; false =
/// not (all) taken.
struct SourcePort {
    std::function<bool(const std::vector<std::string>& filters)> subscribe;
    std::function<bool(const std::vector<std::string>& filters)> unsubscribe;
    std::function<bool(const std::string& topic, const std::string& payload)> publish;
};

/// Something for the log.
struct Notice {
    bool isProblem{false};
    std::string text;
};

using documents::SourceCounters;

/// Works without a clock, a network or a thread: fed with what a session brings and with ticks,
/// writes into Readings. Protocol, limits and traps: mqtt/VENUS.md.
class VenusSource {
public:
    /// `echoSeed` makes this process' echo words unlike anybody else's. Of the GX only batteries
    /// and what `needs` names are read.
    VenusSource(GxSettings settings, Readings& readings, SourcePort port, std::string echoSeed,
                SourceNeeds needs = {});

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

    /// Where `write` publishes, for a last will; empty without a running session.
    [[nodiscard]] std::string writeTopic(GxItem item) const;
    /// Empty while it is not known.
    [[nodiscard]] const std::string& portalId() const { return portalId_; }
    /// Since the bridge's last heartbeat; nothing if it has not sent one since the session began.
    [[nodiscard]] std::optional<std::chrono::seconds> heartbeatAge(const Now& now) const;
    [[nodiscard]] const SourceCounters& counters() const { return counters_; }
    [[nodiscard]] std::vector<Notice> takeNotices() { return std::exchange(notices_, {}); }

private:
    enum class Phase : std::uint8_t { Disconnected, FindingPortal, Running };
    enum class SweepStep : std::uint8_t { Idle, Publishing, ReadingEach };

    [[nodiscard]] bool isOfBusbar(std::string_view id) const;
    void findPortal(const Now& now);
    void decidePortal(const Now& now);
    void run(std::string id, const Now& now);
    [[nodiscard]] bool isEcho(const ServicePath& path, std::string_view payload) const;
    void takeTail(std::string_view tail, std::string_view payload, const Now& now);
    void takeBattery(int instance, std::string_view path, std::string_view payload, const Now& now);
    void takeService(const ServicePath& path, std::string_view payload, const Now& now);
    void takePlant(const PlantKey& key, std::string_view path, std::string_view payload);
    void takeGxItem(const GxTopic& gxTopic, std::string_view payload);
    void subscribeToAll();
    void subscribeToGx();
    void narrow();
    void follow();
    bool hearAll();
    bool hear(int instance);
    void takeCompletion(std::string_view payload, const Now& now);
    void takeHeartbeat(const Now& now);
    void note(std::string_view tail, bool isGood, std::string_view payload);
    void startSweep(const Now& now);
    void requestPublish(const Now& now);
    void readEach(const Now& now);
    std::size_t completeAnswered(const Now& now);
    void endSweep(const Now& now);
    void sweepTimedOut(const Now& now);
    void finishReadingEach(const Now& now);
    void tickLink(const Now& now);
    [[nodiscard]] std::chrono::seconds sweepInterval() const;
    [[nodiscard]] bool takeWish(const Now& now);
    void tickSweep(const Now& now);
    void tickKeepalive(const Now& now);
    void keepAlive(const std::string& payload, const Now& now);
    void say(bool isProblem, std::string text) { notices_.push_back({isProblem, std::move(text)}); }
    [[nodiscard]] std::string topic(std::string_view letter, std::string_view tail) const;

    GxSettings settings_;
    std::optional<GxSettings> next_; ///< from the next session on
    Readings& readings_;
    SourcePort port_;
    std::string echoSeed_;
    SourceNeeds needs_;

    Phase phase_{Phase::Disconnected};
    bool isNarrow_{false}; ///< of each battery only what is read, of ignored ones only who they are
    std::set<int> heard_;  ///< instances whose values are subscribed to, while it is narrow
    std::string portalId_;
    std::string base_; ///< prefix + "N/<id>/"
    std::set<std::string> idsSeen_;
    SteadyTime connectedAt_{};
    SteadyTime decideAt_{};
    bool saidNoPortal_{false};

    SweepStep step_{SweepStep::Idle};
    int attempt_{0};
    std::string echo_;
    SteadyTime stepEnds_{};
    SteadyTime sweptAt_{};              ///< end of the last sweep
    std::chrono::seconds retryWait_{0}; ///< after a failed one; 0 = the regular interval
    bool isWished_{false};              ///< the readings want a sweep
    SteadyTime wishGranted_{};
    std::chrono::seconds wishPause_{0}; ///< to the next wish that is granted
    SteadyTime lastKeepalive_{};        ///< that the session has taken
    bool saidGap_{false};
    bool sawPlainCompletion_{false}; ///< without echo, since the request
    bool echoSeen_{
        false}; ///< this bridge repeats our word, so an end mark without one is somebody else's
    bool echoMissing_{false}; ///< this bridge completes without any word: an old one
    int failuresInARow_{0};

    bool heartbeatSeen_{false};
    SteadyTime lastSign_{}; ///< of the bridge: heartbeat, or any message of a bridge without one

    BatteryReads reads_;
    std::set<std::string, std::less<>> badTopics_;
    SourceCounters counters_;
    std::vector<Notice> notices_;
};

/// What `write` publishes.
[[nodiscard]] std::string writePayload(GxItem item, double value);

} // namespace busbar::mqtt
