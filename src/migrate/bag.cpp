// SPDX-License-Identifier: MIT
// The keys of BAG's configuration, and what becomes of each.
#include "migrate/bag.hpp"

#include "config/entry_tables.hpp"
#include "config/nearest.hpp"
#include "migrate/bag_parts.hpp"
#include "migrate/peer_file.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>

namespace busbar::migrate {

namespace {

using config::Node;

struct BagWord {
    std::string_view theirs;
    std::string_view ours;
};
constexpr std::array kCvlModes = {
    BagWord{"max_when_balancing", "max_when_balancing"}, BagWord{"min_when_balancing", "min"},
    BagWord{"max_always", "max"}, BagWord{"max_when_floating", "max_when_floating"},
    BagWord{"dvcc", "gx"}};
constexpr std::array kRatioMethods = {BagWord{"ir", "resistance"}, BagWord{"capacity", "capacity"},
                                      BagWord{"count", "count"}};
constexpr std::array kLogLevels = {BagWord{"NOTSET", "trace"}, BagWord{"DEBUG", "debug"},
                                   BagWord{"INFO", "info"},    BagWord{"WARNING", "warn"},
                                   BagWord{"ERROR", "error"},  BagWord{"CRITICAL", "error"}};

/// Entries that our lists take.
constexpr std::size_t kMostExcluded = 64;
constexpr std::size_t kMostReplaced = 16;

constexpr std::string_view kBatteryNames = "com.victronenergy.battery.";

void takenAs(BagWork& work, const Node& node, std::string_view key, const std::string& json) {
    work.draft.set(key, json, originOf(work, node));
    work.draft.say(Part::TakenOver, node.key, std::string(key) + " = " + json);
}

void notTaken(BagWork& work, const Node& node, std::string_view allowed) {
    work.draft.say(Part::NoCounterpart, node.key,
                   "is not " + std::string(allowed) + "; not taken, see the mistakes");
    work.draft.blame(placeOf(work, node) + node.key + " must be " + std::string(allowed));
}

bool takeWord(BagWork& work, const Node& node, std::span<const BagWord> words,
              std::string_view key) {
    const auto found = std::ranges::find(words, node.text, &BagWord::theirs);
    const bool isWord = node.type == Node::Type::Text && found != words.end();
    if (isWord)
        takenAs(work, node, key, inQuotes(found->ours));
    else
        notTaken(work, node, "one of its words");
    return isWord;
}

void takeServiceName(BagWork& work, const Node& node) {
    const std::string rest = node.text.starts_with(kBatteryNames)
                                 ? node.text.substr(kBatteryNames.size())
                                 : std::string();
    const bool isGood = !rest.empty() && rest.size() <= 64 && !(rest[0] >= '0' && rest[0] <= '9') &&
                        madeId(rest) == rest;
    if (!isGood)
        return notTaken(work, node, "com.victronenergy.battery. and letters, digits or _");
    takenAs(work, node, "dbus.service", inQuotes(rest));
    work.draft.say(Part::Differs, node.key,
                   "the name is free only while the old program is stopped; with another "
                   "dbus.service both can run side by side (put the old one into exclude then)");
}

void takeExcluded(BagWork& work, const Node& node) {
    for (const BagService& service : bagServices(work, node, config::isReplacedPath)) {
        const auto selector = serviceSelector(service.name);
        if (selector && work.excluded.size() < kMostExcluded) {
            work.excluded.push_back(*selector);
            work.draft.say(Part::TakenOver, node.key, "exclude " + *selector);
        } else {
            work.draft.say(
                Part::NoCounterpart, node.key,
                "\"" + config::printable(service.name) +
                    "\" is the name of no battery, or one too many; the old program left "
                    "out everything that begins with it");
        }
    }
    work.draft.say(Part::Differs, node.key,
                   "whole names count: ttyS1 does not leave out ttyS10. The bus name is not seen "
                   "here, its end is looked for in the battery's connection: `busbar check --live` "
                   "shows what was found; name: and serial: are sure");
}

/// Primaries and auxiliaries are no members of the bank.
void takeOutside(BagWork& work, const Node& node, std::string_view key) {
    std::string list;
    std::size_t count = 0;
    for (const BagService& service : bagServices(work, node, config::isReplacedPath)) {
        const auto selector = serviceSelector(service.name);
        if (!selector || ++count > kMostReplaced || work.excluded.size() >= kMostExcluded) {
            work.draft.say(Part::NoCounterpart, config::printable(service.name),
                           "of " + node.key + ": is no service of a battery, or one too many");
            continue;
        }
        list.append(list.empty() ? "" : ", ").append(sourceText(*selector, service.paths));
        work.excluded.push_back(*selector);
    }
    if (list.empty())
        return;
    takenAs(work, node, key, "[" + list + "]");
    work.draft.say(
        Part::Differs, node.key,
        "limits and charge voltage of such a service count as well, which the old program "
        "threw away; ceilings, curves and blocked batteries hold beside them");
}

void takePrimaries(BagWork& work, const Node& node) {
    takeOutside(work, node, "override");
}
void takeAuxiliaries(BagWork& work, const Node& node) {
    takeOutside(work, node, "fallback");
}

void takeCapacity(BagWork& work, const Node& node) {
    if (node.type != Node::Type::Number || node.number < 0.1 || node.number > 100000)
        return notTaken(work, node, "a number above 0, Ah");
    takenAs(work, node, "capacity_Ah", numberText(node.number));
    work.draft.say(
        Part::Differs, node.key,
        "counts where the batteries do not tell; theirs go on to be used for shares, and "
        "what is left in Ah is given");
}

void takeVirtualBatteries(BagWork& work, const Node& node) {
    if (node.type != Node::Type::Object)
        return notTaken(work, node, "an object");
    takeVirtual(work, node);
    work.draft.say(Part::Differs, node.key,
                   "members are left out of the bank also where they are given by name: (the old "
                   "program counted those twice); a virtual battery that has lost all of them is "
                   "lost, not silently counted");
}

void takeClasses(BagWork& work, const Node& node) {
    for (const Node& entry : node.children)
        if (std::ranges::find(work.uses, entry.key) == work.uses.end())
            work.draft.say(Part::NoCounterpart, "classes",
                           config::printable(entry.key) + " is named by no virtual battery");
    work.draft.say(Part::TakenOver, node.key, "see the hooks");
}

void takeRatio(BagWork& work, const Node& node) {
    if (takeWord(work, node, kRatioMethods, "limits.share"))
        work.draft.say(
            Part::Differs, node.key,
            "a battery that is silent is not counted; resistances are believed only where "
            "they can be. \"adaptive\" (the default) learns the shares themselves");
}

void takeCclMode(BagWork& work, const Node& node) {
    constexpr std::array<std::string_view, 3> kModes = {"battery+dvcc", "battery", "dvcc"};
    if (std::ranges::find(kModes, node.text) == kModes.end())
        return notTaken(work, node, "battery+dvcc, battery or dvcc");
    if (node.text == kModes[0])
        return work.draft.say(
            Part::TakenOver, node.key,
            "always so: the batteries' limits, and the charge limit of the GX; one of "
            "0 A there is a limit, too");
    work.draft.say(
        Part::Differs, node.key,
        node.text == kModes[1]
            ? "the charge limit in the settings of the GX holds beside the batteries'; set "
              "it to off there if it shall not"
            : "the batteries' limits hold beside that of the GX; without one there, they "
              "are the limit (the old program gave -1 A)");
}

void takeCvlMode(BagWork& work, const Node& node) {
    if (takeWord(work, node, kCvlModes, "limits.cvl.mode"))
        work.draft.say(
            Part::Differs, node.key,
            "a battery without a charge mode keeps its say; for the largest, a battery "
            "counts only as its cells bear it (peak control). With \"gx\" never above what a "
            "battery asks for");
}

void takeLogLevel(BagWork& work, const Node& node) {
    takeWord(work, node, kLogLevels, "log_level");
}

void takeReconnect(BagWork& work, const Node& node) {
    if (node.type != Node::Type::Number || node.number < 0 || node.number > 3600)
        return notTaken(work, node, "a number of 0 to 3600 seconds");
    takenAs(work, node, "hold_s", numberText(node.number));
    work.draft.say(Part::Differs, node.key,
                   "values are read anew when a battery is back; what a lost one had to say about "
                   "limits stays in force until it is heard again");
}

void takeWait(BagWork& work, const Node& node) {
    work.draft.say(Part::NoCounterpart, node.key,
                   "not needed: batteries are waited for as long as the program runs");
}

void takeIr(BagWork& work, const Node& node) {
    work.draft.say(Part::NoCounterpart, node.key,
                   "not needed: what is learned of a battery is believed only where it can be");
}

struct BagKey {
    std::string_view key;
    void (*take)(BagWork&, const Node&);
};
/// In the order in which they are translated: classes are looked at by virtual batteries.
constexpr std::array kBagKeys = {
    BagKey{"serviceName", takeServiceName},   BagKey{"excludedServices", takeExcluded},
    BagKey{"primaryServices", takePrimaries}, BagKey{"auxiliaryServices", takeAuxiliaries},
    BagKey{"capacity", takeCapacity},         BagKey{"virtualBatteries", takeVirtualBatteries},
    BagKey{"classes", takeClasses},           BagKey{"currentRatioMethod", takeRatio},
    BagKey{"cclMode", takeCclMode},           BagKey{"cvlMode", takeCvlMode},
    BagKey{"logLevel", takeLogLevel},         BagKey{"reconnectTimeout", takeReconnect},
    BagKey{"startupBatteryWait", takeWait},   BagKey{"ir", takeIr},
};

void takeKey(BagWork& work, const BagKey& key) {
    const Node* node = memberOf(*work.root, key.key);
    if (node == nullptr)
        return;
    const std::size_t before = work.draft.lines.size();
    key.take(work, *node);
    if (work.draft.lines.size() == before)
        work.draft.say(Part::NoCounterpart, key.key, "has nothing in it that could be taken");
}

void nameOthers(BagWork& work) {
    const auto known = bagKeys();
    std::set<std::string> seen;
    for (const Node& node : work.root->children) {
        if (!seen.insert(node.key).second)
            work.draft.blame(placeOf(work, node) + config::printable(node.key) +
                             " is given twice; the last one counts");
        if (std::ranges::find(known, node.key) != known.end())
            continue;
        const auto nearest = config::nearestKey(node.key, known);
        work.draft.say(
            Part::NoCounterpart, config::printable(node.key),
            "the old program does not know it, and passed over it" +
                (nearest ? "; did you mean " + std::string(*nearest) + "?" : std::string()));
    }
}

std::string boundsText(const std::map<std::string, BagBound>& bounds) {
    std::string list;
    for (const auto& [made, bound] : bounds) {
        list += (list.empty() ? "{\"match\": " : ", {\"match\": ") + inQuotes("made:" + made);
        if (bound.charge_A)
            list += ", \"max_charge_A\": " + numberText(*bound.charge_A);
        if (bound.discharge_A)
            list += ", \"max_discharge_A\": " + numberText(*bound.discharge_A);
        if (bound.cvl_V)
            list += ", \"cvl_V\": " + numberText(*bound.cvl_V);
        list += "}";
    }
    return "[" + list + "]";
}

void setLists(BagWork& work) {
    std::string made;
    for (const std::string& one : work.made)
        made.append(made.empty() ? "" : ", ").append(one);
    if (!made.empty())
        work.draft.set("made", "[" + made + "]", "virtualBatteries and what their hooks fix");
    if (!work.bounds.empty())
        work.draft.set("per_battery", boundsText(work.bounds), "limits of the hooks");
    if (!work.excluded.empty())
        work.draft.set("exclude", textsText(work.excluded),
                       "excludedServices, and the services that count otherwise");
}

/// What BAG does without being told.
void setStandards(Draft& draft) {
    if (draft.find("limits.cvl.mode") == nullptr)
        draft.set("limits.cvl.mode", "\"max_when_balancing\"",
                  "cvlMode, not given: the old program's own value");
    if (draft.find("limits.share") == nullptr)
        draft.say(Part::Differs, "currentRatioMethod",
                  "not given: the old program went by resistances; here shares are learned "
                  "(limits.share = \"adaptive\", the default)");
    draft.say(
        Part::Differs, "the bank",
        "shunts and other services without a BMS are no members; the state of charge is weighted "
        "by capacity; a value that nobody gives is unknown, never 0; limits rise by "
        "limits.ramp_A_per_s, they fall at once; all alarms are passed on");
}

} // namespace

std::vector<std::string_view> bagKeys() {
    std::vector<std::string_view> keys;
    keys.reserve(std::size(kBagKeys));
    for (const BagKey& key : kBagKeys)
        keys.push_back(key.key);
    return keys;
}

Migration migrateBag(const PeerText& file) {
    Migration result;
    const ReadableText plain = readable(file.bytes, file.name);
    const auto json = config::parseJson(plain.text);
    if (!plain.error.empty())
        result.error = file.name + " " + plain.error;
    else if (!json.root)
        result.error = file.name + ":" + std::to_string(json.problem.at.line) + ": " +
                       json.problem.message +
                       " (the old program goes on with nothing configured then)";
    else if (json.root->type != Node::Type::Object)
        result.error = file.name + " is no JSON object";
    if (!result.error.empty())
        return result;
    BagWork work;
    work.root = &*json.root;
    work.file = file.name;
    for (const std::string& mistake : plain.mistakes)
        work.draft.blame(mistake);
    for (const BagKey& key : kBagKeys)
        takeKey(work, key);
    nameOthers(work);
    setLists(work);
    setStandards(work.draft);
    result.config = configText(
        work.draft,
        {"Made by `busbar migrate bag` from " + file.name +
             ". Above each line: where it comes from.",
         "`busbar check FILE` says if all is well, `busbar check --live FILE` also looks "
         "at the batteries.",
         "Every option: `busbar config --options`."});
    result.report = reportText(work.draft);
    result.draft = std::move(work.draft);
    return result;
}

} // namespace busbar::migrate
