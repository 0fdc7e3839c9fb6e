// SPDX-License-Identifier: MIT
// Counts the seconds in which a shunt shows the sum.
#include "core/gx/shunt_advice.hpp"

#include "core/members/member.hpp"
#include "core/members/membership.hpp"
#include "core/members/roster.hpp"
#include "core/table/out_reason.hpp"
#include "core/table/path_table.hpp"
#include "core/units/unit.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace busbar {

namespace {

using Seconds = std::chrono::duration<double>;

constexpr double kShuntWorks_C = 0.02; ///< of the capacity an hour, as of member_stats.cpp
constexpr double kShuntSwing_C = 0.1;
constexpr double kShuntSwing_A = 5.0; ///< of a bank whose capacity nobody says
constexpr double kShuntWithin = 0.05;
constexpr double kShuntWithin_A = 3.0; ///< offsets of all sensors together
constexpr double kShuntLooked_s = 300.0;
constexpr double kShuntFits = 0.9; ///< the rest are two moments of one change of load
/// What is older counts half, so that a shunt that was wired anew is looked at anew.
constexpr double kShuntLongest_s = 3600.0;
constexpr auto kShuntStep = std::chrono::seconds(10);

/// Of all; nothing if one does not say it now.
std::optional<double> sumOf_A(const Members& members) {
    double sum_A = 0.0;
    for (const Member& member : members) {
        const auto own_A = member.number(row("/Dc/0/Current"));
        if (member.isHeld() || !own_A)
            return std::nullopt;
        sum_A += *own_A;
    }
    return members.empty() ? std::nullopt : std::optional(sum_A);
}

std::optional<double> shunt_A(const Verdict& verdict) {
    if (verdict.reason != OutReason::Shunt || verdict.battery == nullptr || verdict.battery->lost)
        return std::nullopt;
    return numberOf(*verdict.battery, row("/Dc/0/Current"));
}

bool isNear(double a_A, double b_A) {
    return std::abs(a_A - b_A) <= std::max(kShuntWithin_A, kShuntWithin * std::abs(b_A));
}

void look(ShuntTrack& track, double own_A, double bank_A, double span_s) {
    if (track.looked_s <= 0.0)
        track.least_A = track.most_A = bank_A;
    track.least_A = std::min(track.least_A, bank_A);
    track.most_A = std::max(track.most_A, bank_A);
    track.looked_s += span_s;
    track.fits_s += isNear(own_A, bank_A) ? span_s : 0.0;
    track.fitsInverted_s += isNear(-own_A, bank_A) ? span_s : 0.0;
    if (track.looked_s > kShuntLongest_s)
        for (double* time_s : {&track.looked_s, &track.fits_s, &track.fitsInverted_s})
            *time_s /= 2.0;
}

double leastSwing_A(const Members& members) {
    return std::max(kShuntSwing_A, kShuntSwing_C * capacityOf_Ah(members).value_or(0.0));
}

std::string adviceOf(const Verdict& verdict, bool isInverted) {
    const std::string instance = "\"instance:" + std::to_string(verdict.entry->instance) + "\"";
    return verdict.entry->name + " measures what all batteries carry together" +
           (isInverted ? ", with the other sign," : "") +
           " and is not used. To measure the bank by it: \"current\": {\"source\": \"shunt\", "
           "\"shunts\": [" +
           instance + "]" + (isInverted ? ", \"invert\": true" : "") +
           "}; to leave it as it is, name it in exclude (" + instance + ")";
}

} // namespace

void step(ShuntWatch& watch, const std::vector<Verdict>& verdicts, const Members& members,
          const Now& now) {
    const auto before = std::exchange(watch.at, now.steady);
    if (!before || now.steady <= *before || now.steady - *before > kShuntStep)
        return;
    const auto bank_A = sumOf_A(members);
    const double least_A =
        std::max(kShuntWithin_A, kShuntWorks_C * capacityOf_Ah(members).value_or(0.0));
    if (!bank_A || std::abs(*bank_A) <= least_A)
        return;
    std::erase_if(watch.tracks, [&verdicts](const auto& entry) {
        return std::ranges::none_of(verdicts, [&entry](const Verdict& verdict) {
            return verdict.entry->instance == entry.first;
        });
    });
    for (const Verdict& verdict : verdicts)
        if (const auto own_A = shunt_A(verdict))
            look(watch.tracks[verdict.entry->instance], *own_A, *bank_A,
                 Seconds(now.steady - *before).count());
}

std::string unusedShunts(const ShuntWatch& watch, const std::vector<Verdict>& verdicts,
                         const Members& members) {
    std::string text;
    for (const Verdict& verdict : verdicts) {
        if (!shunt_A(verdict))
            continue;
        const auto found = watch.tracks.find(verdict.entry->instance);
        if (found == watch.tracks.end() || found->second.looked_s < kShuntLooked_s ||
            found->second.most_A - found->second.least_A < leastSwing_A(members))
            continue;
        const ShuntTrack& track = found->second;
        const double most_s = std::max(track.fits_s, track.fitsInverted_s);
        if (most_s >= kShuntFits * track.looked_s)
            text += (text.empty() ? "" : "; ") + adviceOf(verdict, most_s > track.fits_s);
    }
    return text;
}

} // namespace busbar
