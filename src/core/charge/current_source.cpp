// SPDX-License-Identifier: MIT
// Sums of what flows into the batteries' busbar.
#include "core/charge/current_source.hpp"

#include "core/made/made_key.hpp"
#include "core/members/roster_reasons.hpp"
#include "core/table/path_table.hpp"
#include "core/units/readings.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

namespace busbar {

namespace {

/// Nominal voltages of DC systems double (12, 24, 48 V); two that differ by more than √2 are not
/// the same system.
constexpr double kSameSystem = 1.414;
/// Below, the device is switched off and shows no voltage of a system; the lowest is 12 V.
constexpr double kLowestSystem_V = 8.0;

struct WantedKind {
    PlantClass kind;
    bool CurrentSettings::*isWanted;
};
constexpr auto kSources = std::to_array<WantedKind>({
    {PlantClass::Vebus, &CurrentSettings::withVebus},
    {PlantClass::Multi, &CurrentSettings::withMulti},
    {PlantClass::Inverter, &CurrentSettings::withInverter},
    {PlantClass::SolarCharger, &CurrentSettings::withSolar},
    {PlantClass::Dcdc, &CurrentSettings::withDcdc},
    {PlantClass::Alternator, &CurrentSettings::withAlternator},
});

/// Pieces added up; worth nothing once one was missing.
struct Sum {
    double current_A{0.0};
    int pieces{0};
    std::string whyNot;
};

void miss(Sum& sum, std::string why) {
    if (sum.whyNot.empty())
        sum.whyNot = std::move(why);
}

void add(Sum& sum, std::optional<double> piece_A, const std::string& what) {
    ++sum.pieces;
    if (piece_A)
        sum.current_A += *piece_A;
    else
        miss(sum, what + " has no known current");
}

bool isElsewhere(const PlantDevice& device, std::optional<double> bank_V) {
    const auto own_V = device.value(row("/Dc/0/Voltage")).number();
    if (!own_V || !bank_V || *own_V < kLowestSystem_V || *bank_V < kLowestSystem_V)
        return false;
    return *own_V > *bank_V * kSameSystem || *own_V * kSameSystem < *bank_V;
}

/// All devices of one class on this busbar; returns how many.
int addKind(Sum& sum, PlantClass kind, const Plant& plant, std::optional<double> bank_V) {
    int count = 0;
    for (const auto& [key, device] : plant) {
        if (key.kind != kind || isElsewhere(device, bank_V))
            continue;
        add(sum, intoBusbar_A(device), describe(device));
        ++count;
    }
    return count;
}

std::string describe(const Battery& shunt) {
    const auto name = textOf(shunt, row("/CustomName"));
    const auto shown = name.empty() ? textOf(shunt, row("/ProductName")) : name;
    return (isMade(shunt.instance) ? "made" : "battery/" + std::to_string(shunt.instance)) +
           (shown.empty() ? "" : " (" + std::string(shown) + ")");
}

/// What a list of selectors picks out of candidates, each once; a selector that does not pick
/// exactly one is a miss.
template <typename Thing>
std::vector<const Thing*> pick(Sum& sum, const std::vector<Selector>& selectors,
                               const std::vector<const Thing*>& candidates) {
    std::vector<const Thing*> picked;
    for (const Selector& selector : selectors) {
        std::vector<const Thing*> hits;
        std::ranges::copy_if(candidates, std::back_inserter(hits),
                             [&](const Thing* thing) { return matches(selector, *thing); });
        if (hits.empty())
            miss(sum, "nothing on the GX matches " + toText(selector));
        else if (picksMany(selector))
            std::ranges::copy_if(hits, std::back_inserter(picked), [&picked](const Thing* hit) {
                return std::ranges::find(picked, hit) == picked.end();
            });
        else if (hits.size() > 1)
            miss(sum, toText(selector) + " matches " + describe(*hits[0]) + " and " +
                          describe(*hits[1]));
        else if (std::ranges::find(picked, hits[0]) == picked.end())
            picked.push_back(hits[0]);
    }
    return picked;
}

void addListedLoads(Sum& sum, const CurrentSettings& settings, const Plant& plant) {
    std::vector<const PlantDevice*> meters;
    for (const auto& [key, device] : plant)
        if (rowOf(key.kind).isMeter)
            meters.push_back(&device);
    for (const PlantDevice* meter : pick(sum, settings.minusLoads, meters))
        add(sum, intoBusbar_A(*meter), describe(*meter));
}

void addLoads(Sum& sum, const CurrentSettings& settings, const Plant& plant,
              std::optional<double> bank_V) {
    if (!settings.minusLoads.empty())
        addListedLoads(sum, settings, plant);
    else if (addKind(sum, PlantClass::DcSystem, plant, bank_V) == 0)
        addKind(sum, PlantClass::DcLoad, plant, bank_V);
}

std::optional<double> shunt_A(const Battery& shunt, const Readings& readings) {
    const auto number = [&](RowIndex index) { return shunt.slot(index).value.number(); };
    if (shunt.lost || readings.isDuplicate(shunt) || number(row("/Connected")) == 0.0)
        return std::nullopt;
    if (const auto current_A = number(row("/Dc/0/Current")))
        return current_A;
    const auto power_W = number(row("/Dc/0/Power"));
    const auto voltage_V = number(row("/Dc/0/Voltage"));
    if (!power_W || !voltage_V || *voltage_V <= 0.0)
        return std::nullopt;
    return *power_W / *voltage_V;
}

/// Adds the configured shunts to `sum`.
void addShunts(Sum& sum, const CurrentSettings& settings, const Readings& readings,
               const OwnSerials& own) {
    std::vector<const Battery*> present;
    for (const auto& [instance, battery] : readings.found())
        if (!battery.left && !isOwnOutput(battery, own))
            present.push_back(&battery);
    const double sign = settings.isInverted ? -1.0 : 1.0;
    for (const Battery* shunt : pick(sum, settings.shunts, present)) {
        const auto current_A = shunt_A(*shunt, readings);
        add(sum, current_A ? std::optional(sign * *current_A) : std::nullopt, describe(*shunt));
    }
    if (settings.shunts.empty())
        miss(sum, "no shunt is configured");
}

Sum victronSum(const CurrentSettings& settings, const Readings& readings, const OwnSerials& own,
               std::optional<double> bank_V) {
    const Plant& plant = readings.plant();
    Sum sum;
    for (const WantedKind& source : kSources)
        if (settings.*source.isWanted)
            addKind(sum, source.kind, plant, bank_V);
    if (sum.pieces == 0)
        miss(sum, "no charger or inverter of the wanted kinds is on the GX");
    if (settings.withDcLoads)
        addLoads(sum, settings, plant, bank_V);
    if (settings.withShunts)
        addShunts(sum, settings, readings, own);
    return sum;
}

Sum shuntSum(const CurrentSettings& settings, const Readings& readings, const OwnSerials& own) {
    Sum sum;
    addShunts(sum, settings, readings, own);
    addListedLoads(sum, settings, readings.plant());
    return sum;
}

std::optional<double> product(std::optional<double> a, double b) {
    return a ? std::optional(*a * b) : std::nullopt;
}

} // namespace

BankCurrent bankCurrent(const CurrentSettings& settings, const Readings& readings,
                        const OwnMeasurement& members, const OwnSerials& own) {
    BankCurrent result{members.current_A, members.power_W, CurrentSource::Batteries, false, ""};
    if (settings.source == CurrentSource::Batteries)
        return result;
    Sum sum = settings.source == CurrentSource::Victron
                  ? victronSum(settings, readings, own, members.voltage_V)
                  : shuntSum(settings, readings, own);
    if (!sum.whyNot.empty()) {
        result.fellBack = true;
        result.whyNot = std::move(sum.whyNot);
        return result;
    }
    return {sum.current_A, product(members.voltage_V, sum.current_A), settings.source, false, ""};
}

} // namespace busbar
