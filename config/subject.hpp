// SPDX-License-Identifier: MIT
// One value on its way from the text, with the words for what may be wrong with it; for the sources
// of option_value.hpp only.
#pragma once

#include "config/issue.hpp"
#include "config/json_tree.hpp"
#include "config/option_table.hpp"
#include "config/option_value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace busbar::config {

/// Nothing: refused, and said why.
using Result = std::optional<Setting>;

/// One value on its way; the messages of all checks are made here.
struct Subject {
    const Option& option;
    const Node& node;
    const std::string& path;
    std::vector<Issue>& issues;

    [[nodiscard]] bool isText() const { return node.type == Node::Type::Text; }
    [[nodiscard]] bool mayBeShown() const { return spec(option.format).mayBeShown; }

    std::nullopt_t refuse(std::string message) const {
        issues.push_back({Severity::Error, node.at, path, std::move(message)});
        return std::nullopt;
    }
    std::nullopt_t refuseType(std::string_view hint = "") const {
        return refuse("found " + describeNode(node, mayBeShown()) +
                      ", allowed: " + allowedText(option) + std::string(hint));
    }
    [[nodiscard]] std::string bounds() const {
        const std::string unit = option.unit.empty() ? "" : " " + std::string(option.unit);
        return numberText(option.lowest) + "…" + numberText(option.highest) + unit;
    }
};

} // namespace busbar::config
