// SPDX-License-Identifier: MIT
// How large the functions and classes of a source file are; no compiler involved.
#pragma once

#include "architecture/source_file.hpp"

#include <string>
#include <vector>

namespace busbar::architecture {

/// With a body, wherever it stands: free, member, lambda outside of functions.
struct FunctionShape {
    std::string name; ///< as it is written before the parameters: "Output::will"
    int line{0};      ///< of the first word of its head, counted from 1
    int lines{0};     ///< from there to the closing brace
};

/// class, struct or union, also one within another; its own members only.
struct ClassShape {
    std::string name;
    int line{0};
    int fields{0};  ///< data of each object: static ones do not count, each declarator does
    int methods{0}; ///< declared, private ones too; not those that are defaulted or deleted
};

struct Shape {
    int lines{0};
    std::vector<FunctionShape> functions;
    std::vector<ClassShape> classes;
};

/// Of a file that compiles; of other text, something.
[[nodiscard]] Shape shapeOf(const SourceFile& file);

} // namespace busbar::architecture
