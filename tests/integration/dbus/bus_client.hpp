// SPDX-License-Identifier: MIT
// A client as raw as sd-bus lets it be, on the loop of the test.
#pragma once

#include "base/event_loop.hpp"
#include "dbus/sd.hpp"

#include <string>
#include <vector>

namespace busbar::test {

/// Everything that comes next in a message, with its types: `i:5`, `d:52.81`, `s:"x"`, variants
/// `<…>`, arrays `ai[…]`, entries `key=value`, structs `(…)`; elements separated by a space.
[[nodiscard]] std::string describe(sd_bus_message& message);

struct Reply {
    std::string error; ///< name of the error; empty = none
    dbus::Message message;
    [[nodiscard]] std::string text() const { return error.empty() ? describe(*message) : error; }
};

/// A signal as it came.
struct Signal {
    std::string sender;
    std::string path;
    std::string member;
    std::string body;
};

class BusClient {
public:
    /// Connects; waits for nobody but the bus.
    BusClient(EventLoop& loop, const std::string& address);

    /// A call whose arguments are yet to be appended; `interface` may be nullptr.
    [[nodiscard]] dbus::Message newCall(const std::string& to, const std::string& path,
                                        const char* interface, const char* member) const;
    /// Turns the loop until the answer is here; error "timeout" after kPatience.
    Reply send(const dbus::Message& call);
    /// A call of com.victronenergy.BusItem without arguments.
    Reply call(const std::string& to, const std::string& path, const char* member);
    /// The same with arguments as sd_bus_message_append takes them.
    template <class... Arguments>
    Reply call(const std::string& to, const std::string& path, const char* member,
               const char* types, Arguments... arguments) {
        const dbus::Message message = newCall(to, path, "com.victronenergy.BusItem", member);
        check(sd_bus_message_append(message.get(), types, arguments...), "append arguments");
        return send(message);
    }

    /// From now on every BusItem signal of anybody goes into `signals`.
    void listen();
    std::vector<Signal> signals;

    /// Asks the bus itself: owner of a name, "" if there is none.
    [[nodiscard]] std::string ownerOf(const std::string& name) const;
    /// Takes a name, as another program would.
    void own(const std::string& name) const;
    void release(const std::string& name) const;
    [[nodiscard]] std::string uniqueName() const;
    [[nodiscard]] FaultLog& faults() { return loop_.faults(); }
    [[nodiscard]] sd_bus& bus() const { return *bus_; }

private:
    int onReply(sd_bus_message& reply);
    int onSignal(sd_bus_message& signal);

    EventLoop& loop_;
    dbus::BusHandle bus_;
    dbus::Slot listening_;
    dbus::Message reply_;
};

} // namespace busbar::test
