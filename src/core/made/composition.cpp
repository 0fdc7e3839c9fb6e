// SPDX-License-Identifier: MIT
// Order, parts and standing of made batteries.
#include "core/made/composition.hpp"

#include "core/bank.hpp"
#include "core/cycle/parts.hpp"
#include "core/cycle/surroundings.hpp"
#include "core/cycle/view.hpp"
#include "core/made/bank_unit.hpp"
#include "core/made/correction_scope.hpp"
#include "core/made/corrections.hpp"
#include "core/made/fitness.hpp"
#include "core/made/folding.hpp"
#include "core/made/made_key.hpp"
#include "core/made/made_node.hpp"
#include "core/made/resolve.hpp"
#include "core/settings.hpp"
#include "core/table/named_rows.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "core/units/readings.hpp"

#include <algorithm>
#include <cmath>
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
    say(row("/Mgmt/Connection"), std::string(kMadeConnection));
}

/// As `Readings` does it for those of the GX.
void settle(Battery& made, const Standing& standing, Readings& readings, const Now& now) {
    const bool wasLost = made.lost.has_value();
    const bool wasJoining = std::exchange(made.isJoining, standing.isJoining && !standing.isWhole);
    made.lacking = standing.lacking;
    if (standing.isWhole) {
        made.lost.reset();
        made.lostWithLink = false;
        made.firstUsable = made.firstUsable.value_or(now.steady);
        made.appeared = wasLost ? now.steady : made.appeared;
    } else {
        made.lost = standing.since.value_or(made.lost.value_or(now.steady));
        made.lostWithLink = standing.isByLink;
    }
    if (wasLost != made.lost.has_value() || wasJoining != made.isJoining)
        readings.noteRoster();
}

/// As the owner knows it better, where he does.
Part rightPart(Part part, MadeNode& node) {
    const BatteryCorrection* correction =
        part.battery == nullptr ? nullptr : correctionOf(*part.battery, node.corrections);
    if (correction == nullptr)
        return part;
    Battery& right =
        node.corrected.insert_or_assign(part.entry.readingsKey(), *part.battery).first->second;
    correct(right, *correction);
    part.battery = &right;
    return part;
}

/// Parts of a bank that takes this remainder: all its others.
std::vector<Part> othersOf(MadeNode& node, const std::vector<Bank>& banks,
                           const Readings& readings) {
    const int instance = node.instance;
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
                others.push_back(rightPart(partAt(*verdict.entry, readings), node));
    }
    return others;
}

/// What is old or missing of them would be the rest's.
void heedOthers(std::vector<Part>& others, const std::vector<Bank>& banks) {
    for (Part& other : others)
        heedFrozen(other, banks);
}

/// Another number of cells: it hangs elsewhere, and the shunt does not measure it.
void dropForeign(std::vector<Part>& others, const Part& shunt) {
    constexpr double kSameBus = 0.2; // dead cells and wrong sensors move a voltage less
    constexpr RowIndex kBus = row("/Dc/0/Voltage");
    const auto bus_V = shunt.battery == nullptr ? std::nullopt : numberOf(*shunt.battery, kBus);
    if (!bus_V)
        return;
    std::erase_if(others, [&](const Part& other) {
        const auto own_V = other.battery == nullptr ? std::nullopt : numberOf(*other.battery, kBus);
        return own_V && std::abs(*own_V - *bus_V) > kSameBus * *bus_V;
    });
}

Standing makeRemainder(Battery& made, MadeNode& node, const std::vector<Bank>& banks,
                       const Readings& readings) {
    const Part shunt = rightPart(node.parts.front().at(readings), node);
    std::vector<Part> others;
    if (node.settings.subtractsAll) {
        others = othersOf(node, banks, readings);
        dropForeign(others, shunt);
    } else {
        for (std::size_t i = 1; i < node.parts.size(); ++i)
            others.push_back(rightPart(node.parts[i].at(readings), node));
    }
    heedOthers(others, banks);
    std::vector<Part> all = others;
    all.push_back(shunt);
    Standing standing = standingOf(all);
    if (standing.isWhole)
        foldRemainder(made, shunt, others, node.settings.capacity_Ah);
    return standing;
}

Standing makeSeries(Battery& made, MadeNode& node, const std::vector<Bank>& banks,
                    const Readings& readings, const Now& now) {
    std::vector<Part> blocks;
    for (const ResolvedPart& part : node.parts)
        heedOwner(blocks.emplace_back(rightPart(part.at(readings), node)), banks);
    Standing standing = standingOf(blocks);
    if (standing.isWhole)
        standing.lacking = foldSeries(made, blocks, node.series, now);
    return standing;
}

