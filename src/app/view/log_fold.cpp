// SPDX-License-Identifier: MIT
// Finds lines that say the same.
#include "app/view/log_fold.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string_view>

namespace busbar {

namespace {

constexpr std::string_view kMemberKey = " member=\"";
constexpr std::size_t kClock = 9; ///< "12:00:00 "

struct LogLine {
    std::string text; ///< as it came, without the end of the line
    std::string key;  ///< what it shares with its like
    std::string member;
};

/// Names are not escaped, so one ends with the next key, or with the line.
LogLine logLineOf(std::string text) {
    std::erase(text, '\n');
    LogLine line{text, text.size() <= kClock ? text : text.substr(kClock), {}};
    const std::size_t at = line.key.find(kMemberKey);
    if (at == std::string::npos)
        return line;
    const std::size_t from = at + kMemberKey.size();
    const std::size_t next = line.key.find("\" ", from);
    const std::size_t end = next == std::string::npos ? line.key.rfind('"') : next;
    if (end < from)
        return line;
    line.member = line.key.substr(from, end - from);
    line.key.erase(at, end + 1 - at);
    return line;
}

struct Fold {
    std::size_t count = 0;
    std::size_t last = 0; ///< place of the last of them
    std::set<std::string> members;
};

std::string shownFold(const LogLine& line, const Fold& fold) {
    if (fold.count == 1)
        return line.text;
    const std::string clock = line.text.substr(0, std::min(kClock, line.text.size()));
    if (fold.members.size() > 1)
        return clock + line.key + " " + std::to_string(fold.members.size()) + " batteries";
    return line.text + " (" + std::to_string(fold.count) + " times)";
}

} // namespace

std::vector<std::string> foldedLog(const std::vector<std::string>& lines) {
    std::vector<LogLine> read;
    std::map<std::string, Fold> folds;
    for (const std::string& text : lines) {
        LogLine line = logLineOf(text);
        Fold& fold = folds[line.key];
        ++fold.count;
        fold.last = read.size();
        if (!line.member.empty())
            fold.members.insert(line.member);
        read.push_back(std::move(line));
    }
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < read.size(); ++i)
        if (const Fold& fold = folds.at(read[i].key); fold.last == i)
            shown.push_back(shownFold(read[i], fold));
    return shown;
}

} // namespace busbar
