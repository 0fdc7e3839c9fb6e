// SPDX-License-Identifier: MIT
// When what is remembered has changed enough to be written down.
#include "core/memory.hpp"

#include <algorithm>
#include <cmath>

namespace busbar {

namespace {

/// Sums of doubles may pass what they add up to by their rounding.
constexpr double kStepRounding = 1e-9;

/// Apart from the day.
bool isSameBook(const IdentityBook& a, const IdentityBook& b) {
    return std::ranges::equal(a, b, [](const auto& left, const auto& right) {
        RememberedBattery other = right.second;
        other.lastSeen = left.second.lastSeen;
        return left.first == right.first && left.second == other;
    });
}

bool haveSameKeys(const std::map<std::string, MemberMemory>& a,
                  const std::map<std::string, MemberMemory>& b) {
    return std::ranges::equal(
        a, b, [](const auto& left, const auto& right) { return left.first == right.first; });
}

/// A power cut must not bring back a word that allows much more.
constexpr double kMuchLess = 0.8;

bool isMuchLess(const std::optional<double>& before, const std::optional<double>& after) {
    return after && (!before || *after < kMuchLess * *before);
}

bool isStricter(const std::optional<LastWord>& saved, const std::optional<LastWord>& word) {
    if (!saved || !word)
        return word.has_value();
    const bool isNoMoreOpen = (saved->againCharge_A && !word->againCharge_A) ||
                              (saved->againDischarge_A && !word->againDischarge_A);
    return isNoMoreOpen || isMuchLess(saved->charge_A, word->charge_A) ||
           isMuchLess(saved->discharge_A, word->discharge_A) ||
           isMuchLess(saved->bankCharge_A, word->bankCharge_A) ||
           isMuchLess(saved->bankDischarge_A, word->bankDischarge_A);
}

bool hasMoved(const Counter& saved, const Counter& current, double step_pct) {
    const auto before = counted_pct(saved);
    const auto after = counted_pct(current);
    if (before.has_value() != after.has_value() || saved.isFull != current.isFull)
        return true;
    const double moved_pct = before ? std::abs(*after - *before) : 0.0;
    return moved_pct > 0.0 && moved_pct >= step_pct - kStepRounding;
}

} // namespace

bool isWorthSaving(const BankMemory& saved, const BankMemory& current, const SavePace& pace,
                   std::chrono::milliseconds sinceSave) {
    if (saved.balancing != current.balancing || saved.handedOver != current.handedOver ||
        saved.chargeTarget != current.chargeTarget || saved.lastFull != current.lastFull ||
        saved.controls != current.controls || !isSameBook(saved.book, current.book) ||
        !haveSameKeys(saved.members, current.members))
        return true;
    for (const auto& [id, member] : current.members)
        if (saved.members.at(id).isLost != member.isLost ||
            saved.members.at(id).isStopped != member.isStopped ||
            saved.members.at(id).measured != member.measured ||
            isStricter(saved.members.at(id).word, member.word) ||
            hasMoved(saved.members.at(id).counter, member.counter, pace.saveStep_pct))
            return true;
    return sinceSave >= pace.saveEvery && saved != current;
}

} // namespace busbar
