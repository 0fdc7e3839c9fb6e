// SPDX-License-Identifier: MIT
// Topics of different options must not meet.
#pragma once

#include "config/assignments.hpp"
#include "config/config.hpp"
#include "config/site_rules.hpp"

#include <vector>

namespace busbar::config {

/// Adds an issue for every two options that put their topics into the same place, so that one would
/// overwrite or swallow what belongs to the other. The GX's topics count only where its broker
/// carries the output as well. `views` are those of `config.banks`.
void checkTopics(const Config& config, const std::vector<BankView>& views,
                 std::vector<Issue>& issues);

/// The same between two sites.
void checkTopicsOfSites(const std::vector<SiteView>& sites, std::vector<Issue>& issues);

} // namespace busbar::config
