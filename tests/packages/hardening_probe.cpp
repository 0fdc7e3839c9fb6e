// SPDX-License-Identifier: MIT
// A program with what hardening is about: an array on the stack, filled with what comes from
// outside.
#include <cstring>

namespace {

/// Not inlined, so that the compiler knows neither text nor length.
[[gnu::noinline]] int lastOf(const char* text, std::size_t length) {
    char buffer[32] = {};
    std::memcpy(buffer, text, length);
    return buffer[length / 2];
}

} // namespace

int main(int count, char** arguments) {
    return lastOf(arguments[0], std::strlen(arguments[count - 1]));
}
