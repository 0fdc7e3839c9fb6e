// SPDX-License-Identifier: MIT
// Walks the tree of made batteries.
#include "config/made_rules.hpp"

#include "config/made_reader.hpp"
#include "config/made_tree.hpp"
#include "config/nearest.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace busbar::config {

namespace {

/// No cell of a battery is charged to more (NMC 4.2 V), and none to less (LTO 2.3 V, lead 2.1 V).
constexpr double kMostCell_V = 5.0;
constexpr double kLeastCell_V = 1.5;

/// Two entries with one selector.
constexpr std::string_view kTwice = "stands in the list twice, first as ";

Issue errorAt(const Use& use, std::string message) {
    return {Severity::Error, use.at, use.path, std::move(message)};
}

/// An id and where it is given.
struct Named {
    std::string id;
    Position at;
    std::string path;
};

std::vector<Named> idsOf(const SiteView& site) {
    std::vector<Named> ids;
    for (std::size_t i = 0; i < site.banks.size(); ++i)
        if (site.banks[i].made == nullptr) {
            const Issue place = atOption(site.banks[i], option("id"), Severity::Error, {});
            ids.push_back({site.config.banks.at(i).bank.id, place.at,
                           place.path.empty() ? "id" : place.path});
        }
    for (const MadeEntry& made : site.entry->made)
        if (const Assignment* id = fieldOf(made, "id"); id != nullptr && id->value)
            ids.push_back({std::get<std::string>(*id->value), id->at, id->path});
    return ids;
}

/// Names that differ in capitals only are one for Home Assistant and for some file systems.
void checkIds(const SiteView& site, std::vector<Issue>& issues) {
    const std::vector<Named> ids = idsOf(site);
    const std::size_t banks = ids.size() - std::min(ids.size(), site.entry->made.size());
    for (std::size_t i = banks; i < ids.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (editDistance(ids[i].id, ids[j].id) == 0) {
                issues.push_back({Severity::Error, ids[i].at, ids[i].path,
                                  "\"" + ids[i].id + "\" is the id of " +
                                      placeOf(ids[j].path, ids[j].at) +
                                      ", too (capitals do not tell ids apart); every made battery "
                                      "and bank needs its own"});
                break;
            }
}

/// A made battery that is published is com.victronenergy.battery.busbar_<id>.
void checkServices(const SiteView& site, std::vector<Issue>& issues) {
    for (std::size_t i = 0; i < site.entry->made.size(); ++i) {
        const MadeSettings& made = site.config.made.at(i);
        const MadeEntry& entry = site.entry->made[i];
        if (!isPublished(made))
            continue;
        for (std::size_t bank = 0; bank < site.banks.size(); ++bank)
            if (site.config.banks.at(bank).dbus.bus != "none" &&
                site.config.banks.at(bank).dbus.service == serviceOf(made))
                issues.push_back({Severity::Error, entry.at, entry.path,
                                  "it would be published as " + serviceOf(made) +
                                      ", the dbus.service of bank \"" +
                                      site.config.banks.at(bank).bank.id + "\"; change its id"});
    }
}

void checkKnown(const SiteView& site, const std::vector<Use>& uses, std::vector<Issue>& issues) {
    std::vector<std::string_view> ids;
    for (const MadeSettings& made : site.config.made)
        ids.push_back(made.id);
    for (const Use& use : uses) {
        if (use.selector.kind != Selector::Kind::Made || madeAt(site, use.selector))
            continue;
        issues.push_back(errorAt(use, "there is no made battery of the id \"" +
                                          printable(use.selector.text) + "\"" +
                                          suggestion(use.selector.text, ids, "made:")));
    }
}

/// A name picks batteries of the GX. One that a made battery has, and nothing that is made is made
/// of, is probably meant for that.
void warnOfNames(const SiteView& site, const MadeTree& tree, const std::vector<Use>& uses,
                 std::vector<Issue>& issues) {
    for (const Use& use : uses) {
        const std::string& name = use.selector.text;
        const auto made = std::ranges::find_if(site.config.made, [&name](const MadeSettings& one) {
            return nameOf(one) == name || one.id == name;
        });
        const bool isPart = std::ranges::any_of(tree.made, [&use](const std::vector<Use>& parts) {
            return std::ranges::find(parts, use.selector, &Use::selector) != parts.end();
        });
        if (use.selector.kind == Selector::Kind::Name && made != site.config.made.end() && !isPart)
            issues.push_back({Severity::Warning, use.at, use.path,
                              toText(use.selector) +
                                  " picks a battery of the GX only; the one that is made here is " +
                                  toText({Selector::Kind::Made, made->id})});
    }
}

/// Depth first; each circle is said once, at the battery that it was found from.
class Circles {
public:
    Circles(const SiteView& site, const MadeTree& tree, std::vector<Issue>& issues)
        : site_(site), tree_(tree), issues_(issues), states_(tree.made.size(), State::New) {}

    void find() {
        for (std::size_t i = 0; i < states_.size(); ++i)
            visit(i);
    }

private:
    enum class State : std::uint8_t { New, Open, Done };

    void visit(std::size_t index) {
        if (states_[index] == State::Open)
            return say(index);
        if (states_[index] == State::Done)
            return;
        states_[index] = State::Open;
        way_.push_back(index);
        for (const Use& use : tree_.made[index])
            if (const auto next = madeAt(site_, use.selector))
                visit(*next);
        way_.pop_back();
        states_[index] = State::Done;
    }

    void say(std::size_t index) {
        std::string text;
        for (auto at = std::ranges::find(way_, index); at != way_.end(); ++at)
            text += site_.config.made[*at].id + " → ";
        const MadeEntry& entry = site_.entry->made[index];
        issues_.push_back({Severity::Error, entry.at, entry.path,
                           "is made of itself: " + text + site_.config.made[index].id});
    }

    const SiteView& site_;
    const MadeTree& tree_;
    std::vector<Issue>& issues_;
    std::vector<State> states_;
    std::vector<std::size_t> way_;
};

/// What counts in one bank, and where each stands first.
class Counting {
public:
    Counting(const SiteView& site, const MadeTree& tree) : site_(site), tree_(tree) {}

    void count(const std::vector<Use>& uses) {
        for (const Use& use : uses) {
            if (!use.counts)
                continue;
            const auto [first, isNew] = seen_.emplace(toText(use.selector), use);
            if (!isNew)
                twice_.emplace_back(use, first->second);
            else if (const auto made = madeAt(site_, use.selector))
                count(tree_.made[*made]);
        }
    }
    [[nodiscard]] const std::map<std::string, Use>& seen() const { return seen_; }
    /// The second use, and the first.
    [[nodiscard]] const std::vector<std::pair<Use, Use>>& twice() const { return twice_; }

private:
    const SiteView& site_;
    const MadeTree& tree_;
    std::map<std::string, Use> seen_;
    std::vector<std::pair<Use, Use>> twice_;
};

/// The same pair may be in several banks that take all: it is said once.
void sayTwice(const Counting& counting, const std::string& bank, std::set<std::string>& said,
              std::vector<Issue>& issues) {
    for (const auto& [use, first] : counting.twice())
        if (said.insert(use.path + " " + first.path).second)
            issues.push_back(errorAt(use, toText(use.selector) + " counts twice in bank \"" + bank +
                                              "\": also by " + placeOf(first.path, first.at)));
}

void warnOfShared(const Counting& own, const Counting& other, const std::string& bank,
                  std::vector<Issue>& issues) {
    for (const auto& [text, use] : own.seen()) {
        const auto found = other.seen().find(text);
        const bool isInMade =
            use.path.find("made[") != use.path.npos ||
            (found != other.seen().end() && found->second.path.find("made[") != use.path.npos);
        if (found != other.seen().end() && isInMade)
            issues.push_back({Severity::Warning, use.at, use.path,
                              std::string(text)
                                  .append(" is in bank \"")
                                  .append(bank)
                                  .append("\", too, by ")
                                  .append(placeOf(found->second.path, found->second.at))});
    }
}

void checkCounts(const SiteView& site, const MadeTree& tree, std::vector<Issue>& issues) {
    std::vector<Counting> banks;
    std::set<std::string> said;
    for (std::size_t i = 0; i < tree.banks.size(); ++i) {
        Counting counting(site, tree);
        counting.count(tree.banks[i]);
        const auto& settings = site.config.banks.at(i).bank;
        sayTwice(counting, settings.id, said, issues);
        for (std::size_t j = 0; j < i && !settings.membership.takeAll; ++j)
            if (!site.config.banks.at(j).bank.membership.takeAll)
                warnOfShared(counting, banks[j], site.config.banks.at(j).bank.id, issues);
        banks.push_back(std::move(counting));
    }
}

/// Whoever stands in any of the uses, and what that is made of.
void reach(const SiteView& site, const MadeTree& tree, const std::vector<Use>& uses,
           std::set<std::size_t>& reached) {
    for (const Use& use : uses)
        if (const auto made = madeAt(site, use.selector); made && reached.insert(*made).second)
            reach(site, tree, tree.made[*made], reached);
}

/// In no bank it is of use if it is published by itself or corrects a bank's values, and if it can
/// be worked out there.
void checkBankless(const MadeSettings& made, const MadeEntry& entry, bool isUsed,
                   std::vector<Issue>& issues) {
    const std::string id = toText({Selector::Kind::Made, made.id});
    if (!isPublished(made) && !isUsed)
        issues.push_back({Severity::Warning, entry.at, entry.path,
                          "is in no bank; add \"" + id + "\" to the batteries of one"});
    else if (made.kind == MadeKind::Remainder && made.subtractsAll)
        issues.push_back({Severity::Error, entry.at, entry.path,
                          "subtracts the others of its bank, but is in none; list what it "
                          "subtracts in minus"});
}

void checkUnused(const SiteView& site, const MadeTree& tree, std::vector<Issue>& issues) {
    std::set<std::size_t> inBanks;
    for (const auto& uses : tree.banks)
        reach(site, tree, uses, inBanks);
    std::set<std::size_t> elsewhere;
    reach(site, tree, tree.others, elsewhere);
    for (std::size_t i = 0; i < tree.made.size(); ++i)
        if (!inBanks.contains(i))
            checkBankless(site.config.made[i], site.entry->made[i], elsewhere.contains(i), issues);
}

void checkMerged(const std::vector<Use>& uses, std::vector<Issue>& issues) {
    for (std::size_t i = 0; i < uses.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (uses[i].selector == uses[j].selector)
                issues.push_back(errorAt(uses[i], toText(uses[i].selector) + " " +
                                                      std::string(kTwice) +
                                                      placeOf(uses[j].path, uses[j].at)));
}

/// The shunt is the first of the uses.
void checkRemainder(const std::vector<Use>& uses, std::vector<Issue>& issues) {
    for (std::size_t i = 1; i < uses.size(); ++i)
        if (uses[i].selector == uses.front().selector)
            issues.push_back(errorAt(uses[i], "is the shunt itself, " +
                                                  placeOf(uses.front().path, uses.front().at)));
}

/// One that subtracts the others of its bank must be in one.
void checkParts(const SiteView& site, const std::vector<Use>& uses, std::vector<Issue>& issues) {
    for (const Use& use : uses) {
        const auto part = use.counts ? madeAt(site, use.selector) : std::nullopt;
        if (!part)
            continue;
        const MadeSettings& made = site.config.made[*part];
        const MadeEntry& entry = site.entry->made[*part];
        if (made.kind == MadeKind::Remainder && made.subtractsAll)
            issues.push_back(errorAt(
                use, toText(use.selector) +
                         " subtracts the others of its bank, but here it is in none; list what " +
                         "it subtracts in " + placeOf(entry.path + ".minus", entry.at)));
    }
}

/// A path has one time.
void checkGroups(const Assignment& at, const WritableSettings& writable,
                 std::vector<Issue>& issues) {
    std::set<std::string> seen;
    for (const WritableGroup& group : writable.groups)
        for (const std::string& path : std::set(group.paths.begin(), group.paths.end()))
            if (!seen.insert(path).second)
                issues.push_back(
                    {Severity::Error, at.at, at.path, path + " is in two of its groups"});
}

void checkEntry(const SiteView& site, const MadeTree& tree, std::size_t index,
                std::vector<Issue>& issues) {
    const std::vector<Use>& uses = tree.made[index];
    switch (site.config.made[index].kind) {
    case MadeKind::Merged:
        checkMerged(uses, issues);
        return checkParts(site, uses, issues);
    case MadeKind::Series:
        return checkParts(site, uses, issues);
    case MadeKind::Remainder:
        return checkRemainder(uses, issues);
    case MadeKind::Writable:
        return checkGroups(*fieldOf(site.entry->made[index], "writable"),
                           site.config.made[index].writable, issues);
    case MadeKind::Bank:
        break;
    }
}

bool correctsNothing(const BatteryCorrection& correction) {
    BatteryCorrection standard;
    standard.match = correction.match;
    return toRecord(correction) == toRecord(standard);
}

void checkCharge(const Use& use, const BankSettings& bank, const BatteryCorrection& correction,
                 std::vector<Issue>& issues) {
    if (bank.cells == 0 || !correction.maxCharge_V)
        return;
    const double cell_V = *correction.maxCharge_V / bank.cells;
    if (cell_V < kLeastCell_V || cell_V > kMostCell_V)
        issues.push_back(errorAt(use, "cvl_V (" + numberText(*correction.maxCharge_V) +
                                          " V) is no charge voltage of " +
                                          std::to_string(bank.cells) + " cells (option cells)"));
}

/// `uses` are those of `per_battery`.
void checkCorrections(const std::vector<Use>& uses, const BankSettings& bank, bool hasBlocks,
                      std::vector<Issue>& issues) {
    for (std::size_t i = 0; i < uses.size(); ++i) {
        const BatteryCorrection& correction = bank.corrections.batteries.at(i);
        if (correctsNothing(correction))
            issues.push_back(
                {Severity::Warning, uses[i].at, uses[i].path, "corrects nothing of this battery"});
        if (!hasBlocks) // of one it is the voltage of fewer cells
            checkCharge(uses[i], bank, correction, issues);
    }
    checkMerged(uses, issues);
}

} // namespace

void checkMade(const SiteView& site, std::vector<Issue>& issues) {
    const bool hasBlocks = std::ranges::find(site.config.made, MadeKind::Series,
                                             &MadeSettings::kind) != site.config.made.end();
    for (std::size_t i = 0; i < site.banks.size(); ++i)
        checkCorrections(correctionsOf(site, i), site.config.banks.at(i).bank, hasBlocks, issues);
    const MadeTree tree = treeOf(site);
    for (const auto& uses : tree.banks) {
        checkKnown(site, uses, issues);
        warnOfNames(site, tree, uses, issues);
    }
    for (const auto& uses : tree.made)
        checkKnown(site, uses, issues);
    checkKnown(site, tree.others, issues);
    warnOfNames(site, tree, tree.others, issues);
    if (tree.made.empty())
        return;
    checkIds(site, issues);
    checkServices(site, issues);
    for (std::size_t i = 0; i < tree.made.size(); ++i)
        checkEntry(site, tree, i, issues);
    const std::size_t before = issues.size();
    Circles(site, tree, issues).find();
    if (issues.size() != before)
        return; // the rest would follow from it
    checkCounts(site, tree, issues);
    checkUnused(site, tree, issues);
}

} // namespace busbar::config
