// SPDX-License-Identifier: MIT
// A comparison for people, for programs and as a page.
#pragma once

#include "app/compare/comparison.hpp"

#include <string>

namespace busbar {

/// Who was compared.
struct ComparedWith {
    std::string bank{};      ///< ours, by name
    std::string other{};     ///< theirs: "Total (instance 8)"
    std::string inControl{}; ///< whom the GX obeys, in words; may be empty
};

/// What both say now, a line each: for the terminal.
[[nodiscard]] std::string momentText(const ComparedWith& with, const ComparedMoment& moment);

[[nodiscard]] std::string comparisonText(const ComparedWith& with, const Comparison& comparison);
/// One object, with its end of line.
[[nodiscard]] std::string comparisonJson(const ComparedWith& with, const Comparison& comparison);
/// One page without scripts and without anything from elsewhere; plots are in it.
[[nodiscard]] std::string comparisonHtml(const ComparedWith& with, const Comparison& comparison);

} // namespace busbar
