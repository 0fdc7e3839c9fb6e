// SPDX-License-Identifier: MIT
// Asks the system and the environment.
#include "app/view/terminal_kind.hpp"

#include <cstdlib>
#include <string_view>
#include <unistd.h>

namespace busbar {

namespace {

std::string_view variable(const char* name) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody in this process sets variables
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : value;
}

} // namespace

bool isPaintable(int descriptor) {
    return ::isatty(descriptor) == 1 && variable("TERM") != "dumb";
}

bool wantsColour() {
    return variable("NO_COLOR").empty();
}

} // namespace busbar
