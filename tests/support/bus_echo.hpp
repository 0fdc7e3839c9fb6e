// SPDX-License-Identifier: MIT
// What the MQTT bridge of a GX does with its bus: batteries that stand there are published, ours
// too.
#pragma once

#include "base/fault_log.hpp"
#include "core/now.hpp"
#include "dbus/sd.hpp"
#include "mqtt/venus/venus_server.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace busbar::test {

/// Reads every service `com.victronenergy.battery.*` of a bus as dbus-flashmq does: all items when
/// it appears, then its ItemsChanged and PropertiesChanged, and empties its topics when it leaves.
/// Its instance on MQTT is the one that it appears with. Waits for nobody; a bus that is gone is
/// tried again.
class BusEcho {
public:
    BusEcho(std::string address, mqtt::VenusServer& bridge);

    /// Takes what waits.
    void pump();
    /// Values handed to the bridge so far.
    [[nodiscard]] std::uint64_t values() const { return values_; }

    [[nodiscard]] FaultLog& faults() { return faults_; }

private:
    int onNames(sd_bus_message& reply);
    int onOwnerChanged(sd_bus_message& signal);
    int onItems(sd_bus_message& reply);
    int onItemsChanged(sd_bus_message& signal);
    int onPropertiesChanged(sd_bus_message& signal);
    void connect();
    void listen();
    void lose();
    void ask(const char* service);
    void forget(const std::string& sender);

    FaultLog faults_;
    std::string address_;
    mqtt::VenusServer& bridge_;
    std::map<std::string, std::string> instances_; ///< on MQTT, by unique name
    std::uint64_t values_{0};
    SteadyTime triedAt_{};
    dbus::Slot owners_;
    dbus::Slot items_;
    dbus::Slot properties_;
    dbus::BusHandle bus_;
};

} // namespace busbar::test
