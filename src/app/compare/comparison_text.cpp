// SPDX-License-Identifier: MIT
// A comparison for people.
#include "app/compare/comparison_parts.hpp"
#include "app/compare/comparison_report.hpp"
#include "app/view/text_table.hpp"
#include "base/format.hpp"
#include "core/table/quantity.hpp"

#include <algorithm>

namespace busbar {

namespace {

using Span = std::chrono::milliseconds;

Quantity quantityOf(std::size_t row) {
    return kRows.at(kComparedRows.at(row).row).quantity;
}

std::string shownValue(std::size_t row, const std::optional<double>& value) {
    return value ? displayText(quantityOf(row), *value) : "";
}

std::string partText(Span part, Span whole) {
    return whole == Span(0) ? ""
                            : formatted("{:.1f}%", 100.0 * static_cast<double>(part.count()) /
                                                       static_cast<double>(whole.count()));
}

std::vector<std::string> rowCells(const Comparison& comparison, std::size_t i) {
    const RowTally& row = comparison.rows().at(i);
    const Span whole = comparison.compared();
    const bool isApart = row.differed > Span(0);
    return {std::string(kComparedRows.at(i).head),  partText(row.agreed, whole),
            partText(row.differed, whole),          partText(row.onlyOurs, whole),
            partText(row.onlyTheirs, whole),        isApart ? spanText(row.longest) : "",
            isApart ? shownValue(i, row.ours) : "", isApart ? shownValue(i, row.theirs) : "",
            isApart ? spanText(row.at) : ""};
}

std::string rowsTable(const Comparison& comparison) {
    std::vector<std::vector<std::string>> table = {{"Value", "agreed", "differed", "only ours",
                                                    "only theirs", "longest", "ours", "theirs",
                                                    "most apart after"}};
    for (std::size_t i = 0; i < kComparedCount; ++i)
        if (isSaidByAny(comparison.rows().at(i)))
            table.push_back(rowCells(comparison, i));
    return tableText(table, 1);
}

std::string whyText(const Comparison& comparison) {
    std::string text;
    for (std::size_t i = 0; i < kComparedCount; ++i)
        for (const auto& [cause, span] : longestFirst(comparison.rows().at(i).causes))
            text += "  " + std::string(kComparedRows.at(i).head) + ": ours was set by " + cause +
                    " for " + spanText(span) + " of that\n";
    return text.empty() ? "" : "\nWhy the limits differed:\n" + text;
}

std::string overText(const OverTally& over) {
    if (over.known == Span(0))
        return "not judged: there was no such limit, or too little flowed";
    const std::string judged = " (judged for " + spanText(over.known) + ")";
    if (over.over == Span(0))
        return "always" + judged;
    std::string text = "not for " + spanText(over.over) + judged;
    for (const auto& [member, span] : longestFirst(over.members))
        text += ", " + member + " " + spanText(span);
    return text;
}

std::string sidesText(const Comparison& comparison) {
    std::string text = "\nWould every battery have been kept within its own limits, at the shares "
                       "that were measured?\n";
    for (std::size_t limit = 0; limit < kOverWords.size(); ++limit) {
        const std::string word(kOverWords.at(limit));
        text += "  " + word +
                ", by our limits: " + overText(comparison.over(ComparedSide::Ours, limit)) + "\n";
        text += "  " + word +
                ", by theirs: " + overText(comparison.over(ComparedSide::Theirs, limit)) + "\n";
    }
    return text +
           "  current as measured, whoever was in control: " + overText(comparison.measured()) +
           "\n";
}

} // namespace

std::string spanText(Span span) {
    const auto all_s = std::chrono::duration_cast<std::chrono::seconds>(span).count();
    if (all_s < 60)
        return formatted("{} s", all_s);
    if (all_s < 3600)
        return formatted("{} min {} s", all_s / 60, all_s % 60);
    return formatted("{} h {} min", all_s / 3600, all_s / 60 % 60);
}

bool isSaidByAny(const RowTally& row) {
    return row.agreed + row.differed + row.onlyOurs + row.onlyTheirs > Span(0);
}

std::vector<std::pair<std::string, Span>> longestFirst(const std::map<std::string, Span>& spans) {
    std::vector<std::pair<std::string, Span>> sorted(spans.begin(), spans.end());
    std::ranges::stable_sort(sorted,
                             [](const auto& a, const auto& b) { return a.second > b.second; });
    return sorted;
}

std::string momentText(const ComparedWith& with, const ComparedMoment& moment) {
    std::vector<std::vector<std::string>> table = {{"", with.bank, with.other, "", "our cause"}};
    for (std::size_t i = 0; i < kComparedCount; ++i) {
        const auto& ours = moment.ours.at(i);
        const auto& theirs = moment.theirs.at(i);
        if (!ours && !theirs)
            continue;
        const bool isSame = ours && theirs && agree(kComparedRows.at(i), *ours, *theirs);
        table.push_back({std::string(kComparedRows.at(i).head), shownValue(i, ours),
                         shownValue(i, theirs), isSame ? "" : "differ", moment.causes.at(i)});
    }
    return tableText(table, 1);
}

std::string comparisonText(const ComparedWith& with, const Comparison& comparison) {
    std::string text =
        with.bank + " beside " + with.other + ", for " + spanText(comparison.compared()) + "\n";
    if (!with.inControl.empty())
        text += "On this GX, " + with.inControl + ".\n";
    return text + "\n" + rowsTable(comparison) + whyText(comparison) + sidesText(comparison);
}

} // namespace busbar
