// SPDX-License-Identifier: MIT
// Return codes of C libraries as exceptions, and the wall that keeps exceptions out of their code.
#pragma once

#include "base/fault_log.hpp"

#include <exception>
#include <system_error>

namespace busbar {

/// The result of a call (negative = -errno) if it succeeded; throws std::system_error naming `what`
/// and the errno text otherwise.
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

/// What a callback of a C library gives back: the body's result, or `onFault` after an exception,
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

} // namespace busbar
