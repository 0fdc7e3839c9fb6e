// SPDX-License-Identifier: MIT
// What a Venus server has to send, in order, and keeps until its session has taken it.
#pragma once

#include "mqtt/venus/venus_items.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

namespace busbar::mqtt {

/// Only the last value of a topic is sent; an end mark waits for all that it stands for.
class VenusQueue {
public:
    using Item = VenusItems::Item;
    /// False = not taken; it is called again.
    using Publish =
        std::function<bool(std::string_view topic, std::string_view payload, bool retain)>;

    /// `sent` counts messages that were taken. `markTopic`: where end marks go.
    VenusQueue(VenusItems& items, std::uint64_t& sent, std::string markTopic, Publish publish)
        : items_(items), sent_(sent), markTopic_(std::move(markTopic)),
          publish_(std::move(publish)) {}

    /// A session began: everything goes out once more, emptied topics first. Without one nothing
    /// is sent and nothing waits; who is told of none always sends.
    void open();
    void close();
    /// At once, past what waits. False = not taken.
    bool send(std::string_view topic, std::string_view payload, bool retain = false);
    /// A new payload, which is due if it is one and somebody listens.
    void store(Item item, std::string_view payload, bool isHeard) {
        if (items_.change(item, payload) && isHeard)
            makeDue(item);
    }
    /// Goes at once, unless something waits already: then a session that is full is not asked again
    /// with every value.
    void makeDue(Item item);
    /// Everything that is there, and then the mark; none if it is empty. False = too much waits.
    [[nodiscard]] bool makeAllDue(std::string mark);
    void sendWaiting();

private:
    /// A value, or an end mark.
    struct Waiting {
        Item item{0};
        std::string mark; ///< payload; empty = the value
    };
    bool sendFirst();
    void push(Waiting waiting);

    VenusItems& items_;
    std::uint64_t& sent_;
    std::string markTopic_;
    Publish publish_;
    std::deque<Waiting> waiting_; ///< the oldest first
    std::size_t marks_{0};        ///< among them
    bool isOpen_{true};           ///< there is a session
};

} // namespace busbar::mqtt
