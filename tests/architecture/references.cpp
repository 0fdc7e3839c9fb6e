// SPDX-License-Identifier: MIT
// Finds names in comments and links in Markdown.
#include "architecture/references.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <regex>
#include <sstream>

namespace busbar::architecture {

namespace {

namespace fs = std::filesystem;

std::string place(const std::string& path, std::string_view text, std::size_t position) {
    return path + ":" + std::to_string(lineAt(text, position)) + ": ";
}

std::string folderOf(const std::string& path) {
    return fs::path(path).parent_path().generic_string();
}

/// `name` as seen from `folder`, from the top; nothing if it leaves the repository.
std::optional<std::string> resolved(const std::string& folder, const std::string& name) {
    std::string path = (fs::path(folder) / name).lexically_normal().generic_string();
    while (path.ends_with('/'))
        path.pop_back();
    if (path.starts_with(".."))
        return std::nullopt;
    return path.empty() ? "." : path;
}

bool isFile(const FileNames& names, const std::string& path) {
    return names.contains(path);
}

bool isFolder(const FileNames& names, const std::string& path) {
    if (path == ".")
        return true;
    const auto next = names.lower_bound(path + "/");
    return next != names.end() && next->starts_with(path + "/");
}

bool isThere(const FileNames& names, const std::string& path) {
    return isFile(names, path) || isFolder(names, path);
}

bool isEndOfAPath(const FileNames& names, const std::string& name) {
    return std::ranges::any_of(
        names, [end = "/" + name](const std::string& path) { return path.ends_with(end); });
}

/// "src/core/charge/soc" stands for the pair of header and source.
bool isModule(const FileNames& names, const std::string& name) {
    return isThere(names, name + ".hpp") || isThere(names, name + ".cpp");
}

bool isKnown(const FileNames& names, const std::string& from, const std::string& name) {
    const auto beside = resolved(folderOf(from), name);
    return isThere(names, name) || isModule(names, name) || (beside && isThere(names, *beside)) ||
           isEndOfAPath(names, name);
}

/// Cheap, unlike the expression that looks closer: most lines of a file have no comment.
bool mayName(std::string_view line) {
    static constexpr std::array<std::string_view, 11> kPieces = {
        ".md",   ".hpp",    ".cpp",    ".sh",    "src/",  "mqtt/",
        "dbus/", "config/", "docker/", "tests/", "cmake/"};
    return std::ranges::any_of(kPieces, [line](std::string_view piece) {
        return line.find(piece) != std::string_view::npos;
    });
}

/// A name at the end of a sentence, or a folder with its slash.
std::string withoutStop(std::string name) {
    while (name.ends_with('.') || name.ends_with('/'))
        name.pop_back();
    return name;
}

/// Sections of public standards may be named, for they are called what they are.
bool namesAStandard(std::string_view before) {
    static const std::regex kStandard(R"((MQTT 3\.1\.1|RFC [0-9]+|EPL-2\.0)[^.]{0,20}$)");
    const std::string text(before.substr(before.size() - std::min<std::size_t>(before.size(), 60)));
    return std::regex_search(text, kStandard);
}

Findings checkSections(const std::string& path, const std::string& comments) {
    Findings findings;
    for (std::size_t at = comments.find("§"); at != std::string::npos;
         at = comments.find("§", at + 1)) {
        const std::string_view before = std::string_view(comments).substr(0, at);
        const auto previous = before.rfind("§");
        const bool isListed = previous != std::string_view::npos && at - previous < 60 &&
                              namesAStandard(before.substr(0, previous));
        if (!namesAStandard(before) && !isListed)
            findings.push_back(place(path, comments, at) +
                               "points to a section of what is not here (say what it says)");
    }
    return findings;
}

/// A document's text without what stands in fences or backticks, which holds no links.
std::string withoutCode(const std::string& text) {
    static const std::regex kInline(R"(`[^`\n]*`)");
    std::string result;
    bool isFenced = false;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line); result += '\n') {
        const bool isFence = line.find_first_not_of(' ') != std::string::npos &&
                             line.substr(line.find_first_not_of(' ')).starts_with("```");
        isFenced = isFenced != isFence;
        if (!isFenced && !isFence)
            result += std::regex_replace(line, kInline, "code");
    }
    return result;
}

