// SPDX-License-Identifier: MIT
// The names of all fields of a document.
#include "documents/piece.hpp"

namespace busbar::documents {

namespace {

/// Names of objects and lists around a field.
struct Around {
    std::string text;
    bool isList;
};

std::string nameWithin(const std::vector<Around>& around, std::string_view name) {
    std::string text = around.empty() ? "" : around.back().text;
    const bool isElement = !around.empty() && around.back().isList;
    if (isElement)
        text += "[]";
    if (!name.empty())
        text.append(text.empty() ? "" : ".").append(name);
    return text;
}

} // namespace

std::vector<Line> linesOf(const std::function<void(const Reader&)>& tell) {
    std::vector<Line> lines;
    std::vector<Around> around;
    tell([&](const Piece& piece) {
        switch (piece.step) {
        case Step::Field:
            lines.push_back({nameWithin(around, piece.about.name), piece.about});
            break;
        case Step::Object:
        case Step::List:
            around.push_back({nameWithin(around, piece.about.name), piece.step == Step::List});
            break;
        case Step::EndObject:
        case Step::EndList:
            around.pop_back();
            break;
        case Step::Nothing:
            break;
        }
    });
    return lines;
}

} // namespace busbar::documents
