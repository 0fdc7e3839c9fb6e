// SPDX-License-Identifier: MIT
// Owners of libsystemd's handles, its return codes as exceptions, and the wall that keeps
// exceptions out of its C code.
#pragma once

#include "dbus/fault_log.hpp"

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include <memory>
#include <string>
#include <system_error>
#include <type_traits>

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

/// The result of a call of libsystemd (negative = -errno) if it succeeded; throws std::system_error
/// naming `what` and the errno text otherwise.
inline int check(int result, const char* what) {
    if (result < 0)
        throw std::system_error(-result, std::generic_category(), what);
    return result;
}

/// The owner of what `create(T** out)` makes; throws as check() does if it fails.
template <class Owner, class Make>
Owner make(const char* what, Make&& create) {
    typename Owner::pointer handle = nullptr;
    check(create(&handle), what);
    return Owner(handle);
}

/// What a callback of libsystemd gives back: the body's result, or `onFault` after an exception,
/// which is logged and counted.
template <class Body>
int guarded(FaultLog& faults, const char* where, int onFault, Body&& body) noexcept {
    try {
        return body();
    } catch (const std::exception& error) {
        faults.report(where, error.what());
    } catch (...) {
        faults.report(where, "unknown exception");
    }
    return onFault;
}

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
