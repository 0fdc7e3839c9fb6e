// SPDX-License-Identifier: MIT
// Ranks the pairings and accuses one battery after the other.
#include "core/sums/suspects.hpp"

#include "core/limits/direction.hpp"
#include "core/sums/evidence.hpp"
#include "core/sums/scene.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace busbar::sums {

namespace {

struct Accusation {
    const SumPairing* pairing = nullptr;
    bool isProven = false;
    bool isByCapacity = false;
    double charge_A = 0.0;

    [[nodiscard]] auto rank() const {
        return std::make_tuple(isProven, isByCapacity, std::popcount(pairing->parts), charge_A);
    }
};

std::vector<Accusation> accuse(const SumWatch& watch, const Parties& all) {
    std::vector<Accusation> list;
    for (const SumPairing& pairing : watch.pairings) {
        const Party& one = all[pairing.one];
        if (pairing.isOwn || one.verdict == nullptr)
            continue;
        const auto scene = sceneOf(watch, all, pairing);
        const auto before = watch.suspects.find(watch.known[pairing.one]);
        // Who cannot be compared now stays what it is.
        const bool isPossibleNow = scene ? isPossible(pairing, *scene)
                                         : before != watch.suspects.end() &&
                                               before->second.parts == idsOf(watch, pairing.parts);
        if (pairing.isSum || isPossibleNow)
            list.push_back({&pairing, pairing.isSum,
                            scene && capacityFit(*scene) == CapacityFit::Same,
                            shownOf(*one.verdict, rowsOf(Direction::Charge).limit).value_or(0.0)});
    }
    std::ranges::stable_sort(list, std::ranges::greater(), &Accusation::rank);
    return list;
}

/// One after the other: what a suspect is the sum of is not accused after it, so that the parts of
/// the first are left.
std::map<std::string, Suspect> judged(const SumWatch& watch, const std::vector<Accusation>& list) {
    std::map<std::string, Suspect> suspects;
    SumSet accused = 0;
    SumSet parts = 0;
    for (const Accusation& accusation : list) {
        const SumPairing& pairing = *accusation.pairing;
        if (((accused | parts) & bitOf(pairing.one)) != 0)
            continue;
        accused |= bitOf(pairing.one);
        parts |= pairing.parts;
        suspects[watch.known[pairing.one]] = {idsOf(watch, pairing.parts), accusation.isProven};
    }
    return suspects;
}

} // namespace

void judgeSums(SumWatch& watch, const Parties& all) {
    auto suspects = judged(watch, accuse(watch, all));
    for (const auto& [id, suspect] : watch.suspects) { // not there now: as it was
        const auto index = indexOf(watch, id);
        if (index && all[*index].verdict == nullptr)
            suspects.try_emplace(id, suspect);
    }
    watch.suspects = std::move(suspects);
}

} // namespace busbar::sums
