// SPDX-License-Identifier: MIT
// A GX on the bench: a fake bridge, the source that reads it, readings and one bank, wired as the
// program wires them.
#pragma once

#include "core/bank.hpp"
#include "core/events.hpp"
#include "core/settings.hpp"
#include "core/units/readings.hpp"
#include "mqtt/venus/venus_source.hpp"
#include "support/subscriptions.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::bench {

inline constexpr std::string_view kPortal = "c0619ab00001";

/// How the bridge behaves; each line is something that bridges were seen to do.
struct BridgeMood {
    bool isSilent{false};    ///< hangs: answers nothing, sends nothing
    bool refusesFull{false}; ///< over the GX-wide ration: full publishes are dropped without a word
    bool abortsFull{false};  ///< one undecodable value: nothing of a full publish arrives, no end
    bool hasEcho{true};      ///< older than Venus 3.50: end mark without the word
    bool hasHeartbeat{true};
    bool hasCompletion{true}; ///< older than Venus 3.20: no end mark
    std::set<int> hung;       ///< keys of services that answer no read; the bridge still has their
                              ///< values
};

/// A battery service on the fake GX. `key` is the test's name for it; two services may share an
/// instance.
struct FakeService {
    int key{0};
    int instance{0};
    std::map<std::string, std::string, std::less<>> payloads; ///< by path, as the bridge sends them
};

/// Does what Victron's bridge does for its clients: publishes changes while it is kept alive, all
/// values on request with end mark and echo, zero bytes when a service leaves.
class FakeBridge {
public:
    using Send = std::function<void(std::string_view topic, std::string_view payload)>;

    explicit FakeBridge(Send send) : send_(std::move(send)) {}

    BridgeMood mood;

    /// A service appears with all its values; one with this key is replaced without a word.
    void add(FakeService service);
    /// One value changes, or appears.
    void set(int key, std::string_view path, std::string payload);
    /// The service leaves: zero bytes on all its topics, kept alive or not.
    void remove(int key);
    /// Everything leaves without a word, because the bridge itself is gone; it is not kept alive
    /// any more.
    void reboot();
    /// What a client publishes.
    void request(std::string_view topic, std::string_view payload, const Now& now);
    void tick(const Now& now);

    [[nodiscard]] static std::string topicOf(int instance, std::string_view path);

private:
    void publishAll(std::string_view payload);
    void publishService(const FakeService& service);
    void answer(const FakeService& service, std::string_view topic);
    void send(std::string_view topic, std::string_view payload);

    Send send_;
    std::vector<FakeService> services_;
    bool isAlive_{false};
    SteadyTime aliveUntil_{};
    SteadyTime nextBeat_{};
};

/// Time stands still between calls of `advanceTo`.
class GxBench {
public:
    explicit GxBench(BankSettings settings, mqtt::GxSettings gx = {});

    /// Moves the time; once per second: heartbeat and the source's tick. Ends with a cycle.
    void advanceTo(std::chrono::milliseconds t);
    /// What the program does after it has read its mail: settle, then evaluate if there is anything
    /// to conclude from.
    void cycle();

    void connect();
    void disconnect();
    void overflow();
    /// Hands a message to the source as a broker does that delivers once for each subscription.
    void deliver(std::string_view topic, std::string_view payload, bool retained = false);

    FakeBridge& bridge() { return bridge_; }
    Bank& bank() { return bank_; }
    Readings& readings() { return readings_; }
    mqtt::VenusSource& source() { return source_; }
    [[nodiscard]] const Now& now() const { return now_; }
    /// The bank's events and the source's notices since the last call, as texts: "member_out A:
    /// stale …".
    std::vector<std::string> takeEvents() { return std::exchange(events_, {}); }
    /// Everything the source has published: topic, blank, payload.
    [[nodiscard]] const std::vector<std::string>& sent() const { return sent_; }
    /// Called after each evaluation.
    std::function<void()> onCycle;

private:
    struct Request {
        std::string topic;
        std::string payload;
    };

    void pump();
    void tellCalm();
    void collectEvents();

    Now now_;
    Now start_;
    std::chrono::milliseconds nextTick_{0};
    bool isConnected_{false};
    Readings readings_;
    FakeBridge bridge_;
    mqtt::VenusSource source_;
    Bank bank_;
    test::Subscriptions subscriptions_;
    std::deque<Request> requests_;
    std::vector<std::string> events_;
    std::vector<std::string> sent_;
};

/// "member_in", "charge_cause" and so on.
[[nodiscard]] std::string_view toText(EventKind kind);

} // namespace busbar::bench
