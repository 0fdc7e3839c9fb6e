// SPDX-License-Identifier: MIT
// Which bytes are a text, and its lines.
#include "migrate/peer_file.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <cctype>

namespace busbar::migrate {

namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";
/// As large as a configuration of ours may be (config/json_tree.hpp); theirs have some kB.
constexpr std::size_t kMostBytes = 1U << 20U;

ReadableText unreadable(std::string error) {
    return {{}, std::move(error), {}};
}

/// UTF-16 with or without its mark: every second byte of plain text is NUL.
bool looksLikeUtf16(std::string_view bytes) {
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
        return true;
    return bytes.substr(0, 4).find('\0') != std::string_view::npos;
}

std::size_t firstBadLine(std::string_view text) {
    const auto lines = linesOf(text);
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (!isUtf8(lines[i]))
            return i + 1;
    return 0;
}

std::string withPlainEnds(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool isPair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
        if (!isPair)
            plain += text[i] == '\r' ? '\n' : text[i];
    }
    return plain;
}

} // namespace

ReadableText readable(std::string_view bytes, std::string_view file) {
    const std::string name(file);
    if (bytes.size() > kMostBytes)
        return unreadable("is larger than 1 MB, so it is no configuration");
    if (looksLikeUtf16(bytes))
        return unreadable("is UTF-16, not UTF-8: save it as UTF-8");
    ReadableText result;
    if (bytes.starts_with(kMark)) {
        bytes.remove_prefix(kMark.size());
        result.mistakes.push_back(name + ": begins with a byte-order mark, with which the old "
                                         "program does not start; passed over");
    }
    if (bytes.find('\0') != std::string_view::npos)
        return unreadable("holds NUL bytes: it is no text, or damaged");
    if (const std::size_t line = firstBadLine(bytes); line > 0)
        return unreadable("is not UTF-8 (line " + std::to_string(line) +
                          "; perhaps Latin-1): save it as UTF-8");
    result.text = withPlainEnds(bytes);
    return result;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n\f\v";
    const auto begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string lowered(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

std::vector<std::string_view> linesOf(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

} // namespace busbar::migrate
