// SPDX-License-Identifier: MIT
// Picks of selectors, and what is wrong with them.
#include "app/commands/live_picks.hpp"

#include "config/config.hpp"
#include "config/nearest.hpp"
#include "config/use.hpp"
#include "core/bank.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/made/made_key.hpp"
#include "core/members/roster_names.hpp"
#include "core/members/roster_reasons.hpp"
#include "core/table/named_rows.hpp"
#include "core/units/battery.hpp"
#include "core/units/readings.hpp"
#include "core/units/selector_match.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace busbar {

namespace {

using config::Issue;
using config::Severity;
using config::Use;

/// Names that are told where one is not found.
constexpr std::size_t kMostNames = 12;

const OwnSerials& ownOf(const LiveSite& site) {
    return site.banks.front().view().surroundings.ownSerials;
}

std::string namesOf(const std::vector<const Battery*>& batteries) {
    std::string text;
    for (std::size_t i = 0; i < batteries.size() && i < kMostNames; ++i)
        text += (i == 0 ? "" : ", ") + liveName(*batteries[i]);
    return batteries.size() > kMostNames ? text + " …" : text;
}

/// All that a selector other than `made:` could pick.
std::vector<const Battery*> shown(const LiveSite& site) {
    std::vector<const Battery*> all;
    for (const auto& [key, battery] : site.readings.batteries())
        if (!battery.left && !isMade(key) && !isOwnOutput(battery, ownOf(site)))
            all.push_back(&battery);
    return all;
}

/// What it would be called by this kind of selector.
std::string wordOf(Selector::Kind kind, const BatteryTexts& texts) {
    switch (kind) {
    case Selector::Kind::Name:
        return std::string(texts.name);
    case Selector::Kind::Serial:
        return std::string(texts.serial);
    case Selector::Kind::Connection:
        return std::string(texts.connection);
    case Selector::Kind::Product:
    case Selector::Kind::Products:
        return std::string(texts.product);
    case Selector::Kind::Instance:
    case Selector::Kind::Made:
        break;
    }
    return {};
}

/// Of shorter names every other one is near.
constexpr std::size_t kShortestSlip = 3;

/// A slip of the pen: "; did you mean name:Pack A?"
std::string nearestOf(const Selector& wrong, const std::vector<const Battery*>& all) {
    std::vector<std::string> words;
    for (const Battery* battery : all)
        if (std::string word = wordOf(wrong.kind, textsOf(*battery)); !word.empty())
            words.push_back(std::move(word));
    if (wrong.text.size() < kShortestSlip)
        return {};
    const std::vector<std::string_view> known(words.begin(), words.end());
    return config::suggestion(wrong.text, known, toText({wrong.kind, {}}));
}

/// `whose`: "s1: ", the made battery that needs it.
void checkUse(const LiveSite& site, const Use& use, const std::string& whose,
              std::vector<Issue>& issues) {
    if (use.mayPick || use.selector.kind == Selector::Kind::Made)
        return;
    const auto found = livePicks(site, use.selector);
    const std::string text = toText(use.selector);
    if (found.empty()) {
        const auto all = shown(site);
        issues.push_back(
            {Severity::Warning, use.at, use.path,
             whose + "nothing on the GX matches " + text + nearestOf(use.selector, all) +
                 (all.empty() ? "; no battery is there" : "; what is there: " + namesOf(all))});
    } else if (found.size() > 1 && !picksMany(use.selector)) {
        issues.push_back({Severity::Error, use.at, use.path,
                          whose + text + " matches more than one: " + namesOf(found) +
                              "; name it more exactly, by its serial"});
    }
}

/// Which batteries of the GX count in one bank, by whichever selector.
class OnceEach {
public:
    OnceEach(const LiveSite& site, const std::string& bank, std::vector<Issue>& issues)
        : site_(site), bank_(bank), issues_(issues) {}

    void count(const std::vector<Use>& uses) {
        for (const Use& use : uses)
            if (use.counts)
                countOne(use);
    }

private:
    void countOne(const Use& use) {
        const auto& made = site_.config.made;
        if (use.selector.kind == Selector::Kind::Made) {
            const auto found = std::ranges::find(made, use.selector.text, &MadeSettings::id);
            if (found != made.end())
                count(site_.tree.made.at(static_cast<std::size_t>(found - made.begin())));
            return;
        }
        const auto found = livePicks(site_, use.selector);
        if (found.size() != 1 && !picksMany(use.selector))
            return;
        for (const Battery* battery : found) {
            const auto [first, isNew] = seen_.emplace(battery->instance, &use);
            if (!isNew && first->second != &use)
                issues_.push_back({Severity::Error, use.at, use.path,
                                   liveName(*battery) + " counts twice in bank \"" + bank_ +
                                       "\": also by " +
                                       config::placeOf(first->second->path, first->second->at)});
        }
    }

    const LiveSite& site_;
    const std::string& bank_;
    std::vector<Issue>& issues_;
    std::map<int, const Use*> seen_;
};

} // namespace

bool hearsAny(const LiveSite& site) {
    return !shown(site).empty();
}

std::vector<const Battery*> livePicks(const LiveSite& site, const Selector& selector) {
    std::vector<const Battery*> found;
    for (const auto& [key, battery] : site.readings.batteries())
        if (!battery.left && matches(selector, battery) && !isOwnOutput(battery, ownOf(site)))
            found.push_back(&battery);
    return found;
}

std::vector<Issue> pickIssues(const LiveSite& site) {
    std::vector<Issue> issues;
    for (const auto& uses : site.tree.banks)
        for (const Use& use : uses)
            checkUse(site, use, {}, issues);
    for (std::size_t i = 0; i < site.tree.made.size(); ++i)
        for (const Use& use : site.tree.made[i])
            checkUse(site, use, site.config.made.at(i).id + ": ", issues);
    for (const Use& use : site.tree.others)
        checkUse(site, use, {}, issues);
    for (std::size_t i = 0; i < site.tree.banks.size(); ++i)
        OnceEach(site, site.config.banks.at(i).bank.id, issues).count(site.tree.banks[i]);
    return issues;
}

std::string liveName(const Unit& unit) {
    const std::string name = displayName(unit);
    return isLiveMade(unit) ? name : name + " (instance " + std::to_string(unit.instance) + ")";
}

bool isLiveMade(const Unit& unit) {
    return isMade(unit.instance);
}

int liveCells(const Unit& unit) {
    if (const auto said = numberOf(unit, rows::kCellsPerBattery))
        return static_cast<int>(*said);
    return static_cast<int>(cellCount(unit));
}

} // namespace busbar
