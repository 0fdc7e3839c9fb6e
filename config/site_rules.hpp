// SPDX-License-Identifier: MIT
// What must hold between the sites of one program.
#pragma once

#include "config/assignments.hpp"
#include "config/config.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace busbar::config {

/// One site as the rules see it.
struct SiteView {
    const SiteEntry* entry{nullptr};
    std::vector<BankView> banks; ///< those of `config.banks`
    Config config;
};

/// "sites[0].gx.url (line 4)": an option of a site or of one of its banks, and where it is given.
[[nodiscard]] std::string optionOf(const SiteView& site, std::size_t option, std::size_t bank = 0);

/// Put to that option of that site, also if it is given for all of them.
[[nodiscard]] Issue issueAt(const SiteView& site, std::size_t option, std::string message,
                            std::size_t bank = 0);

/// Adds an issue for every two sites that could not run beside each other: of one name, reading one
/// GX, on one bus under one name, publishing the same topics. It names both places.
void checkSites(const std::vector<SiteView>& sites, std::vector<Issue>& issues);

} // namespace busbar::config
