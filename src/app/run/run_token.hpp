// SPDX-License-Identifier: MIT
// A word by which one run of the program tells its own messages from all others.
#pragma once

#include "base/format.hpp"

#include <random>
#include <string>

namespace busbar {

/// Unlike any other client's, so that its completions and its health are not taken for ours.
[[nodiscard]] inline std::string newToken() {
    std::random_device random;
    return formatted("busbar-{:08x}", random());
}

} // namespace busbar
