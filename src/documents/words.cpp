// SPDX-License-Identifier: MIT
// Text of the page of words, from the tables of the core.
#include "documents/words.hpp"

#include "core/limits/cause.hpp"
#include "core/table/advice_code.hpp"
#include "core/table/event_kind.hpp"
#include "core/table/out_reason.hpp"

#include <initializer_list>
#include <string_view>

namespace busbar::documents {

namespace {

constexpr std::string_view kIntroduction = R"(# Words

Made from the tables that the program itself uses: `src/core/limits/cause.hpp`, `out_reason.hpp`, `advice_code.hpp` and `event_kind.hpp`. A word
that was published once is never changed. What an advice wants done is in its own text.
)";

void addLine(std::string& page, std::initializer_list<std::string_view> columns) {
    page += "|";
    for (const std::string_view column : columns)
        page.append(" ").append(column).append(" |");
    page += "\n";
}

void addHead(std::string& page, std::string_view title,
             std::initializer_list<std::string_view> columns) {
    page.append("\n## ").append(title).append("\n\n");
    addLine(page, columns);
    page += "|";
    for (std::size_t i = 0; i < columns.size(); ++i)
        page += "---|";
    page += "\n";
}

std::string code(std::string_view word) {
    return "`" + std::string(word) + "`";
}

std::string_view textOf(Severity severity) {
    switch (severity) {
    case Severity::Usual:
        return "";
    case Severity::Passing:
        return "passes";
    case Severity::Fault:
        return "look after it";
    }
    return "";
}

std::string_view textOf(OutKind kind) {
    switch (kind) {
    case OutKind::In:
    case OutKind::Waiting:
        return "";
    case OutKind::Foreign:
        return "no battery of the bank";
    case OutKind::Loss:
        return "lost";
    }
    return "";
}

void addCauses(std::string& page) {
    addHead(page, "Causes of limits", {"cause", "", "meaning", "what to do"});
    for (const CauseRow& row : kCauses)
        addLine(page, {code(row.word), textOf(row.severity), row.meaning, row.remedy});
}

void addReasons(std::string& page) {
    addHead(page, "Reasons not to take part", {"reason", "", "meaning", "what to do"});
    for (const OutReasonRow& row : kOutReasons)
        if (!row.word.empty())
            addLine(page, {code(row.word), textOf(row.kind), row.meaning, row.remedy});
}

} // namespace

std::string wordsPage() {
    std::string page(kIntroduction);
    addCauses(page);
    addReasons(page);
    addHead(page, "Advice", {"code", "meaning"});
    for (const AdviceWord& row : kAdviceWords)
        addLine(page, {code(row.word), row.meaning});
    addHead(page, "Events", {"type", "meaning"});
    for (const EventKindRow& row : kEventKinds)
        addLine(page, {code(row.word), row.meaning});
    return page;
}

} // namespace busbar::documents
