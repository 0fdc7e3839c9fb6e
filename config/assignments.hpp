// SPDX-License-Identifier: MIT
// What a file and the environment assign to the options, with the places, before it becomes a
// Config.
#pragma once

#include "config/issue.hpp"
#include "config/option_table.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace busbar::config {

struct Assignment {
    std::optional<Setting> value; ///< nothing: there is one, but it was refused
    Position at;                  ///< of the value
    std::string path;             ///< as in Issue
};

/// By index of the option; nothing = not given.
using Assignments = std::array<std::optional<Assignment>, kOptionCount>;

/// One entry of `banks`.
struct BankEntry {
    Position at;
    Assignments given;
};

/// The assignment in force for each option, nullptr = default.
using InForce = std::array<const Assignment*, kOptionCount>;

/// One bank together with the site options, as the rules see it.
struct BankView {
    Position at; ///< of its entry in `banks`; line 0 if there is no such list
    std::string path;
    InForce given{};
};

} // namespace busbar::config
