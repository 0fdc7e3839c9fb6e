// SPDX-License-Identifier: MIT
// A source file as the architecture rules look at it: its includes, and its code without comments
// and literals.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::architecture {

struct Include {
    std::string name;    ///< `core/value.hpp` or `sys/eventfd.h`, without the brackets
    bool quoted = false; ///< "…" is how files of this project are included, <…> everything else
    int line = 0;        ///< counted from 1
};

struct SourceFile {
    std::string path;     ///< relative to the top of the tree, with slashes
    std::string text;     ///< as it is
    std::string code;     ///< same length and lines, comments and literals blanked
    std::string comments; ///< same length and lines, everything but comments blanked
    std::vector<Include> includes;
};

/// Takes text apart; understands comments, strings, raw strings, characters and digit separators.
[[nodiscard]] SourceFile parse(std::string path, std::string text);

/// Line of a position in `text`, counted from 1.
[[nodiscard]] int lineAt(std::string_view text, std::size_t position);

/// All .cpp and .hpp files below these folders of `root`, sorted by path. A folder that is missing
/// is skipped.
[[nodiscard]] std::vector<SourceFile> readTree(const std::filesystem::path& root,
                                               const std::vector<std::string>& folders);

/// Whole content of a file; throws std::runtime_error naming it if it cannot be read.
[[nodiscard]] std::string readText(const std::filesystem::path& path);

} // namespace busbar::architecture
