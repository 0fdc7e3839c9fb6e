// SPDX-License-Identifier: MIT
// From members to rows, and to the currents that are compared.
#include "core/cycle/measured.hpp"

#include "core/members/agreement.hpp"
#include "core/members/member.hpp"
#include "core/members/membership.hpp"
#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/aggregate.hpp"
#include "core/table/path_table.hpp"
#include "core/units/battery.hpp"
#include "core/units/readings.hpp"

#include <algorithm>

namespace busbar {

namespace {

constexpr RowIndex kBankCurrent = row("/Dc/0/Current");
constexpr RowIndex kBankPower = row("/Dc/0/Power");
constexpr RowIndex kBankVoltage = row("/Dc/0/Voltage");

std::optional<double> unbridgedVoltage_V(std::optional<double> shown_V,
                                         const std::vector<Verdict>& verdicts, std::size_t count) {
    double drop_V = 0.0;
    for (const Verdict& verdict : verdicts)
        if (verdict.takesPart && verdict.instead_V)
            drop_V += std::max(
                0.0, *verdict.instead_V -
                         numberOf(*verdict.battery, kBankVoltage).value_or(*verdict.instead_V));
    return shown_V ? std::optional(*shown_V -
                                   drop_V / static_cast<double>(std::max<std::size_t>(count, 1)))
                   : shown_V;
}

double leaptCurrent_A(const Members& members) {
    double sum_A = 0.0;
    for (const Member& member : members)
        sum_A += member.number(kBankCurrent).value_or(0.0) - member.steadyCurrent_A().value_or(0.0);
    return sum_A;
}

BarSides barSides(const MeasureInput& input, const OwnMeasurement& own,
                  std::optional<double> nominal_Ah) {
    BarSides sides{{}, own.current_A, nominal_Ah.value_or(0.0)};
    if (std::ranges::none_of(input.members, &Member::isHeld))
        sides.plant_A = plantCurrent_A(input.readings, own, input.ownSerials);
    return sides;
}

} // namespace

Measured measure(const MeasureInput& input, Snapshot& snapshot) {
    foldAll(input.members, snapshot);
    const auto& known_Ah = input.settings.corrections.capacity_Ah;
    if (Value& installed = snapshot[row("/InstalledCapacity")]; !installed.isKnown())
        installed = known_Ah;
    const OwnMeasurement own{snapshot[kBankCurrent].number(), snapshot[kBankPower].number(),
                             snapshot[kBankVoltage].number()};
    Measured measured;
    measured.current = bankCurrent(input.settings.current, input.readings, own, input.ownSerials);
    snapshot[kBankCurrent] = measured.current.current_A;
    snapshot[kBankPower] = measured.current.power_W;
    measured.nominal_Ah = capacityOf_Ah(input.members);
    if (!measured.nominal_Ah)
        measured.nominal_Ah = known_Ah;
    measured.sides = barSides(input, own, measured.nominal_Ah);
    measured.voltage_V = own.voltage_V;
    measured.unbridged_V = unbridgedVoltage_V(own.voltage_V, input.verdicts, input.members.size());
    measured.highestCell_V = snapshot[row("/System/MaxCellVoltage")].number();
    measured.lowestCell_V = snapshot[row("/System/MinCellVoltage")].number();
    measured.leapt_A = leaptCurrent_A(input.members);
    return measured;
}

std::optional<double> plantCurrent_A(const Readings& readings, const OwnMeasurement& own,
                                     const OwnSerials& ownSerials) {
    if (readings.plant().empty())
        return std::nullopt;
    CurrentSettings all;
    all.source = CurrentSource::Victron;
    const BankCurrent plant = bankCurrent(all, readings, own, ownSerials);
    return plant.used == CurrentSource::Victron ? plant.current_A : std::nullopt;
}

std::optional<double> controlledCurrent_A(const Measured& measured,
                                          const std::optional<Agreement>& agreement) {
    if (!measured.current.current_A)
        return std::nullopt;
    return asPlant(agreement, *measured.current.current_A);
}

std::optional<double> less(const std::optional<double>& current_A, double part_A) {
    if (!current_A)
        return std::nullopt;
    return *current_A - part_A;
}

} // namespace busbar
