// SPDX-License-Identifier: MIT
// What must hold between the batteries of a site that are made of others.
#pragma once

#include "config/issue.hpp"
#include "config/site_rules.hpp"

#include <vector>

namespace busbar::config {

/// Adds an issue for ids that meet, for made batteries that are not there, go in circles, count
/// twice or not at all, and for corrections that cannot be meant. It names both places.
void checkMade(const SiteView& site, std::vector<Issue>& issues);

} // namespace busbar::config
