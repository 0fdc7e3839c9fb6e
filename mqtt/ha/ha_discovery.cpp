// SPDX-License-Identifier: MIT
// When device messages are sent, and when they are taken back.
#include "mqtt/ha/ha_discovery.hpp"

#include <algorithm>
#include <utility>

namespace busbar::mqtt {

HaDiscovery::HaDiscovery(HaSettings settings, HaContext context, std::set<std::string> announced,
                         Publish publish)
    : settings_(std::move(settings)), context_(std::move(context)),
      announced_(std::move(announced)), publish_(std::move(publish)) {}

void HaDiscovery::connected() {
    isConnected_ = true;
    queue_.clear();
    tidied_.clear();
    takeBackAgain();
    enqueueAll();
}

void HaDiscovery::takeBackAgain() {
    retired_.merge(emptied_.takeDoubtful());
}

void HaDiscovery::takeBirth(std::string_view payload, const Now& now) {
    if (payload != "online" || !settings_.isEnabled)
        return;
    const auto soonest = lastBirth_ ? std::max(now.steady, *lastBirth_ + kBirthPause) : now.steady;
    if (!birthDue_)
        birthDue_ = soonest + jitter();
}

/// Differs from site to site, so that not all Busbars of a house speak in the same moment.
std::chrono::milliseconds HaDiscovery::jitter() const {
    constexpr std::uint32_t kPrime = 31;
    std::uint32_t hash = 0;
    for (const char c : context_.site)
        hash = hash * kPrime + static_cast<unsigned char>(c);
    return std::chrono::milliseconds(500 + hash % 2000);
}

void HaDiscovery::update(std::span<const BankView> banks, const IsWanted& isWanted) {
    reported_.clear();
    if (settings_.isEnabled) {
        HaDevices devices = devicesOf(context_, banks);
        for (const std::string& id : parentsFirst(devices)) {
            HaDevice& device = devices.at(id);
            const bool isUnheard = isOfUnheardBank(device, banks);
            note(std::move(device), isUnheard);
        }
    }
    retire(isWanted);
}

/// What an earlier run has announced is more than a bank without data can tell.
void HaDiscovery::note(HaDevice device, bool isUnheard) {
    reported_.insert(device.deviceId);
    const bool isGone = emptied_.contains(device.deviceId);
    if (isUnheard && announced_.contains(device.deviceId) && !isGone)
        return;
    emptied_.forget(device.deviceId);
    if (retired_.erase(device.deviceId) > 0)
        enqueue(device.deviceId);
    const auto known = devices_.find(device.deviceId);
    if (known == devices_.end()) {
        if (devices_.size() >= kMostDevices)
            return;
        enqueue(device.deviceId);
        devices_.emplace(device.deviceId, std::move(device));
        return;
    }
    HaDevice next = merged(known->second, std::move(device));
    if (next == known->second)
        return;
    if (next.controls != known->second.controls)
        tidied_.erase(known->first);
    known->second = std::move(next);
    enqueue(known->first);
}

/// Devices that were announced, now or in an earlier run, and that nothing reports any more.
void HaDiscovery::retire(const IsWanted& isWanted) {
    for (const std::string& id : announced_) {
        const bool keep =
            settings_.isEnabled && (reported_.contains(id) || !isWanted || isWanted(id));
        if (keep || retired_.contains(id) || emptied_.contains(id))
            continue;
        retired_.insert(id);
        enqueue(id);
    }
}

void HaDiscovery::enqueue(const std::string& deviceId) {
    if (std::ranges::find(queue_, deviceId) == queue_.end())
        queue_.push_back(deviceId);
}

void HaDiscovery::enqueueAll() {
    for (const std::string& id : parentsFirst(devices_))
        enqueue(id);
    for (const std::string& id : retired_)
        enqueue(id);
}

std::string HaDiscovery::topicOf(const std::string& deviceId) const {
    return settings_.prefix + "/device/" + deviceId + "/config";
}

/// Batteries before the bank that they refer to is of no account: each goes by itself.
void HaDiscovery::withdraw() {
    if (isConnected_)
        std::erase_if(announced_, [this](const std::string& id) { return takeBack(id); });
    isConnected_ = false;
}

/// With what its entities showed.
bool HaDiscovery::takeBack(const std::string& deviceId) {
    return publish_(topicOf(deviceId), "") && publish_(haStateTopic(context_, deviceId), "");
}

/// Controls that are no more are named once and then left out, as Home Assistant wants it; again
/// after it has started, because it may not have been there.
bool HaDiscovery::announce(const std::string& deviceId, const HaDevice& device) {
    const bool isToTidy = !tidied_.contains(deviceId) && lacksControls(context_, device);
    if (!publish_(
            topicOf(deviceId),
            discoveryDocument(context_, device, isToTidy ? Absent::Removed : Absent::LeftOut)))
        return false;
    tidied_.insert(deviceId);
    announced_.insert(deviceId);
    if (isToTidy)
        enqueue(deviceId);
    return true;
}

bool HaDiscovery::send(const std::string& deviceId, const Now& now) {
    if (retired_.contains(deviceId)) {
        if (!takeBack(deviceId))
            return false;
        retired_.erase(deviceId);
        emptied_.note(deviceId, now);
        devices_.erase(deviceId);
        return true;
    }
    const auto device = devices_.find(deviceId);
    if (device == devices_.end())
        return true;
    return announce(deviceId, device->second);
}

void HaDiscovery::tick(const Now& now) {
    if (!isConnected_)
        return;
    if (birthDue_ && now.steady >= *birthDue_) {
        lastBirth_ = now.steady;
        birthDue_.reset();
        tidied_.clear();
        enqueueAll();
    }
    for (const std::string& id : emptied_.takeDelivered(now))
        announced_.erase(id);
    const std::size_t most = std::min(kPerTick, queue_.size());
    for (std::size_t tried = 0; tried < most; ++tried) {
        std::string id = std::move(queue_.front());
        queue_.pop_front();
        if (!send(id, now))
            queue_.push_back(std::move(id));
    }
}

} // namespace busbar::mqtt
