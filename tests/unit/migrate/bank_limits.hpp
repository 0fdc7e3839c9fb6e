// SPDX-License-Identifier: MIT
// A bank that lives by a translated configuration, and the limits that it then gives.
#pragma once

#include "core/settings.hpp"
#include "core/snapshot.hpp"
#include "core/table/named_rows.hpp"
#include "support/gx_bench.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace busbar::migrate::test {

/// One battery of a bank on a bench: what it says at the start.
struct Pack {
    double voltage_V = 53.0;
    double lowCell_V = 3.30;
    double highCell_V = 3.30;
    double cvl_V = 56.8;
    double ccl_A = 100.0;
    double dcl_A = 150.0;
    int blocksCharge = 0;
    int cells = 16;
};

inline bench::FakeService serviceOf(const Pack& pack, int key) {
    const auto value = [](auto number) { return "{\"value\":" + std::to_string(number) + "}"; };
    const auto text = [](const std::string& word) { return "{\"value\":\"" + word + "\"}"; };
    bench::FakeService service{key, key, {}};
    service.payloads = {
        {"/ProductName", text("SerialBattery(JK)")},
        {"/CustomName", text("Pack " + std::to_string(key))},
        {"/Serial", text("S" + std::to_string(key))},
        {"/Dc/0/Voltage", value(pack.voltage_V)},
        {"/Dc/0/Current", value(1.0)},
        {"/Dc/0/Power", value(pack.voltage_V)},
        {"/Dc/0/Temperature", value(20.0)},
        {"/Soc", value(50.0)},
        {"/InstalledCapacity", value(100.0)},
        {"/System/MinCellVoltage", value(pack.lowCell_V)},
        {"/System/MaxCellVoltage", value(pack.highCell_V)},
        {"/System/NrOfCellsPerBattery", value(pack.cells)},
        {"/System/NrOfModulesBlockingCharge", value(pack.blocksCharge)},
        {"/Io/AllowToCharge", value(pack.blocksCharge > 0 ? 0 : 1)},
        {"/Io/AllowToDischarge", value(1)},
        {"/Info/MaxChargeVoltage", value(pack.cvl_V)},
        {"/Info/MaxChargeCurrent", value(pack.ccl_A)},
        {"/Info/MaxDischargeCurrent", value(pack.dcl_A)},
    };
    return service;
}

/// The three limits that the bank gives after a while.
struct Limits {
    std::optional<double> cvl_V;
    std::optional<double> ccl_A;
    std::optional<double> dcl_A;
};

/// Without ramps, which are ours.
inline Limits limitsOf(BankSettings settings, const std::vector<Pack>& packs) {
    settings.limits.ramp_A = 0.0;
    bench::GxBench gx(std::move(settings));
    int key = 0;
    for (const Pack& pack : packs)
        gx.bridge().add(serviceOf(pack, ++key));
    gx.connect();
    gx.advanceTo(std::chrono::seconds(20));
    const Snapshot& snapshot = gx.bank().snapshot();
    return {snapshot[rows::kMaxChargeVoltage].number(), snapshot[rows::kMaxChargeCurrent].number(),
            snapshot[rows::kMaxDischargeCurrent].number()};
}

} // namespace busbar::migrate::test
