// SPDX-License-Identifier: MIT
// What must hold between several options.
#pragma once

#include "config/assignments.hpp"
#include "config/config.hpp"

#include <vector>

namespace busbar::config {

/// Adds an issue for every broken rule; `views` are those of `config.banks`. A rule is left out
/// where one of its options has been refused already.
void checkRules(const Config& config, const std::vector<BankView>& views,
                std::vector<Issue>& issues);

} // namespace busbar::config
