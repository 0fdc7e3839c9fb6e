// SPDX-License-Identifier: MIT
// Weighs the bank with and without its suspects.
#include "core/sums/balance.hpp"

#include "core/members/loss.hpp"
#include "core/members/membership.hpp"
#include "core/members/off_proof.hpp"
#include "core/sums/evidence.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace busbar::sums {

namespace {

/// What the batteries take of what chargers and inverters give (off_proof.cpp).
constexpr double kTakenFrom = 0.85;
constexpr double kTakenTo = 1.15;

/// Those that are suspected without a proof, and those that nobody suspects.
void noteSides(SumBalance& balance, const SumWatch& watch, const Parties& all) {
    SumSet heard = 0;
    SumSet doubtful = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!all[i].isFresh())
            continue;
        const auto suspect = watch.suspects.find(watch.known[i]);
        if (suspect == watch.suspects.end())
            heard |= bitOf(i);
        else if (!suspect->second.isProven)
            doubtful |= bitOf(i);
    }
    if (heard != balance.heard || doubtful != balance.doubtful)
        balance = {{}, {}, heard, doubtful};
}

struct Side {
    double current_A = 0.0;
    double capacity_Ah = 0.0; ///< 0 = of one it is unknown
};

Side sideOf(const Parties& all, SumSet set) {
    Side side;
    bool isKnown = true;
    forEach(set, [&](std::size_t i) {
        side.current_A += all[i].current_A;
        side.capacity_Ah += all[i].nominal_Ah();
        isKnown = isKnown && all[i].nominal_Ah() > 0.0;
    });
    side.capacity_Ah = isKnown ? side.capacity_Ah : 0.0;
    return side;
}

bool isSuspected(const SumWatch& watch, const SumPairing& pairing) {
    const auto suspect = watch.suspects.find(watch.known[pairing.one]);
    return suspect != watch.suspects.end() && !suspect->second.isProven &&
           suspect->second.parts == idsOf(watch, pairing.parts);
}

/// The part of the current that the smallest of the doubtful would take if all of them were
/// batteries: as much as its parts do.
double smallestShare(const SumWatch& watch, const Parties& all, double heard_Ah) {
    double least_Ah = std::numeric_limits<double>::max();
    double all_Ah = heard_Ah;
    for (const SumPairing& pairing : watch.pairings) {
        if (pairing.isOwn || !isSuspected(watch, pairing))
            continue;
        const double parts_Ah = sideOf(all, pairing.parts).capacity_Ah;
        least_Ah = std::min(least_Ah, parts_Ah);
        all_Ah += parts_Ah;
    }
    return all_Ah > heard_Ah ? least_Ah / all_Ah : 0.0;
}

/// What the others take is all that is given: the doubtful take nothing. Or all is taken only with
/// them: they are batteries.
void conclude(SumWatch& watch, bool areSums) {
    for (SumPairing& pairing : watch.pairings) {
        const bool isDoubtful = (watch.balance.doubtful & bitOf(pairing.one)) != 0;
        if (!isDoubtful || pairing.isOwn)
            continue;
        if (areSums && isSuspected(watch, pairing) &&
            pairing.tally.failed <= kOfFollowed * pairing.tally.followed)
            pairing.isBorneOut = true;
        pairing.isOwn = !areSums && !pairing.isSum;
    }
}

bool takesAll(const BarTrack& track, double capacity_Ah) {
    return isEnough(track, capacity_Ah) && taken(track) >= kTakenFrom && taken(track) <= kTakenTo;
}

} // namespace

void weigh(SumWatch& watch, const Parties& all, const std::vector<Verdict>& verdicts,
           const SumInput& input, const Now& now) {
    const bool isAnyLost = std::ranges::any_of(verdicts, [](const Verdict& verdict) {
        return verdict.held || (!verdict.takesPart && isLoss(verdict.reason));
    });
    if (!input.plant_A || isAnyLost || watch.suspects.empty()) {
        watch.balance = {};
        return;
    }
    noteSides(watch.balance, watch, all);
    if (watch.balance.doubtful == 0)
        return;
    const Side heard = sideOf(all, watch.balance.heard);
    const Side doubtful = sideOf(all, watch.balance.doubtful);
    if (heard.capacity_Ah <= 0.0)
        return;
    add(watch.balance.with,
        {*input.plant_A, heard.current_A + doubtful.current_A, heard.capacity_Ah}, now);
    const auto areSums = step(watch.balance.without,
                              {input.plant_A, heard.current_A, heard.capacity_Ah,
                               smallestShare(watch, all, heard.capacity_Ah)},
                              now);
    if (areSums && (*areSums || takesAll(watch.balance.with, heard.capacity_Ah)))
        conclude(watch, *areSums);
}

} // namespace busbar::sums
