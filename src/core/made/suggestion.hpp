// SPDX-License-Identifier: MIT
// Which lines of the configuration would say what batteries look like.
#pragma once

#include <string>
#include <vector>

namespace busbar {

struct Verdict;

/// `"made": [{"id": "string_1", "series": ["instance:1", "instance:2"]}], …` of the batteries that
/// should take part, so many to a string, in the order of their instances; empty where that does
/// not come out even.
[[nodiscard]] std::string seriesLines(const std::vector<Verdict>& verdicts, int blocksEach);

/// Two that take part and say the same serial: who, and the lines that make one battery of them.
/// Empty = none.
[[nodiscard]] std::string sameSerial(const std::vector<Verdict>& verdicts);

} // namespace busbar
