// SPDX-License-Identifier: MIT
// The chargers, inverters and DC meters of a GX: what each puts into the batteries' busbar or takes
// from it.
#pragma once

#include "core/now.hpp"
#include "core/table/row_index.hpp"
#include "core/units/battery.hpp"
#include "core/value.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace busbar {

struct Selector;

/// Classes of services, in the order of kPlantClasses.
enum class PlantClass : std::uint8_t {
    Vebus,
    Multi,
    Inverter,
    SolarCharger,
    Dcdc,
    Alternator,
    DcLoad,
    DcSystem
};

/// One class of services.
struct PlantClassRow {
    PlantClass kind{PlantClass::Vebus};
    std::string_view type; ///< as in bus names and topics
    double sign{1.0};      ///< times /Dc/0/Current = what flows into the busbar
    /// A meter that is not connected measures nothing, although something may flow; any other
    /// device that is not connected is off.
    bool isMeter{false};
};

// Signs: comment and arithmetic in dbus_systemcalc.py ("VE.Bus: positive: current flowing from the
// Multi to the dc system or battery", chargers "positive: charging", "/Dc/System: positive:
// consuming power"; DC power of inverters is added like a charger's, so it is negative while they
// draw). For dcdc and alternator /Dc/0 is the output, /Dc/In the input (CCGX Modbus TCP register
// list). `acsystem` is left out on purpose: it sums `multi` services, which are here already.
inline constexpr auto kPlantClasses = std::to_array<PlantClassRow>({
    {PlantClass::Vebus, "vebus", 1.0, false},
    {PlantClass::Multi, "multi", 1.0, false},
    {PlantClass::Inverter, "inverter", 1.0, false},
    {PlantClass::SolarCharger, "solarcharger", 1.0, false},
    {PlantClass::Dcdc, "dcdc", 1.0, false},
    {PlantClass::Alternator, "alternator", 1.0, false},
    {PlantClass::DcLoad, "dcload", -1.0, true},
    {PlantClass::DcSystem, "dcsystem", -1.0, true},
});

[[nodiscard]] constexpr const PlantClassRow& rowOf(PlantClass kind) {
    return kPlantClasses.at(static_cast<std::size_t>(kind));
}
/// The class of a service type, if one of kPlantClasses.
[[nodiscard]] std::optional<PlantClass> findPlantClass(std::string_view type);

/// How many paths are read of each device (kPlantRows in plant_rows.hpp).
inline constexpr std::size_t kPlantPathCount = 8;
/// Index into kPlantRows, if the path is one of them.
[[nodiscard]] std::optional<std::size_t> findPlantPath(std::string_view path);

struct PlantKey {
    PlantClass kind{PlantClass::Vebus};
    int instance{0};

    // NOLINTNEXTLINE(modernize-use-nullptr): a false alarm of clang-tidy 14 about <=>
    friend auto operator<=>(const PlantKey&, const PlantKey&) = default;
};

/// The last word on one path of a device.
struct PlantSlot {
    Value value;
    Sweep sweep{0}; ///< the newest sweep during or after which it arrived
};

/// A device that is there; one that left is forgotten at once, nothing of it is held.
struct PlantDevice {
    PlantKey key;
    std::array<PlantSlot, kPlantPathCount> slots;
    Sweep appearedIn{0}; ///< which sweep had begun when it appeared
    Sweep confirmed{0};  ///< the last sweep that proved the whole device
    /// Two services alternate on its topics: how many sweeps had ended then.
    std::optional<Sweep> duplicateSeen;
    /// The link lives and its values are proven; set by Readings::settle.
    bool isFresh{false};

    [[nodiscard]] const Value& value(RowIndex index) const;
};

using Plant = std::map<PlantKey, PlantDevice>;

/// What flows from the device into the busbar, A, negative if it draws: its current, else power by
/// voltage; 0 if it is switched off. Unknown if it is not fresh, gives neither, shares its instance
/// with another, or is a meter that is not connected.
[[nodiscard]] std::optional<double> intoBusbar_A(const PlantDevice& device);

/// For texts: "solarcharger/288 (Roof east)".
[[nodiscard]] std::string describe(const PlantDevice& device);

/// True if the selector picks this device, by the rules for batteries (roster.hpp).
[[nodiscard]] bool matches(const Selector& selector, const PlantDevice& device);

} // namespace busbar
