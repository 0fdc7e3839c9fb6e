// SPDX-License-Identifier: MIT
// Walks objects along the option table.
#include "config/sections.hpp"

#include "config/made_reader.hpp"
#include "config/nearest.hpp"
#include "config/option_value.hpp"
#include "config/record.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace busbar::config {

namespace {

enum class Scope : std::uint8_t { TopLevel, SiteEntry, BankEntry };

bool isAllowed(const Option& row, Scope scope) {
    switch (scope) {
    case Scope::TopLevel:
        return true;
    case Scope::SiteEntry:
        return row.access.section != Section::Program;
    case Scope::BankEntry:
        break;
    }
    return row.access.section == Section::Bank;
}

/// A list that is no option.
bool isListThere(std::string_view name, Scope scope) {
    return ((name == "banks" || name == "made") && scope != Scope::BankEntry) ||
           (name == "sites" && scope == Scope::TopLevel);
}

bool isGroup(std::string_view name, Scope scope) {
    return std::ranges::any_of(kOptions, [name, scope](const Option& row) {
        return isAllowed(row, scope) && isGroupOf(name, row.key);
    });
}

bool isKnown(std::string_view name, Scope scope) {
    const auto index = findOption(name);
    return (index && isAllowed(kOptions.at(*index), scope)) || isGroup(name, scope) ||
           isListThere(name, scope);
}

/// Keys or groups that may stand in this scope, for suggestions.
std::vector<std::string_view> knownNames(Scope scope, bool groups) {
    std::vector<std::string_view> names;
    for (const Option& row : kOptions) {
        if (!isAllowed(row, scope))
            continue;
        if (!groups)
            names.push_back(row.key);
        for (std::size_t dot = row.key.find('.'); groups && dot != row.key.npos;
             dot = row.key.find('.', dot + 1))
            if (names.empty() || names.back() != row.key.substr(0, dot))
                names.push_back(row.key.substr(0, dot));
    }
    for (const std::string_view list : {"banks", "made", "sites"})
        if (groups && isListThere(list, scope))
            names.push_back(list);
    return names;
}

/// What may stand in the group that this key is in; nothing for the top, which has too much.
std::vector<std::string_view> namesBeside(const std::string& name, Scope scope) {
    const std::size_t front = name.rfind('.') + 1; // 0 = the top
    std::vector<std::string_view> names;
    for (const Option& row : kOptions) {
        if (front == 0 || !isAllowed(row, scope) ||
            !row.key.starts_with(std::string_view(name).substr(0, front)))
            continue;
        const std::string_view next = row.key.substr(front, row.key.find('.', front) - front);
        if (std::ranges::find(names, next) == names.end())
            names.push_back(next);
    }
    return names;
}

/// A text with more issues is no configuration of ours, and what was meant takes 0.2 ms a key to
/// find, fifteen times that on a GX: the page asks for texts of strangers.
constexpr std::size_t kMostExplained = 50;

/// Why this key is not known and, if it is explained, what was probably meant.
std::string unknownKey(const std::string& name, const Node& node, Scope scope, bool isExplained) {
    if (soundsSecret(name))
        return std::string(kSecretAdvice);
    if (!isKnown(name, scope) && isKnown(name, Scope::TopLevel))
        return "belongs to the top level" +
               std::string(isKnown(name, Scope::SiteEntry) ? " or its site" : "") +
               ", not into a " + (scope == Scope::BankEntry ? "bank" : "site");
    if (node.key.find('.') != std::string::npos && findOption(name))
        return "dots are nesting: write an object for each part of the key";
    if (!isExplained)
        return "unknown key";
    const bool isObject = node.type == Node::Type::Object;
    const bool hasParts = isObject || node.type == Node::Type::List;
    std::string nearest = suggestion(name, knownNames(scope, hasParts));
    if (nearest.empty())
        nearest = suggestion(name, knownNames(scope, !hasParts));
    const auto beside = namesBeside(name, scope);
    if (nearest.empty() && !beside.empty())
        nearest = ", allowed: " + listOf(beside);
    return "unknown key" + nearest;
}

/// Reads one object of options.
class ObjectReader {
public:
    ObjectReader(Scope scope, std::string pathHead, Assignments& out, std::vector<Issue>& issues)
        : scope_(scope), pathHead_(std::move(pathHead)), out_(out), issues_(issues) {}

