// SPDX-License-Identifier: MIT
// Selectors of made batteries.
#include "core/made/resolve.hpp"

#include "core/bank.hpp"
#include "core/made/fitness.hpp"
#include "core/made/folding.hpp"
#include "core/members/roster_names.hpp"
#include "core/members/roster_reasons.hpp"
#include "core/settings.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "core/units/readings.hpp"
#include "core/units/selector_match.hpp"

#include <algorithm>
#include <utility>

namespace busbar {

namespace {

ResolvedPart resolveOne(const Selector& selector, const Readings& readings, const OwnSerials& own) {
    std::vector<int> present;
    std::vector<int> left;
    for (const auto& [key, battery] : readings.batteries())
        if (matches(selector, battery) && !isOwnOutput(battery, own))
            (battery.left ? left : present).push_back(key);
    const std::vector<int>& hits = present.empty() ? left : present;
    if (hits.size() == 1)
        return {hits.front(), displayName(readings.batteries().at(hits.front())), ""};
    const std::string text = toText(selector);
    if (hits.empty())
        return {std::nullopt, text, "nothing on the GX matches " + text};
    return {std::nullopt, text,
            text + " matches instance " + std::to_string(hits[0]) + " and " +
                std::to_string(hits[1])};
}

enum class Visit : std::uint8_t { New, Open, Done, Circular };

/// Depth first; whoever needs one that is still open goes in circles.
class Sorting {
public:
    Sorting(const std::vector<MadeSettings>& settings, const std::vector<Bank>& banks)
        : settings_(settings), banks_(banks), visits_(settings.size(), Visit::New) {}

    bool visit(std::size_t index) {
        Visit& own = visits_.at(index);
        if (own != Visit::New)
            return own == Visit::Done;
        own = Visit::Open;
        bool isGood = true;
        for (const std::size_t need : needsOf(settings_[index], settings_, banks_))
            isGood = visit(need) && isGood;
        visits_.at(index) = isGood ? Visit::Done : Visit::Circular;
        if (isGood)
            order_.push_back(index);
        return isGood;
    }
    [[nodiscard]] std::vector<std::size_t> take() { return std::move(order_); }

private:
    const std::vector<MadeSettings>& settings_;
    const std::vector<Bank>& banks_;
    std::vector<Visit> visits_;
    std::vector<std::size_t> order_;
};

bool isLate(const MadeSettings& made) {
    return made.kind == MadeKind::Remainder && made.subtractsAll;
}

bool namesCells(const std::string& path) {
    return path.starts_with("/Voltages") || path.starts_with("/Cell");
}

} // namespace

Part ResolvedPart::at(const Readings& readings) const {
    Part part;
    part.entry.name = name;
    part.problem = problem;
    const auto found = key ? readings.batteries().find(*key) : readings.batteries().end();
    if (found == readings.batteries().end()) {
        if (part.problem.empty())
            part.problem = "not there";
        return part;
    }
    part.entry.instance = *key;
    part.battery = &found->second;
    part.problem = mixedUp(found->second, readings);
    return part;
}

Part partAt(const RosterEntry& entry, const Readings& readings) {
    Part part{entry};
    const auto found = readings.batteries().find(entry.readingsKey());
    if (found == readings.batteries().end()) {
        part.problem = "not there";
        return part;
    }
    part.battery = &found->second;
    part.problem = mixedUp(found->second, readings);
    return part;
}

std::vector<Selector> selectorsOf(const MadeSettings& made, const std::vector<Bank>& banks) {
    std::vector<Selector> selectors = made.parts;
    for (const MergedSource& source : made.sources)
        selectors.push_back(source.match);
    if (made.shunt)
        selectors.insert(selectors.begin(), *made.shunt);
    if (made.kind == MadeKind::Bank)
        for (const Bank& bank : banks)
            if (bank.settings().id == made.id && !bank.settings().membership.takeAll)
                selectors = bank.settings().membership.selected;
    return selectors;
}

std::set<std::size_t> needsOf(const MadeSettings& made, const std::vector<MadeSettings>& all,
                              const std::vector<Bank>& banks) {
    std::set<std::size_t> needs;
    for (const Selector& selector : selectorsOf(made, banks)) {
        if (selector.kind != Selector::Kind::Made)
            continue;
        const auto found = std::ranges::find(all, selector.text, &MadeSettings::id);
        if (found != all.end())
            needs.insert(static_cast<std::size_t>(found - all.begin()));
    }
    return needs;
}

std::vector<ResolvedPart> resolveAll(const std::vector<Selector>& selectors,
                                     const Readings& readings, const OwnSerials& own) {
    std::vector<ResolvedPart> parts;
    std::set<std::string> names;
    std::set<int> keys;
    for (const Selector& selector : selectors) {
        ResolvedPart part = resolveOne(selector, readings, own);
        if (part.key && !keys.insert(*part.key).second) {
            part.key.reset();
            part.problem = toText(selector) + " is a part already";
        }
        const std::string wanted = part.name;
        for (int n = 2; !names.insert(part.name).second; ++n)
            part.name = wanted + " " + std::to_string(n);
        parts.push_back(std::move(part));
    }
    return parts;
}

GivenPart sourceOf(Part part, const std::vector<std::string>& paths) {
    GivenPart source{std::move(part)};
    source.gives.fill(paths.empty());
    source.givesCells = paths.empty() || std::ranges::any_of(paths, namesCells);
    for (const std::string& path : paths)
        if (const auto index = findRow(path))
            source.gives.at(*index) = true;
    return source;
}

std::vector<std::size_t> orderOf(const std::vector<MadeSettings>& settings,
                                 const std::vector<Bank>& banks) {
    Sorting sorting(settings, banks);
    for (const bool late : {false, true})
        for (std::size_t i = 0; i < settings.size(); ++i)
            if (isLate(settings[i]) == late)
                sorting.visit(i);
    return sorting.take();
}

} // namespace busbar
