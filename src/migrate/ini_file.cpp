// SPDX-License-Identifier: MIT
// config.ini by libinih, whose lines are handed over such that it reads them as Python's
// ConfigParser does.
#include "config/issue.hpp"
#include "migrate/peer_file.hpp"

#include <algorithm>
#include <cstring>
#include <ini.h>
#include <optional>
#include <set>
#include <utility>

namespace busbar::migrate {

namespace {

/// Stands for a semicolon, after which libinih would see a comment; no text has it.
constexpr char kSemicolon = '\x01';
/// libinih reads longer lines in pieces, and cuts longer names (INI_MAX_LINE, MAX_NAME).
constexpr std::size_t kLongestLine = 198;
constexpr std::size_t kLongestName = 49;

bool isBlank(char c) {
    return c == ' ' || c == '\t';
}

std::size_t indentOf(std::string_view line) {
    return static_cast<std::size_t>(std::ranges::find_if_not(line, isBlank) - line.begin());
}

/// Between libinih, which asks for lines and tells what it found, and the values.
class IniWalk {
public:
    IniWalk(std::string_view text, std::string file)
        : lines_(linesOf(text)), file_(std::move(file)) {}

    PeerFile walk() {
        ini_parse_stream(&IniWalk::giveLine, this, &IniWalk::takePair, this);
        noteLeft();
        return std::move(result_);
    }

private:
    static char* giveLine(char* buffer, int size, void* self) {
        return static_cast<IniWalk*>(self)->give(buffer, static_cast<std::size_t>(size));
    }
    static int takePair(void* self, const char* section, const char* name, const char* value) {
        static_cast<IniWalk*>(self)->take(section, name, value);
        return 1;
    }

    char* give(char* buffer, std::size_t size) {
        noteLeft();
        if (next_ >= lines_.size())
            return nullptr;
        std::string line = prepared(lines_[next_++]);
        line.resize(std::min(line.size(), size - 2));
        line += '\n';
        std::memcpy(buffer, line.c_str(), line.size() + 1);
        return buffer;
    }

    /// As libinih shall see it: comments empty, an option at the margin, the further lines of its
    /// value indented (deeper than it stood).
    std::string prepared(std::string_view line) {
        const std::string_view bare = trimmed(line);
        isOpen_ = false;
        if (bare.empty() || bare.front() == '#' || bare.front() == ';')
            return {};
        isFurther_ = optionIndent_ && indentOf(line) > *optionIndent_;
        if (!isFurther_ && bare.front() == '[') {
            optionIndent_.reset();
            noteSection(bare);
            return std::string(bare);
        }
        if (!isFurther_)
            optionIndent_ = indentOf(line);
        isOpen_ = true;
        std::string text = (isFurther_ ? " " : "") + std::string(bare);
        std::ranges::replace(text, ';', kSemicolon);
        if (text.size() > kLongestLine || nameOf(bare).size() > kLongestName)
            return tooLong();
        return text;
    }

    std::string tooLong() {
        blame(
            "is longer than 198 bytes, or its name than 49, which is not read here: shorten it, or "
            "continue a list in the next line, indented");
        isOpen_ = false;
        optionIndent_.reset();
        return {};
    }

    static std::string_view nameOf(std::string_view line) {
        return trimmed(line.substr(0, line.find_first_of("=:")));
    }

    void take(const std::string& section, std::string name, std::string value) {
        isOpen_ = false;
        std::ranges::replace(value, kSemicolon, ';');
        std::ranges::replace(name, kSemicolon, ';');
        if (isFurther_) {
            if (isTaken_)
                result_.values.back().text.append("\n").append(value);
            return;
        }
        isTaken_ = belongs(section);
        if (isTaken_)
            result_.values.push_back({std::move(name), std::move(value), file_, next_});
        else
            blame("stands in section [" + config::printable(section) + "], of which " + file_ +
                  " has no use; not taken");
    }

    bool belongs(std::string_view section) {
        if (section.empty() && !isHeadless_) {
            blame(
                "stands above any [DEFAULT], with which the old program does not start; taken all "
                "the same");
            isHeadless_ = true;
        }
        return section.empty() || lowered(section) == "default";
    }

    void noteSection(std::string_view bare) {
        if (bare.find(']') == std::string_view::npos)
            blame("begins a section and does not end it");
        else if (bare != "[DEFAULT]")
            blame("is not [DEFAULT], with which the old program does not start");
    }

    /// The line before was an option, and nothing came of it.
    void noteLeft() {
        if (!std::exchange(isOpen_, false))
            return;
        optionIndent_.reset();
        blame("is neither an option (NAME = value) nor a comment; the old program does not "
              "start with it; not taken");
    }

    void blame(const std::string& what) {
        result_.mistakes.push_back(file_ + ":" + std::to_string(next_) + ": " + what);
    }

    std::vector<std::string_view> lines_;
    std::string file_;
    PeerFile result_;
    std::size_t next_ = 0; ///< lines that were given
    std::optional<std::size_t> optionIndent_;
    bool isFurther_ = false; ///< the line continues the value before
    bool isOpen_ = false;    ///< something should come of the line
    bool isTaken_ = false;   ///< the last option counts
    bool isHeadless_ = false;
};

constexpr int kDeepest = 10; ///< as ConfigParser

/// Of a whole file, and of what becomes of one value: a few are used, and names that hold names
/// many times over grow without end, or take without end if they are empty.
constexpr int kMostNames = 1000;
constexpr std::size_t kLongestText = 8192;

/// `%%` and `%(NAME)s`; nothing if it is neither, or too much. `left`: names that may still be put
/// in.
std::optional<std::string> interpolated(const std::string& text, const PeerFile& file, int depth,
                                        int& left) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        if (text.compare(i, 2, "%%") == 0) {
            result += text[++i];
            continue;
        }
        const auto end = text.find(")s", i);
        if (text.compare(i, 2, "%(") != 0 || end == std::string::npos || depth >= kDeepest ||
            --left < 0)
            return std::nullopt;
        const std::string name = text.substr(i + 2, end - i - 2);
        const auto found = std::ranges::find(file.values, name, &PeerValue::name);
        const auto inner = found == file.values.end()
                               ? std::nullopt
                               : interpolated(found->text, file, depth + 1, left);
        if (!inner || result.size() + inner->size() > kLongestText)
            return std::nullopt;
        result += *inner;
        i = end + 1;
    }
    return result;
}

void interpolate(PeerFile& file) {
    PeerFile raw;
    raw.values = file.values;
    int left = kMostNames;
    for (PeerValue& value : file.values) {
        if (const auto text = interpolated(value.text, raw, 0, left))
            value.text = *text;
        else
            file.mistakes.push_back(value.file + ":" + std::to_string(value.line) + ": " +
                                    config::printable(value.name) +
                                    " has a % that ConfigParser refuses (%% stands for one); the "
                                    "old program does not start with it; taken as it stands");
    }
}

void blameTwins(PeerFile& file) {
    std::set<std::string> seen;
    for (const PeerValue& value : file.values)
        if (!seen.insert(value.name).second)
            file.mistakes.push_back(value.file + ":" + std::to_string(value.line) + ": " +
                                    config::printable(value.name) +
                                    " is given twice, with which the old program does not start; "
                                    "the last one is taken");
}

} // namespace

PeerFile readIni(std::string_view text, const std::string& file) {
    PeerFile result = IniWalk(text, file).walk();
    interpolate(result);
    blameTwins(result);
    return result;
}

} // namespace busbar::migrate
