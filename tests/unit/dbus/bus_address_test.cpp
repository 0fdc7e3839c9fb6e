// SPDX-License-Identifier: MIT
#include "dbus/bus_address.hpp"

#include <gtest/gtest.h>

#include <map>

namespace busbar::dbus {
namespace {

Environment with(std::map<std::string, std::string> variables) {
    return [variables = std::move(variables)](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::string() : found->second;
    };
}

const std::string kUsualPlaces =
    "unix:path=/run/dbus/system_bus_socket;unix:path=/var/run/dbus/system_bus_socket";

TEST(BusAddress, SystemIsTheSystemBusWhateverTheSessionIs) {
    EXPECT_EQ(busAddress("system", with({})), kUsualPlaces);
    EXPECT_EQ(busAddress("system", with({{"DBUS_SESSION_BUS_ADDRESS", "unix:path=/s"}})),
              kUsualPlaces);
    EXPECT_EQ(busAddress("system", with({{"DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/x"}})),
              "unix:path=/x");
}

TEST(BusAddress, SessionComesFromTheEnvironment) {
    EXPECT_EQ(busAddress("session", with({{"DBUS_SESSION_BUS_ADDRESS", "unix:path=/s"},
                                          {"XDG_RUNTIME_DIR", "/r"}})),
              "unix:path=/s");
    EXPECT_EQ(busAddress("session", with({{"XDG_RUNTIME_DIR", "/run/user/1"}})),
              "unix:path=/run/user/1/bus");
    EXPECT_EQ(busAddress("session", with({})), "");
}

TEST(BusAddress, AnAddressIsItselfAndNoneIsNothing) {
    EXPECT_EQ(busAddress("tcp:host=10.0.0.2,port=78",
                         with({{"DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/x"}})),
              "tcp:host=10.0.0.2,port=78");
    EXPECT_EQ(busAddress("none", with({{"DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/x"}})), "");
}

} // namespace
} // namespace busbar::dbus
