// SPDX-License-Identifier: MIT
// Walks the tree of a file along the option table, adds the environment, and builds the Config.
#include "config/reader.hpp"

#include "config/assignments.hpp"
#include "config/json_tree.hpp"
#include "config/nearest.hpp"
#include "config/option_table.hpp"
#include "config/option_value.hpp"
#include "config/rules.hpp"
#include "config/text_file.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace busbar::config {

namespace {

constexpr std::string_view kVariableHead = "BUSBAR_";

/// Words in a key that mean a secret.
constexpr auto kSecretWords =
    std::to_array<std::string_view>({"password", "passwd", "passphrase", "token", "secret"});

enum class Scope : std::uint8_t { TopLevel, BankEntry };

bool isAllowed(const Option& row, Scope scope) {
    return scope == Scope::TopLevel || row.access.section == Section::Bank;
}

bool isGroup(std::string_view name, Scope scope) {
    return std::ranges::any_of(kOptions, [name, scope](const Option& row) {
        return isAllowed(row, scope) && isGroupOf(name, row.key);
    });
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
    if (groups && scope == Scope::TopLevel)
        names.emplace_back("banks");
    return names;
}

bool soundsSecret(std::string_view key) {
    const std::string_view last = key.substr(key.rfind('.') + 1);
    return std::ranges::any_of(kSecretWords, [last](std::string_view word) {
        if (last.size() < word.size())
            return false;
        return editDistance(last.substr(0, word.size()), word) == 0 ||
               editDistance(last.substr(last.size() - word.size()), word) == 0;
    });
}

/// Why this key is not known, and what was probably meant.
std::string unknownKey(const std::string& name, const Node& node, Scope scope) {
    if (soundsSecret(name))
        return "secrets do not stand in the configuration: write it to a file or an environment "
               "variable and name "
               "that in gx.password_file or gx.password_env";
    if (scope == Scope::BankEntry &&
        (findOption(name) || isGroup(name, Scope::TopLevel) || name == "banks"))
        return "belongs to the top level, not into a bank";
    if (node.key.find('.') != std::string::npos && findOption(name))
        return "dots are nesting: write an object for each part of the key";
    const bool isObject = node.type == Node::Type::Object;
    const auto names = knownNames(scope, isObject || node.type == Node::Type::List);
    auto nearest = nearestKey(name, names);
    if (!nearest)
        nearest = nearestKey(name, knownNames(scope, !isObject));
    return nearest ? "unknown key; did you mean " + std::string(*nearest) + "?"
                   : std::string("unknown key");
}

/// Reads one object of options, the top level or an entry of `banks`.
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
        if (index && isNested && isAllowed(kOptions.at(*index), scope_))
            assign(*index, member);
        else if (isNested && isGroup(name, scope_))
            readGroup(member, name);
        else if (scope_ != Scope::TopLevel || (name != "banks" && name != "$schema"))
            refuse(member.keyAt, name, unknownKey(name, member, scope_));
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

std::string bankPath(std::size_t index) {
    return "banks[" + std::to_string(index) + "]";
}

const Node* findMember(const Node& object, std::string_view key) {
    const auto found = std::ranges::find(object.children, key, &Node::key);
    return found == object.children.end() ? nullptr : &*found;
}

/// Empty without `banks`.
std::vector<BankEntry> readBanks(const Node& root, std::vector<Issue>& issues) {
    const Node* list = findMember(root, "banks");
    if (list == nullptr)
        return {};
    if (list->type != Node::Type::List || list->children.empty() ||
        list->children.size() > kMaxBanks) {
        const bool isList = list->type == Node::Type::List;
        const std::string found = isList ? std::to_string(list->children.size()) + " entries"
                                         : describeNode(*list, false);
        issues.push_back({Severity::Error, list->at, "banks",
                          "found " + found + ", allowed: a list of 1…" + std::to_string(kMaxBanks) +
                              " objects"});
        return {};
    }
    std::vector<BankEntry> banks;
    for (const Node& node : list->children) {
        BankEntry& entry = banks.emplace_back();
        entry.at = node.at;
        const std::string path = bankPath(banks.size() - 1);
        if (node.type == Node::Type::Object)
            ObjectReader(Scope::BankEntry, path + ".", entry.given, issues).read(node);
        else
            issues.push_back({Severity::Error, node.at, path,
                              "found " + describeNode(node, false) + ", allowed: an object { … }"});
    }
    return banks;
}

void readVariable(const Option& row, std::string variable, std::string_view text, Assignments& out,
                  std::vector<Issue>& issues) {
    Assignment assignment{{}, {}, std::move(variable)};
    assignment.value = checkValue(row, nodeFromVariable(row, text), assignment.path, issues);
    out.at(static_cast<std::size_t>(&row - kOptions.data())) = std::move(assignment);
}

void readEnvironment(const Environment& environment, Assignments& out, std::vector<Issue>& issues) {
    for (const Option& row : kOptions) {
        std::string variable = variableName(row.key);
        const auto found = environment.find(variable);
        if (found != environment.end() && !found->second.empty())
            readVariable(row, std::move(variable), found->second, out, issues);
    }
}

/// The one who set it probably waits for an effect. Names that are far off belong to somebody else:
/// orchestrators make their own, such as BUSBAR_PORT.
void warnOfMisspeltVariables(const Environment& environment, const std::string& passwordVariable,
                             std::vector<Issue>& issues) {
    constexpr std::size_t kSlip = 2;
    for (const auto& [name, value] : environment) {
        if (!name.starts_with(kVariableHead) || name.size() > 2 * kVariableHead.size() + 64 ||
            name == passwordVariable)
            continue;
        std::size_t smallest = kSlip + 1;
        std::string nearest;
        for (const Option& row : kOptions) {
            const std::string known = variableName(row.key);
            if (leastDistance(name, known) >= smallest)
                continue;
            const std::size_t distance = editDistance(name, known);
            if (distance < smallest) {
                smallest = distance;
                nearest = known;
            }
        }
        if (smallest > 0 && smallest <= kSlip)
            issues.push_back({Severity::Warning,
                              {},
                              printable(name),
                              "no option; did you mean " + nearest + "?"});
    }
}

void warnOfOverruledVariables(const Assignments& top, const std::vector<BankEntry>& banks,
                              std::vector<Issue>& issues) {
    for (std::size_t bank = 0; bank < banks.size(); ++bank)
        for (std::size_t i = 0; i < kOptionCount; ++i)
            if (top.at(i) && top.at(i)->at.line == 0 && banks[bank].given.at(i))
                issues.push_back({Severity::Warning,
                                  {},
                                  top.at(i)->path,
                                  "has no effect on " + bankPath(bank) + ", which gives " +
                                      std::string(kOptions.at(i).key) + " itself"});
}

BankView viewOf(const Assignments& top, const BankEntry* entry, std::size_t index) {
    BankView view;
    if (entry != nullptr) {
        view.at = entry->at;
        view.path = bankPath(index);
    }
    for (std::size_t i = 0; i < kOptionCount; ++i) {
        const auto& own = entry != nullptr && entry->given.at(i) ? entry->given.at(i) : top.at(i);
        view.given.at(i) = own ? &*own : nullptr;
    }
    return view;
}

void apply(const BankView& view, Config& config, BankConfig& bank) {
    for (std::size_t i = 0; i < kOptionCount; ++i) {
        const Assignment* given = view.given.at(i);
        if (given != nullptr && given->value)
            kOptions.at(i).access.set(config, bank, *given->value);
    }
}

Config build(const std::vector<BankView>& views) {
    Config config;
    config.banks.clear();
    for (const BankView& view : views) {
        BankConfig bank;
        apply(view, config, bank);
        if (view.given.at(option("dbus.service")) == nullptr && !config.banks.empty())
            bank.dbus.service += "_" + bank.bank.id;
        config.banks.push_back(std::move(bank));
    }
    return config;
}

std::vector<BankView> viewsOf(const Assignments& top, const std::vector<BankEntry>& banks) {
    std::vector<BankView> views;
    views.reserve(std::max<std::size_t>(banks.size(), 1));
    for (const BankEntry& entry : banks)
        views.push_back(viewOf(top, &entry, views.size()));
    if (views.empty())
        views.push_back(viewOf(top, nullptr, 0));
    return views;
}

ReadResult finish(Config config, std::vector<Issue> issues) {
    std::ranges::stable_sort(
        issues, {}, [](const Issue& issue) { return std::pair(issue.at.line, issue.at.column); });
    const bool isBad = std::ranges::any_of(
        issues, [](const Issue& issue) { return issue.severity == Severity::Error; });
    if (isBad)
        return {std::nullopt, std::move(issues)};
    return {std::move(config), std::move(issues)};
}

ReadResult refused(Issue issue) {
    return {std::nullopt, {std::move(issue)}};
}

ReadResult refusedFile(std::string message) {
    return refused({Severity::Error, {}, {}, std::move(message)});
}

} // namespace

ReadResult readConfig(std::string_view text, const Environment& environment) {
    ParsedJson json = parseJson(text);
    if (!json.root)
        return refused(std::move(json.problem));
    if (json.root->type != Node::Type::Object)
        return refused({Severity::Error,
                        json.root->at,
                        {},
                        "found " + describeNode(*json.root, false) + ", allowed: an object { … }"});
    std::vector<Issue> issues;
    Assignments top;
    ObjectReader(Scope::TopLevel, "", top, issues).read(*json.root);
    readEnvironment(environment, top, issues);
    const std::vector<BankEntry> banks = readBanks(*json.root, issues);
    const std::vector<BankView> views = viewsOf(top, banks);
    Config config = build(views);
    checkRules(config, views, issues);
    warnOfOverruledVariables(top, banks, issues);
    warnOfMisspeltVariables(environment, config.gx.broker.passwordEnv, issues);
    return finish(std::move(config), std::move(issues));
}

ReadResult readConfigFile(const std::filesystem::path& file, const Environment& environment) {
    const FileText read = readText(file);
    return read.error.empty() ? readConfig(read.text, environment) : refusedFile(read.error);
}

} // namespace busbar::config
