// SPDX-License-Identifier: MIT
// Paths, objects and lists of objects.
#include "config/entry_value.hpp"

#include "config/nearest.hpp"
#include "config/record.hpp"
#include "core/made/written.hpp"
#include "core/table/path_table.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace busbar::config {

namespace {

/// "; did you mean /Soc?", or nothing.
std::string nearestPath(const std::string& path, bool (*takesPath)(std::string_view)) {
    std::vector<std::string_view> known;
    for (const Row& row : kRows)
        if (takesPath(row.path))
            known.push_back(row.path);
    return suggestion(path, known);
}

std::string pathProblem(const Node& node, bool (*takesPath)(std::string_view)) {
    if (node.type != Node::Type::Text)
        return describeNode(node) + " is no path such as \"/Soc\"";
    if (takesPath(node.text))
        return {};
    if (findRow(node.text))
        return printable(node.text) + " cannot be taken from a service";
    return printable(node.text) + " is no path of a battery" + nearestPath(node.text, takesPath);
}

bool isWrittenPath(std::string_view path) {
    const auto index = findRow(path);
    return index && isWritable(*index);
}

std::string valueProblem(const std::string& path, const Node& node, Value& value) {
    const bool isKnown = node.type == Node::Type::Number || node.type == Node::Type::Text;
    if (!isKnown && node.type != Node::Type::Null)
        return "found " + describeNode(node) + ", allowed: a number, a text or null";
    if (isKnown)
        value = node.type == Node::Type::Number ? Value(node.number) : Value(node.text);
    const WriteResult result = checkWrite({path, value});
    switch (result.problem) {
    case WriteProblem::None:
    case WriteProblem::NoBattery:
        return {};
    case WriteProblem::UnknownPath:
        return "no path of a battery" + nearestPath(path, &isWrittenPath);
    case WriteProblem::ReadOnly:
        return std::string(rowOf(result.problem).meaning);
    default:
        return describeNode(node) + " is not allowed: " + result.allowed;
    }
}

/// An object, or for a selector alone the text.
std::optional<Record> checkRecord(const Subject& it, const Node& node, const std::string& path) {
    const Rows rows = fieldsOf(it.option);
    const bool isShort = it.option.access.kind == Kind::SelectorsOrObjects;
    if (isShort && node.type == Node::Type::Text) {
        Record record;
        record.values.resize(rows.size());
        record.values.front() = checkValue(rows.front(), node, path, it.issues);
        return record.values.front() ? std::optional(record) : std::nullopt;
    }
    if (node.type != Node::Type::Object) {
        it.issues.push_back({Severity::Error, node.at, path,
                             "found " + describeNode(node) + ", allowed: " +
                                 (isShort ? "a selector or " : "") + "an object { … }"});
        return std::nullopt;
    }
    const bool isListed = it.option.access.kind != Kind::Object;
    return recordOf(readFields(rows, node, path, isListed, it.issues));
}

} // namespace

Result checkPaths(const Subject& it) {
    if (it.node.type != Node::Type::List)
        return it.refuseType(it.isText() ? "; write it in [ ]" : "");
    const auto count = static_cast<double>(it.node.children.size());
    if (count < it.option.lowest || count > it.option.highest)
        return it.refuse(numberText(count) + " entries are outside " + it.bounds());
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < it.node.children.size(); ++i) {
        const Node& child = it.node.children[i];
        std::string problem = pathProblem(child, it.option.access.takesPath);
        if (problem.empty() && std::ranges::find(paths, child.text) != paths.end())
            problem = describeNode(child) + " stands in the list twice";
        if (problem.empty())
            paths.push_back(child.text);
        else
            it.issues.push_back({Severity::Error, child.at, it.path + "[" + std::to_string(i) + "]",
                                 std::move(problem)});
    }
    if (paths.size() != it.node.children.size())
        return std::nullopt;
    return paths;
}

Result checkPathValues(const Subject& it) {
    if (it.node.type != Node::Type::Object)
        return it.refuseType();
    const auto count = static_cast<double>(it.node.children.size());
    if (count < it.option.lowest || count > it.option.highest)
        return it.refuse(numberText(count) + " entries are outside " + it.bounds());
    PathValues values;
    bool isGood = true;
    for (const Node& child : it.node.children) {
        Value value;
        std::string problem = valueProblem(child.key, child, value);
        if (problem.empty() && !values.emplace(child.key, value).second)
            problem = "given twice";
        if (problem.empty())
            continue;
        isGood = false;
        it.issues.push_back({Severity::Error, child.keyAt, it.path + "." + printable(child.key),
                             std::move(problem)});
    }
    return isGood ? Result(std::move(values)) : std::nullopt;
}

Result checkBankOptions(const Subject& it) {
    return it.node.type == Node::Type::Object ? Result(true) : it.refuseType();
}

Result checkObject(const Subject& it) {
    if (it.node.type != Node::Type::Object)
        return it.refuseType();
    const std::size_t before = it.issues.size();
    const auto record = checkRecord(it, it.node, it.path);
    if (!record || it.issues.size() != before)
        return std::nullopt;
    return std::vector<Record>{*record};
}

Result checkObjects(const Subject& it) {
    if (it.node.type != Node::Type::List)
        return it.refuseType(it.node.type == Node::Type::Object ? "; write it in [ ]" : "");
    const auto count = static_cast<double>(it.node.children.size());
    if (count < it.option.lowest || count > it.option.highest)
        return it.refuse(numberText(count) + " entries are outside " + it.bounds());
    const std::size_t before = it.issues.size();
    std::vector<Record> records;
    for (std::size_t i = 0; i < it.node.children.size(); ++i)
        if (auto record =
                checkRecord(it, it.node.children[i], it.path + "[" + std::to_string(i) + "]"))
            records.push_back(std::move(*record));
    if (it.issues.size() != before)
        return std::nullopt;
    return records;
}

} // namespace busbar::config
