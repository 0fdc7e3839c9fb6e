// SPDX-License-Identifier: MIT
// Where the tree that is tested lies: for tests that read its files.
#pragma once

#include <string>
#include <string_view>

namespace busbar::test {

/// Absolute path of a file or folder of the tree: "config/examples" → "/…/config/examples". The
/// only file compiled with the folder in it is source_tree.cpp, so that the compiler cache serves
/// every clone.
[[nodiscard]] std::string sourcePath(std::string_view below);

} // namespace busbar::test
