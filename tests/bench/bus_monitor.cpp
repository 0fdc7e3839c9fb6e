// SPDX-License-Identifier: MIT
// Reading ItemsChanged, a{sa{sv}}.
#include "bench/bus_monitor.hpp"

#include "dbus/bus_value.hpp"

#include <algorithm>

namespace busbar::bench {

BusMonitor::BusMonitor(EventLoop& loop, const std::string& address)
    : loop_(loop),
      bus_(make<dbus::BusHandle>("new bus", [](sd_bus** out) { return sd_bus_new(out); })) {
    check(sd_bus_set_address(bus_.get(), address.c_str()), "bus address");
    check(sd_bus_set_bus_client(bus_.get(), 1), "bus client");
    check(sd_bus_start(bus_.get()), "connect to the bus");
    match_ = make<dbus::Slot>("match ItemsChanged", [this](sd_bus_slot** out) {
        return sd_bus_match_signal(bus_.get(), out, nullptr, "/", "com.victronenergy.BusItem",
                                   "ItemsChanged", dbus::onMessage<&BusMonitor::onSignal>, this);
    });
    check(sd_bus_attach_event(bus_.get(), loop.native(), 0), "attach to the loop");
}

int BusMonitor::onSignal(sd_bus_message& signal) {
    arrived_ = std::chrono::steady_clock::now();
    const std::uint64_t before = counters_.items;
    check(sd_bus_message_enter_container(&signal, 'a', "{sa{sv}}"), "items");
    while (check(sd_bus_message_enter_container(&signal, 'e', "sa{sv}"), "item") > 0) {
        readItem(signal);
        check(sd_bus_message_exit_container(&signal), "end of item");
    }
    ++counters_.signals;
    counters_.mostItems = std::max(counters_.mostItems, counters_.items - before);
    return 0;
}

void BusMonitor::readItem(sd_bus_message& signal) {
    const char* path = nullptr;
    check(sd_bus_message_read(&signal, "s", &path), "path");
    ++counters_.items;
    const std::string_view name = path;
    if (name != "/Dc/0/Current" && name != "/Info/MaxChargeCurrent") {
        check(sd_bus_message_skip(&signal, "a{sv}"), "skip an item");
        return;
    }
    check(sd_bus_message_enter_container(&signal, 'a', "{sv}"), "properties");
    while (check(sd_bus_message_enter_container(&signal, 'e', "sv"), "property") > 0) {
        readProperty(signal, name == "/Dc/0/Current" ? current_ : chargeLimit_);
        check(sd_bus_message_exit_container(&signal), "end of property");
    }
    check(sd_bus_message_exit_container(&signal), "end of properties");
}

void BusMonitor::readProperty(sd_bus_message& signal, Heard& heard) {
    const char* name = nullptr;
    check(sd_bus_message_read(&signal, "s", &name), "name of a property");
    const auto value = dbus::readValue(signal);
    if (std::string_view(name) == "Value")
        heard = {value ? value->number() : std::nullopt, arrived_};
}

} // namespace busbar::bench