/// What the owner allows one of them at most is of the battery, whichever says its limit.
void holdBySources(Battery& made, const std::vector<GivenPart>& sources, const MadeNode& node) {
    for (const GivenPart& source : sources)
        if (const Battery* battery = source.part.battery; battery != nullptr)
            if (const auto* correction = correctionOf(*battery, node.corrections))
                holdLimits(made, *correction);
}

Standing makeMerged(Battery& made, MadeNode& node, const std::vector<Bank>& banks,
                    const Readings& readings, const Now& now) {
    std::vector<GivenPart> sources;
    for (std::size_t i = 0; i < node.parts.size(); ++i)
        sources.push_back(sourceOf(rightPart(node.parts[i].at(readings), node),
                                   node.settings.sources.at(i).paths));
    for (GivenPart& source : sources)
        heedOwner(source.part, banks);
    dropFrozen(sources, node.frozen, banks, now);
    Standing standing = foldMerged(made, sources);
    if (standing.isWhole)
        holdBySources(made, sources, node);
    return standing;
}

/// "S1a, S1b"; of a remainder "SmartShunt − Pack A".
std::string partsText(const MadeNode& node) {
    const bool isRest = node.settings.kind == MadeKind::Remainder;
    std::string text;
    for (const ResolvedPart& part : node.parts)
        text += (text.empty() ? "" : isRest ? " − " : ", ") + part.name;
    return text + (isRest && node.settings.subtractsAll ? " − all others" : "");
}

/// Of a shunt's others and of who only helps with a value, nothing counts.
bool countsIn(const MadeNode& node, std::size_t part) {
    switch (node.settings.kind) {
    case MadeKind::Merged:
        return countsIn(node.settings.sources.at(part));
    case MadeKind::Remainder:
        return part == 0;
    default:
        return true;
    }
}

/// Batteries of the GX that count in it, however deep: those below it are known.
std::set<int> leavesOf(const MadeNode& node, const Readings& readings) {
    std::set<int> leaves;
    for (std::size_t i = 0; i < node.parts.size(); ++i) {
        const auto key = node.parts[i].key;
        if (!key || !countsIn(node, i))
            continue;
        const auto found = readings.batteries().find(*key);
        if (!isMade(*key))
            leaves.insert(*key);
        else if (found != readings.batteries().end())
            leaves.insert(found->second.leaves.begin(), found->second.leaves.end());
    }
    return leaves;
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
    for (std::size_t i = 0; i < settings_.size(); ++i) {
        MadeNode& node = nodes_.emplace_back();
        node.settings = settings_[i];
        node.instance = madeInstance(i);
    }
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

void Composition::sort(std::vector<Bank>& banks) {
    order_ = orderOf(settings_, banks);
    for (MadeNode& node : nodes_)
        node.isCircular = true;
    for (const std::size_t index : order_)
        nodes_[index].isCircular = false;
    handCorrections(banks);
    isSorted_ = true;
}

void Composition::handCorrections(std::vector<Bank>& banks) {
    auto all = correctionsOf(settings_, order_, banks);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        nodes_[i].corrections = std::move(all[i]);
        if (settings_[i].kind == MadeKind::Bank)
            if (Bank* inner = bankOf(settings_[i], banks))
                inner->surroundings().outerCorrections = nodes_[i].corrections;
    }
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
    for (const std::size_t index : order_) { // each after what it is made of
        std::set<int> leaves = leavesOf(nodes_[index], readings);
        if (std::set<int>& known = readings.make(nodes_[index].instance).leaves; known != leaves) {
            known = std::move(leaves);
            readings.noteRoster();
        }
    }
    roster_ = readings.rosterVersion();
}

void Composition::makeOne(MadeNode& node, Readings& readings, std::vector<Bank>& banks,
                          const Now& now, Pace pace) {
    Battery& made = readings.make(node.instance);
    node.corrected.clear();
    Standing standing;
    switch (node.settings.kind) {
    case MadeKind::Merged:
        standing = makeMerged(made, node, banks, readings, now);
        break;
    case MadeKind::Series:
        standing = makeSeries(made, node, banks, readings, now);
        break;
    case MadeKind::Remainder:
        standing = makeRemainder(made, node, banks, readings);
        break;
    case MadeKind::Bank:
        if (Bank* inner = bankOf(node.settings, banks)) {
            inner->evaluate(readings, now, pace);
            standing = foldBank(made, *inner, readings);
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
