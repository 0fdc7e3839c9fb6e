// SPDX-License-Identifier: MIT
// When a battery is read, and what an answer or none means.
#include "mqtt/venus/battery_reads.hpp"

#include "core/table/path_table.hpp"
#include "core/units/unit.hpp"

#include <algorithm>
#include <vector>

namespace busbar::mqtt {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kEnd = "/DeviceInstance";
/// A battery at work changes its current with each poll of its BMS, every 1 to 5 s.
constexpr auto kSilent = 10s;
constexpr auto kAgain = 10s;       // between reads of one battery …
constexpr auto kAgainIfNewer = 2s; // … and if it has left and come back since
/// The bridge needs milliseconds, a driver that talks to its BMS in its main loop a second or two.
constexpr auto kPatience = 5s;
/// A battery's values arrive in one go; so do those of a full publish, its end mark behind them.
constexpr auto kQuiet = 500ms;
constexpr auto kFullPublishTakes = 1s + kReportTakes; // its end may be taken later than its values
/// A GX has a few batteries; bounds what hostile topics can make us send.
constexpr int kMostPerSecond = 16;

} // namespace

void BatteryReads::startOver() {
    reads_.clear();
    isAnswered_ = false;
    budget_ = kMostPerSecond;
}

void BatteryReads::send(int instance, bool isWhole, const Now& now) {
    if (budget_ <= 0 || (isWhole && !widen_(instance)))
        return;
    --budget_;
    const SteadyTime proven = reads_[instance].provenAt;
    reads_[instance] = {
        .askedAt = now.steady, .provenAt = proven, .isWhole = isWhole, .isOpen = true};
    const std::string head = "battery/" + std::to_string(instance);
    if (isWhole)
        ask_(head + "/");
    ask_(head + std::string(kEnd));
}

bool BatteryReads::isWholeOpen(int instance) const {
    const auto read = reads_.find(instance);
    return read != reads_.end() && read->second.isOpen && read->second.isWhole;
}

void BatteryReads::askWhole(const Battery& battery, const Now& now) {
    const auto known = reads_.find(battery.instance);
    const Read last = known == reads_.end() ? Read{} : known->second;
    const bool isNewer = battery.appeared > last.askedAt || !last.isWhole;
    const bool isPaused = now.steady - last.askedAt < (isNewer ? kAgainIfNewer : kAgain);
    if (last.isWhole && (last.isOpen || isPaused))
        return;
    send(battery.instance, true, now);
    reads_[battery.instance].isFirst = isNewer;
}

void BatteryReads::heard(const Readings& readings, int instance, std::string_view path,
                         const Now& now) {
    if (path == kEnd) {
        if (const auto read = reads_.find(instance); read != reads_.end()) {
            ++read->second.ends;
            read->second.lastEnd = now.steady;
        }
    }
    const auto battery = readings.batteries().find(instance);
    if (battery != readings.batteries().end() && readings.wantsRead(battery->second))
        askWhole(battery->second, now);
}

void BatteryReads::fullPublishEnded(const Now& now) {
    for (auto& [instance, read] : reads_) {
        if (!read.isOpen || read.ends == 0 || now.steady - read.lastEnd > kFullPublishTakes)
            continue;
        const bool isFirst = read.isFirst;
        read.ends = 0;
        send(instance, read.isWhole, now);
        read.isFirst = isFirst;
    }
}

/// Asks only where others speak: if all are silent, the link has to be looked at, not a battery.
void BatteryReads::askSilent(const Readings& readings, const Battery& battery, const Now& now) {
    const auto known = reads_.find(battery.instance);
    const Read last = known == reads_.end() ? Read{} : known->second;
    const SteadyTime since = std::max(battery.spoke, last.provenAt);
    if (battery.left || battery.lost || last.isOpen || now.steady - since < kSilent ||
        now.steady - last.askedAt < kAgain || !battery.slot(row(kEnd)).value.isKnown())
        return;
    const auto speaks = [&](const auto& entry) {
        return &entry.second != &battery && !entry.second.left && entry.second.spoke > since;
    };
    if (std::ranges::none_of(readings.found(), speaks))
        return;
    send(battery.instance, false, now);
    if (isAnswered_)
        return;
    for (const auto& entry : readings.found()) // does anybody answer here?
        if (speaks(entry) && !reads_[entry.first].isOpen)
            send(entry.first, false, now);
}

void BatteryReads::giveUp(Readings& readings, int instance, const Read& read, const Now& now) {
    const Battery& battery = readings.batteries().at(instance);
    if (!read.isWhole && isAnswered_)
        readings.unanswered(instance, now);
    else if (read.isFirst && !battery.isMute)
        readings.wishSweep(); // once: full publishes that fail have a back-off of their own
}

void BatteryReads::conclude(Readings& readings, int instance, SteadyTime bridgeSign,
                            const Now& now) {
    Read& read = reads_.at(instance);
    const auto battery = readings.batteries().find(instance);
    if (battery == readings.batteries().end() || battery->second.left) {
        read.isOpen = false;
        return;
    }
    const bool isAnswer = read.ends >= (read.isWhole ? 2 : 1);
    if (isAnswer && now.steady - read.lastEnd >= kQuiet) {
        read.isOpen = false;
        read.provenAt = read.lastEnd;
        isAnswered_ = true;
        if (read.isWhole)
            readings.completeRead(instance);
    } else if (!isAnswer && now.steady - read.askedAt >= kPatience && bridgeSign > read.askedAt) {
        read.isOpen = false;
        giveUp(readings, instance, read, now);
    }
}

void BatteryReads::tick(Readings& readings, SteadyTime bridgeSign, const Now& now) {
    budget_ = kMostPerSecond;
    std::vector<int> open;
    for (const auto& [instance, read] : reads_)
        if (read.isOpen)
            open.push_back(instance);
    for (const int instance : open)
        conclude(readings, instance, bridgeSign, now);
    std::erase_if(reads_,
                  [&](const auto& entry) { return !readings.batteries().contains(entry.first); });
    for (const auto& [instance, battery] : readings.found()) {
        if (readings.wantsRead(battery))
            askWhole(battery, now);
        else if (!readings.inDoubt())
            askSilent(readings, battery, now);
    }
}

} // namespace busbar::mqtt
