// SPDX-License-Identifier: MIT
// A selector of a configuration, and where it stands.
#pragma once

#include "config/issue.hpp"
#include "core/units/selector.hpp"

#include <string>
#include <vector>

namespace busbar::config {

/// One selector where it stands.
struct Use {
    Selector selector;
    Position at;
    std::string path;    ///< "made[2].series[0]"
    bool counts{true};   ///< its current is in the whole; not so of what a remainder subtracts, and
                         ///< of a source that gives neither current nor charge
    bool mayPick{false}; ///< it may pick several, or none: what is excluded or corrected
};

/// The batteries of a site and what they are made of. `banks` are the outer ones; those that take
/// all have every made battery that is no part.
struct MadeTree {
    std::vector<Use> entries; ///< each made battery by itself, in the order of the file
    std::vector<std::vector<Use>> made;
    std::vector<std::vector<Use>> banks;
    std::vector<Use> others; ///< selectors elsewhere: shunts, overrides, what is excluded …
};

/// "made[2].series[0] (line 5)".
[[nodiscard]] std::string placeOf(const std::string& path, Position at);

} // namespace busbar::config
