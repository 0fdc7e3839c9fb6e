// SPDX-License-Identifier: MIT
// Does for a set of services what Victron's MQTT bridge does: publishes their values while somebody
// keeps it alive.
#pragma once

#include "core/now.hpp"
#include "core/quantity.hpp"
#include "core/value.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::mqtt {

struct VenusServerSettings {
    std::string portalId{};    ///< letters, digits, `-` and `_`; compared with case
    std::string topicPrefix{}; ///< put in front of every topic as it is, "boat/"; empty = none
    // What bridges before Venus 3.50 and 3.20 lack.
    bool hasEcho = true;       ///< repeats the echo word of a keepalive
    bool hasCompletion = true; ///< says `full_publish_completed`
    bool hasHeartbeat = true;
};

/// What a service's value looks like on MQTT.
struct ItemForm {
    WireType wire = WireType::Double;
    bool isWritable = false; ///< W/ reaches the handler
    std::optional<Value>
        min{}; ///< published with every value; unknown = null, nothing = not published
    std::optional<Value> max{};
};

/// A write that a client asked for. Views live as long as the call.
struct WriteRequest {
    std::uint32_t item{0};
    std::string_view type;
    std::string_view instance;
    std::string_view path;      ///< "/CustomName"
    std::string_view json;      ///< the value as it would be published: 10, 3.0, "x"
    std::optional<Value> value; ///< the same; nothing for a list
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
    /// False = not taken; it is called again.
    using Publish =
        std::function<bool(std::string_view topic, std::string_view payload, bool retain)>;
    using Write = std::function<void(const WriteRequest&)>;
    /// Names one value for ever, also while its service is away.
    using Item = std::uint32_t;

    struct Counters {
        std::uint64_t published = 0; ///< messages that were taken, all kinds
        std::uint64_t fullPublishes = 0;
        std::uint64_t refusedFull = 0; ///< over the limit of three per second, or too many waiting
        std::uint64_t reads = 0;       ///< answered
        std::uint64_t writes = 0;      ///< handed over
        std::uint64_t failed = 0;      ///< reads and writes that nothing came of
    };

    VenusServer(VenusServerSettings settings, Publish publish, Write write = {});

    /// Filters for a client that shall serve this: reads and writes under the own id.
    [[nodiscard]] std::vector<std::string> subscriptions() const;
    /// After every connect: the one retained message, by which clients find the id. False = not
    /// taken.
    bool announce();

    /// A session began. Readers have missed what went with the last one, and theirs may be the same
    /// since then: everything goes out once more, emptied topics first. Their keepalives were lost
    /// as well, so it counts as one.
    void connected(const Now& now);
    /// Nothing is sent until the next session. A server that is told of no session always sends.
    void disconnected();
    /// Tries again what was not taken; so does `tick`.
    void sendWaiting();

    /// The value's handle, made at its first use and then looked up; `form` counts at the first use
    /// only. Nothing is published before the first `set`.
    Item item(std::string_view type, std::string_view instance, std::string_view path,
              const ItemForm& form = {});
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

    [[nodiscard]] bool isAlive() const { return isAlive_; }
    [[nodiscard]] const Counters& counters() const { return counters_; }
    [[nodiscard]] const std::string& portalId() const { return settings_.portalId; }

private:
    struct Entry {
        std::string topic;
        std::string payload; ///< last one; empty = away
        bool isKnown{false}; ///< it had a value once, so somebody may hold it
        bool isDue{false};   ///< it waits to be sent
        std::string head;    ///< `{"max":4,"min":1,"value":`
        std::uint32_t service{0};
        WireType wire{WireType::Double};
        bool isWritable{false};
    };
    struct Service {
        std::string type;
        std::string instance;
        std::map<std::string, Item, std::less<>>
            items; ///< by path, sorted, so that a sub-tree is a range
    };
    /// A value, or an end mark.
    struct Waiting {
        Item item{0};
        std::string mark; ///< payload; empty = the value
    };
    struct Target {
        const Service* service{nullptr};
        std::string path; ///< "/Dc/0"; "/" for the whole service
    };

    std::uint32_t serviceIndex(std::string_view type, std::string_view instance);
    [[nodiscard]] std::optional<Target> target(std::string_view tail) const;
    void store(Item item, std::string_view payload);
    bool send(std::string_view topic, std::string_view payload, bool retain = false);
    void makeDue(Item item);
    bool sendFirst();
    void stayAlive(const Now& now);
    void startBeating(const Now& now);
    void keepalive(std::string_view payload, const Now& now);
    [[nodiscard]] bool mayPublishAll(const Now& now);
    void publishAll(std::string_view request, const Now& now);
    void beat(const Now& now);
    void advance(const Now& now);
    bool read(std::string_view tail);
    bool write(std::string_view tail, std::string_view payload);

    VenusServerSettings settings_;
    Publish publish_;
    Write write_;
    std::string notifyTopic_; ///< "<prefix>N/<id>/"; the others likewise
    std::string readTopic_;
    std::string writeTopic_;
    std::deque<Entry> entries_;
    std::deque<Service> services_;
    std::map<std::string, std::uint32_t, std::less<>> byName_; ///< "battery/2"
    Item serial_{0};
    std::string scratch_;
    std::deque<Waiting> waiting_; ///< the oldest first
    std::size_t marks_{0};        ///< among them
    bool isOpen_{true};           ///< there is a session
    bool isAlive_{false};
    SteadyTime aliveUntil_{};
    SteadyTime nextBeat_{};
    std::int64_t window_{-1}; ///< second in which full publishes were counted
    int fullInWindow_{0};
    Counters counters_;
};

} // namespace busbar::mqtt
