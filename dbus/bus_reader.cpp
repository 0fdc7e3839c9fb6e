// SPDX-License-Identifier: MIT
// GetItems of a battery service, as a client.
#include "dbus/bus_reader.hpp"

#include "dbus/sd.hpp"

#include <algorithm>
#include <string_view>

namespace busbar::dbus {

namespace {

BusHandle connect(const std::string& address) {
    BusHandle bus = make<BusHandle>("new bus", [](sd_bus** out) { return sd_bus_new(out); });
    check(sd_bus_set_address(bus.get(), address.c_str()), "bus address");
    check(sd_bus_set_bus_client(bus.get(), 1), "bus client");
    check(sd_bus_start(bus.get()), "connect to the bus");
    return bus;
}

Message getItems(sd_bus& bus, const std::string& service, std::chrono::milliseconds limit) {
    const Message call = make<Message>("new call", [&](sd_bus_message** out) {
        return sd_bus_message_new_method_call(&bus, out, service.c_str(), "/",
                                              "com.victronenergy.BusItem", "GetItems");
    });
    const auto limit_us = static_cast<std::uint64_t>(std::chrono::microseconds(limit).count());
    return make<Message>("GetItems", [&](sd_bus_message** out) {
        return sd_bus_call(&bus, call.get(), limit_us, nullptr, out);
    });
}

/// One `{sv}` of an item; true and `text` filled if it is the text.
void readProperty(sd_bus_message& reply, std::string& text) {
    const char* name = nullptr;
    check(sd_bus_message_read(&reply, "s", &name), "property name");
    if (std::string_view(name) != "Text") {
        check(sd_bus_message_skip(&reply, "v"), "property");
        return;
    }
    const char* value = nullptr;
    check(sd_bus_message_read(&reply, "v", "s", &value), "text");
    text = value;
}

/// One `{sa{sv}}` of the reply.
ReadItem readItem(sd_bus_message& reply) {
    ReadItem item;
    const char* path = nullptr;
    check(sd_bus_message_read(&reply, "s", &path), "path");
    item.path = path;
    check(sd_bus_message_enter_container(&reply, 'a', "{sv}"), "properties");
    while (check(sd_bus_message_enter_container(&reply, 'e', "sv"), "property") > 0) {
        readProperty(reply, item.text);
        check(sd_bus_message_exit_container(&reply), "end of property");
    }
    check(sd_bus_message_exit_container(&reply), "end of properties");
    return item;
}

} // namespace

std::vector<std::string> namesOnBus(const std::string& address, std::chrono::milliseconds limit) {
    const BusHandle bus = connect(address);
    const Message call = make<Message>("new call", [&](sd_bus_message** out) {
        return sd_bus_message_new_method_call(bus.get(), out, "org.freedesktop.DBus",
                                              "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                              "ListNames");
    });
    const auto limit_us = static_cast<std::uint64_t>(std::chrono::microseconds(limit).count());
    const Message reply = make<Message>("ListNames", [&](sd_bus_message** out) {
        return sd_bus_call(bus.get(), call.get(), limit_us, nullptr, out);
    });
    std::vector<std::string> names;
    check(sd_bus_message_enter_container(reply.get(), 'a', "s"), "names");
    const char* name = nullptr;
    while (check(sd_bus_message_read(reply.get(), "s", &name), "name") > 0)
        names.emplace_back(name);
    return names;
}

std::vector<ReadItem> readItems(const std::string& address, const std::string& service,
                                std::chrono::milliseconds limit) {
    const BusHandle bus = connect(address);
    const Message reply = getItems(*bus, service, limit);
    std::vector<ReadItem> items;
    check(sd_bus_message_enter_container(reply.get(), 'a', "{sa{sv}}"), "items");
    while (check(sd_bus_message_enter_container(reply.get(), 'e', "sa{sv}"), "item") > 0) {
        items.push_back(readItem(*reply));
        check(sd_bus_message_exit_container(reply.get()), "end of item");
    }
    std::ranges::sort(items, {}, &ReadItem::path);
    return items;
}

} // namespace busbar::dbus
