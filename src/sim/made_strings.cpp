// SPDX-License-Identifier: MIT
// What the owner of a bank of strings writes.
#include "sim/made_strings.hpp"

#include "sim/twin.hpp"

#include <string>

namespace busbar::sim {

std::vector<MadeSettings> madeStrings(const TwinSpec& spec) {
    std::vector<MadeSettings> made;
    if (spec.inSeries == 1)
        return made;
    for (std::size_t i = 0; i < spec.packs.size(); ++i) {
        if (i % spec.inSeries == 0) {
            const std::string number = std::to_string(made.size() + 1);
            made.push_back({.id = "string_" + number, .name = "String " + number});
        }
        made.back().parts.push_back({Selector::Kind::Name, spec.packs[i].name});
    }
    return made;
}

} // namespace busbar::sim
