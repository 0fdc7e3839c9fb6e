// SPDX-License-Identifier: MIT
// Makes all sets of a few batteries, and likely ones of many.
#include "core/sums/pairings.hpp"

#include "core/made/made_key.hpp"
#include "core/members/membership.hpp"
#include "core/members/roster.hpp"
#include "core/sums/party.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace busbar::sums {

namespace {

/// Sets of all sizes among so many others (57 for 6); of more, only those that a driver or the
/// capacities suggest.
constexpr std::size_t kMostForAllSets = 6;
constexpr std::size_t kMostKnown = 64; ///< bits of a set

void pairOnce(SumWatch& watch, std::size_t one, SumSet parts) {
    const bool isThere = std::ranges::any_of(watch.pairings, [&](const SumPairing& pairing) {
        return pairing.one == one && pairing.parts == parts;
    });
    if (isThere)
        return;
    SumPairing& pairing = watch.pairings.emplace_back();
    pairing.one = one;
    pairing.parts = parts;
}

void addPairing(SumWatch& watch, std::size_t one, SumSet parts) {
    if (std::popcount(parts) >= 2)
        pairOnce(watch, one, parts);
}

std::string_view serialOf(const Party& party) {
    return party.verdict == nullptr || isMade(party.verdict->entry->instance)
               ? std::string_view()
               : textOf(*party.verdict->battery, row("/Serial"));
}

/// Two drivers, by cable and by radio, show one BMS: of two with one serial number the later may be
/// the other once more. Some makers give all their BMSs one number, so that is a suspicion only.
void addTwins(SumWatch& watch, std::size_t one, const Parties& all) {
    const auto serial = serialOf(all[one]);
    for (std::size_t i = 0; i < one && !serial.empty(); ++i)
        if (serialOf(all[i]) == serial)
            pairOnce(watch, one, bitOf(i));
}

/// Those that belong with `newest`, so that no set is made twice.
void addAllSets(SumWatch& watch, std::size_t one) {
    const SumSet all = (bitOf(watch.known.size()) - 1) & ~bitOf(one);
    for (SumSet parts = all; parts != 0; parts = (parts - 1) & all)
        addPairing(watch, one, parts);
}

/// The largest first, as long as they fit.
SumSet filled(std::size_t one, const Parties& all) {
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (i != one && all[i].nominal_Ah() > 0.0)
            others.push_back(i);
    std::ranges::sort(others, std::ranges::greater(),
                      [&all](std::size_t i) { return all[i].nominal_Ah(); });
    double room_Ah = all[one].nominal_Ah() * (1.0 + kSameCapacity);
    SumSet parts = 0;
    for (const std::size_t i : others) {
        if (all[i].nominal_Ah() > room_Ah)
            continue;
        room_Ah -= all[i].nominal_Ah();
        parts |= bitOf(i);
    }
    return parts;
}

/// All others; those of one driver, or of one product; those that fill its capacity.
void addLikelySets(SumWatch& watch, std::size_t one, const Parties& all) {
    SumSet others = 0;
    std::map<std::string, SumSet> alike;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i == one || all[i].verdict == nullptr)
            continue;
        others |= bitOf(i);
        for (const RowIndex index : {row("/Mgmt/ProcessName"), row("/ProductName")})
            alike[std::string(textOf(*all[i].verdict->battery, index))] |= bitOf(i);
    }
    addPairing(watch, one, others);
    for (const auto& [text, parts] : alike)
        addPairing(watch, one, parts);
    addPairing(watch, one, filled(one, all));
}

/// Of batteries that the roster does not show any more nothing is remembered, but of the parts of a
/// proven sum: it does not become a battery because they are gone.
std::vector<std::string> stillKnown(const SumWatch& watch, const std::vector<Verdict>& verdicts) {
    std::set<std::string> wanted;
    for (const Verdict& verdict : verdicts)
        wanted.insert(verdict.entry->id);
    std::set<std::string> kept = wanted;
    for (const auto& [id, suspect] : watch.suspects)
        if (suspect.isProven && wanted.contains(id))
            kept.insert(suspect.parts.begin(), suspect.parts.end());
    std::vector<std::string> known;
    for (const std::string& id : watch.known)
        if (kept.contains(id))
            known.push_back(id);
    for (const Verdict& verdict : verdicts)
        if (isCompared(verdict) && !indexOf(watch, verdict.entry->id) && known.size() < kMostKnown)
            known.push_back(verdict.entry->id);
    return known;
}

/// Pairings with other numbers; those with somebody who is gone are dropped.
void renumber(SumWatch& watch, std::vector<std::string> known) {
    SumWatch old = std::exchange(watch, {});
    watch.known = std::move(known);
    watch.suspects = std::move(old.suspects);
    watch.at = old.at;
    watch.trails.resize(watch.known.size());
    std::vector<std::optional<std::size_t>> numbers;
    for (std::size_t i = 0; i < old.known.size(); ++i) {
        numbers.push_back(indexOf(watch, old.known[i]));
        if (numbers.back())
            watch.trails[*numbers.back()] = old.trails[i];
    }
    for (SumPairing& pairing : old.pairings) {
        SumSet parts = 0;
        bool isWhole = numbers[pairing.one].has_value();
        forEach(pairing.parts, [&](std::size_t i) {
            isWhole = isWhole && numbers[i];
            parts |= numbers[i] ? bitOf(*numbers[i]) : 0;
        });
        if (!isWhole)
            continue;
        pairing.one = *numbers[pairing.one];
        pairing.parts = parts;
        watch.pairings.push_back(std::move(pairing));
    }
    std::erase_if(watch.suspects, [&](const auto& entry) { return !indexOf(watch, entry.first); });
}

} // namespace

void makePairings(SumWatch& watch, std::vector<Verdict>& verdicts) {
    std::vector<std::string> known = stillKnown(watch, verdicts);
    if (known == watch.known)
        return;
    renumber(watch, std::move(known));
    const Parties all = partiesOf(watch, verdicts);
    for (std::size_t one = 0; one < watch.known.size(); ++one) {
        if (all[one].verdict != nullptr && isMade(all[one].verdict->entry->instance))
            continue; // the owner says what it is
        addTwins(watch, one, all);
        if (watch.known.size() <= kMostForAllSets + 1)
            addAllSets(watch, one);
        else if (all[one].verdict != nullptr)
            addLikelySets(watch, one, all);
    }
}

} // namespace busbar::sums
