// SPDX-License-Identifier: MIT
// Rows of made batteries.
#include "core/made/folding.hpp"

#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>
#include <utility>

namespace busbar {

void setRow(Battery& made, RowIndex index, Value value, std::optional<double> last) {
    Slot& slot = made.slots.at(index);
    const bool isKnown = value.isKnown();
    slot.present = slot.present || isKnown;
    slot.value = std::move(value);
    if (!isKnown && last)
        made.unsaid.push_back({index, *last});
}

bool isOwnRow(RowIndex index) {
    return kRows.at(index).rule == Rule::Fixed || index == row("/NumberOfBmses");
}

void takeHeard(Battery& made, std::span<const Part> parts) {
    made.heard = std::ranges::min_element(parts, {}, [](const Part& part) {
                     return part.battery->heard;
                 })->battery->heard;
}

void takeDoubts(Battery& made, std::span<const Part> parts) {
    made.sieve.doubts.clear();
    for (const Part& part : parts)
        for (Doubt doubt : part.battery->sieve.doubts) {
            doubt.why = part.entry.name + ": " + doubt.why;
            made.sieve.doubts.push_back(std::move(doubt));
        }
}

} // namespace busbar
