// SPDX-License-Identifier: MIT
// When cells are left, and when they are read.
#include "mqtt/venus/cell_reads.hpp"

#include "mqtt/venus/battery_filters.hpp"

namespace busbar::mqtt {

namespace {

using namespace std::chrono_literals;

/// What comes near and goes again does not change the way of reading each time.
constexpr auto kCalmFor = 60s;
constexpr auto kEach = 30s;
/// As for a whole battery (battery_reads.cpp).
constexpr auto kCellPatience = 5s;
/// 64 batteries take 2 a second.
constexpr int kMostCellReads = 4;

} // namespace

void CellReads::startOver() {
    for (const auto& [instance, cells] : cells_)
        bridge_.readings.setOldCells(instance, false);
    cells_.clear();
}

void CellReads::heard(int instance, std::string_view path) {
    if (!bridge_.isLean())
        return;
    const auto place = findPlace(path);
    if (!place || place->kind != Place::Kind::Cell)
        return;
    Cells& cells = cells_[instance];
    cells.folder = cellFolderOf(path);
    if (cells.isAsked)
        cells.heard.emplace(path);
}

void CellReads::tick(bool isBusy, const Now& now) {
    std::erase_if(cells_, [this](const auto& entry) {
        return !bridge_.readings.batteries().contains(entry.first);
    });
    budget_ = kMostCellReads;
    for (auto& [instance, cells] : cells_)
        if (filters_.single().contains(instance))
            follow(instance, cells, isBusy, now);
}

void CellReads::follow(int instance, Cells& cells, bool isBusy, const Now& now) {
    const bool isCalm = bridge_.isLean() && !cells.mustBeLive && calm_.contains(instance);
    if (isCalm && !cells.isCalm)
        cells.calmSince = now.steady;
    cells.isCalm = isCalm;
    const Battery& battery = bridge_.readings.batteries().at(instance);
    if (battery.left || battery.isMute) {
        cells.isAsked = false; // once it is back, it is read as a whole, and then its cells are
        return;
    }
    const bool isOld = battery.hasOldCells;
    if (isBusy)
        return; // these bring the cells, too
    if (cells.isAsked)
        conclude(battery, cells, now);
    else if (isOld &&
             (!isCalm || filters_.hearsCells(instance) || now.steady - cells.readAt >= kEach))
        ask(instance, cells, now);
    else if (!isOld && isCalm && now.steady - cells.calmSince >= kCalmFor)
        rest(instance, cells, now);
}

void CellReads::rest(int instance, Cells& cells, const Now& now) {
    bridge_.readings.setOldCells(instance, true);
    if (filters_.leaveCells(instance))
        cells.readAt = now.steady;
    else
        bridge_.readings.setOldCells(instance, false);
}

void CellReads::ask(int instance, Cells& cells, const Now& now) {
    if (budget_ <= 0 || !filters_.hearCells(instance) ||
        !bridge_.read("battery/" + std::to_string(instance) + std::string(cells.folder)))
        return;
    --budget_;
    cells.isAsked = true;
    cells.askedAt = now.steady;
    cells.heard.clear();
}

void CellReads::conclude(const Battery& battery, Cells& cells, const Now& now) {
    const int instance = battery.instance;
    const bool isAnswered = cells.heard.size() >= cellCount(battery);
    if (!isAnswered && now.steady - cells.askedAt < kCellPatience)
        return;
    cells.isAsked = false;
    if (isAnswered && cells.isCalm) {
        rest(instance, cells, now);
        return;
    }
    bridge_.readings.setOldCells(instance, false);
    if (isAnswered)
        return;
    cells.mustBeLive = true;
    bridge_.readings.wishSweep();
}

} // namespace busbar::mqtt
