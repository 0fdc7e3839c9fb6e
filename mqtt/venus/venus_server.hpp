// SPDX-License-Identifier: MIT
// Does for a set of services what Victron's MQTT bridge does: publishes their values while somebody
// keeps it alive.
#pragma once

#include "core/now.hpp"
#include "core/value.hpp"
#include "mqtt/venus/venus_items.hpp"
#include "mqtt/venus/venus_pulse.hpp"
#include "mqtt/venus/venus_queue.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::mqtt {

struct VenusServerSettings {
    std::string portalId{};    ///< letters, digits, `-` and `_`; compared with case
    std::string topicPrefix{}; ///< put in front of every topic as it is, "boat/"; empty = none
    bool isFound = true;       ///< the id is announced; else who looks for one must not find it
    // What bridges before Venus 3.50 and 3.20 lack.
    bool hasEcho = true;       ///< repeats the echo word of a keepalive
    bool hasCompletion = true; ///< says `full_publish_completed`
    bool hasHeartbeat = true;
};

/// No broker, no clock: requests and time come in, messages go out through a function. That
/// function and the handler of writes may set values, but not hand in messages.
///
/// What the function does not take stays due, in order, and is tried again; an end mark waits for
/// all that it stands for. Only the last value of a topic is sent. A heartbeat does not wait.
///
/// The behaviour is that of dbus-flashmq v25 as captured (tests/data/captures): values are
/// published when they change and only in the 60 s after a keepalive of anyone; a full publish ends
/// with `full_publish_completed`; reads are answered always; whatever cannot be answered fails
/// without a word.
class VenusServer {
public:
    using Publish = VenusQueue::Publish;
    using Write = std::function<void(const WriteRequest&)>;
    using Item = VenusItems::Item;

    struct Counters {
        std::uint64_t published = 0; ///< messages that were taken, all kinds
        std::uint64_t fullPublishes = 0;
        std::uint64_t refusedFull = 0; ///< over the limit of three per second, or too many waiting
        std::uint64_t reads = 0;       ///< answered
        std::uint64_t writes = 0;      ///< handed over
        std::uint64_t failed = 0;      ///< reads and writes that nothing came of
    };

    VenusServer(VenusServerSettings settings, Publish publish, Write write = {});
    ~VenusServer() = default;
    VenusServer(const VenusServer&) = delete; // its parts share the values
    VenusServer& operator=(const VenusServer&) = delete;
    VenusServer(VenusServer&&) = delete;
    VenusServer& operator=(VenusServer&&) = delete;

    /// Filters for a client that shall serve this: reads and writes under the own id.
    [[nodiscard]] std::vector<std::string> subscriptions() const;
    /// After every connect: the one retained message, by which clients find the id; before it,
    /// where they shall not, so that one of an earlier run goes. False = not taken.
    bool announce();

    /// A session began. Readers have missed what went with the last one, and theirs may be the same
    /// since then: everything goes out once more, emptied topics first. Their keepalives were lost
    /// as well, so it counts as one.
    void connected(const Now& now);
    /// Nothing is sent until the next session. A server that is told of no session always sends.
    void disconnected() { queue_.close(); }
    /// Tries again what was not taken; so does `tick`.
    void sendWaiting() { queue_.sendWaiting(); }

    /// The value's handle, made at its first use and then looked up; `form` counts at the first use
    /// only. Nothing is published before the first `set`.
    Item item(std::string_view type, std::string_view instance, std::string_view path,
              const ItemForm& form = {}) {
        return items_.item(type, instance, path, form);
    }
    /// New value; published if it differs from what was published before. Also brings back what was
    /// removed.
    void set(Item item, const Value& value);
    /// The same with a value that is JSON already: `[1,2]`. Keeps min and max.
    void setJson(Item item, std::string_view json);
    /// The same with a whole payload, as a recording has it: `{"max":4,"min":1,"value":3}`. Zero
    /// bytes remove.
    void setPayload(Item item, std::string_view payload);
    /// By name; the form of a new item follows the path table for batteries and is a double for the
    /// rest.
    void setValue(std::string_view type, std::string_view instance, std::string_view path,
                  const Value& value);
    /// Zero bytes on the topic of one value, alive or not; nothing if it is away already.
    void remove(Item item);
    /// The same for all values of a service: how clients see that a device left.
    void removeService(std::string_view type, std::string_view instance);

    /// A message that somebody else published.
    void message(std::string_view topic, std::string_view payload, const Now& now);
    /// At least once per second: ends being alive, beats the heart.
    void tick(const Now& now);

    [[nodiscard]] bool isAlive() const { return pulse_.isAlive(); }
    [[nodiscard]] const Counters& counters() const { return counters_; }
    [[nodiscard]] const std::string& portalId() const { return settings_.portalId; }

private:
    void keepalive(std::string_view payload, const Now& now);
    void beat(const Now& now);

    VenusServerSettings settings_;
    Write write_;
    std::string notifyTopic_; ///< "<prefix>N/<id>/"; the others likewise
    std::string readTopic_;
    std::string writeTopic_;
    Counters counters_;
    VenusItems items_;
    VenusQueue queue_;
    VenusPulse pulse_;
    Item serial_{0};
    std::string scratch_;
};

} // namespace busbar::mqtt
