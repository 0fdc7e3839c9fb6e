// SPDX-License-Identifier: MIT
// Takes samples, lets pairings be judged, puts sums out and says so.
#include "core/members/aggregate_watch.hpp"

#include "core/limits/swing.hpp"
#include "core/members/membership.hpp"
#include "core/members/membership_settings.hpp"
#include "core/members/roster.hpp"
#include "core/sums/balance.hpp"
#include "core/sums/evidence.hpp"
#include "core/sums/pairings.hpp"
#include "core/sums/party.hpp"
#include "core/sums/scene.hpp"
#include "core/sums/suspects.hpp"
#include "core/units/selector.hpp"
#include "core/units/selector_match.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace busbar {

namespace {

using sums::Parties;

/// "Pack A, Pack B and Pack C"
std::string namesOf(const Suspect& suspect, const std::vector<Verdict>& verdicts) {
    std::string text;
    std::size_t left = suspect.parts.size();
    for (const std::string& id : suspect.parts) {
        const auto found = std::ranges::find_if(
            verdicts, [&id](const Verdict& verdict) { return verdict.entry->id == id; });
        text += found == verdicts.end() ? id : found->entry->name;
        --left;
        text += left > 1 ? ", " : (left == 1 ? " and " : "");
    }
    return text;
}

/// "the sum of A and B"; of one part: "A once more".
std::string whatItIs(const Suspect& suspect, const std::vector<Verdict>& verdicts) {
    const std::string names = namesOf(suspect, verdicts);
    return suspect.parts.size() == 1 ? names + " once more" : "the sum of " + names;
}

std::string provenText(const Suspect& suspect, const std::vector<Verdict>& verdicts) {
    return (suspect.parts.size() == 1 ? "it is " : "its current is ") + whatItIs(suspect, verdicts);
}

void putOut(Verdict& verdict, const Suspect& suspect, const std::vector<Verdict>& verdicts) {
    verdict.takesPart = false;
    verdict.held = verdict.held && !suspect.isProven;
    verdict.returning = false;
    verdict.reason = OutReason::Aggregate;
    verdict.isSum = suspect.isProven;
    verdict.maybeSum = !suspect.isProven;
    verdict.detail = suspect.isProven
                         ? provenText(suspect, verdicts)
                         : "it may be " + whatItIs(suspect, verdicts) +
                               "; not counted until changes of load show that it is not";
}

/// One that is known to be a sum is not missed when it is lost.
void putOutAll(const SumWatch& watch, std::vector<Verdict>& verdicts) {
    for (Verdict& verdict : verdicts) {
        const auto found = watch.suspects.find(verdict.entry->id);
        if (found == watch.suspects.end())
            continue;
        const bool isLost = !verdict.takesPart && isLoss(verdict.reason);
        if (verdict.takesPart || (found->second.isProven && isLost))
            putOut(verdict, found->second, verdicts);
    }
}

/// Once a second at most; true if it was time.
bool takeSample(SumWatch& watch, const Parties& all, const Now& now) {
    if (watch.at && now.steady - *watch.at < swing::kSpacing)
        return false;
    watch.at = now.steady;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].isFresh())
            sums::noteTrail(watch.trails[i], all[i], now);
    for (SumPairing& pairing : watch.pairings)
        if (!pairing.isOwn)
            if (const auto scene = sums::sceneOf(watch, all, pairing))
                sums::sample(pairing, *scene, now);
    return true;
}

/// True if others take part than in the last cycle.
bool noteOthers(SumWatch& watch, const std::vector<Verdict>& verdicts) {
    std::size_t n = 0;
    bool isOther = false;
    for (const Verdict& verdict : verdicts) {
        if (!sums::isCompared(verdict))
            continue;
        isOther = isOther || n >= watch.present.size() || watch.present[n] != verdict.entry->id;
        ++n;
    }
    if (!isOther && n == watch.present.size())
        return false;
    watch.present.clear();
    for (const Verdict& verdict : verdicts)
        if (sums::isCompared(verdict))
            watch.present.push_back(verdict.entry->id);
    return true;
}

} // namespace

void watchSums(SumWatch& watch, std::vector<Verdict>& verdicts, const SumInput& input,
               const Now& now) {
    if (!input.settings.takeAll) {
        watch = {};
        return;
    }
    const bool isOther = noteOthers(watch, verdicts);
    if (watch.present.size() < 2 && watch.suspects.empty())
        return;
    const bool isDue = !watch.at || now.steady - *watch.at >= swing::kSpacing;
    if (isOther || isDue) {
        auto present = watch.present;
        sums::makePairings(watch, verdicts);
        watch.present = std::move(present);
        const Parties all = sums::partiesOf(watch, verdicts);
        if (takeSample(watch, all, now))
            sums::weigh(watch, all, verdicts, input, now);
        sums::judgeSums(watch, all);
    }
    putOutAll(watch, verdicts);
}

std::set<std::string> provenSums(const SumWatch& watch) {
    std::set<std::string> ids;
    for (const auto& [id, suspect] : watch.suspects)
        if (suspect.isProven)
            ids.insert(id);
    return ids;
}

bool wantsWitness(const SumWatch& watch) {
    return std::ranges::any_of(watch.suspects,
                               [](const auto& entry) { return !entry.second.isProven; });
}

std::string doubleCount(const SumWatch& watch, const std::vector<Verdict>& verdicts) {
    std::string text;
    for (const Verdict& verdict : verdicts) {
        const auto found = watch.suspects.find(verdict.entry->id);
        if (found == watch.suspects.end() || verdict.reason != OutReason::Aggregate)
            continue;
        text += text.empty() ? "" : "; ";
        text +=
            verdict.entry->name + (found->second.isProven ? " is " : " may be ") +
            whatItIs(found->second, verdicts) +
            (found->second.parts.size() == 1 ? ", which counts already" : ", which count already") +
            ", so it does not count: name it in exclude (\"instance:" +
            std::to_string(verdict.entry->instance) + "\")";
    }
    return text.empty()
               ? text
               : text + ", or, if it is a battery of its own, list all batteries in batteries";
}

} // namespace busbar
