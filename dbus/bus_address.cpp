// SPDX-License-Identifier: MIT
// Well-known buses and where they are.
#include "dbus/bus_address.hpp"

#include <cstdlib>

namespace busbar::dbus {

namespace {

// D-Bus specification, "Well-known Message Bus Instances"; the second is where Venus OS says it is.
constexpr const char* kSystemSockets =
    "unix:path=/run/dbus/system_bus_socket;unix:path=/var/run/dbus/system_bus_socket";

std::string ownEnvironment(const char* name) {
    // Safe: nobody in this process changes the environment after start.
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? std::string() : std::string(value);
}

std::string sessionAddress(const Environment& environment) {
    std::string address = environment("DBUS_SESSION_BUS_ADDRESS");
    if (!address.empty())
        return address;
    const std::string directory = environment("XDG_RUNTIME_DIR");
    return directory.empty() ? std::string() : "unix:path=" + directory + "/bus";
}

} // namespace

std::string busAddress(const std::string& bus, const Environment& environment) {
    if (bus == "none")
        return {};
    if (bus == "session")
        return sessionAddress(environment);
    if (bus != "system")
        return bus;
    std::string address = environment("DBUS_SYSTEM_BUS_ADDRESS");
    return address.empty() ? std::string(kSystemSockets) : address;
}

std::string busAddress(const std::string& bus) {
    return busAddress(bus, ownEnvironment);
}

} // namespace busbar::dbus
