// SPDX-License-Identifier: MIT
// Which battery stands where: in banks, and in what made batteries are made of.
#pragma once

#include "config/issue.hpp"
#include "config/site_rules.hpp"
#include "core/units/selector.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::config {

/// One selector where it stands.
struct Use {
    Selector selector;
    Position at;
    std::string path;  ///< "made[2].series[0]"
    bool counts{true}; ///< its current is in the whole; not so of what a remainder subtracts, and
                       ///< of a source that gives neither current nor charge
};

/// `banks` are the outer ones; those that take all have every made battery that is no part.
struct MadeTree {
    std::vector<std::vector<Use>> made;
    std::vector<std::vector<Use>> banks;
    std::vector<Use> others; ///< selectors elsewhere: shunts, overrides, what is excluded …
};

/// Without what has been refused.
[[nodiscard]] MadeTree treeOf(const SiteView& site);

/// The entries of `per_battery` of one bank; none if they have been refused.
[[nodiscard]] std::vector<Use> correctionsOf(const SiteView& site, std::size_t bank);

/// Which made battery a selector picks; nothing for other kinds and for ids that are not there.
[[nodiscard]] std::optional<std::size_t> madeAt(const SiteView& site, const Selector& selector);

/// "made[2].series[0] (line 5)".
[[nodiscard]] std::string placeOf(const std::string& path, Position at);

} // namespace busbar::config
