// SPDX-License-Identifier: MIT
// Whether the tests run under a sanitizer that takes time and keeps memory.
#pragma once

namespace busbar::test {

/// Of this test, and of the program that it starts: both are built by one preset.
[[nodiscard]] inline bool isSanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#elif defined(__has_feature)
    return __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
    return false;
#endif
}

} // namespace busbar::test
