// SPDX-License-Identifier: MIT
// Sums over all, less the one that looks.
#include "core/members/peers.hpp"

#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace busbar {

namespace {

/// Others move: drivers report every 1 to 5 s.
constexpr auto kMoving = std::chrono::seconds(15);

std::optional<double> peerCurrent_A(const Battery& battery) {
    return numberOf(battery, row("/Dc/0/Current"));
}

std::optional<double> peerVoltage_V(const Battery& battery) {
    return numberOf(battery, row("/Dc/0/Voltage"));
}

double peerCapacity_Ah(const Battery& battery) {
    return nominalCapacity_Ah(battery).value_or(0.0);
}

} // namespace

Peers::Peers(std::vector<const Battery*> all, const Now& now)
    : all_(std::move(all)), movingSince_(now.steady - kMoving) {
    for (const Battery* battery : all_) {
        moving_ += battery->moved >= movingSince_ ? 1U : 0U;
        if (const auto current_A = peerCurrent_A(*battery)) {
            ++loaded_;
            sum_A_ += std::abs(*current_A);
            sum_Ah_ += peerCapacity_Ah(*battery);
        }
        if (const auto own_V = peerVoltage_V(*battery))
            voltages_.push_back(*own_V);
    }
    std::ranges::sort(voltages_);
}

Peers::Others::Others(const Peers& peers, const Battery& one)
    : peers_(&peers),
      one_(std::ranges::find(peers.all_, &one) != peers.all_.end() ? &one : nullptr) {}

std::size_t Peers::Others::count() const {
    return peers_->all_.size() - (one_ != nullptr ? 1U : 0U);
}

bool Peers::Others::areMoving() const {
    const bool isOneMoving = one_ != nullptr && one_->moved >= peers_->movingSince_;
    return count() > 0 && 2 * (peers_->moving_ - (isOneMoving ? 1U : 0U)) >= count();
}

double Peers::Others::load() const {
    const auto own_A = one_ != nullptr ? peerCurrent_A(*one_) : std::nullopt;
    if (peers_->loaded_ == (own_A ? 1U : 0U))
        return 0.0;
    const double sum_A = peers_->sum_A_ - std::abs(own_A.value_or(0.0));
    const double sum_Ah = peers_->sum_Ah_ - (own_A ? peerCapacity_Ah(*one_) : 0.0);
    return sum_Ah > 0.0 ? sum_A / sum_Ah : 0.0;
}

std::optional<double> Peers::Others::voltage_V() const {
    const auto& voltages = peers_->voltages_;
    const auto own_V = one_ != nullptr ? peerVoltage_V(*one_) : std::nullopt;
    const std::size_t count = voltages.size() - (own_V ? 1U : 0U);
    if (count == 0)
        return std::nullopt;
    const std::size_t middle = count / 2;
    const bool isBefore = own_V && *own_V <= voltages[middle]; // it would stand before the middle
    return voltages[isBefore ? middle + 1 : middle];
}

bool Peers::Others::areThese(const std::vector<int>& instances) const {
    auto next = instances.begin();
    for (const Battery* other : peers_->all_) {
        if (other == one_)
            continue;
        if (next == instances.end() || *next != other->instance)
            return false;
        ++next;
    }
    return next == instances.end();
}

std::vector<int> Peers::Others::instances() const {
    std::vector<int> all;
    for (const Battery* other : peers_->all_)
        if (other != one_)
            all.push_back(other->instance);
    return all;
}

} // namespace busbar
