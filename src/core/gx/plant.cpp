// SPDX-License-Identifier: MIT
// Currents, names and selection of the devices on the busbar.
#include "core/gx/plant.hpp"

#include "core/members/roster.hpp"
#include "core/table/plant_rows.hpp"
#include "core/units/selector.hpp"

#include <algorithm>

namespace busbar {

namespace {

consteval bool classesAreInOrder() {
    for (std::size_t i = 0; i < kPlantClasses.size(); ++i)
        if (static_cast<std::size_t>(kPlantClasses[i].kind) != i)
            return false;
    return true;
}

static_assert(classesAreInOrder());

std::optional<double> number(const PlantDevice& device, RowIndex index) {
    return device.value(index).number();
}

std::optional<double> measured_A(const PlantDevice& device) {
    if (const auto current_A = number(device, row("/Dc/0/Current")))
        return current_A;
    const auto power_W = number(device, row("/Dc/0/Power"));
    const auto voltage_V = number(device, row("/Dc/0/Voltage"));
    if (!power_W || !voltage_V || *voltage_V <= 0.0)
        return std::nullopt;
    return *power_W / *voltage_V;
}

/// What a custom name would override.
std::string nameOf(const PlantDevice& device) {
    for (const RowIndex index : {row("/CustomName"), row("/ProductName")})
        if (const std::string* text = device.value(index).text(); text != nullptr && !text->empty())
            return *text;
    return {};
}

} // namespace

std::optional<PlantClass> findPlantClass(std::string_view type) {
    const auto* found = std::ranges::find(kPlantClasses, type, &PlantClassRow::type);
    return found == kPlantClasses.end() ? std::nullopt : std::optional(found->kind);
}

std::optional<std::size_t> findPlantPath(std::string_view path) {
    const auto* found =
        std::ranges::find_if(kPlantRows, [&](RowIndex index) { return kRows[index].path == path; });
    if (found == kPlantRows.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - kPlantRows.begin());
}

const Value& PlantDevice::value(RowIndex index) const {
    const auto* found = std::ranges::find(kPlantRows, index);
    return slots.at(static_cast<std::size_t>(found - kPlantRows.begin())).value;
}

std::optional<double> intoBusbar_A(const PlantDevice& device) {
    if (!device.isFresh || device.duplicateSeen)
        return std::nullopt;
    const PlantClassRow& kind = rowOf(device.key.kind);
    if (number(device, row("/Connected")) == 0.0)
        return kind.isMeter ? std::nullopt : std::optional(0.0);
    const auto current_A = measured_A(device);
    if (!current_A)
        return std::nullopt;
    return kind.sign * *current_A;
}

std::string describe(const PlantDevice& device) {
    std::string text(rowOf(device.key.kind).type);
    text += "/" + std::to_string(device.key.instance);
    const std::string name = nameOf(device);
    return name.empty() ? text : text + " (" + name + ")";
}

bool matches(const Selector& selector, const PlantDevice& device) {
    Battery texts; // so that one rule serves both
    texts.instance = device.key.instance;
    for (std::size_t i = 0; i < kPlantRows.size(); ++i)
        texts.slots.at(kPlantRows[i]).value = device.slots.at(i).value;
    return matches(selector, texts);
}

} // namespace busbar
