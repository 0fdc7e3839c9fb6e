// SPDX-License-Identifier: MIT
// Who is lost next, how, and for how long.
#include "sim/losses.hpp"

#include "sim/twin.hpp"

#include <algorithm>
#include <cmath>

namespace busbar::sim {

namespace {

/// From noticed by nobody (less than a report's delay and `hold_s`) to half a night, evenly by its
/// logarithm: losses of seconds are as frequent as those of hours.
constexpr double kShortest_s = 8.0;
constexpr double kLongest_s = 6.0 * 3600.0;
/// How long one waits for its moment: a cloud must not end it, and one that the bank has not now
/// must not keep it.
constexpr double kPatience_s = 45.0 * 60.0;
/// Moments last up to an hour; losses shall begin anywhere in them.
constexpr double kLongestHesitation_s = 900.0;
constexpr double kShortestPause_s = 120.0;
constexpr double kLongestPause_s = 3600.0;
/// In the steep part of the charge curve: this much below what the pack is charged to, per cell, of
/// the distance between derating and nominal voltage.
constexpr double kNearFullShare = 0.15;
constexpr double kBindingShare = 0.8; ///< of the own limit
constexpr double kWorking_C = 0.03;   ///< current worth a strike
constexpr double kColdShare = 0.7;    ///< of what the pack may take when warm

/// What one moment looks for in a pack: the largest wins; nothing = not this one.
using Want = std::optional<double>;

double chargedTo_V(const PackSpec& pack) {
    return pack.bms.limits.charge_V / static_cast<double>(pack.cells.size());
}

Want nearFull(const PackSpec& pack, const PackTruth& truth) {
    const TypicalCell typical = typicalCell(pack.chemistry);
    const double full_V = chargedTo_V(pack);
    const double from_V = full_V - kNearFullShare * (full_V - typical.nominal_V);
    return truth.current_A > 0.0 && truth.maxCell_V > from_V ? Want(truth.maxCell_V) : Want();
}

Want nearEmpty(const PackSpec& pack, const PackTruth& truth) {
    const TypicalCell typical = typicalCell(pack.chemistry);
    return truth.current_A < 0.0 && truth.minCell_V < typical.dischargeFrom_V
               ? Want(-truth.minCell_V)
               : Want();
}

Want binds(double current_A, double limit_A, double capacity_Ah) {
    if (current_A < kWorking_C * capacity_Ah || current_A < kBindingShare * limit_A)
        return {};
    return current_A / std::max(limit_A, 1.0);
}

Want cold(const PackSpec& pack, const PackTruth& truth) {
    const bool isCold = pack.bms.limits.coldCharge_C &&
                        truth.temperature_C < pack.bms.limits.coldCharge_C->from &&
                        truth.ownLimit.maxCharge_A < kColdShare * pack.bms.limits.charge_A;
    return isCold && truth.current_A > 0.0 ? Want(-truth.temperature_C) : Want();
}

Want wantOf(Moment moment, const PackSpec& pack, const PackTruth& truth) {
    switch (moment) {
    case Moment::NearFull:
        return nearFull(pack, truth);
    case Moment::NearEmpty:
        return nearEmpty(pack, truth);
    case Moment::BindsCharge:
        return binds(truth.current_A, truth.ownLimit.maxCharge_A, pack.bms.capacity_Ah);
    case Moment::BindsDischarge:
        return binds(-truth.current_A, truth.ownLimit.maxDischarge_A, pack.bms.capacity_Ah);
    case Moment::Cold:
        return cold(pack, truth);
    case Moment::AnyTime:
        break;
    }
    return {};
}

} // namespace

std::string_view toText(Moment moment) {
    constexpr std::array<std::string_view, kMomentCount> kTexts = {
        "near full", "near empty", "binds charge", "binds discharge", "cold", "any time"};
    return kTexts.at(static_cast<std::size_t>(moment));
}

Losses::Losses(std::uint64_t seed, std::size_t packs) : random_(seed), packs_(packs) {
    for (Gremlin& gremlin : gremlins_)
        draw(gremlin, 0.0);
}

void Losses::draw(Gremlin& gremlin, double now_s) {
    using enum Fault::Kind;
    constexpr std::array kKinds = {Silent, Frozen, BmsLost, Left};
    // Every fifth at any time; of the others, every moment as often.
    gremlin.moment =
        random_.chance(0.2) ? Moment::AnyTime : static_cast<Moment>(random_.integer(0, 4));
    gremlin.kind = kKinds.at(static_cast<std::size_t>(random_.integer(0, 3)));
    gremlin.lasts_s = kShortest_s * std::pow(kLongest_s / kShortest_s, random_.uniform(0.0, 1.0));
    gremlin.victims = drawVictims();
    gremlin.from_s = now_s + random_.uniform(kShortestPause_s, kLongestPause_s);
    gremlin.patience_s = gremlin.from_s + kPatience_s;
    gremlin.hesitates_s = random_.uniform(0.0, kLongestHesitation_s);
    gremlin.ready_s.reset();
}

/// Mostly one; two at once are a cable or an adapter, any number a hub.
int Losses::drawVictims() {
    if (random_.chance(0.8))
        return 1;
    const auto all = static_cast<int>(packs_);
    return random_.chance(0.75) ? std::min(2, all) : random_.integer(1, all);
}

std::optional<std::size_t> Losses::victimOf(Moment moment, const Twin& twin) {
    if (moment == Moment::AnyTime)
        return static_cast<std::size_t>(random_.integer(0, static_cast<int>(packs_) - 1));
    std::optional<std::size_t> victim;
    Want most;
    for (std::size_t i = 0; i < packs_; ++i) {
        if (twin.bms(i).isFailing())
            continue;
        const Want want = wantOf(moment, twin.pack(i), twin.truth(i));
        if (want && (!most || *want > *most)) {
            most = want;
            victim = i;
        }
    }
    return victim;
}

/// The chosen one first, then its neighbours.
void Losses::strike(Gremlin& gremlin, std::size_t first, const Twin& twin,
                    std::vector<Loss>& losses) {
    const Seconds now = twin.time();
    for (int k = 0; k < gremlin.victims; ++k) {
        const std::size_t pack = (first + static_cast<std::size_t>(k)) % packs_;
        const auto isHit = [pack](const Loss& loss) { return loss.pack == pack; };
        if (!twin.bms(pack).isFailing() && std::ranges::none_of(losses, isHit))
            losses.push_back(
                {pack, gremlin.moment, {gremlin.kind, now, now + Seconds(gremlin.lasts_s)}});
    }
    draw(gremlin, now.count());
}

std::vector<Loss> Losses::step(const Twin& twin) {
    std::vector<Loss> losses;
    const double now_s = Seconds(twin.time()).count();
    for (Gremlin& gremlin : gremlins_) {
        if (now_s < gremlin.from_s)
            continue;
        const auto victim = victimOf(gremlin.moment, twin);
        if (!victim) {
            gremlin.ready_s.reset();
            if (now_s >= gremlin.patience_s)
                draw(gremlin, now_s);
            continue;
        }
        if (!gremlin.ready_s)
            gremlin.ready_s = now_s;
        if (now_s >= *gremlin.ready_s + gremlin.hesitates_s)
            strike(gremlin, *victim, twin, losses);
    }
    return losses;
}

} // namespace busbar::sim
