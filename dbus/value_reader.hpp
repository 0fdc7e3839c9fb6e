// SPDX-License-Identifier: MIT
// Reads a few values of somebody's service again and again, without ever waiting for it.
#pragma once

#include "dbus/bus_connection.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace busbar::dbus {

/// What a GX does with the battery that controls it.
class ValueReader {
public:
    /// `service` is the whole name; a bus that is away is tried again for ever, as in
    /// BusConnection.
    ValueReader(EventLoop& loop, const std::string& bus, std::string service,
                const std::vector<std::string>& paths);
    ~ValueReader() = default;
    ValueReader(const ValueReader&) = delete;
    ValueReader& operator=(const ValueReader&) = delete;
    ValueReader(ValueReader&&) = delete;
    ValueReader& operator=(ValueReader&&) = delete;

    void start() { connection_.start(); }
    /// Asks for all values, unless the last questions are not answered yet. No answer within a
    /// second is as good as none.
    void ask();
    /// The last answer for the path with this index; nothing if it was an error, no number, or if
    /// the bus is away.
    [[nodiscard]] std::optional<double> number(std::size_t path) const {
        return entries_.at(path).number;
    }

private:
    struct Entry {
        ValueReader* owner;
        std::string path;
        std::optional<double> number{};
        Slot call{};

        int onAnswer(sd_bus_message& answer);
        [[nodiscard]] FaultLog& faults() const { return owner->connection_.faults(); }
    };

    void ask(Entry& entry);
    void forget();

    std::string service_;
    std::deque<Entry> entries_; ///< stay where they are: calls point at them
    sd_bus* bus_{nullptr};      ///< while connected
    BusConnection connection_;
};

} // namespace busbar::dbus
