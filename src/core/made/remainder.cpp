// SPDX-License-Identifier: MIT
// What a shunt measures, without the batteries that tell of themselves.
#include "core/made/folding.hpp"
#include "core/members/member.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"

#include <algorithm>

namespace busbar {

namespace {

/// Of the shunt minus that of the others; unknown if one of them is.
std::optional<double> restOf_A(const Member& shunt, const Members& others) {
    auto rest_A = shunt.number(row("/Dc/0/Current"));
    for (const Member& other : others) {
        const auto own_A = other.number(row("/Dc/0/Current"));
        if (!rest_A || !own_A)
            return std::nullopt;
        rest_A = *rest_A - *own_A;
    }
    return rest_A;
}

} // namespace

void foldRemainder(Battery& made, const Part& shunt, std::span<const Part> others,
                   std::optional<double> capacity_Ah) {
    const Members all = membersOf({&shunt, 1});
    const Member& measured = all.front();
    const auto voltage_V = measured.number(row("/Dc/0/Voltage"));
    const auto rest_A = restOf_A(measured, membersOf(others));
    setRow(made, row("/Dc/0/Voltage"), voltage_V);
    setRow(made, row("/Dc/0/Current"), rest_A);
    setRow(made, row("/Dc/0/Power"), voltage_V && rest_A ? Value(*voltage_V * *rest_A) : Value());
    setRow(made, row("/InstalledCapacity"), capacity_Ah);
    made.moved = shunt.battery->moved;
    takeDoubts(made, {&shunt, 1});
    takeHeard(made, {&shunt, 1});
    for (const Part& other : others)
        made.heard = std::min(made.heard, other.battery->heard);
}

} // namespace busbar
