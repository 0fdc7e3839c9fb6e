// SPDX-License-Identifier: MIT
// Reading `a{sa{sv}}`.
#include "support/bus_items.hpp"

#include "dbus/bus_value.hpp"
#include "dbus/sd.hpp"

#include <string_view>

namespace busbar::test {

Value readBusItem(sd_bus_message& message) {
    Value value;
    check(sd_bus_message_enter_container(&message, 'a', "{sv}"), "properties");
    while (check(sd_bus_message_enter_container(&message, 'e', "sv"), "property") > 0) {
        const char* key = "";
        check(sd_bus_message_read(&message, "s", &key), "key");
        const dbus::ReadValue read = dbus::readValue(message);
        if (std::string_view(key) == "Value")
            value = read.value_or(Value());
        check(sd_bus_message_exit_container(&message), "end of property");
    }
    check(sd_bus_message_exit_container(&message), "end of properties");
    return value;
}

Values readBusItems(sd_bus_message& message) {
    Values values;
    check(sd_bus_message_enter_container(&message, 'a', "{sa{sv}}"), "items");
    while (check(sd_bus_message_enter_container(&message, 'e', "sa{sv}"), "item") > 0) {
        const char* path = "";
        check(sd_bus_message_read(&message, "s", &path), "path");
        const std::string name = path;
        values[name] = readBusItem(message);
        check(sd_bus_message_exit_container(&message), "end of item");
    }
    check(sd_bus_message_exit_container(&message), "end of items");
    return values;
}

} // namespace busbar::test
