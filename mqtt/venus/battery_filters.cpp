// SPDX-License-Identifier: MIT
// Filters made from the table of paths.
#include "mqtt/venus/battery_filters.hpp"

#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace busbar::mqtt {

namespace {

/// A folder with more paths than this is subscribed to as a whole: each filter is one request when
/// the session begins, and one entry in the broker's tree.
constexpr std::size_t kMostAlone = 2;
/// Where single cells are (`findPlace`): as many as a battery has.
constexpr std::array<std::string_view, 2> kCellFolders = {"/Voltages", "/Cell"};

std::string_view folderOf(std::string_view path) {
    return path.substr(0, std::min(path.find('/', 1), path.size()));
}

struct Folder {
    std::vector<std::string> paths;
    bool tellsWho{false}; ///< one of them does
};

/// Behind `battery/<instance>`.
std::vector<std::string> makeTails() {
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
    std::vector<std::string> tails;
    for (const auto& [name, folder] : folders)
        if (folder.paths.size() > kMostAlone && !folder.tellsWho)
            tails.push_back(std::string(name) + "/#");
        else
            tails.insert(tails.end(), folder.paths.begin(), folder.paths.end());
    return tails;
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

std::vector<std::string> filtersOf(std::string_view base, int instance) {
    static const std::vector<std::string> kTails = makeTails();
    std::vector<std::string> filters;
    filters.reserve(kTails.size());
    for (const std::string& tail : kTails)
        filters.push_back(std::string(base) + "battery/" + std::to_string(instance) + tail);
    return filters;
}

} // namespace busbar::mqtt
