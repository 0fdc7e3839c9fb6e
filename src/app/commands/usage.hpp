// SPDX-License-Identifier: MIT
// What is said of a command line that cannot be understood: what was probably meant.
#pragma once

#include <string>
#include <vector>

namespace busbar {

/// What a command line has that nothing takes.
struct UsageFault {
    std::string unknown{};            ///< word or option as typed; empty = nothing
    std::string command{};            ///< that it stands behind; empty = in front of any
    std::vector<std::string> known{}; ///< commands; of a `command` its long options, no dashes
};

/// One sentence with the nearest command or option, else what there is. Empty if there is nothing
/// to say: no word is unknown, and a command was given.
[[nodiscard]] std::string usageAnswer(const UsageFault& fault);

} // namespace busbar
