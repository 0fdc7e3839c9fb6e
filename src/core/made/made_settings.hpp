// SPDX-License-Identifier: MIT
// The owner's wishes for batteries that are made of others.
#pragma once

#include "core/made/writable_settings.hpp"
#include "core/units/selector.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar {

/// How a battery is made.
enum class MadeKind : std::uint8_t {
    Merged,    ///< several services that are one battery
    Series,    ///< blocks in series
    Remainder, ///< what a shunt measures, without the others
    Bank,      ///< another bank of the site, the one with the same id
    Writable,  ///< values that somebody writes
};

/// One service of a merged battery.
struct MergedSource {
    Selector match;
    std::vector<std::string> paths; ///< rows of the path table, `/Voltages` = cells; empty = all
};

/// What a battery counts with: a source that gives none of it may be one of several batteries.
inline constexpr auto kCountedPaths = std::to_array<std::string_view>(
    {"/Dc/0/Current", "/Dc/0/Power", "/Capacity", "/InstalledCapacity", "/ConsumedAmphours"});

[[nodiscard]] inline bool countsIn(const MergedSource& source) {
    return source.paths.empty() || std::ranges::any_of(source.paths, [](const std::string& path) {
               return std::ranges::find(kCountedPaths, path) != kCountedPaths.end();
           });
}

/// One made battery. `id` is unique among made batteries and banks of the site: [A-Za-z0-9_].
struct MadeSettings {
    std::string id{};
    std::string name{}; ///< empty = the id
    MadeKind kind = MadeKind::Series;
    std::vector<MergedSource> sources{}; ///< Merged: for each value the first that has one
    std::vector<Selector> parts{};       ///< Series: blocks; Remainder: what is subtracted …
    bool subtractsAll = true;            ///< … or all others of the banks it belongs to
    std::optional<Selector> shunt{};     ///< Remainder
    std::optional<double> capacity_Ah{}; ///< Remainder: installed, > 0
    WritableSettings writable{};         ///< Writable
    bool publish = false; ///< Merged, Series, Remainder: it is a battery of its own on the bus, too
};

[[nodiscard]] inline const std::string& nameOf(const MadeSettings& made) {
    return made.name.empty() ? made.id : made.name;
}

/// It is on the bus by itself. A bank has a bus of its own.
[[nodiscard]] inline bool isPublished(const MadeSettings& made) {
    return made.kind == MadeKind::Writable ? made.writable.publish : made.publish;
}

/// Last part of its name on the bus, and its entry in localsettings.
[[nodiscard]] inline std::string serviceOf(const MadeSettings& made) {
    return "busbar_" + made.id;
}

/// Device instance that the first made battery of the site asks for, the next for the next: above
/// those of drivers and of the banks, so that a GX, which takes the lowest by itself, takes a bank;
/// below 247, where Modbus TCP ends (dbus/VENUS.md).
inline constexpr int kPublishedInstance = 100;

} // namespace busbar
