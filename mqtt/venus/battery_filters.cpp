// SPDX-License-Identifier: MIT
// Filters made from the table of paths.
#include "mqtt/venus/battery_filters.hpp"

#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

namespace busbar::mqtt {

namespace {

/// A folder with more paths than this is subscribed to as a whole: each filter is one request when
/// the session begins, and one entry in the broker's tree.
constexpr std::size_t kMostAlone = 2;
/// Where single cells are (`findPlace`): as many as a battery has.
constexpr std::array<std::string_view, 2> kCellFolders = {"/Voltages", "/Cell"};

/// What no limit, no alarm, no state of charge and nobody's membership hangs on: a folder, or a
/// path of the service itself. A fifth of what a busy serial battery sends (tests/bench).
constexpr std::array<std::string_view, 3> kSeldom = {"/CurrentAvg", "/History", "/TimeToGo"};

std::string_view folderOf(std::string_view path) {
    return path.substr(0, std::min(path.find('/', 1), path.size()));
}

struct Folder {
    std::vector<std::string> paths;
    bool tellsWho{false}; ///< one of them does
};

/// Behind `battery/<instance>`.
struct Tails {
    std::vector<std::string> live;
    std::vector<std::string> seldom;
    std::vector<std::string> cells;
};

std::vector<std::string>& listOf(Tails& tails, std::string_view folder) {
    if (std::ranges::find(kCellFolders, folder) != kCellFolders.end())
        return tails.cells;
    const bool isSeldom = std::ranges::find(kSeldom, folder) != kSeldom.end();
    return isSeldom ? tails.seldom : tails.live;
}

Tails makeTails() {
    std::map<std::string_view, Folder> folders;
    for (std::size_t i = 0; i < kRowCount; ++i) {
        Folder& folder = folders[folderOf(kRows.at(i).path)];
        if (tellsWho(static_cast<RowIndex>(i)))
            folder.tellsWho = true;
        else
            folder.paths.emplace_back(kRows.at(i).path);
    }
    for (const std::string_view cells : kCellFolders)
        folders[cells].paths.assign(kMostAlone + 1, "");
    Tails tails;
    for (const auto& [name, folder] : folders) {
        std::vector<std::string>& list = listOf(tails, name);
        if (folder.paths.size() > kMostAlone && !folder.tellsWho)
            list.push_back(std::string(name) + "/#");
        else
            list.insert(list.end(), folder.paths.begin(), folder.paths.end());
    }
    return tails;
}

const Tails& tails() {
    static const Tails kTails = makeTails();
    return kTails;
}

std::vector<std::string> filtersFor(std::string_view base, int instance,
                                    const std::vector<std::string>& tails) {
    std::vector<std::string> filters;
    filters.reserve(tails.size());
    for (const std::string& tail : tails)
        filters.push_back(std::string(base) + "battery/" + std::to_string(instance) + tail);
    return filters;
}

} // namespace

std::string everyBattery(std::string_view base) {
    return std::string(base) + "battery/#";
}

std::vector<std::string> whoTheyAre(std::string_view base) {
    std::vector<std::string> filters;
    for (std::size_t i = 0; i < kRowCount; ++i)
        if (tellsWho(static_cast<RowIndex>(i)))
            filters.push_back(std::string(base) + "battery/+" + std::string(kRows.at(i).path));
    return filters;
}

std::vector<std::string> liveFilters(std::string_view base, int instance) {
    return filtersFor(base, instance, tails().live);
}

std::vector<std::string> seldomFilters(std::string_view base, int instance) {
    return filtersFor(base, instance, tails().seldom);
}

std::vector<std::string> cellFilters(std::string_view base, int instance) {
    return filtersFor(base, instance, tails().cells);
}

std::vector<std::string> allFilters(std::string_view base, int instance) {
    std::vector<std::string> all = liveFilters(base, instance);
    std::ranges::move(seldomFilters(base, instance), std::back_inserter(all));
    std::ranges::move(cellFilters(base, instance), std::back_inserter(all));
    return all;
}

std::string_view cellFolderOf(std::string_view path) {
    const auto found = std::ranges::find(kCellFolders, folderOf(path));
    return found == kCellFolders.end() ? std::string_view() : *found;
}

} // namespace busbar::mqtt
