// SPDX-License-Identifier: MIT
// The whole plant: packs with their BMSs, alone or in series, on one DC bus, a charger, loads, the
// sun.
#pragma once

#include "sim/bms.hpp"
#include "sim/bus.hpp"
#include "sim/charger.hpp"
#include "sim/losses.hpp"
#include "sim/weather.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace busbar::sim {

struct PackSpec {
    std::string name = "Pack";
    int instance = 1;
    std::string serial;
    std::string connection; ///< empty = made from the instance
    Chemistry chemistry = Chemistry::Lfp;
    std::vector<CellSpec> cells;
    double connection_Ohm = 0.001; ///< cables, fuse and switch
    HeatSpec heat;
    BmsSpec bms;
};

/// R0 of the cells at 25 °C and the connection, Ω: what divides a sudden change of the bank's
/// current.
[[nodiscard]] double coldResistance_Ohm(const PackSpec& pack);

/// How exactly the GX's chargers and inverters measure their direct currents.
struct PlantMeters {
    double chargerGain = 1.0; ///< what they show per real ampere
    double loadGain = 1.0;
    double step_A = 0.1;
};

struct TwinSpec {
    std::vector<PackSpec> packs; ///< at least one, each with at least one cell
    /// So many packs, as they stand in `packs`, are blocks of one string; strings are in parallel
    /// on the bus. Their number is a multiple of it. 1 = every pack is on the bus by itself.
    std::size_t inSeries = 1;
    ChargerSpec charger;
    LoadSpec load;
    SunSpec sun;
    bool feedIn = false;               ///< the GX's OvervoltageFeedIn
    std::optional<PlantMeters> meters; ///< nothing = the GX knows nothing of charger and load
    std::uint64_t seed = 1;
    bool withLosses = false; ///< packs are unheard at random, mostly at the worst moment
    std::chrono::milliseconds step = std::chrono::seconds(1);
    std::chrono::seconds startOfDay = std::chrono::hours(0); ///< local time at the start
};

/// What nobody but a twin can know.
struct PackTruth {
    double current_A = 0.0;
    double voltage_V = 0.0;
    double remaining_Ah = 0.0; ///< until the first cell is empty
    double room_Ah = 0.0;      ///< until the first cell is full
    double soc = 0.0;          ///< remaining ÷ (remaining + room)
    double minCell_V = 0.0;
    double maxCell_V = 0.0;
    double temperature_C = 0.0;
    bool canCharge = true; ///< opened neither by its BMS nor by another one of its string
    bool canDischarge = true;
    OwnLimits ownLimit; ///< what its BMS wants kept at this moment, before delay and rounding
};

/// Energies since the start, Wh.
struct TwinBook {
    double served_Wh = 0.0;
    double unserved_Wh = 0.0;
    double sun_Wh = 0.0; ///< what came from the charger
    double curtailed_Wh = 0.0;
};

class Twin {
public:
    /// Throws std::invalid_argument if the packs are not a whole number of strings.
    explicit Twin(TwinSpec spec);

    /// One step of time with the limits that the GX is given now.
    void step(const Limits& limits);

    /// Since the start.
    [[nodiscard]] std::chrono::milliseconds time() const { return time_; }
    /// What it is made of; feed-in as it is now.
    [[nodiscard]] const TwinSpec& spec() const { return spec_; }
    [[nodiscard]] std::size_t size() const { return packs_.size(); }
    [[nodiscard]] const PackSpec& pack(std::size_t i) const { return spec_.packs.at(i); }

    [[nodiscard]] PackTruth truth(std::size_t i) const;
    [[nodiscard]] const Pack& cells(std::size_t i) const { return packs_[i]; }
    [[nodiscard]] const Bms& bms(std::size_t i) const { return bms_[i]; }

    /// Voltage and currents, as they were over the last step.
    [[nodiscard]] const BusResult& bus() const { return bus_; }
    /// What charger and sun could deliver now, whatever the limits say.
    [[nodiscard]] double chargerAvailable_A() const { return available_A_; }
    [[nodiscard]] double load_W() const { return load_W_; }
    [[nodiscard]] const TwinBook& book() const { return book_; }

    /// All since the start, in their order.
    [[nodiscard]] const std::vector<Loss>& losses() const { return lost_; }

    void setFeedIn(bool on) { spec_.feedIn = on; }
    void setLoad(LoadSpec load) { load_.set(std::move(load)); }
    /// Fixed power of sun instead of a day's course; nothing = back to the day.
    void setSun(std::optional<double> constant_W) { sun_.setConstant(constant_W); }

private:
    void prepareBranches();
    void lose();
    void write(double sun_W, double at_V, double step_h);

    TwinSpec spec_;
    std::chrono::milliseconds time_{0};
    std::vector<Pack> packs_;
    std::vector<Bms> bms_;
    Charger charger_;
    Load load_;
    Sun sun_;
    std::vector<Branch> branches_;
    std::vector<double> breaks_V_;
    BusResult bus_;
    double available_A_{0.0};
    double load_W_{0.0};
    std::optional<Losses> losses_;
    std::vector<Loss> lost_;
    TwinBook book_;
};

} // namespace busbar::sim
