// SPDX-License-Identifier: MIT
// Takes source files apart as far as the architecture rules need it; no compiler involved.
#include "architecture/source_file.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

namespace busbar::architecture {

namespace {

bool isWord(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string blank(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return c != '\n'; }, ' ');
    return text;
}

/// Parts code from comments and literals, one piece after the other.
class Divider {
public:
    explicit Divider(std::string text) : text_(std::move(text)), comments_(blank(text_)) {
        while (at_ < text_.size())
            step();
    }

    [[nodiscard]] const std::string& code() const { return text_; }
    [[nodiscard]] const std::string& comments() const { return comments_; }

private:
    [[nodiscard]] bool sees(std::string_view what) const {
        return std::string_view(text_).substr(at_).starts_with(what);
    }

    void step() {
        if (sees("//"))
            takeComment(text_.find('\n', at_), 0);
        else if (sees("/*"))
            takeComment(text_.find("*/", at_ + 2), 2);
        else if (sees("R\"") && !follows(isWord))
            blankRaw();
        else if (sees("\""))
            blankQuoted('"');
        else if (sees("'") && !isDigitSeparator())
            blankQuoted('\'');
        else
            ++at_;
    }

    template <class Predicate>
    [[nodiscard]] bool follows(Predicate predicate) const {
        return at_ > 0 && predicate(text_[at_ - 1]);
    }

    /// 1'000, but not u8'x': the word before begins with a digit.
    [[nodiscard]] bool isDigitSeparator() const {
        std::size_t begin = at_;
        while (begin > 0 && (isWord(text_[begin - 1]) || text_[begin - 1] == '\''))
            --begin;
        return begin < at_ && std::isdigit(static_cast<unsigned char>(text_[begin])) != 0;
    }

    void takeComment(std::size_t end, std::size_t extra) {
        const std::size_t size = end == std::string::npos ? text_.size() - at_ : end + extra - at_;
        comments_.replace(at_, size, text_, at_, size);
        blankTo(end, extra);
    }

    void blankTo(std::size_t end, std::size_t extra) {
        const std::size_t stop = end == std::string::npos ? text_.size() : end + extra;
        for (; at_ < stop; ++at_)
            if (text_[at_] != '\n')
                text_[at_] = ' ';
    }

    void blankRaw() {
        const std::size_t open = text_.find('(', at_);
        const std::string close = ")" + text_.substr(at_ + 2, open - at_ - 2) + "\"";
        blankTo(text_.find(close, at_), close.size());
    }

    void blankQuoted(char quote) {
        std::size_t end = at_ + 1;
        while (end < text_.size() && text_[end] != quote && text_[end] != '\n')
            end += text_[end] == '\\' ? 2U : 1U;
        blankTo(std::min(end, text_.size() - 1), 1);
    }

    std::string text_; // becomes the code
    std::string comments_;
    std::size_t at_{0};
};

/// Include lines come from the text (their names are literals), but only where the code still has
/// the directive.
std::vector<Include> includesOf(const std::string& text, const std::string& code) {
    static const std::regex kLine(R"(^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"])",
                                  std::regex::ECMAScript | std::regex::multiline);
    std::vector<Include> found;
    for (std::sregex_iterator hit(text.begin(), text.end(), kLine), end; hit != end; ++hit) {
        const auto position = static_cast<std::size_t>(hit->position());
        if (code.find('#', position) >= position + static_cast<std::size_t>(hit->length()))
            continue;
        found.push_back({(*hit)[2], (*hit)[1] == "\"", lineAt(text, position)});
    }
    return found;
}

bool isSource(const std::filesystem::path& path) {
    return path.extension() == ".cpp" || path.extension() == ".hpp";
}

} // namespace

int lineAt(std::string_view text, std::size_t position) {
    const auto before = text.substr(0, position);
    return 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
}

SourceFile parse(std::string path, std::string text) {
    SourceFile file;
    file.path = std::move(path);
    const Divider divider(text);
    file.code = divider.code();
    file.comments = divider.comments();
    file.includes = includesOf(text, file.code);
    file.text = std::move(text);
    return file;
}

std::string readText(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in)
        throw std::runtime_error("cannot read " + path.string());
    return text;
}

std::vector<SourceFile> readTree(const std::filesystem::path& root,
                                 const std::vector<std::string>& folders) {
    std::vector<SourceFile> files;
    for (const auto& folder : folders) {
        if (!std::filesystem::is_directory(root / folder))
            continue;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder))
            if (entry.is_regular_file() && isSource(entry.path()))
                files.push_back(parse(entry.path().lexically_relative(root).generic_string(),
                                      readText(entry.path())));
    }
    std::ranges::sort(files, {}, &SourceFile::path);
    return files;
}

} // namespace busbar::architecture
