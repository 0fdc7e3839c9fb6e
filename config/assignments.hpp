// SPDX-License-Identifier: MIT
// What a file and the environment assign to the options, with the places, before it becomes a
// Config.
#pragma once

#include "config/issue.hpp"
#include "config/option_table.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace busbar::config {

struct Assignment {
    std::optional<Setting> value;    ///< nothing: there is one, but it was refused
    Position at;                     ///< of the value
    std::string path;                ///< as in Issue
    std::vector<Position> entries{}; ///< of a list, each; empty if it comes from the environment
};

/// By index of the rows of an object; nothing = not given.
using FieldValues = std::vector<std::optional<Assignment>>;

/// By index of the option; nothing = not given.
using Assignments = std::array<std::optional<Assignment>, kOptionCount>;

/// One entry of `banks`.
struct BankEntry {
    Position at;
    std::string path; ///< "banks[0]", "sites[1].banks[0]"
    Assignments given;
};

/// One entry of `made`.
struct MadeEntry {
    Position at;
    std::string path; ///< "made[2]"
    FieldValues given;
    std::optional<BankEntry> bank{}; ///< with the options of `bank`
};

/// One entry of `sites`; also the whole file, if it has no such list.
struct SiteEntry {
    Position at;
    std::string path; ///< "sites[1]"; empty for the whole file
    Assignments given;
    std::vector<BankEntry> banks; ///< empty without `banks`
    std::vector<MadeEntry> made;
};

/// The assignment in force for each option, nullptr = default.
using InForce = std::array<const Assignment*, kOptionCount>;

/// One bank together with the site options, as the rules see it.
struct BankView {
    Position at; ///< of its entry in `banks`, else of its site; line 0 if there is no such list
    std::string path;
    std::string site; ///< in front of the keys of its site: "sites[1]." or empty
    InForce given{};
    const MadeEntry* made{nullptr}; ///< it is a made battery
};

/// Put to an option of this bank or its site, else to the place where it could be given.
[[nodiscard]] inline Issue atOption(const BankView& view, std::size_t index, Severity severity,
                                    std::string message) {
    const Assignment* given = view.given.at(index);
    if (given != nullptr)
        return {severity, given->at, given->path, std::move(message)};
    return {severity, view.at, view.path, std::move(message)};
}

} // namespace busbar::config
