// SPDX-License-Identifier: MIT
// Looks through the folders of states.
#include "app/kept/gone_sites.hpp"

#include "app/kept/places.hpp"
#include "app/kept/site_folder.hpp"
#include "app/kept/state.hpp"
#include "base/file.hpp"
#include "config/config.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

namespace busbar {

namespace {

/// Nobody has had more sites than this; a folder with more was not made by Busbar.
constexpr std::size_t kMostFolders = 256;

std::vector<std::string> namesIn(const std::vector<config::Config>& sites) {
    std::vector<std::string> names;
    names.reserve(sites.size());
    for (const config::Config& site : sites)
        names.push_back(site.site);
    return names;
}

/// Where sites of this program may have kept a state.
std::set<std::string> foldersOf(const std::vector<config::Config>& sites) {
    std::set<std::string> folders;
    for (const config::Config& site : sites) {
        const std::string top = site.stateDir.empty() ? defaultStateFolder() : site.stateDir;
        if (top.empty())
            continue;
        folders.insert(top);
        std::error_code error;
        const std::filesystem::directory_iterator end;
        for (std::filesystem::directory_iterator entry(top + "/sites", error);
             !error && entry != end && folders.size() < kMostFolders; entry.increment(error))
            folders.insert(top + "/sites/" + entry->path().filename().string());
    }
    return folders;
}

/// What does not say where it has published is taken for where the first site does (before 0.4).
mqtt::LeftTopics leftBy(const State& state, const config::Config& first) {
    const bool isKnown = !state.place.broker.empty();
    const PublishedPlace place = isKnown ? state.place : placeUnderName(placeOf(first), state.site);
    mqtt::LeftTopics left{
        .site = state.site, .broker = place.broker, .root = place.root, .topics = {}};
    if (isKnown || !state.announced.empty() || !state.published.empty())
        left.topics = topicsAt(place, state);
    return left;
}

} // namespace

std::vector<GoneSite> goneSites(const std::vector<config::Config>& sites) {
    const std::vector<std::string> names = namesIn(sites);
    std::set<std::string> folders = foldersOf(sites);
    for (const config::Config& site : sites)
        folders.erase(siteFolder({.stateDir = site.stateDir, .name = site.site, .all = names}));
    std::vector<GoneSite> gone;
    for (const std::string& folder : folders) {
        std::string error;
        const auto text = readWholeFile(folder + kStateFile, kLargestState, error);
        ParsedState parsed = text ? parseState(*text) : ParsedState{};
        const std::string& name = parsed.state.site;
        if (name.empty() || std::ranges::find(names, name) != names.end())
            continue;
        GoneSite site{.folder = folder, .left = std::move(parsed.state.left)};
        site.left.push_back(leftBy(parsed.state, sites.front()));
        std::erase_if(site.left, [](const auto& left) { return left.topics.empty(); });
        if (!site.left.empty())
            gone.push_back(std::move(site));
    }
    return gone;
}

/// What else stands there stays, for the day on which the site returns.
void forgetLeft(const GoneSite& gone) {
    StateStore store(gone.folder);
    store.load();
    store.state.announced.clear();
    store.state.published.clear();
    store.state.place = {};
    store.state.left.clear();
    store.save();
}

std::vector<std::vector<mqtt::LeftTopics>> handOver(const std::vector<GoneSite>& gone,
                                                    const std::vector<config::Config>& sites) {
    std::vector<std::vector<mqtt::LeftTopics>> handed(sites.size());
    for (const GoneSite& site : gone)
        for (const mqtt::LeftTopics& left : site.left) {
            const auto heir = std::ranges::find_if(sites, [&left](const config::Config& other) {
                return placeOf(other).broker == left.broker && !left.broker.empty();
            });
            if (heir == sites.end())
                sayLeftBehind(left);
            else
                handed[static_cast<std::size_t>(std::distance(sites.begin(), heir))].push_back(
                    left);
        }
    return handed;
}

} // namespace busbar
