// SPDX-License-Identifier: MIT
// Compares shapes with the bounds.
#include "architecture/bounds.hpp"

#include <algorithm>
#include <string>

namespace busbar::architecture {

namespace {

struct Measured {
    Measure measure;
    std::string_view what;
    int line;
    int number;
};

int mostOf(Measure measure) {
    constexpr std::array<int, 4> kMost = {kMostFileLines, kMostFunctionLines, kMostFields,
                                          kMostMethods};
    return kMost.at(static_cast<std::size_t>(measure));
}

std::string_view wordOf(Measure measure) {
    constexpr std::array<std::string_view, 4> kWords = {"lines", "lines", "fields", "methods"};
    return kWords.at(static_cast<std::size_t>(measure));
}

std::vector<Measured> measured(const Shape& shape) {
    std::vector<Measured> all = {{Measure::FileLines, "", 1, shape.lines}};
    for (const FunctionShape& each : shape.functions)
        all.push_back({Measure::FunctionLines, each.name, each.line, each.lines});
    for (const ClassShape& each : shape.classes) {
        all.push_back({Measure::Fields, each.name, each.line, each.fields});
        all.push_back({Measure::Methods, each.name, each.line, each.methods});
    }
    return all;
}

const Larger* findRow(std::string_view file, const Measured& one) {
    const auto* found = std::ranges::find_if(kLarger, [&](const Larger& row) {
        return row.file == file && row.what == one.what && row.measure == one.measure;
    });
    return found == kLarger.end() ? nullptr : found;
}

std::string sentence(std::string_view file, const Measured& one, std::string_view end) {
    std::string text(file);
    text.append(":").append(std::to_string(one.line)).append(": ");
    text.append(one.what.empty() ? "the file" : one.what).append(" has ");
    text.append(std::to_string(one.number)).append(" ").append(wordOf(one.measure));
    return text.append(" (").append(end).append(")");
}

/// The largest of a name: overloads and classes of one name in a file share a row.
int largestOf(const Larger& row, const std::vector<SourceFile>& files) {
    const auto file = std::ranges::find(files, row.file, &SourceFile::path);
    int largest = 0;
    if (file == files.end())
        return largest;
    const Shape shape = shapeOf(*file);
    for (const Measured& one : measured(shape))
        if (one.measure == row.measure && one.what == row.what)
            largest = std::max(largest, one.number);
    return largest;
}

} // namespace

Findings checkBounds(const SourceFile& file, const Shape& shape) {
    Findings findings;
    for (const Measured& one : measured(shape)) {
        const Larger* row = findRow(file.path, one);
        const int most = row != nullptr ? row->number : mostOf(one.measure);
        if (one.number > most)
            findings.push_back(sentence(file.path, one,
                                        "at most " + std::to_string(most) +
                                            "; part it, or give its reason in bounds.hpp"));
    }
    return findings;
}

Findings checkLarger(const std::vector<SourceFile>& files) {
    Findings findings;
    for (const Larger& row : kLarger) {
        const int now = largestOf(row, files);
        if (now > mostOf(row.measure))
            continue;
        std::string text(row.file);
        text.append(" ").append(row.what).append(": bounds.hpp says ");
        text.append(std::to_string(row.number)).append(" ").append(wordOf(row.measure));
        findings.push_back(text.append(", and it has ")
                               .append(std::to_string(now))
                               .append(": the row is not needed"));
    }
    return findings;
}

} // namespace busbar::architecture
