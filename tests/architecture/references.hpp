// SPDX-License-Identifier: MIT
// What comments and documents point to: files of the repository that exist, or nothing.
#pragma once

#include "architecture/rules.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace busbar::architecture {

/// Paths of all files relative to the top, with slashes; without .git and what is built.
using FileNames = std::set<std::string>;
[[nodiscard]] FileNames namesBelow(const std::filesystem::path& root);

/// What is not code of a script (shell, CMake, YAML, Dockerfile): everything but its lines of
/// comment blanked, as `SourceFile::comments`.
[[nodiscard]] std::string commentsOfScript(std::string_view text);

/// Comments that name a file that is not there, or a section (by its sign) of what is no public
/// standard. Looked at are names that end in .md, .hpp, .cpp or .sh, and whatever begins with a
/// folder of the top. A name counts as there if it is a whole path from the top or from the file's
/// own folder, without its ending for a header and its source, or the end of a path.
[[nodiscard]] Findings checkReferences(const std::string& path, const std::string& comments,
                                       const FileNames& names);

/// Documents by path: each one's text.
using Documents = std::map<std::string, std::string>;

/// Links of Markdown, outside of code, to files that are not there, or to headings that their
/// document does not have. Addresses with a scheme are not looked at.
[[nodiscard]] Findings checkLinks(const Documents& documents, const FileNames& names);

} // namespace busbar::architecture
