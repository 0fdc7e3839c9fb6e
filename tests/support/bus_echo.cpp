// SPDX-License-Identifier: MIT
// Batteries of a bus, as values of a bridge.
#include "support/bus_echo.hpp"

#include "support/bus_items.hpp"

#include <chrono>
#include <string_view>
#include <utility>

namespace busbar::test {

namespace {

using dbus::Message;

constexpr std::string_view kBatteries = "com.victronenergy.battery.";
constexpr const char* kBusItem = "com.victronenergy.BusItem";
constexpr const char* kDaemon = "org.freedesktop.DBus";
constexpr const char* kDaemonPath = "/org/freedesktop/DBus";
constexpr auto kPauseBetweenAttempts = std::chrono::milliseconds(100);

/// As dbus-flashmq names it: /DeviceInstance, else 0.
std::string instanceOf(const Values& values) {
    const auto found = values.find("/DeviceInstance");
    const auto number = found == values.end() ? std::nullopt : found->second.number();
    return std::to_string(static_cast<int>(number.value_or(0.0)));
}

} // namespace

BusEcho::BusEcho(std::string address, mqtt::VenusServer& bridge)
    : address_(std::move(address)), bridge_(bridge) {}

void BusEcho::pump() {
    if (!bus_) {
        const auto now = std::chrono::steady_clock::now();
        if (now - triedAt_ < kPauseBetweenAttempts)
            return;
        triedAt_ = now;
        connect();
    }
    int result = 0;
    while (bus_ && (result = sd_bus_process(bus_.get(), nullptr)) > 0) {
    }
    if (result < 0)
        lose();
}

void BusEcho::connect() {
    try {
        bus_ = make<dbus::BusHandle>("make a bus", sd_bus_new);
        check(sd_bus_set_address(bus_.get(), address_.c_str()), "address");
        check(sd_bus_set_bus_client(bus_.get(), 1), "client");
        check(sd_bus_start(bus_.get()), "connect to the bus");
        listen();
    } catch (const std::system_error&) {
        lose(); // not there yet
    }
}

/// Signals first, so that nobody is missed who comes while the names are listed.
void BusEcho::listen() {
    items_ = make<dbus::Slot>("listen", [this](sd_bus_slot** out) {
        return sd_bus_match_signal_async(bus_.get(), out, nullptr, "/", kBusItem, "ItemsChanged",
                                         dbus::onMessage<&BusEcho::onItemsChanged>, nullptr, this);
    });
    properties_ = make<dbus::Slot>("listen", [this](sd_bus_slot** out) {
        return sd_bus_match_signal_async(
            bus_.get(), out, nullptr, nullptr, kBusItem, "PropertiesChanged",
            dbus::onMessage<&BusEcho::onPropertiesChanged>, nullptr, this);
    });
    owners_ = make<dbus::Slot>("listen", [this](sd_bus_slot** out) {
        return sd_bus_match_signal_async(bus_.get(), out, kDaemon, kDaemonPath, kDaemon,
                                         "NameOwnerChanged",
                                         dbus::onMessage<&BusEcho::onOwnerChanged>, nullptr, this);
    });
    check(sd_bus_call_method_async(bus_.get(), nullptr, kDaemon, kDaemonPath, kDaemon, "ListNames",
                                   dbus::onMessage<&BusEcho::onNames>, this, ""),
          "ask for names");
}

void BusEcho::lose() {
    while (!instances_.empty())
        forget(std::string(instances_.begin()->first));
    items_.reset();
    properties_.reset();
    owners_.reset();
    bus_.reset();
}

int BusEcho::onNames(sd_bus_message& reply) {
    check(sd_bus_message_enter_container(&reply, 'a', "s"), "names");
    const char* name = "";
    while (check(sd_bus_message_read(&reply, "s", &name), "name") > 0)
        if (std::string_view(name).starts_with(kBatteries))
            ask(name);
    return 0;
}

int BusEcho::onOwnerChanged(sd_bus_message& signal) {
    const char* name = "";
    const char* before = "";
    const char* after = "";
    check(sd_bus_message_read(&signal, "sss", &name, &before, &after), "owner");
    if (!std::string_view(name).starts_with(kBatteries))
        return 0;
    forget(before);
    if (*after != '\0')
        ask(after);
    return 0;
}

void BusEcho::ask(const char* service) {
    check(sd_bus_call_method_async(bus_.get(), nullptr, service, "/", kBusItem, "GetItems",
                                   dbus::onMessage<&BusEcho::onItems>, this, ""),
          "ask for items");
}

/// What an answer says is what counts then: signals before it are part of it.
int BusEcho::onItems(sd_bus_message& reply) {
    const char* sender = sd_bus_message_get_sender(&reply);
    if (sd_bus_message_is_method_error(&reply, nullptr) > 0 || sender == nullptr)
        return 0;
    const Values values = readBusItems(reply);
    const std::string& instance = instances_[sender] = instanceOf(values);
    for (const auto& [path, value] : values)
        bridge_.setValue("battery", instance, path, value);
    values_ += values.size();
    return 0;
}

int BusEcho::onItemsChanged(sd_bus_message& signal) {
    const auto known = instances_.find(sd_bus_message_get_sender(&signal));
    if (known == instances_.end())
        return 0;
    for (const auto& [path, value] : readBusItems(signal)) {
        bridge_.setValue("battery", known->second, path, value);
        ++values_;
    }
    return 0;
}

int BusEcho::onPropertiesChanged(sd_bus_message& signal) {
    const auto known = instances_.find(sd_bus_message_get_sender(&signal));
    if (known == instances_.end())
        return 0;
    bridge_.setValue("battery", known->second, sd_bus_message_get_path(&signal),
                     readBusItem(signal));
    ++values_;
    return 0;
}

void BusEcho::forget(const std::string& sender) {
    if (const auto known = instances_.extract(sender))
        bridge_.removeService("battery", known.mapped());
}

} // namespace busbar::test
