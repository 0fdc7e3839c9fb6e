// SPDX-License-Identifier: MIT
// Finds rows and local names in code without comments and literals.
#include "architecture/names.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <regex>
#include <utility>

namespace busbar::architecture {

namespace {

/// Positions of `row("` in a file.
std::vector<std::size_t> rowsIn(const SourceFile& file) {
    static const std::regex kRow(R"(\brow\s*\()");
    std::vector<std::size_t> found;
    for (std::sregex_iterator hit(file.code.begin(), file.code.end(), kRow), end; hit != end;
         ++hit) {
        const auto at = static_cast<std::size_t>(hit->position());
        const auto argument = file.text.find_first_not_of(" \n", at + hit->str().size());
        if (argument != std::string::npos && file.text[argument] == '"')
            found.push_back(at);
    }
    return found;
}

/// The name that a declaration gives, if it is a constant or a type; `head` ends where its body,
/// its initialiser's braces or the declaration do.
std::string nameOf(const std::string& head, bool hasBody) {
    static const std::regex kType(
        R"(^\s*(?:template\s*<[^{};]*>\s*)?(?:enum\s+)?(?:class|struct|union|enum)\s+(\w+)\s*(?:final\b\s*)?(?::[^:][^()]*)?$)");
    static const std::regex kConstant(
        R"(^\s*(?:inline\s+)?(?:constexpr|const)\b[^=(]*?\b(k[A-Z]\w*)\s*(?:\[[^\]]*\]\s*)*(?:=|$))");
    std::smatch hit;
    if (hasBody && std::regex_search(head, hit, kType))
        return hit[1];
    return std::regex_search(head, hit, kConstant) ? hit[1].str() : std::string();
}

/// Reads one unnamed namespace, from behind its opening brace on.
class Region {
public:
    Region(const SourceFile& file, std::size_t from) : file_(file), headFrom_(from), at_(from) {}

    std::vector<LocalName> read() {
        for (; at_ < file_.code.size() && depth_ >= 0; ++at_)
            feed(file_.code[at_]);
        return std::move(names_);
    }

private:
    void feed(char c) {
        if (depth_ == 0 && (c == '{' || c == ';'))
            take(c == '{');
        if (c == '{')
            ++depth_;
        else if (c == '}' && --depth_ == 0)
            headFrom_ = at_ + 1;
    }

    void take(bool hasBody) {
        const auto begin = std::min(file_.code.find_first_not_of(" \n", headFrom_), at_);
        const std::string head = file_.code.substr(begin, at_ - begin);
        if (const std::string name = nameOf(head, hasBody); !name.empty())
            names_.push_back({name, lineAt(file_.text, at_)});
        headFrom_ = at_ + 1;
    }

    const SourceFile& file_;
    std::size_t headFrom_; ///< where the declaration began
    std::size_t at_;
    int depth_{0}; ///< of braces; −1 = the namespace has ended
    std::vector<LocalName> names_;
};

std::string moduleOf(const SourceFile& file) {
    const Layer* layer = layerOf(file.path);
    return layer == nullptr ? std::string() : std::string(layer->folder);
}

} // namespace

Findings checkRowNames(const SourceFile& file) {
    if (std::ranges::any_of(
            kRowPlaces, [&](const RowPlace& place) { return file.path.starts_with(place.where); }))
        return {};
    Findings findings;
    for (const std::size_t at : rowsIn(file))
        findings.push_back(file.path + ":" + std::to_string(lineAt(file.text, at)) +
                           ": a row by its path (take it from core/table/named_rows.hpp, or give "
                           "the table its place in names.hpp)");
    return findings;
}

bool hasRowNames(const SourceFile& file) {
    return !rowsIn(file).empty();
}

std::vector<LocalName> localNames(const SourceFile& file) {
    static const std::regex kUnnamed(R"(\bnamespace\s*\{)");
    std::vector<LocalName> names;
    for (std::sregex_iterator hit(file.code.begin(), file.code.end(), kUnnamed), end; hit != end;
         ++hit) {
        const auto from = static_cast<std::size_t>(hit->position() + hit->length());
        const auto found = Region(file, from).read();
        names.insert(names.end(), found.begin(), found.end());
    }
    return names;
}

Findings checkLocalNames(const std::vector<SourceFile>& files) {
    std::map<std::pair<std::string, std::string>, std::string> seen; // module and name: the file
    Findings findings;
    for (const SourceFile& file : files)
        for (const LocalName& local : localNames(file)) {
            const auto [first, isNew] = seen.try_emplace({moduleOf(file), local.name}, file.path);
            if (!isNew && first->second != file.path)
                findings.push_back(file.path + ":" + std::to_string(local.line) + ": " +
                                   local.name + " is a name of " + first->second +
                                   ", too (sources of a module are merged when it is built)");
        }
    return findings;
}

} // namespace busbar::architecture
