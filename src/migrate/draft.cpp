// SPDX-License-Identifier: MIT
// Writes a draft as a configuration with comments, and as a report.
#include "migrate/draft.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace busbar::migrate {

namespace {

constexpr double kFine = 1e9;           ///< 0.07 · 100 is 7
constexpr std::size_t kLineWidth = 118; ///< of comments
constexpr std::size_t kMostMistakes = 100;

std::string_view firstPart(std::string_view key) {
    return key.substr(0, key.find('.'));
}

/// Settings of one group stand together, in the order in which the first of each came.
std::vector<Setting> grouped(const std::vector<Setting>& settings) {
    std::vector<Setting> result;
    for (const Setting& setting : settings) {
        const auto at = std::find_if(result.rbegin(), result.rend(), [&](const Setting& other) {
            return firstPart(other.key) == firstPart(setting.key);
        });
        result.insert(at == result.rend() ? result.end() : at.base(), setting);
    }
    return result;
}

/// Cut at blanks, each part after `begin`.
std::string wrapped(std::string_view text, const std::string& begin) {
    std::string lines;
    while (!text.empty()) {
        std::size_t end = text.size();
        if (begin.size() + end > kLineWidth) {
            end = text.rfind(' ', kLineWidth - std::min(begin.size(), kLineWidth));
            end = end == std::string_view::npos || end == 0 ? text.size() : end;
        }
        lines.append(begin).append(text.substr(0, end)).append("\n");
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string indent(std::size_t depth) {
    return std::string(4 * depth, ' ');
}

/// Settings from `begin` on that lie in `group`, without its braces.
std::string members(const std::vector<Setting>& settings, const std::string& group,
                    std::size_t depth) {
    std::string text;
    std::string lastGroup;
    for (const Setting& setting : settings) {
        if (!setting.key.starts_with(group))
            continue;
        const std::string rest = setting.key.substr(group.size());
        const auto dot = rest.find('.');
        if (dot == std::string::npos) {
            text += wrapped(setting.comment, indent(depth) + "// ");
            text += indent(depth) + inQuotes(rest) + ": " + setting.json + ",\n";
        } else if (const std::string name = rest.substr(0, dot); name != lastGroup) {
            std::string inner = group;
            inner.append(name).append(".");
            text += indent(depth) + inQuotes(name) + ": {\n" + members(settings, inner, depth + 1) +
                    indent(depth) + "},\n";
            lastGroup = name;
        }
    }
    return text;
}

/// Groups of a group stand together as well.
std::vector<Setting> sorted(const std::vector<Setting>& settings) {
    std::vector<Setting> result = grouped(settings);
    // Within `limits` the plain options first, then `cvl`, then `curves`.
    std::stable_sort(result.begin(), result.end(), [](const Setting& a, const Setting& b) {
        if (firstPart(a.key) != firstPart(b.key) || a.key.find('.') == std::string::npos)
            return false;
        const auto groupOf = [](const Setting& setting) {
            return setting.key.substr(0, setting.key.rfind('.'));
        };
        return groupOf(a).size() < groupOf(b).size();
    });
    return result;
}

struct PartHead {
    Part part;
    std::string_view head;
};
constexpr std::array kParts = {
    PartHead{Part::TakenOver, "TAKEN OVER"},
    PartHead{Part::Differs, "BEHAVES DIFFERENTLY, AND WHY"},
    PartHead{Part::NoCounterpart, "NO COUNTERPART"},
};

std::string item(const std::string& text) {
    std::string lines = wrapped(text, "    ");
    lines.replace(0, 3, "  *");
    return lines;
}

} // namespace

void Draft::set(std::string_view key, std::string json, std::string comment) {
    std::erase_if(settings, [key](const Setting& setting) { return setting.key == key; });
    settings.push_back({std::string(key), std::move(json), std::move(comment)});
}

void Draft::say(Part part, std::string_view option, std::string text) {
    lines.push_back({part, std::string(option), std::move(text)});
}

void Draft::blame(std::string text) {
    if (std::ranges::find(mistakes, text) != mistakes.end())
        return;
    if (mistakes.size() < kMostMistakes)
        mistakes.push_back(std::move(text));
    else
        ++furtherMistakes;
}

const Setting* Draft::find(std::string_view key) const {
    const auto found = std::ranges::find(settings, key, &Setting::key);
    return found == settings.end() ? nullptr : &*found;
}

std::string configText(const Draft& draft, const std::vector<std::string>& head) {
    std::string text;
    for (const std::string& line : head)
        text += wrapped(line, "// ");
    return text + "{\n" + members(sorted(draft.settings), "", 1) + "}\n";
}

std::string reportText(const Draft& draft) {
    std::string text;
    if (!draft.mistakes.empty())
        text += "MISTAKES IN THE FILES\n";
    for (const std::string& mistake : draft.mistakes)
        text += item(mistake);
    if (draft.furtherMistakes > 0)
        text += item("and " + std::to_string(draft.furtherMistakes) + " more of such");
    for (const PartHead& one : kParts) {
        text.append(text.empty() ? "" : "\n").append(one.head).append("\n");
        const std::size_t before = text.size();
        for (const Line& line : draft.lines)
            if (line.part == one.part)
                text += item(line.option + ": " + line.text);
        if (text.size() == before)
            text += "    nothing\n";
    }
    return text;
}

std::string numberText(double number) {
    std::array<char, 64> buffer{};
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                      std::round(number * kFine) / kFine);
    return {buffer.data(), result.ptr};
}

std::string listText(const std::vector<double>& numbers) {
    std::string text;
    for (const double number : numbers)
        text.append(text.empty() ? "" : ", ").append(numberText(number));
    return "[" + text + "]";
}

std::string inQuotes(std::string_view text) {
    std::string json = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            json += '\\';
        json += static_cast<unsigned char>(c) < 0x20U ? ' ' : c;
    }
    return json + "\"";
}

std::string textsText(const std::vector<std::string>& texts) {
    std::string list;
    for (const std::string& text : texts)
        list.append(list.empty() ? "" : ", ").append(inQuotes(text));
    return "[" + list + "]";
}

std::string curveText(const std::vector<CurvePoint>& points) {
    std::string text;
    for (const CurvePoint& point : points)
        text.append(text.empty() ? "" : ", ").append(listText({point.at, point.factor}));
    return "[" + text + "]";
}

} // namespace busbar::migrate
