// SPDX-License-Identifier: MIT
// Reads the objects of a file, adds the environment, and builds the Config.
#include "config/reader.hpp"

#include "config/assignments.hpp"
#include "config/json_tree.hpp"
#include "config/made_reader.hpp"
#include "config/made_rules.hpp"
#include "config/made_tree.hpp"
#include "config/nearest.hpp"
#include "config/option_table.hpp"
#include "config/option_value.hpp"
#include "config/rules.hpp"
#include "config/sections.hpp"
#include "config/site_rules.hpp"
#include "config/text_file.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace busbar::config {

namespace {

constexpr std::string_view kVariableHead = "BUSBAR_";

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

std::set<std::string> passwordVariables(const Config& config) {
    std::set<std::string> names = {config.gx.broker.passwordEnv, config.output.broker.passwordEnv};
    for (const Config& other : config.others)
        names.merge(passwordVariables(other));
    return names;
}

/// The one who set it probably waits for an effect. Names that are far off belong to somebody else:
/// orchestrators make their own, such as BUSBAR_PORT.
void warnOfMisspeltVariables(const Environment& environment, const Config& config,
                             std::vector<Issue>& issues) {
    constexpr std::size_t kSlip = 2;
    const std::set<std::string> passwords = passwordVariables(config);
    for (const auto& [name, value] : environment) {
        if (!name.starts_with(kVariableHead) || name.size() > 2 * kVariableHead.size() + 64 ||
            passwords.contains(name))
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

void warnOfOverruled(const Assignments& top, const Assignments& given, const std::string& path,
                     std::vector<Issue>& issues) {
    for (std::size_t i = 0; i < kOptionCount; ++i)
        if (top.at(i) && top.at(i)->at.line == 0 && given.at(i))
            issues.push_back({Severity::Warning,
                              {},
                              top.at(i)->path,
                              "has no effect on " + path + ", which gives " +
                                  std::string(kOptions.at(i).key) + " itself"});
}

void warnOfOverruledVariables(const Assignments& top, const std::vector<SiteEntry>& sites,
                              std::vector<Issue>& issues) {
    for (const SiteEntry& site : sites) {
        warnOfOverruled(top, site.given, site.path, issues);
        for (const BankEntry& bank : site.banks)
            warnOfOverruled(top, bank.given, bank.path, issues);
    }
}

/// `bank` null: the site has no list of them.
BankView viewOf(const Assignments& top, const SiteEntry& site, const BankEntry* bank) {
    BankView view;
    view.at = bank != nullptr ? bank->at : site.at;
    view.path = bank != nullptr ? bank->path : site.path;
    view.site = site.path.empty() ? "" : site.path + ".";
    for (std::size_t i = 0; i < kOptionCount; ++i)
        for (const Assignments* given :
             {&top, &site.given, bank != nullptr ? &bank->given : nullptr})
            if (given != nullptr && given->at(i))
                view.given.at(i) = &*given->at(i);
    return view;
}

/// A bank that is a made battery: of the site it takes what is not of a bank.
BankView viewOfMade(const Assignments& top, const SiteEntry& site, const MadeEntry& made) {
    BankView view = viewOf(top, site, nullptr);
    view.at = made.bank->at;
    view.path = made.bank->path;
    view.made = &made;
    for (std::size_t i = 0; i < kOptionCount; ++i)
        if (kOptions.at(i).access.section == Section::Bank)
            view.given.at(i) = made.bank->given.at(i) ? &*made.bank->given.at(i) : nullptr;
    return view;
}

std::vector<BankView> viewsOf(const Assignments& top, const SiteEntry& site) {
    std::vector<BankView> views;
    for (const BankEntry& bank : site.banks)
        views.push_back(viewOf(top, site, &bank));
    if (views.empty())
        views.push_back(viewOf(top, site, nullptr));
    for (const MadeEntry& made : site.made)
        if (made.bank)
            views.push_back(viewOfMade(top, site, made));
    return views;
}

void apply(const BankView& view, Config& config, BankConfig& bank) {
    for (std::size_t i = 0; i < kOptionCount; ++i) {
        const Assignment* given = view.given.at(i);
        if (given != nullptr && given->value)
            kOptions.at(i).access.set(config, bank, *given->value);
    }
}

/// What a bank is called on the bus if nobody says: that of a program with one bank stays.
std::string serviceOf(const Config& site, const BankConfig& bank, bool isFirstSite) {
    std::string service = bank.dbus.service;
    if (!isFirstSite)
        service += "_" + site.site;
    if (!isFirstSite || !site.banks.empty())
        service += "_" + bank.bank.id;
    std::ranges::replace(service, '-', '_'); // of the site's name: none is allowed there
    return service;
}

/// Nobody sees an inner bank on the bus unless it is said where.
void adopt(const BankView& view, BankConfig& bank) {
    const MadeSettings made = madeOf(*view.made);
    bank.bank.id = made.id;
    bank.bank.name = nameOf(made);
    if (view.given.at(option("dbus.bus")) == nullptr)
        bank.dbus.bus = "none";
}

Config build(const SiteEntry& site, const std::vector<BankView>& views, bool isFirstSite) {
    Config config;
    config.banks.clear();
    for (const MadeEntry& made : site.made)
        config.made.push_back(madeOf(made));
    for (const BankView& view : views) {
        BankConfig bank;
        apply(view, config, bank);
        if (view.made != nullptr)
            adopt(view, bank);
        if (view.given.at(option("dbus.service")) == nullptr)
            bank.dbus.service = serviceOf(config, bank, isFirstSite);
        config.banks.push_back(std::move(bank));
    }
    return config;
}

/// What stands at the top level is checked with every site, and said once.
void eraseRepeated(std::vector<Issue>& issues) {
    const auto isSame = [](const Issue& a, const Issue& b) {
        return a.at == b.at && a.path == b.path && a.message == b.message;
    };
    std::vector<Issue> kept;
    for (Issue& issue : issues)
        if (std::ranges::none_of(kept, [&](const Issue& one) { return isSame(one, issue); }))
            kept.push_back(std::move(issue));
    issues = std::move(kept);
}

/// All sites, the first with the others in it.
Config buildAll(const Assignments& top, const std::vector<SiteEntry>& entries, ReadResult& out) {
    std::vector<Issue>& issues = out.issues;
    std::vector<SiteView> sites;
    for (const SiteEntry& entry : entries) {
        SiteView& site = sites.emplace_back();
        site.entry = &entry;
        site.banks = viewsOf(top, entry);
        site.config = build(entry, site.banks, sites.size() == 1);
        checkRules(site.config, site.banks, issues);
        checkMade(site, issues);
        out.trees.push_back(treeOf(site));
    }
    checkSites(sites, issues);
    if (sites.size() > 1)
        eraseRepeated(issues);
    Config config = std::move(sites.front().config);
    for (std::size_t i = 1; i < sites.size(); ++i)
        config.others.push_back(std::move(sites[i].config));
    return config;
}

ReadResult finish(Config config, ReadResult result) {
    std::vector<Issue>& issues = result.issues;
    std::ranges::stable_sort(
        issues, {}, [](const Issue& issue) { return std::pair(issue.at.line, issue.at.column); });
    const bool isBad = std::ranges::any_of(
        issues, [](const Issue& issue) { return issue.severity == Severity::Error; });
    if (!isBad)
        result.config = std::move(config);
    return result;
}

ReadResult refused(Issue issue) {
    ReadResult result;
    result.issues.push_back(std::move(issue));
    return result;
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
    ReadResult result;
    std::vector<Issue>& issues = result.issues;
    Assignments top = readTopLevel(*json.root, issues);
    readEnvironment(environment, top, issues);
    const std::vector<SiteEntry> sites = readSites(*json.root, issues);
    Config config = buildAll(top, sites, result);
    warnOfOverruledVariables(top, sites, issues);
    warnOfMisspeltVariables(environment, config, issues);
    return finish(std::move(config), std::move(result));
}

ReadResult readConfigFile(const std::filesystem::path& file, const Environment& environment) {
    const FileText read = readText(file);
    return read.error.empty() ? readConfig(read.text, environment) : refusedFile(read.error);
}

} // namespace busbar::config
