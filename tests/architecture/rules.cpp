// SPDX-License-Identifier: MIT
// Applies the tables of rules to one source file.
#include "architecture/rules.hpp"

#include <algorithm>
#include <iterator>
#include <regex>
#include <sstream>

namespace busbar::architecture {

namespace {

// clang-format off
/// ISO C++20 [headers] without the C compatibility headers with .h, which this project does not use.
constexpr std::string_view kStandardHeaders =
    " algorithm any array atomic barrier bit bitset charconv chrono compare complex concepts condition_variable coroutine"
    " deque exception execution filesystem format forward_list fstream functional future initializer_list iomanip ios iosfwd"
    " iostream istream iterator latch limits list locale map memory memory_resource mutex new numbers numeric optional ostream"
    " queue random ranges ratio regex scoped_allocator semaphore set shared_mutex source_location span sstream stack"
    " stdexcept stop_token streambuf string string_view strstream syncstream system_error thread tuple type_traits typeindex"
    " typeinfo unordered_map unordered_set utility valarray variant vector version"
    " cassert ccomplex cctype cerrno cfenv cfloat cinttypes climits clocale cmath csetjmp csignal cstdarg cstddef cstdint"
    " cstdio cstdlib cstring ctime cuchar cwchar cwctype ";

struct Library { std::string_view begin; std::string_view provider; };
constexpr auto kLibraries = std::to_array<Library>({
    {"rapidjson/", "rapidjson"}, {"spdlog/", "spdlog"}, {"fmt/", "fmt"}, {"openssl/", "openssl"}, {"mqtt/", "paho"}, {"MQTT", "paho"},
    {"systemd/", "systemd"}, {"CLI/", "cli"}, {"ini.h", "inih"}, {"microhttpd.h", "microhttpd"}, {"prometheus/", "prometheus"},
    {"sys/", "posix"}, {"netinet/", "posix"}, {"arpa/", "posix"}, {"net/", "posix"},
});
/// Headers of the operating system's C library.
constexpr std::string_view kPosixHeaders =
    " fcntl.h malloc.h unistd.h poll.h signal.h spawn.h termios.h netdb.h dirent.h dlfcn.h pwd.h time.h pthread.h sched.h syslog.h resolv.h ";
constexpr std::string_view kOwnFolders = " core documents base sim mqtt dbus config migrate web app ";
// clang-format on

bool hasWord(std::string_view words, std::string_view word) {
    const std::string padded = " " + std::string(words) + " ";
    return padded.find(" " + std::string(word) + " ") != std::string::npos;
}

std::string at(const SourceFile& file, int line, std::string_view what, std::string_view reason) {
    std::string text = file.path + ":" + std::to_string(line) + ": ";
    text.append(what).append(" (").append(reason).append(")");
    return text;
}

bool isExcepted(const SourceFile& file, const Include& include, std::string_view provider) {
    return std::ranges::any_of(kIncludeExceptions, [&](const IncludeException& e) {
        return file.path.starts_with(e.where) && (e.what == provider || e.what == include.name);
    });
}

bool isExcepted(const SourceFile& file, const Ban& ban) {
    return std::ranges::any_of(kBanExceptions, [&](const BanException& e) {
        return e.file == file.path && e.pattern == ban.pattern;
    });
}

bool applies(const Ban& ban, std::string_view path) {
    std::istringstream folders{std::string(ban.where)};
    return std::any_of(std::istream_iterator<std::string>(folders), {},
                       [path](const std::string& folder) { return path.starts_with(folder); });
}

bool isHeader(const SourceFile& file) {
    return file.path.ends_with(".hpp");
}

/// Next line from `rest`, which is shortened by it.
std::string_view takeLine(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

/// The comment right below the licence line, its lines joined.
std::string sentenceOf(std::string_view text) {
    std::string sentence;
    takeLine(text);
    while (text.starts_with("// "))
        sentence.append(sentence.empty() ? "" : " ").append(takeLine(text).substr(3));
    return sentence;
}

bool isSentence(const std::string& text) {
    return text.ends_with('.') && text.find(' ') != std::string::npos;
}

/// What stands before an opening brace decides whether it opens a type, a namespace or running
/// code.
bool opensScope(std::string head) {
    static const std::regex kTemplate(R"(^\s*template\s*<[^;{}]*>\s*(?=class|struct|union))");
    static const std::regex kScope(
        R"(^\s*((typedef|inline|export)\s+)?(class|struct|union|enum|namespace|extern)\b[^()]*$)");
    static const std::regex kAttribute(
        R"(\[\[[^\]]*\]\]|alignas\s*\([^)]*\)|noexcept\s*\([^)]*\))");
    static const std::regex kAccess(R"(\b(public|private|protected)\s*:(?!:))");
    head = std::regex_replace(head, kAttribute, " ");
    head = std::regex_replace(head, kAccess, " ");
    head = std::regex_replace(head, kTemplate, "");
    return std::regex_search(head, kScope);
}

/// Follows braces; knows at each moment whether it is inside running code.
class Scopes {
public:
    void feed(char c) {
        if (c == '{')
            open_.push_back(!opensScope(head_));
        else if (c == '}' && !open_.empty())
            open_.pop_back();
        if (c == '{' || c == '}' || c == ';')
            head_.clear();
        else
            head_ += c;
    }
    [[nodiscard]] bool inCode() const { return !open_.empty() && open_.back(); }

private:
    std::string head_;
    std::vector<bool> open_;
};

/// `#…` lines have no part in scopes and may hold unbalanced braces.
std::string withoutDirectives(const std::string& code) {
    static const std::regex kDirective(R"(^[ \t]*#.*$)",
                                       std::regex::ECMAScript | std::regex::multiline);
    std::string result = code;
    for (std::sregex_iterator hit(code.begin(), code.end(), kDirective), end; hit != end; ++hit)
        result.replace(static_cast<std::size_t>(hit->position()),
                       static_cast<std::size_t>(hit->length()),
                       static_cast<std::size_t>(hit->length()), ' ');
    return result;
}

/// The literals of a file where they stand, everything else blanked.
std::string literalsOf(const SourceFile& file) {
    std::string literals = file.text;
    for (std::size_t i = 0; i < literals.size(); ++i)
        if (literals[i] != '\n' && (file.code[i] != ' ' || file.comments[i] != ' '))
            literals[i] = ' ';
    return literals;
}

/// What stands between the brace at `open` and the one that closes it.
std::string_view bodyAt(std::string_view code, std::size_t open) {
    int depth = 0;
    for (std::size_t at = open; at < code.size(); ++at) {
        depth += code[at] == '{' ? 1 : code[at] == '}' ? -1 : 0;
        if (depth == 0)
            return code.substr(open, at - open);
    }
    return code.substr(open);
}

void findAll(Findings& findings, const SourceFile& file, const std::string& text,
             const std::regex& pattern, std::string_view reason) {
    for (std::sregex_iterator hit(text.begin(), text.end(), pattern), end; hit != end; ++hit)
        findings.push_back(at(file, lineAt(text, static_cast<std::size_t>(hit->position())),
                              "has \"" + hit->str() + "\"", reason));
}

/// Tests in whose body nothing is checked: by gtest, or by a function that says so in its name.
void findIdleTests(Findings& findings, const SourceFile& file) {
    static const std::regex kTest(R"(\bTEST(_F|_P)?\s*\([^(){}]*\)\s*\{)");
    static const std::regex kCheck(
        R"(\b(EXPECT_|ASSERT_|ADD_FAILURE|FAIL\s*\()|\b(expect|check|proves?)[A-Z]\w*\s*\()");
    for (std::sregex_iterator hit(file.code.begin(), file.code.end(), kTest), end; hit != end;
         ++hit) {
        const auto begin = static_cast<std::size_t>(hit->position());
        const auto open = begin + static_cast<std::size_t>(hit->length()) - 1;
        const std::string body(bodyAt(file.code, open));
        if (!std::regex_search(body, kCheck))
            findings.push_back(at(file, lineAt(file.code, begin), "has a test without a check",
                                  "it passes whatever happens"));
    }
}

} // namespace

std::string providerOf(const Include& include) {
    const std::string first = include.name.substr(0, include.name.find('/'));
    if (include.quoted)
        return hasWord(kOwnFolders, first) && first != include.name ? first : "unknown";
    if (hasWord(kStandardHeaders, include.name))
        return "std";
    if (hasWord(kPosixHeaders, include.name))
        return "posix";
    const auto* library = std::ranges::find_if(
        kLibraries, [&](const Library& l) { return include.name.starts_with(l.begin); });
    return library == kLibraries.end() ? "unknown" : std::string(library->provider);
}

const Layer* layerOf(std::string_view path) {
    const auto* layer =
        std::ranges::find_if(kLayers, [&](const Layer& l) { return path.starts_with(l.folder); });
    return layer == kLayers.end() ? nullptr : layer;
}

Findings checkIncludes(const SourceFile& file) {
    const Layer* layer = layerOf(file.path);
    if (layer == nullptr)
        return {file.path +
                ": lies in no folder of the layer table (tests/architecture/rules.hpp)"};
    Findings findings;
    for (const Include& include : file.includes) {
        const std::string provider = providerOf(include);
        if (!hasWord(layer->mayInclude, provider) && !isExcepted(file, include, provider))
            findings.push_back(
                at(file, include.line, "must not include " + include.name, layer->reason));
    }
    return findings;
}

Findings checkBans(const SourceFile& file) {
    Findings findings;
    for (const Ban& ban : kBans) {
        if (!applies(ban, file.path) || isExcepted(file, ban))
            continue;
        const std::regex pattern{std::string(ban.pattern)};
        for (std::sregex_iterator hit(file.code.begin(), file.code.end(), pattern), end; hit != end;
             ++hit)
            findings.push_back(at(file,
                                  lineAt(file.code, static_cast<std::size_t>(hit->position())),
                                  "has \"" + hit->str() + "\"", ban.reason));
    }
    return findings;
}

Findings checkLocalStatics(const SourceFile& file) {
    static const std::regex kStatic(R"(\bstatic\s+(?!const\b|constexpr\b|constinit\s+const\b))");
    Findings findings;
    const std::string code = withoutDirectives(file.code);
    Scopes scopes;
    std::size_t fed = 0;
    for (std::sregex_iterator hit(code.begin(), code.end(), kStatic), end; hit != end; ++hit) {
        for (const auto position = static_cast<std::size_t>(hit->position()); fed < position; ++fed)
            scopes.feed(code[fed]);
        if (scopes.inCode())
            findings.push_back(at(file, lineAt(code, fed), "has a variable static in a function",
                                  "state hides in a function, lives for ever and is shared"));
    }
    return findings;
}

Findings checkHead(const SourceFile& file) {
    static const std::regex kUsing(R"(\busing\s+namespace\b)");
    Findings findings;
    if (!file.text.starts_with("// SPDX-License-Identifier: MIT\n"))
        findings.push_back(
            at(file, 1, "does not begin with the licence line", "every file names its licence"));
    else if (!file.path.ends_with("_test.cpp") && !isSentence(sentenceOf(file.text)))
        findings.push_back(
            at(file, 2, "has no sentence", "every file says what it is responsible for"));
    if (isHeader(file) && file.code.find("#pragma once") == std::string::npos)
        findings.push_back(
            at(file, 3, "has no #pragma once", "a header is included more than once"));
    if (isHeader(file) && std::regex_search(file.code, kUsing))
        findings.push_back(
            at(file, 1, "has a using namespace", "a header must not change its readers' names"));
    return findings;
}

Findings checkNotes(const SourceFile& file) {
    static const std::regex kNote(R"(\b(FIXME|XXX|HACK)\b|\bTODO\b(?!\(#[0-9]+\)))");
    Findings findings;
    for (std::sregex_iterator hit(file.comments.begin(), file.comments.end(), kNote), end;
         hit != end; ++hit)
        findings.push_back(
            at(file, lineAt(file.comments, static_cast<std::size_t>(hit->position())),
               "has a " + hit->str(), "open work has an issue, and its number stands there"));
    return findings;
}

Findings checkCanFail(const SourceFile& file) {
    static const std::regex kConstant(
        R"(\b(EXPECT|ASSERT)_(TRUE|FALSE)\s*\(\s*(true|false|[01])\s*\))");
    static const std::regex kLost(R"((\|\|?|;)\s*(true|:|exit\s0)\s*(?=$|[\n"'`)]))");
    static const std::regex kLostCheck(
        R"(^[ \t]*expect [^\n]*(\|\|?|;)[ \t]*(true|:|exit\s0)[ \t"']*(?=\n|$))",
        std::regex::ECMAScript | std::regex::multiline);
    const char* const lost = "the status of what is tested is lost: the test cannot fail";
    Findings findings;
    if (file.path.ends_with(".sh")) {
        findAll(findings, file, file.text, kLostCheck, lost);
        return findings;
    }
    findIdleTests(findings, file);
    findAll(findings, file, file.code, kConstant, "a constant is always what it is");
    findAll(findings, file, literalsOf(file), kLost, lost);
    return findings;
}

Findings checkListed(const SourceFile& file, std::string_view folder, std::string_view cmake) {
    static const std::regex kNotName(R"(#[^\n]*|\$\{CMAKE_CURRENT_SOURCE_DIR\}/|[()])");
    std::istringstream words(std::regex_replace(std::string(cmake), kNotName, " "));
    const std::string name = file.path.substr(folder.size() + 1);
    const std::istream_iterator<std::string> begin(words);
    const std::istream_iterator<std::string> end;
    if (std::find(begin, end, name) != end)
        return {};
    return {file.path + ": is not listed in " + std::string(folder) +
            "/CMakeLists.txt (it is not built, or its header not verified)"};
}

} // namespace busbar::architecture
