// SPDX-License-Identifier: MIT
// A configuration beside the batteries that are there.
#include "app/commands/check_live.hpp"

#include "app/commands/live_picks.hpp"
#include "config/config.hpp"
#include "config/use.hpp"
#include "core/bank.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/view.hpp"
#include "core/members/membership.hpp"
#include "core/table/named_rows.hpp"
#include "core/units/battery.hpp"
#include "core/units/selector_match.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

namespace busbar {

namespace {

using config::Issue;
using config::Severity;
using config::Use;

/// Blocks of one chemistry and one number of cells differ by less, empty against full.
constexpr double kOtherBlock = 0.25;

/// "26.40V, 10.0A, 8 cells": what is known of it.
std::string valuesText(const Unit& unit) {
    std::string text;
    for (const RowIndex index : {rows::kVoltage, rows::kCurrent})
        if (const auto number = numberOf(unit, index))
            text += (text.empty() ? "" : ", ") + displayText(kRows.at(index).quantity, *number);
    if (const int cells = liveCells(unit); cells > 0)
        text += (text.empty() ? "" : ", ") + std::to_string(cells) + " cells";
    return text.empty() ? "no values" : text;
}

/// One part of a made battery, or one member of a bank, where it stands.
struct Placed {
    const Unit* unit{nullptr};
    const Use* use{nullptr};
};

Issue warning(const Use* use, const std::string& otherwise, std::string message) {
    if (use == nullptr)
        return {Severity::Warning, {}, otherwise, std::move(message)};
    return {Severity::Warning, use->at, use->path, std::move(message)};
}

/// Whoever does not have as many cells as the first that says so.
void warnOfCells(const std::vector<Placed>& all, const std::string& otherwise,
                 std::vector<Issue>& issues) {
    const Placed* first = nullptr;
    for (const Placed& one : all) {
        const int cells = liveCells(*one.unit);
        if (cells == 0)
            continue;
        if (first == nullptr)
            first = &one;
        else if (cells != liveCells(*first->unit))
            issues.push_back(warning(one.use, otherwise,
                                     liveName(*one.unit) + " has " + std::to_string(cells) +
                                         " cells, " + liveName(*first->unit) + " has " +
                                         std::to_string(liveCells(*first->unit))));
    }
}

void warnOfVoltages(const std::vector<Placed>& blocks, std::vector<Issue>& issues) {
    const Placed* first = nullptr;
    for (const Placed& one : blocks) {
        const auto own_V = numberOf(*one.unit, rows::kVoltage);
        if (!own_V)
            continue;
        if (first == nullptr) {
            first = &one;
            continue;
        }
        const double first_V = *numberOf(*first->unit, rows::kVoltage);
        if (std::abs(*own_V - first_V) > kOtherBlock * std::max(*own_V, first_V))
            issues.push_back(warning(
                one.use, one.use->path,
                liveName(*one.unit) + " has " + displayText(Quantity::Voltage, *own_V) + ", " +
                    liveName(*first->unit) + " " + displayText(Quantity::Voltage, first_V) +
                    ": blocks of one string have about the same"));
    }
}

std::vector<Placed> partsOf(const LiveSite& site, const std::vector<Use>& uses) {
    std::vector<Placed> parts;
    for (const Use& use : uses)
        if (const auto found = livePicks(site, use.selector); found.size() == 1)
            parts.push_back({found.front(), &use});
    return parts;
}

/// A selector on the way to this battery picks none or too many, which has been said.
bool hasGap(const LiveSite& site, const std::vector<Use>& uses) {
    return std::ranges::any_of(uses, [&site](const Use& use) {
        const auto& made = site.config.made;
        if (use.selector.kind == Selector::Kind::Made) {
            const auto found = std::ranges::find(made, use.selector.text, &MadeSettings::id);
            return found != made.end() &&
                   hasGap(site, site.tree.made.at(static_cast<std::size_t>(found - made.begin())));
        }
        return !use.mayPick && !picksMany(use.selector) &&
               livePicks(site, use.selector).size() != 1;
    });
}

void checkMadeOne(const LiveSite& site, std::size_t index, std::vector<Issue>& issues) {
    const Use& entry = site.tree.entries.at(index);
    const auto own = livePicks(site, entry.selector);
    if (!own.empty() && !own.front()->lacking.empty() && !hasGap(site, site.tree.made.at(index)))
        issues.push_back(warning(&entry, {},
                                 entry.selector.text +
                                     (own.front()->lost ? " is not there: " : " is there, but ") +
                                     own.front()->lacking));
    const std::vector<Placed> parts = partsOf(site, site.tree.made.at(index));
    switch (site.config.made.at(index).kind) {
    case MadeKind::Series:
        warnOfVoltages(parts, issues);
        return warnOfCells(parts, entry.path, issues);
    case MadeKind::Merged:
    case MadeKind::Bank:
        return warnOfCells(parts, entry.path, issues);
    case MadeKind::Remainder:
    case MadeKind::Writable:
        break;
    }
}

const std::vector<Use>* usesOf(const LiveSite& site, std::size_t bank) {
    if (bank < site.tree.banks.size())
        return &site.tree.banks[bank];
    const std::string& id = site.config.banks.at(bank).bank.id;
    for (std::size_t i = 0; i < site.config.made.size(); ++i)
        if (site.config.made[i].kind == MadeKind::Bank && site.config.made[i].id == id)
            return &site.tree.made.at(i);
    return nullptr;
}

const Use* useOf(const std::vector<Use>* uses, const Unit& unit) {
    if (uses == nullptr)
        return nullptr;
    const auto found = std::ranges::find_if(
        *uses, [&unit](const Use& use) { return matches(use.selector, unit); });
    return found == uses->end() ? nullptr : &*found;
}

/// Selectors and made batteries have been looked at by themselves.
bool isSaidElsewhere(OutReason reason) {
    constexpr std::array kElsewhere = {OutReason::Missing, OutReason::Ambiguous,
                                       OutReason::PartLost};
    return isForeign(reason) || std::ranges::find(kElsewhere, reason) != kElsewhere.end();
}

void checkBank(const LiveSite& site, std::size_t index, std::vector<Issue>& issues) {
    const Bank& bank = site.banks.at(index);
    const std::vector<Use>* uses = usesOf(site, index);
    const std::string name = "bank " + bank.settings().id;
    std::vector<Placed> members;
    for (const Verdict& verdict : bank.view().parts.verdicts) {
        if (verdict.battery == nullptr)
            continue;
        const Use* use = useOf(uses, *verdict.battery);
        if (verdict.takesPart)
            members.push_back({verdict.battery, use});
        if (verdict.reason == OutReason::None || isSaidElsewhere(verdict.reason))
            continue;
        const OutReasonRow& why = rowOf(verdict.reason);
        issues.push_back(warning(use, name,
                                 verdict.entry->name +
                                     " takes no part: " + std::string(why.meaning) +
                                     (verdict.detail.empty() ? "" : " (" + verdict.detail + ")") +
                                     (why.remedy.empty() ? "" : "; ") + std::string(why.remedy)));
    }
    if (index < site.tree.banks.size()) // those of an inner one are parts
        warnOfCells(members, name, issues);
}

void addParts(const LiveSite& site, const Selector& selector, std::size_t level,
              std::vector<std::string>& lines);

void addUse(const LiveSite& site, const Use& use, std::size_t level,
            std::vector<std::string>& lines) {
    const auto found = livePicks(site, use.selector);
    std::string text = std::string(2 * level, ' ') + toText(use.selector) + ": ";
    if (found.size() != 1)
        text += found.empty() ? "nothing" : std::to_string(found.size()) + " batteries";
    else
        text += liveName(*found.front()) + ", " + valuesText(*found.front());
    lines.push_back(std::move(text));
    addParts(site, use.selector, level + 1, lines);
}

/// Of a made battery; of others nothing.
void addParts(const LiveSite& site, const Selector& selector, std::size_t level,
              std::vector<std::string>& lines) {
    const auto& made = site.config.made;
    const auto found = std::ranges::find(made, selector.text, &MadeSettings::id);
    if (selector.kind != Selector::Kind::Made || found == made.end())
        return;
    for (const Use& use : site.tree.made.at(static_cast<std::size_t>(found - made.begin())))
        addUse(site, use, level, lines);
}

void addMember(const LiveSite& site, const Verdict& verdict, std::vector<std::string>& lines) {
    const std::string reason(toText(verdict.reason));
    std::string text = "  " + verdict.entry->name + ": ";
    text += verdict.battery == nullptr
                ? "nothing"
                : liveName(*verdict.battery) + ", " + valuesText(*verdict.battery);
    lines.push_back(text + (reason.empty() ? "" : " [" + reason + "]"));
    if (verdict.battery == nullptr || isForeign(verdict.reason))
        return;
    const std::string id(textOf(*verdict.battery, rows::kSerial));
    if (isLiveMade(*verdict.battery))
        addParts(site, {Selector::Kind::Made, id}, 2, lines);
}

} // namespace

std::vector<Issue> liveIssues(const LiveSite& site) {
    std::vector<Issue> issues = pickIssues(site);
    for (std::size_t i = 0; i < site.config.made.size(); ++i)
        checkMadeOne(site, i, issues);
    for (std::size_t i = 0; i < site.banks.size(); ++i)
        checkBank(site, i, issues);
    return issues;
}

std::vector<std::string> liveLines(const LiveSite& site) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < site.tree.banks.size(); ++i) {
        const Bank& bank = site.banks.at(i);
        lines.push_back("bank " + bank.settings().id);
        for (const Verdict& verdict : bank.view().parts.verdicts)
            if (verdict.reason != OutReason::PartOf) // it stands below what is made of it
                addMember(site, verdict, lines);
    }
    return lines;
}

} // namespace busbar
