// SPDX-License-Identifier: MIT
// The text of a limit's cause.
#include "core/limits/limit.hpp"

namespace busbar {

std::string describe(const Limit& limit) {
    std::string text(toText(limit.cause));
    if (!limit.member.empty())
        text += " " + limit.member;
    if (!limit.cell.empty())
        text += "/" + limit.cell;
    return text;
}

} // namespace busbar
