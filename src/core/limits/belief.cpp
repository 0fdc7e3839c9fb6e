// SPDX-License-Identifier: MIT
// Swings of current against swings of voltage.
#include "core/limits/belief.hpp"

#include "core/bounded_memory.hpp"
#include "core/limits/direction.hpp"
#include "core/limits/swing.hpp"
#include "core/members/member.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace busbar {

namespace {

/// Swings that teach, per hour of capacity and A: above what sensors show at rest. Larger ones
/// count as the largest, so that several changes of load are needed.
constexpr double kLeastSwing = 0.004;
constexpr double kLeastSwing_A = 1.0;
constexpr double kLargestSwing = 0.02;
/// 1/h²·s: about a minute of large swings, a part of them each way; more is forgotten again.
constexpr double kEnoughSwing = 0.02;
constexpr double kBothSwings = 0.25;
constexpr double kMostSwing = 0.08;
/// Its voltage goes with the load.
constexpr double kFollows = 0.8;
constexpr double kHangsOnNothing = 0.5;
/// Part of what its capacity says that its current moves. Old cells have three times the resistance
/// of new ones, not twenty times.
constexpr double kDead = 0.05;
constexpr double kAlive = 0.15;
constexpr double kUnknownCapacity_Ah = 100.0; ///< as in share_basis.cpp
/// A sensor shows nothing, and what of its siblings' current its capacity stands for would show:
/// above any dead zone; for longer than a switch, a report and a start take.
constexpr double kNothing_A = 0.3;
constexpr double kWouldShow_A = 3.0;
constexpr double kWouldShow = 0.02; ///< of its capacity, per hour
constexpr double kMute_s = 30.0;

struct Driver {
    double swing_A = 0.0;
    double capacity_Ah = 0.0;
    double flow_A = 0.0;
    double swing_V = 0.0; ///< of the voltages of those that are counted, together
};

double beliefCapacity_Ah(const Member& member) {
    return member.nominalCapacity_Ah().value_or(kUnknownCapacity_Ah);
}

bool isLookedAt(const Member& member) {
    return !member.isHeld() && member.number(row("/Dc/0/Current")) &&
           member.number(row("/Dc/0/Voltage"));
}

bool mayCarry(const Member& member) {
    return !isOffline(member) && !member.isBlocked(Direction::Charge) &&
           !member.isBlocked(Direction::Discharge);
}

/// In one direction at least.
bool mayCarryAtAll(const Member& member) {
    return !isOffline(member) && !allowsNothing(member);
}

double swinging(const Driver& driver) {
    const double part = std::abs(driver.swing_A) / driver.capacity_Ah;
    return std::abs(driver.swing_A) > kLeastSwing_A && part > kLeastSwing ? part : 0.0;
}

double informationOf(const BeliefSums& sums) {
    return sums.up + sums.down;
}

void addSwing(BeliefTrack& track, const Driver& driver, double own_Ah, double span) {
    const double size = swinging(driver);
    if (size <= 0.0)
        return;
    const double scale = std::min(1.0, kLargestSwing / size);
    const double drive = scale * driver.swing_A / driver.capacity_Ah;
    const double own = scale * track.current_A.swing() / own_Ah;
    const double voltage_V = scale * track.voltage_V.swing();
    const double others_V = scale * driver.swing_V;
    BeliefSums& sums = track.sums;
    (drive > 0.0 ? sums.up : sums.down) += swing::square(drive) * span;
    sums.own += own * drive * span;
    sums.voltage += swing::square(voltage_V) * span;
    sums.withVoltage += voltage_V * drive * span;
    sums.others += swing::square(others_V) * span;
    sums.withOthers += others_V * drive * span;
    const double keep = std::min(1.0, kMostSwing / informationOf(sums));
    for (double* sum : {&sums.up, &sums.down, &sums.own, &sums.voltage, &sums.withVoltage,
                        &sums.others, &sums.withOthers})
        *sum *= keep;
}

bool hasEvidence(const BeliefSums& sums) {
    return informationOf(sums) >= kEnoughSwing &&
           std::min(sums.up, sums.down) >= kBothSwings * kEnoughSwing;
}

void noteMute(BeliefTrack& track, const Driver& siblings, double own_Ah, double span) {
    track.hasShown = track.hasShown || std::abs(track.current_A.fast) > kNothing_A;
    const double would_A = std::abs(siblings.flow_A) * own_Ah / siblings.capacity_Ah;
    if (would_A > std::max(kWouldShow_A, kWouldShow * own_Ah))
        track.mute_s += span;
}

/// Nothing has told yet that it carries nothing.
bool isMute(const BeliefTrack& track) {
    return !track.hasShown && track.mute_s >= kMute_s && !hasEvidence(track.sums);
}

void judgeBelief(BeliefTrack& track, bool mayCarry) {
    const BeliefSums& sums = track.sums;
    const double all = informationOf(sums);
    if (!hasEvidence(sums))
        return;
    const double taken = sums.own / all;
    const double most = std::sqrt(sums.voltage * all);
    const bool doOthersFollow = sums.withOthers > kFollows * std::sqrt(sums.others * all);
    if (taken < kDead && sums.withVoltage > kFollows * most)
        track.isDoubted = true;
    else if (taken > kAlive)
        track.isDoubted = track.isOff = false;
    else if (doOthersFollow && sums.withVoltage < kHangsOnNothing * most) {
        track.isOff = !mayCarry && (track.isOff || track.isDoubted);
        track.isDoubted = false;
    }
}

/// What was seen of it while its switch was open says nothing now.
void doubtAgain(BeliefTrack& track) {
    if (!track.isOff)
        return;
    track.isOff = false;
    track.isDoubted = true;
    track.sums = {};
}

/// Means that do not belong together begin anew; what was seen stays.
void beginMeans(CurrentBelief& belief, const BeliefInput& input) {
    for (const Member& member : input.members) {
        if (!isLookedAt(member))
            continue;
        BeliefTrack& track = belief.tracks[member.entry().id];
        track.current_A.begin(*member.steadyCurrent_A());
        track.voltage_V.begin(*member.number(row("/Dc/0/Voltage")));
    }
    belief.plant_A.reset();
    if (input.plant_A)
        belief.plant_A.emplace().begin(*input.plant_A);
}

bool isContinued(const CurrentBelief& belief, const BeliefInput& input) {
    return belief.plant_A.has_value() == input.plant_A.has_value() &&
           std::ranges::all_of(input.members, [&belief](const Member& member) {
               return isLookedAt(member) && belief.tracks.contains(member.entry().id);
           });
}

void addAll(CurrentBelief& belief, const BeliefInput& input, double span) {
    Driver all;
    for (const Member& member : input.members) {
        BeliefTrack& track = belief.tracks.at(member.entry().id);
        track.current_A.move(*member.steadyCurrent_A(), span);
        track.voltage_V.move(*member.number(row("/Dc/0/Voltage")), span);
        all.swing_A += track.current_A.swing();
        all.flow_A += track.current_A.fast;
        all.capacity_Ah += beliefCapacity_Ah(member);
        all.swing_V += track.voltage_V.swing();
    }
    if (input.plant_A)
        belief.plant_A->move(*input.plant_A, span);
    for (const Member& member : input.members) {
        BeliefTrack& track = belief.tracks.at(member.entry().id);
        const double own_Ah = beliefCapacity_Ah(member);
        if (mayCarryAtAll(member))
            doubtAgain(track);
        const Driver siblings{all.swing_A - track.current_A.swing(), all.capacity_Ah - own_Ah,
                              all.flow_A - track.current_A.fast,
                              all.swing_V - track.voltage_V.swing()};
        if (mayCarry(member) && siblings.capacity_Ah > 0.0)
            noteMute(track, siblings, own_Ah, span);
        const bool isAlone = siblings.capacity_Ah <= 0.0 || swinging(siblings) <= 0.0;
        const bool isLeft = !mayCarry(member) && !track.isDoubted && !isMute(track);
        if (isLeft || (isAlone && !belief.plant_A))
            continue;
        addSwing(track,
                 isAlone ? Driver{belief.plant_A->swing(), all.capacity_Ah, 0.0, siblings.swing_V}
                         : siblings,
                 own_Ah, span);
        judgeBelief(track, mayCarryAtAll(member));
    }
}

/// A doubt outlasts an absence: the sensor is the same.
void forgetTracks(CurrentBelief& belief, const Members& members) {
    std::erase_if(belief.tracks, [&members](const auto& entry) {
        return !entry.second.isDoubted && !entry.second.isOff &&
               std::ranges::none_of(members, [&entry](const Member& member) {
                   return member.entry().id == entry.first;
               });
    });
    boundMemory(belief.tracks, members);
}

} // namespace

void step(CurrentBelief& belief, const BeliefInput& input, const Now& now) {
    if (belief.at && now.steady - *belief.at < swing::kSpacing)
        return;
    forgetTracks(belief, input.members);
    const bool isGap = !belief.at || now.steady - *belief.at > swing::kLongestGap;
    if (isGap || !isContinued(belief, input))
        beginMeans(belief, input);
    else
        addAll(belief, input, std::chrono::duration<double>(now.steady - *belief.at).count());
    belief.at = now.steady;
}

std::set<std::string> doubtedOf(const CurrentBelief& belief) {
    std::set<std::string> ids;
    for (const auto& [id, track] : belief.tracks)
        if (track.isDoubted || isMute(track))
            ids.insert(id);
    return ids;
}

std::string doubtedNames(const CurrentBelief& belief, const Members& members) {
    std::string names;
    for (const Member& member : members) {
        const auto track = belief.tracks.find(member.entry().id);
        if (track != belief.tracks.end() && track->second.isDoubted)
            names += (names.empty() ? "" : ", ") + member.name();
    }
    return names;
}

} // namespace busbar
