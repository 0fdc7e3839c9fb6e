// SPDX-License-Identifier: MIT
// The services and values of a Venus server, as messages: by number, and by topic.
#pragma once

#include "core/table/quantity.hpp"
#include "core/value.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::mqtt {

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

class VenusItems {
public:
    /// Names one value for ever, also while its service is away.
    using Item = std::uint32_t;

    struct Entry {
        std::string topic;
        std::string payload; ///< last one; empty = away
        bool isKnown{false}; ///< it had a value once, so somebody may hold it
        bool isDue{false};   ///< it waits to be sent
        std::string head;    ///< `{"max":4,"min":1,"value":`
        WireType wire{WireType::Double};
        bool isWritable{false};
    };

    /// `base`: "<prefix>N/<id>/".
    explicit VenusItems(std::string base) : base_(std::move(base)) {}

    /// Made at its first use and then looked up; `form` counts at the first use only.
    Item item(std::string_view type, std::string_view instance, std::string_view path,
              const ItemForm& form);
    [[nodiscard]] Entry& at(Item item) { return entries_.at(item); }
    [[nodiscard]] const Entry& at(Item item) const { return entries_.at(item); }
    /// Items are the numbers below it.
    [[nodiscard]] Item size() const { return static_cast<Item>(entries_.size()); }
    /// A whole payload. False = it is that already.
    bool change(Item item, std::string_view payload);

    /// All of a service, away or not; empty if there is no such service.
    [[nodiscard]] std::vector<Item> ofService(std::string_view type,
                                              std::string_view instance) const;
    /// Those that are there below what follows "R/<id>/": a value, a sub-tree, a whole service.
    [[nodiscard]] std::vector<Item> below(std::string_view tail) const;
    /// What follows "W/<id>/" is a value that may be written: a request for it, still without one.
    /// Views into `tail` and this.
    [[nodiscard]] std::optional<WriteRequest> writable(std::string_view tail) const;

private:
    struct Service {
        std::string type;
        std::string instance;
        std::map<std::string, Item, std::less<>>
            items; ///< by path, sorted, so that a sub-tree is a range
    };
    struct Target {
        const Service* service{nullptr};
        std::string_view path; ///< "/Dc/0"; "/" for the whole service
    };

    std::uint32_t serviceIndex(std::string_view type, std::string_view instance);
    [[nodiscard]] std::optional<Target> target(std::string_view tail) const;

    std::string base_;
    std::deque<Entry> entries_;
    std::deque<Service> services_;
    std::map<std::string, std::uint32_t, std::less<>> byName_; ///< "battery/2"
};

} // namespace busbar::mqtt
