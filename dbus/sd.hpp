// SPDX-License-Identifier: MIT
// Owners of libsystemd's bus handles, and message handlers behind the wall of base/guarded.hpp.
#pragma once

#include "base/guarded.hpp"

#include <systemd/sd-bus.h>

#include <cerrno>
#include <memory>

namespace busbar::dbus {

template <auto Release>
struct Releaser {
    template <class T>
    void operator()(T* handle) const noexcept {
        Release(handle);
    }
};

/// Closes without flushing: flushing waits for the bus without any bound.
inline void closeBus(sd_bus* bus) noexcept {
    sd_bus_close(bus);
    sd_bus_unref(bus);
}

using BusHandle = std::unique_ptr<sd_bus, Releaser<closeBus>>;
using Message = std::unique_ptr<sd_bus_message, Releaser<sd_bus_message_unref>>;
/// A registration or a call that waits for its reply: when it goes, its callback is never called
/// again.
using Slot = std::unique_ptr<sd_bus_slot, Releaser<sd_bus_slot_unref>>;

namespace detail {
template <class>
struct OwnerOf;
template <class Owner>
struct OwnerOf<int (Owner::*)(sd_bus_message&)> {
    using Type = Owner;
};
} // namespace detail

/// A message handler for libsystemd that calls a member function on its user data. The owner has
/// `FaultLog& faults()`. A method call whose handler throws is answered with an error.
template <auto Method>
int onMessage(sd_bus_message* message, void* userdata, sd_bus_error* /*error*/) noexcept {
    auto* owner = static_cast<typename detail::OwnerOf<decltype(Method)>::Type*>(userdata);
    return guarded(owner->faults(), "bus message", -EIO,
                   [&] { return (owner->*Method)(*message); });
}

} // namespace busbar::dbus