/// What a forge makes of a heading: lower case, blanks as hyphens, without other marks.
std::string anchorOf(std::string_view heading) {
    std::string anchor;
    for (const char c : heading) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '-' || c == '_' || byte >= 0x80)
            anchor += static_cast<char>(std::tolower(byte));
        else if (c == ' ')
            anchor += '-';
    }
    return anchor;
}

bool hasAnchor(const std::string& text, const std::string& anchor) {
    bool isFenced = false;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        isFenced = isFenced != line.starts_with("```");
        const auto begin = line.find_first_not_of('#');
        const bool isHeading =
            !isFenced && begin != 0 && begin != std::string::npos && line.at(begin) == ' ';
        if (isHeading && anchorOf(std::string_view(line).substr(begin + 1)) == anchor)
            return true;
    }
    return false;
}

/// Empty = the link leads somewhere.
std::string faultOf(const std::string& from, const std::string& link, const Documents& documents,
                    const FileNames& names) {
    const auto hash = link.find('#');
    const std::string file = link.substr(0, hash);
    const auto target = file.empty() ? std::optional(from) : resolved(folderOf(from), file);
    if (!target || !isThere(names, *target))
        return "leads to no file: " + link;
    const auto document = documents.find(*target);
    if (hash == std::string::npos || document == documents.end() ||
        hasAnchor(document->second, link.substr(hash + 1)))
        return {};
    return "leads to no heading: " + link;
}

} // namespace

FileNames namesBelow(const fs::path& root) {
    FileNames names;
    for (auto entry = fs::recursive_directory_iterator(root);
         entry != fs::recursive_directory_iterator(); ++entry) {
        const std::string path = entry->path().lexically_relative(root).generic_string();
        if (path == ".git" || path == "build")
            entry.disable_recursion_pending();
        else if (!entry->is_directory())
            names.insert(path);
    }
    return names;
}

std::string commentsOfScript(std::string_view text) {
    std::string comments(text);
    bool isComment = false;
    bool isStart = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n') {
            isStart = true;
            isComment = false;
            continue;
        }
        isComment = isComment || (isStart && text[i] == '#');
        isStart = isStart && (text[i] == ' ' || text[i] == '\t');
        if (!isComment)
            comments[i] = ' ';
    }
    return comments;
}

Findings checkReferences(const std::string& path, const std::string& comments,
                         const FileNames& names) {
    static const std::regex kName(
        R"((^|[\s("'`,;:])((?:src|mqtt|dbus|config|docker|tests|cmake)/[A-Za-z0-9_./-]+|[A-Za-z0-9_./-]*[A-Za-z0-9_-]\.(?:md|hpp|cpp|sh)\b))");
    Findings findings = checkSections(path, comments);
    std::size_t at = 0;
    while (at < comments.size()) {
        const std::size_t end = std::min(comments.find('\n', at), comments.size());
        const std::string line = comments.substr(at, end - at);
        const bool maybe = mayName(line);
        for (std::sregex_iterator hit(line.begin(), maybe ? line.end() : line.begin(), kName), none;
             hit != none; ++hit) {
            const std::string name = withoutStop((*hit)[2]);
            const bool isOfAMachine = name.starts_with('/');
            if (!isOfAMachine && !isKnown(names, path, name))
                findings.push_back(place(path, comments, at) + "names " + name +
                                   ", which is not in the repository");
        }
        at = end + 1;
    }
    return findings;
}

Findings checkLinks(const Documents& documents, const FileNames& names) {
    static const std::regex kLink(R"(\]\(([^)\s]+)\))");
    static const std::regex kScheme(R"(^[a-z][a-z0-9+.-]*:)");
    Findings findings;
    for (const auto& [path, whole] : documents) {
        const std::string text = withoutCode(whole);
        for (std::sregex_iterator hit(text.begin(), text.end(), kLink), end; hit != end; ++hit) {
            const std::string link = (*hit)[1];
            const std::string fault = std::regex_search(link, kScheme)
                                          ? std::string()
                                          : faultOf(path, link, documents, names);
            if (!fault.empty())
                findings.push_back(place(path, text, static_cast<std::size_t>(hit->position())) +
                                   fault);
        }
    }
    return findings;
}

} // namespace busbar::architecture
