// SPDX-License-Identifier: MIT
// Hands corrections from banks down to what their batteries are made of.
#include "core/made/correction_scope.hpp"

#include "core/bank.hpp"
#include "core/made/resolve.hpp"
#include "core/settings.hpp"

#include <algorithm>
#include <utility>

namespace busbar {

namespace {

/// Made batteries that a bank has; of one that takes all, also their parts, which it may have.
std::vector<std::size_t> madeIn(const MembershipSettings& membership,
                                const std::vector<MadeSettings>& all) {
    std::vector<std::size_t> found;
    const auto& named = membership.takeAll ? membership.excluded : membership.selected;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Selector own{Selector::Kind::Made, all[i].id};
        const bool isNamed = std::ranges::find(named, own) != named.end();
        if (isNamed != membership.takeAll)
            found.push_back(i);
    }
    return found;
}

class Hand {
public:
    Hand(const std::vector<MadeSettings>& settings, const std::vector<Bank>& banks)
        : settings_(settings), banks_(banks), all_(settings.size()) {}

    /// To everything that the bank's batteries are made of.
    void down(const BankSettings& from) {
        const std::vector<BatteryCorrection>& own = from.corrections.batteries;
        std::vector<std::size_t> open = madeIn(from.membership, settings_);
        std::vector<bool> isDone(settings_.size(), own.empty());
        while (!open.empty()) {
            const std::size_t index = open.back();
            open.pop_back();
            if (isDone[index])
                continue;
            isDone[index] = true;
            all_[index].insert(all_[index].end(), own.begin(), own.end());
            for (const std::size_t part : needsOf(settings_[index], settings_, banks_))
                open.push_back(part);
        }
    }
    [[nodiscard]] std::vector<std::vector<BatteryCorrection>> take() { return std::move(all_); }

private:
    const std::vector<MadeSettings>& settings_;
    const std::vector<Bank>& banks_;
    std::vector<std::vector<BatteryCorrection>> all_;
};

bool isOf(const Bank& bank, const MadeSettings& made) {
    return made.kind == MadeKind::Bank && made.id == bank.settings().id;
}

} // namespace

std::vector<std::vector<BatteryCorrection>> correctionsOf(const std::vector<MadeSettings>& settings,
                                                          const std::vector<std::size_t>& order,
                                                          const std::vector<Bank>& banks) {
    Hand hand(settings, banks);
    for (const std::size_t index : order) // the innermost first
        for (const Bank& bank : banks)
            if (isOf(bank, settings[index]))
                hand.down(bank.settings());
    for (const bool takesAll : {false, true})
        for (const Bank& bank : banks)
            if (bank.settings().membership.takeAll == takesAll &&
                std::ranges::none_of(
                    settings, [&bank](const MadeSettings& made) { return isOf(bank, made); }))
                hand.down(bank.settings());
    return hand.take();
}

} // namespace busbar