    /// `group` is empty or "limits.cvl.".
    void read(const Node& object, const std::string& group = {}) {
        std::map<std::string_view, Position> seen;
        for (const Node& member : object.children) {
            const auto [first, isNew] = seen.emplace(member.key, member.keyAt);
            if (isNew)
                readMember(member, group + member.key);
            else
                refuse(member.keyAt, group + member.key,
                       "given twice, first in line " + std::to_string(first->second.line));
        }
    }

private:
    void readMember(const Node& member, const std::string& name) {
        const auto index = findOption(name);
        const bool isNested = member.key.find('.') == std::string::npos;
        const bool isSchema = scope_ == Scope::TopLevel && name == "$schema";
        if (index && isNested && isAllowed(kOptions.at(*index), scope_))
            assign(*index, member);
        else if (isNested && isGroup(name, scope_))
            readGroup(member, name);
        else if (!isSchema && !isListThere(name, scope_))
            refuse(member.keyAt, name,
                   unknownKey(name, member, scope_, issues_.size() < kMostExplained));
    }

    void readGroup(const Node& member, const std::string& name) {
        if (member.type == Node::Type::Object)
            read(member, name + ".");
        else
            refuse(member.at, name,
                   "found " + describeNode(member, false) + ", allowed: an object { … }");
    }

    void assign(std::size_t index, const Node& member) {
        const Option& row = kOptions.at(index);
        Assignment assignment{{}, member.at, pathHead_ + std::string(row.key)};
        assignment.value = checkValue(row, member, assignment.path, issues_);
        assignment.entries = entriesOf(member);
        out_.at(index) = std::move(assignment);
    }

    void refuse(Position at, const std::string& name, std::string message) {
        issues_.push_back({Severity::Error, at, pathHead_ + printable(name), std::move(message)});
    }

    Scope scope_;
    std::string pathHead_;
    Assignments& out_;
    std::vector<Issue>& issues_;
};

const Node* findMember(const Node& object, std::string_view key) {
    const auto found = std::ranges::find(object.children, key, &Node::key);
    return found == object.children.end() ? nullptr : &*found;
}

/// The entries of a list of objects, each put to `path` and its place in the list. Entry has `at`,
/// `path` and `given`.
template <class Entry>
std::vector<Entry> readList(const Node& list, const std::string& path, std::size_t most,
                            Scope scope, std::vector<Issue>& issues) {
    if (list.type != Node::Type::List || list.children.empty() || list.children.size() > most) {
        const bool isList = list.type == Node::Type::List;
        const std::string found =
            isList ? std::to_string(list.children.size()) + " entries" : describeNode(list, false);
        issues.push_back(
            {Severity::Error, list.at, path,
             "found " + found + ", allowed: a list of 1…" + std::to_string(most) + " objects"});
        return {};
    }
    std::vector<Entry> entries;
    for (const Node& node : list.children) {
        Entry& entry = entries.emplace_back();
        entry.at = node.at;
        entry.path = path + "[" + std::to_string(entries.size() - 1) + "]";
        if (node.type == Node::Type::Object)
            ObjectReader(scope, entry.path + ".", entry.given, issues).read(node);
        else
            issues.push_back({Severity::Error, node.at, entry.path,
                              "found " + describeNode(node, false) + ", allowed: an object { … }"});
    }
    return entries;
}

std::vector<BankEntry> readBanks(const Node& object, const std::string& pathHead,
                                 std::vector<Issue>& issues) {
    const Node* list = findMember(object, "banks");
    if (list == nullptr)
        return {};
    return readList<BankEntry>(*list, pathHead + "banks", kMaxBanks, Scope::BankEntry, issues);
}

} // namespace

Assignments readBankOptions(const Node& object, const std::string& path,
                            std::vector<Issue>& issues) {
    Assignments given;
    ObjectReader(Scope::BankEntry, path + ".", given, issues).read(object);
    return given;
}

Assignments readTopLevel(const Node& root, std::vector<Issue>& issues) {
    Assignments top;
    ObjectReader(Scope::TopLevel, "", top, issues).read(root);
    return top;
}

std::vector<SiteEntry> readSites(const Node& root, std::vector<Issue>& issues) {
    const Node* list = findMember(root, "sites");
    std::vector<SiteEntry> sites;
    if (list == nullptr) {
        SiteEntry& site = sites.emplace_back();
        site.banks = readBanks(root, "", issues);
        site.made = readMade(findMember(root, "made"), "", issues);
        return sites;
    }
    for (const std::string_view key : {"banks", "made"})
        if (const Node* other = findMember(root, key))
            issues.push_back({Severity::Error, other->keyAt, std::string(key),
                              "belongs into an entry of sites (line " +
                                  std::to_string(list->keyAt.line) + "): each site has its own " +
                                  std::string(key)});
    sites = readList<SiteEntry>(*list, "sites", kMaxSites, Scope::SiteEntry, issues);
    for (std::size_t i = 0; i < sites.size(); ++i)
        if (const Node& node = list->children[i]; node.type == Node::Type::Object) {
            sites[i].banks = readBanks(node, sites[i].path + ".", issues);
            sites[i].made = readMade(findMember(node, "made"), sites[i].path + ".", issues);
        }
    if (sites.empty())
        sites.emplace_back();
    return sites;
}

} // namespace busbar::config
