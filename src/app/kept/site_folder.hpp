// SPDX-License-Identifier: MIT
// Where a site keeps its files, so that one more site, or one less, costs none of them what it
// kept.
#pragma once

#include <string>
#include <vector>

namespace busbar {

/// Of which site something is kept.
struct KeptSite {
    std::string stateDir{}; ///< as configured; empty = the platform's place (defaultStateFolder)
    std::string name{};
    std::vector<std::string> all{}; ///< names of the sites of the configuration, in its order

    [[nodiscard]] bool isFirst() const { return all.empty() || all.front() == name; }
    [[nodiscard]] bool isOnly() const { return all.size() < 2; }
};

/// `<state_dir>` for the only site; for one of several `<state_dir>/sites/<name>`, but the one that
/// was the only one stays where it is: the state file there has its name. If that is none of those
/// (it got another one, or the file is of a version that did not write it, up to 0.3), it is the
/// first. The only one that was one of several stays where it was, too. Empty if there is no place.
[[nodiscard]] std::string siteFolder(const KeptSite& site);

} // namespace busbar
