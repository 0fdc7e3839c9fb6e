// SPDX-License-Identifier: MIT
// A document as its readers are told it, piece by piece.
#pragma once

#include "documents/field.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace busbar::documents {

enum class Step : std::uint8_t {
    Field,
    Nothing, ///< an object that is unknown as a whole
    Object,  ///< what follows is in it, up to its end
    EndObject,
    List, ///< the same; its elements have no names
    EndList,
};

struct Piece {
    Step step;
    const About& about; ///< of objects and lists only the name
    const Value& value; ///< of a field
};

/// Called in the order of the document. A renderer is one of these, and knows no field.
using Reader = std::function<void(const Piece&)>;

/// A field for manuals and checks; of objects within, the name is "limits.charge.value", of lists
/// "advice[].code", "cells[]".
struct Line {
    std::string name;
    About about;
};

/// What `tell` tells, without values.
[[nodiscard]] std::vector<Line> linesOf(const std::function<void(const Reader&)>& tell);

} // namespace busbar::documents
