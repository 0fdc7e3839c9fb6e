// SPDX-License-Identifier: MIT
// Which battery stands where: in banks, and in what made batteries are made of.
#pragma once

#include "config/site_rules.hpp"
#include "config/use.hpp"
#include "core/units/selector.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace busbar::config {

/// Without what has been refused.
[[nodiscard]] MadeTree treeOf(const SiteView& site);

/// The entries of `per_battery` of one bank; none if they have been refused.
[[nodiscard]] std::vector<Use> correctionsOf(const SiteView& site, std::size_t bank);

/// Which made battery a selector picks; nothing for other kinds and for ids that are not there.
[[nodiscard]] std::optional<std::size_t> madeAt(const SiteView& site, const Selector& selector);

} // namespace busbar::config
