// SPDX-License-Identifier: MIT
// What another program on the bus sees of the published battery.
#pragma once

#include "base/fault_log.hpp"
#include "core/value.hpp"
#include "dbus/sd.hpp"
#include "support/bus_items.hpp"

#include <optional>
#include <string>
#include <vector>

namespace busbar::test {

/// One ItemsChanged.
struct Change {
    std::string sender;
    Values values;
};

/// A client of the bus with a connection of its own. Calls wait for their answers, two seconds at
/// most; what is not there, or does not answer, gives nothing.
class BusView {
public:
    explicit BusView(const std::string& address);

    /// Takes the signals that wait.
    void pump();
    /// Every ItemsChanged of anybody, as it came.
    std::vector<Change> changes;

    [[nodiscard]] std::optional<Value> value(const std::string& service, const std::string& path);
    [[nodiscard]] Values items(const std::string& service);
    /// The service's answer, 0 = accepted; nothing without an answer.
    std::optional<int> setText(const std::string& service, const std::string& path,
                               const std::string& text);
    std::optional<int> setNumber(const std::string& service, const std::string& path, int number);
    /// Unique name of the owner, empty without one.
    [[nodiscard]] std::string owner(const std::string& name);
    /// Takes or gives back a name, as another program would; false if the bus refuses.
    bool own(const std::string& name);
    bool release(const std::string& name);
    /// From now on answers every method call with this error text.
    void refuseCalls(std::string text);

    [[nodiscard]] FaultLog& faults() { return faults_; }

private:
    int onItemsChanged(sd_bus_message& signal);
    int onCall(sd_bus_message& call);
    [[nodiscard]] dbus::Message newCall(const std::string& service, const std::string& path,
                                        const char* member) const;
    [[nodiscard]] dbus::Message send(const dbus::Message& call);
    /// What SetValue answers.
    std::optional<int> sendForAnswer(const dbus::Message& call);

    FaultLog faults_;
    dbus::BusHandle bus_;
    dbus::Slot match_;
    dbus::Slot filter_;
    std::string refusal_;
};

} // namespace busbar::test
