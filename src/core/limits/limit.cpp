// SPDX-License-Identifier: MIT
// The text of a limit's cause.
#include "core/limits/limit.hpp"

#include "core/units/inner_name.hpp"

namespace busbar {

std::string describe(const Limit& limit) {
    const std::string text(toText(limit.cause));
    const std::string who = innerName(limit.member, limit.cell);
    return who.empty() ? text : text + " " + who;
}

} // namespace busbar
