// SPDX-License-Identifier: MIT
// Looks where something of the site is already.
#include "app/kept/site_folder.hpp"

#include "app/kept/state.hpp"
#include "base/file.hpp"

#include <algorithm>

namespace busbar {

namespace {

/// The site whose state a folder has; empty if it does not say.
std::string nameIn(const std::string& folder) {
    std::string error;
    const auto text = readWholeFile(folder + kStateFile, kLargestState, error);
    return text ? parseState(*text).state.site : std::string();
}

} // namespace

std::string siteFolder(const KeptSite& site) {
    std::string top = site.stateDir.empty() ? defaultStateFolder() : site.stateDir;
    if (top.empty())
        return top;
    std::string own = top + "/sites/" + site.name;
    if (keepsState(own))
        return own;
    if (site.isOnly())
        return top;
    if (!keepsState(top))
        return own;
    const std::string owner = nameIn(top);
    const bool isThere = std::ranges::find(site.all, owner) != site.all.end();
    return (isThere ? owner == site.name : site.isFirst()) ? top : own;
}

} // namespace busbar
