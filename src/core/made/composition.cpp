// SPDX-License-Identifier: MIT
// Order, parts and standing of made batteries.
#include "core/made/composition.hpp"

#include "core/bank.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/made/bank_unit.hpp"
#include "core/made/folding.hpp"
#include "core/made/made_key.hpp"
#include "core/made/made_node.hpp"
#include "core/made/resolve.hpp"
#include "core/settings.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "core/units/readings.hpp"

#include <algorithm>
#include <utility>

namespace busbar {

namespace {

Bank* bankOf(const MadeSettings& settings, std::vector<Bank>& banks) {
    const auto found = std::ranges::find_if(
        banks, [&settings](const Bank& bank) { return bank.settings().id == settings.id; });
    return found == banks.end() ? nullptr : &*found;
}

/// Who it is; the path table's bounds of texts hold for what the owner writes, too.
void introduce(Battery& made, const MadeSettings& settings) {
    const auto say = [&made](RowIndex index, const std::string& text) {
        setRow(made, index, plausible(kRows.at(index), Value(text)));
    };
    say(row("/Serial"), settings.id);
    say(row("/CustomName"), nameOf(settings));
    say(row("/ProductName"), nameOf(settings));
    say(row("/Mgmt/Connection"), "made");
}

/// As `Readings` does it for those of the GX.
void settle(Battery& made, const Standing& standing, Readings& readings, const Now& now) {
    const bool wasLost = made.lost.has_value();
    const bool wasJoining = std::exchange(made.isJoining, standing.isJoining && !standing.isWhole);
    made.lacking = standing.lacking;
    if (standing.isWhole) {
        made.lost.reset();
        made.firstUsable = made.firstUsable.value_or(now.steady);
        made.appeared = wasLost ? now.steady : made.appeared;
    } else {
        made.lost = standing.since.value_or(made.lost.value_or(now.steady));
    }
    if (wasLost != made.lost.has_value() || wasJoining != made.isJoining)
        readings.noteRoster();
}

/// Parts of a bank that takes this remainder: all its others.
std::vector<Part> othersOf(int instance, const std::vector<Bank>& banks, const Readings& readings) {
    std::vector<Part> others;
    for (const Bank& bank : banks) {
        const auto& verdicts = bank.view().parts.verdicts;
        const bool isTaken = std::ranges::any_of(verdicts, [instance](const Verdict& verdict) {
            return verdict.entry->instance == instance && !isForeign(verdict.reason);
        });
        if (!isTaken)
            continue;
        for (const Verdict& verdict : verdicts)
            if (verdict.entry->instance != instance && !isForeign(verdict))
                others.push_back(partAt(*verdict.entry, readings));
    }
    return others;
}

Standing makeRemainder(Battery& made, const MadeNode& node, const std::vector<Bank>& banks,
                       const Readings& readings) {
    const Part shunt = node.parts.front().at(readings);
    std::vector<Part> others;
    if (node.settings.subtractsAll) {
        others = othersOf(made.instance, banks, readings);
    } else {
        for (std::size_t i = 1; i < node.parts.size(); ++i)
            others.push_back(node.parts[i].at(readings));
    }
    std::vector<Part> all = others;
    all.push_back(shunt);
    Standing standing = standingOf(all);
    if (standing.isWhole)
        foldRemainder(made, shunt, others, node.settings.capacity_Ah);
    return standing;
}

Standing makeSeries(Battery& made, MadeNode& node, const Readings& readings, const Now& now) {
    std::vector<Part> blocks;
    for (const ResolvedPart& part : node.parts)
        blocks.push_back(part.at(readings));
    Standing standing = standingOf(blocks);
    if (standing.isWhole)
        standing.lacking = foldSeries(made, blocks, node.series, now);
    return standing;
}

Standing makeMerged(Battery& made, const MadeNode& node, const Readings& readings) {
    std::vector<GivenPart> sources;
    for (std::size_t i = 0; i < node.parts.size(); ++i)
        sources.push_back(sourceOf(node.parts[i].at(readings), node.settings.sources.at(i).paths));
    return foldMerged(made, sources);
}

/// "S1a, S1b"; of a remainder "SmartShunt − Pack A".
std::string partsText(const MadeNode& node) {
    const bool isRest = node.settings.kind == MadeKind::Remainder;
    std::string text;
    for (const ResolvedPart& part : node.parts)
        text += (text.empty() ? "" : isRest ? " − " : ", ") + part.name;
    return text + (isRest && node.settings.subtractsAll ? " − all others" : "");
}

/// What was never written is missing, like what a battery never gave.
Standing makeWritten(Battery& made, Written& written, const Now& now) {
    written.fill(made, now);
    const bool hasFlow = made.slot(row("/Dc/0/Current")).value.isKnown() ||
                         made.slot(row("/Dc/0/Power")).value.isKnown();
    const bool isWhole = made.slot(row("/Dc/0/Voltage")).value.isKnown() && hasFlow;
    return {.isWhole = isWhole,
            .lacking = isWhole ? "" : "nobody has written its voltage and current"};
}

} // namespace

Composition::Composition(std::vector<MadeSettings> settings) : settings_(std::move(settings)) {
    setSettings(settings_);
}

void Composition::setSettings(std::vector<MadeSettings> settings) {
    settings_ = std::move(settings);
    nodes_.clear();
    for (std::size_t i = 0; i < settings_.size(); ++i)
        nodes_.push_back({settings_[i], madeInstance(i), {}, {}, false});
    keepWritten();
    isSorted_ = false;
    roster_ = 0;
}

void Composition::keepWritten() {
    std::map<std::string, Written, std::less<>> kept;
    for (const MadeSettings& made : settings_) {
        if (made.kind != MadeKind::Writable)
            continue;
        if (const auto before = written_.find(made.id); before != written_.end()) {
            before->second.setSettings(made.writable);
            kept.insert(written_.extract(before));
        } else {
            kept.try_emplace(made.id, made.writable);
        }
    }
    written_ = std::move(kept);
}

Written* Composition::written(std::string_view id) {
    const auto found = written_.find(id);
    return found == written_.end() ? nullptr : &found->second;
}

const Written* Composition::written(std::string_view id) const {
    const auto found = written_.find(id);
    return found == written_.end() ? nullptr : &found->second;
}

bool Composition::isInner(const Bank& bank) const {
    return std::ranges::any_of(settings_, [&bank](const MadeSettings& made) {
        return made.kind == MadeKind::Bank && made.id == bank.settings().id;
    });
}

void Composition::sort(const std::vector<Bank>& banks) {
    order_ = orderOf(settings_, banks);
    for (MadeNode& node : nodes_)
        node.isCircular = true;
    for (const std::size_t index : order_)
        nodes_[index].isCircular = false;
    isSorted_ = true;
}

void Composition::resolve(Readings& readings, const std::vector<Bank>& banks) {
    found_.clear();
    const OwnSerials own =
        banks.empty() ? OwnSerials() : banks.front().view().surroundings.ownSerials;
    Readings::PartOf partOf;
    for (MadeNode& node : nodes_) {
        node.parts = resolveAll(selectorsOf(node.settings, banks), readings, own);
        readings.make(node.instance).parts = partsText(node);
        for (const ResolvedPart& part : node.parts) {
            if (!part.key || *part.key == node.instance)
                continue;
            auto& wholes = partOf[*part.key];
            if (std::ranges::find(wholes, node.settings.id) == wholes.end())
                wholes.push_back(node.settings.id);
            if (!isMade(*part.key))
                found_.insert(*part.key);
        }
    }
    // What a remainder subtracts counts by itself.
    for (const MadeNode& node : nodes_)
        if (node.settings.kind == MadeKind::Remainder)
            for (std::size_t i = 1; i < node.parts.size(); ++i)
                if (node.parts[i].key)
                    std::erase(partOf[*node.parts[i].key], node.settings.id);
    std::erase_if(partOf, [](const auto& one) { return one.second.empty(); });
    readings.setPartOf(std::move(partOf));
    roster_ = readings.rosterVersion();
}

void Composition::makeOne(MadeNode& node, Readings& readings, std::vector<Bank>& banks,
                          const Now& now, Pace pace) {
    Battery& made = readings.make(node.instance);
    Standing standing;
    switch (node.settings.kind) {
    case MadeKind::Merged:
        standing = makeMerged(made, node, readings);
        break;
    case MadeKind::Series:
        standing = makeSeries(made, node, readings, now);
        break;
    case MadeKind::Remainder:
        standing = makeRemainder(made, node, banks, readings);
        break;
    case MadeKind::Bank:
        if (Bank* inner = bankOf(node.settings, banks)) {
            inner->evaluate(readings, now, pace);
            standing = foldBank(made, *inner);
        }
        break;
    case MadeKind::Writable:
        standing = makeWritten(made, written_.at(node.settings.id), now);
        break;
    }
    settle(made, standing, readings, now);
}

void Composition::work(Readings& readings, std::vector<Bank>& banks, const Now& now, Pace pace) {
    if (!isSorted_)
        sort(banks);
    readings.unmakeFrom(madeInstance(nodes_.size()));
    if (nodes_.empty())
        return readings.setPartOf({});
    for (const MadeNode& node : nodes_)
        introduce(readings.make(node.instance), node.settings);
    if (roster_ != readings.rosterVersion())
        resolve(readings, banks);
    for (const std::size_t index : order_)
        makeOne(nodes_[index], readings, banks, now, pace);
    for (MadeNode& node : nodes_)
        if (node.isCircular)
            settle(readings.make(node.instance),
                   {.isWhole = false, .lacking = "it is made of itself"}, readings, now);
}

} // namespace busbar
