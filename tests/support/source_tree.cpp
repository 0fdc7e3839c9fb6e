// SPDX-License-Identifier: MIT
// Where the tree that is tested lies.
#include "support/source_tree.hpp"

namespace busbar::test {

std::string sourcePath(std::string_view below) {
    return std::string(BUSBAR_SOURCE_DIR) + "/" + std::string(below);
}

} // namespace busbar::test
