// SPDX-License-Identifier: MIT
// Follows the include lines from each source.
#include "architecture/fan_out.hpp"

#include <algorithm>
#include <set>

namespace busbar::architecture {

namespace {

using Tree = std::map<std::string, const SourceFile*>;

/// Where the compiler finds what `from` includes by this name; nullptr for what is not in the tree.
const SourceFile* find(const Tree& tree, const SourceFile& from, const std::string& name) {
    const std::string own = from.path.substr(0, from.path.rfind('/') + 1);
    for (const std::string& folder :
         {own, std::string("src/"), std::string(), std::string("tests/")}) {
        const auto found = tree.find(folder + name);
        if (found != tree.end())
            return found->second;
    }
    return nullptr;
}

void collect(const Tree& tree, const SourceFile& file, std::set<std::string>& seen) {
    for (const Include& include : file.includes) {
        const SourceFile* header = include.quoted ? find(tree, file, include.name) : nullptr;
        if (header != nullptr && seen.insert(header->path).second)
            collect(tree, *header, seen);
    }
}

int boundOf(std::string_view header) {
    const auto* bound = std::ranges::find(kFanOutBounds, header, &FanOutBound::header);
    return bound == kFanOutBounds.end() ? kMostDependents : bound->most;
}

} // namespace

std::map<std::string, int> fanOut(const std::vector<SourceFile>& files) {
    Tree tree;
    for (const SourceFile& file : files)
        tree.emplace(file.path, &file);
    std::map<std::string, int> dependents;
    for (const SourceFile& file : files) {
        if (!file.path.ends_with(".cpp"))
            continue;
        std::set<std::string> seen;
        collect(tree, file, seen);
        for (const std::string& header : seen)
            ++dependents[header];
    }
    return dependents;
}

Findings checkFanOut(const std::map<std::string, int>& dependents) {
    Findings findings;
    for (const auto& [header, count] : dependents)
        if (header.starts_with("src/core/") && count > boundOf(header))
            findings.push_back(
                header + ": " + std::to_string(count) + " sources depend on it, at most " +
                std::to_string(boundOf(header)) +
                " may (every change of it compiles them all anew; declare its types where a "
                "reference is enough, include what is used instead of what includes it, move an "
                "enum to a small header; or raise the bound in fan_out.hpp and say why)");
    return findings;
}

Findings checkBounds(const std::map<std::string, int>& dependents) {
    Findings findings;
    for (const FanOutBound& bound : kFanOutBounds)
        if (!dependents.contains(std::string(bound.header)))
            findings.push_back(std::string(bound.header) + ": has a bound and no dependents");
    return findings;
}

} // namespace busbar::architecture
