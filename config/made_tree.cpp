// SPDX-License-Identifier: MIT
// Collects the selectors of a site with their places.
#include "config/made_tree.hpp"

#include "config/made_reader.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <utility>

namespace busbar::config {

namespace {

/// The entry at this place of a list; the list itself if it comes from the environment.
Use useIn(const Assignment& list, std::size_t index, const Selector& selector) {
    return {selector, index < list.entries.size() ? list.entries[index] : list.at,
            list.path + "[" + std::to_string(index) + "]"};
}

void addList(const Assignment* list, std::vector<Use>& uses, bool counts = true,
             bool mayPick = false) {
    const auto* selectors = list != nullptr && list->value
                                ? std::get_if<std::vector<Selector>>(&*list->value)
                                : nullptr;
    for (std::size_t i = 0; selectors != nullptr && i < selectors->size(); ++i) {
        Use use = useIn(*list, i, (*selectors)[i]);
        use.counts = counts;
        use.mayPick = mayPick;
        uses.push_back(std::move(use));
    }
}

void addSources(const MadeEntry& entry, const MadeSettings& made, std::vector<Use>& uses) {
    const Assignment* list = fieldOf(entry, "merged");
    for (std::size_t i = 0; list != nullptr && i < made.sources.size(); ++i) {
        Use use = useIn(*list, i, made.sources[i].match);
        use.counts = countsIn(made.sources[i]);
        uses.push_back(std::move(use));
    }
}

std::vector<Use> usesOf(const MadeEntry& entry, const MadeSettings& made) {
    std::vector<Use> uses;
    if (const Assignment* shunt = fieldOf(entry, "remainder_of"); shunt != nullptr && made.shunt)
        uses.push_back({*made.shunt, shunt->at, shunt->path});
    addSources(entry, made, uses);
    addList(fieldOf(entry, "series"), uses);
    addList(fieldOf(entry, "minus"), uses, false);
    if (entry.bank)
        if (const auto& batteries = entry.bank->given.at(option("batteries")))
            addList(&*batteries, uses);
    return uses;
}

/// Made batteries that are in no other.
std::vector<Use> topsOf(const MadeTree& tree, const MembershipSettings& members) {
    std::vector<Use> tops;
    for (const Use& entry : tree.entries) {
        const Selector& own = entry.selector;
        const bool isPart = std::ranges::any_of(tree.made, [&own](const std::vector<Use>& uses) {
            return std::ranges::any_of(
                uses, [&own](const Use& use) { return use.counts && use.selector == own; });
        });
        const bool isExcluded = std::ranges::find(members.excluded, own) != members.excluded.end();
        if (!isPart && !isExcluded)
            tops.push_back(entry);
    }
    return tops;
}

template <class Entry>
void addMatches(const Assignment* list, const std::vector<Entry>& entries, std::vector<Use>& uses) {
    for (std::size_t i = 0; list != nullptr && list->value && i < entries.size(); ++i)
        uses.push_back(useIn(*list, i, entries[i].match));
}

std::vector<Use> correctionsIn(const BankView& view, const BankSettings& bank) {
    std::vector<Use> uses;
    addMatches(view.given.at(option("per_battery")), bank.corrections.batteries, uses);
    for (Use& use : uses)
        use.mayPick = true;
    return uses;
}

void addOthers(const BankView& view, const BankSettings& bank, std::vector<Use>& uses) {
    addList(view.given.at(option("exclude")), uses, true, true);
    addList(view.given.at(option("current.shunts")), uses);
    addList(view.given.at(option("soc.battery")), uses);
    std::ranges::copy(correctionsIn(view, bank), std::back_inserter(uses));
    addMatches(view.given.at(option("override")), bank.corrections.overrides, uses);
    addMatches(view.given.at(option("fallback")), bank.corrections.fallbacks, uses);
}

} // namespace

MadeTree treeOf(const SiteView& site) {
    MadeTree tree;
    for (std::size_t i = 0; i < site.entry->made.size(); ++i) {
        const MadeEntry& entry = site.entry->made[i];
        const MadeSettings& made = site.config.made.at(i);
        tree.entries.push_back({{Selector::Kind::Made, made.id}, entry.at, entry.path});
        tree.made.push_back(usesOf(entry, made));
    }
    for (std::size_t i = 0; i < site.banks.size(); ++i) {
        const BankView& view = site.banks[i];
        const BankSettings& bank = site.config.banks.at(i).bank;
        addOthers(view, bank, tree.others);
        if (view.made != nullptr)
            continue;
        auto& uses = tree.banks.emplace_back();
        if (bank.membership.takeAll)
            uses = topsOf(tree, bank.membership);
        else
            addList(view.given.at(option("batteries")), uses);
    }
    return tree;
}

std::vector<Use> correctionsOf(const SiteView& site, std::size_t bank) {
    return correctionsIn(site.banks.at(bank), site.config.banks.at(bank).bank);
}

std::optional<std::size_t> madeAt(const SiteView& site, const Selector& selector) {
    const auto& made = site.config.made;
    const auto found = std::ranges::find(made, selector.text, &MadeSettings::id);
    if (selector.kind != Selector::Kind::Made || found == made.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - made.begin());
}

std::string placeOf(const std::string& path, Position at) {
    return path + (at.line == 0 ? "" : " (line " + std::to_string(at.line) + ")");
}

} // namespace busbar::config
