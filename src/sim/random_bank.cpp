// SPDX-License-Identifier: MIT
// Draws a bank: packs and their BMSs, charger, sun, loads.
#include "sim/random_bank.hpp"

#include "sim/string_lot.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace busbar::sim {

namespace {

constexpr double kPerMonth_h = 30.0 * 24.0;
/// Heat a cell of 1 Ah stores: 5.3 kg at 1 kJ/kg/K for 280 Ah (LFP data sheets).
constexpr double kHeat_J_K_Ah = 19.0;
/// RC member against R0: diffusion adds about as much again within minutes.
constexpr double kSlowShare = 0.8;

/// How far apart the packs' states of charge may start: where the voltage rises all along, nobody
/// joins packs that differ much, for they would equalise with more than their limits.
constexpr double kFlatSpread = 0.15;
constexpr double kSlopingSpread = 0.15;

/// From half to twice, the middle of which is 1.
double halfToTwice(Random& random) {
    return std::exp2(random.uniform(-1.0, 1.0));
}

HeatSpec heatOf(double capacity_Ah, std::size_t cells, double ambient_C) {
    HeatSpec heat;
    heat.ambient_C = ambient_C;
    heat.start_C = ambient_C;
    heat.capacity_J_K = kHeat_J_K_Ah * capacity_Ah * static_cast<double>(cells);
    heat.resistance_K_W = 20.0 / capacity_Ah; // 100 Ah in a case: 10 K at 50 W
    return heat;
}

CellSpec typicalCellSpec(const TypicalCell& typical, double capacity_Ah, double soc) {
    CellSpec cell;
    cell.capacity_Ah = capacity_Ah;
    cell.resistance_Ohm = typical.resistance_Ohm_Ah / capacity_Ah;
    cell.slowResistance_Ohm = kSlowShare * cell.resistance_Ohm;
    cell.soc = soc;
    cell.leak_A = 0.02 * capacity_Ah / kPerMonth_h; // 2 % a month
    return cell;
}

TripSpec typicalTrips(const TypicalCell& typical) {
    TripSpec trips;
    trips.overVoltage_V = typical.overVoltage_V;
    trips.overRelease_V = typical.overRelease_V;
    trips.underVoltage_V = typical.underVoltage_V;
    trips.underRelease_V = typical.underRelease_V;
    return trips;
}

void setCurrents(BmsSpec& bms, double charge_C, double discharge_C) {
    bms.limits.charge_A = std::round(charge_C * bms.capacity_Ah);
    bms.limits.discharge_A = std::round(discharge_C * bms.capacity_Ah);
    bms.trips.overCharge_A = 1.25 * bms.limits.charge_A;
    bms.trips.overDischarge_A = 1.25 * bms.limits.discharge_A;
}

BmsSpec typicalBms(const TypicalCell& typical, std::size_t cells, double capacity_Ah) {
    BmsSpec bms;
    bms.capacity_Ah = capacity_Ah;
    bms.trips = typicalTrips(typical);
    bms.balancer.from_V = typical.balanceFrom_V;
    bms.limits.charge_V = typical.charge_V * static_cast<double>(cells);
    bms.limits.coldCharge_C = Derating{10.0, 0.0};
    bms.limits.hot_C = Derating{45.0, 55.0};
    setCurrents(bms, 0.5, 0.8);
    return bms;
}

/// What BMSs of one make have in common.
struct Make {
    double charge_V = 0.0; ///< of a cell
    bool floats = false;
    bool derates = false;
    double derateFrom_V = 0.0;
    Switch kind = Switch::Fets;
    double balancer_A = 0.1;
    double period_s = 1.0;
    double delay_s = 0.5;
    double limitStep_A = 1.0;
    double socStep_pct = 1.0;
    double currentStep_A = 0.1;
};

Make drawMake(Random& random, Chemistry chemistry) {
    const TypicalCell typical = typicalCell(chemistry);
    Make make;
    switch (chemistry) {
    case Chemistry::Lfp:
        make.charge_V = random.uniform(3.45, 3.60);
        break;
    case Chemistry::Lto:
        make.charge_V = random.uniform(2.60, 2.70);
        break;
    case Chemistry::Nmc:
        // Makers charge to 4.20 V, careful owners to 4.10: below that a tenth stays unused.
        make.charge_V = random.uniform(4.10, 4.20);
        break;
    }
    make.floats = random.chance(0.4);
    make.derates = random.chance(0.5);
    make.derateFrom_V =
        std::min(make.charge_V + random.uniform(-0.02, 0.03), typical.overVoltage_V - 0.05);
    make.kind = random.chance(0.3) ? Switch::Contactor : Switch::Fets;
    make.balancer_A = random.chance(0.3) ? random.uniform(0.6, 2.0) : random.uniform(0.04, 0.2);
    make.period_s = random.uniform(1.0, 2.0);
    make.delay_s = random.uniform(0.2, 1.5);
    make.limitStep_A = random.chance(0.5) ? 1.0 : 0.1;
    make.socStep_pct = random.chance(0.5) ? 1.0 : 0.1;
    make.currentStep_A = random.chance(0.5) ? 0.1 : 0.01;
    return make;
}

void applyMake(BmsSpec& bms, const Make& make, const TypicalCell& typical, std::size_t cells) {
    const auto count = static_cast<double>(cells);
    bms.limits.charge_V = std::round(make.charge_V * count * 10.0) / 10.0;
    if (make.floats)
        bms.limits.float_V = typical.float_V * count;
    if (make.derates)
        bms.limits.highCell_V = Derating{make.derateFrom_V, typical.overVoltage_V - 0.01};
    if (make.derates)
        bms.limits.lowCell_V = Derating{typical.dischargeFrom_V, typical.dischargeTo_V};
    bms.trips.kind = make.kind;
    bms.balancer.current_A = make.balancer_A;
    bms.reporting.period = Seconds(make.period_s);
    bms.reporting.delay = Seconds(make.delay_s);
    bms.reporting.limitStep_A = make.limitStep_A;
    bms.reporting.socStep_pct = make.socStep_pct;
    bms.reporting.currentStep_A = make.currentStep_A;
}

/// Differences between two BMSs of one make.
void drawIndividual(BmsSpec& bms, Random& random) {
    setCurrents(bms, random.uniform(0.3, 1.0), random.uniform(0.3, 1.0));
    bms.reporting.phase = random.uniform(0.0, 1.0) * bms.reporting.period;
    bms.reporting.currentGain = random.normal(1.0, 0.01);
    bms.reporting.currentOffset_A = random.normal(0.0, 0.0005) * bms.capacity_Ah;
    bms.reporting.currentNoise_A = 0.0005 * bms.capacity_Ah;
    bms.reporting.socError_pct = random.normal(0.0, 3.0);
}

std::size_t drawCell(Random& random, std::size_t cells) {
    return static_cast<std::size_t>(random.integer(0, static_cast<int>(cells) - 1));
}

/// What the cells of one pack have in common.
struct Lot {
    int cells = 0;
    double capacity_Ah = 0.0;
    double soc = 0.5;
};

double drawSoc(Random& random, Chemistry chemistry, double mean) {
    const double spread = chemistry == Chemistry::Lfp ? kFlatSpread : kSlopingSpread;
    return std::clamp(mean + random.uniform(-spread, spread), 0.05, 0.95);
}

void drawCells(PackSpec& pack, Random& random, const RandomBankOptions& options, const Lot& lot) {
    const double soc = lot.soc;
    const double capacity_Ah = lot.capacity_Ah;
    const TypicalCell typical = typicalCell(pack.chemistry);
    CellSpec base = typicalCellSpec(typical, capacity_Ah, soc);
    const double resistance = halfToTwice(random);
    base.resistance_Ohm *= resistance;
    base.slowResistance_Ohm *= resistance * random.uniform(0.7, 1.3);
    base.slowTime_s = random.uniform(30.0, 120.0);
    for (int k = 0; k < lot.cells; ++k) {
        CellSpec cell = base;
        cell.capacity_Ah *= random.normal(1.0, 0.01);
        cell.resistance_Ohm *= random.normal(1.0, 0.05);
        cell.soc = std::clamp(soc + random.normal(0.0, 0.004), 0.02, 0.98);
        cell.leak_A *= random.uniform(0.5, 1.5);
        pack.cells.push_back(cell);
    }
    if (options.withWeakCells && random.chance(0.4)) {
        CellSpec& weak = pack.cells[drawCell(random, pack.cells.size())];
        weak.capacity_Ah *= random.uniform(0.85, 0.95);
        weak.resistance_Ohm *= random.uniform(1.5, 2.5);
    }
    if (options.withDriftingCells && random.chance(0.4)) {
        CellSpec& drifting = pack.cells[drawCell(random, pack.cells.size())];
        drifting.soc = std::clamp(drifting.soc + random.uniform(-0.06, 0.06), 0.02, 0.98);
        drifting.leak_A *= 5.0;
    }
}

void drawFault(TwinSpec& bank, Random& random) {
    using enum Fault::Kind;
    constexpr std::array kKinds = {Silent, Frozen, BmsLost, NoCells, Left};
    const auto which = random.integer(0, static_cast<int>(bank.packs.size()) - 1);
    Fault fault;
    fault.kind = kKinds.at(static_cast<std::size_t>(random.integer(0, 4)));
    fault.from = Seconds(random.uniform(1.0, 20.0) * 3600.0);
    fault.to = fault.from + Seconds(random.uniform(20.0, 1200.0));
    bank.packs[static_cast<std::size_t>(which)].bms.faults.push_back(fault);
}

std::string letter(int index) {
    return {static_cast<char>('A' + index % 26)};
}

/// "Pack A", "Pack B" …, or "String 1 Block A" …, with instances from 1.
void setIdentity(PackSpec& pack, int index, int blocks) {
    pack.name = blocks == 1 ? "Pack " + letter(index)
                            : "String " + std::to_string(index / blocks + 1) + " Block " +
                                  letter(index % blocks);
    pack.instance = index + 1;
    pack.serial = "TWIN" + std::to_string(index + 1);
    pack.connection = "ttyTWIN" + std::to_string(index + 1);
}

/// Cells between the bars: a bank of strings has the voltage of one of packs, as far as the cells
/// can be divided.
int cellsOf(const TypicalCell& typical, int blocks) {
    return typical.cellsInSeries / blocks * blocks;
}

/// What a bank of so much charge gives if that is taken within an hour.
double nominal_W(const TwinSpec& bank, double capacity_Ah) {
    const TypicalCell typical = typicalCell(bank.packs.front().chemistry);
    return capacity_Ah * typical.nominal_V * cellsOf(typical, static_cast<int>(bank.inSeries));
}

/// Charger, inverter and cut-off for packs, or strings, that hold `capacity_Ah` together.
void sizePlant(TwinSpec& bank, double capacity_Ah, double array_C) {
    const TypicalCell typical = typicalCell(bank.packs.front().chemistry);
    const int cells = cellsOf(typical, static_cast<int>(bank.inSeries));
    const double nominal_V = typical.nominal_V * cells;
    bank.sun.peak_W = array_C * capacity_Ah * nominal_V;
    bank.charger.max_A = 1.1 * array_C * capacity_Ah;
    bank.charger.inverter_W = 0.8 * capacity_Ah * nominal_V;
    bank.charger.cutOff_V = (typical.underVoltage_V + 0.1) * cells;
    bank.charger.restart_V = typical.underRelease_V * cells;
    bank.load.base_W = 0.015 * capacity_Ah * nominal_V;
    bank.startOfDay = std::chrono::hours(5); // just before sunrise
}

/// Half of the sun and twice the load: such a bank is near empty every night.
void makeNeedy(TwinSpec& bank) {
    bank.sun.peak_W *= 0.5;
    bank.load.base_W *= 2.0;
    for (Appliance& appliance : bank.load.appliances)
        appliance.power_W *= 2.0;
}

/// Some packs stand in the cold, where a BMS allows a part of the charge current only.
void coolSome(TwinSpec& bank, Random& random) {
    const auto first =
        static_cast<std::size_t>(random.integer(0, static_cast<int>(bank.packs.size()) - 1));
    for (std::size_t i = 0; i < bank.packs.size(); ++i) {
        const bool isCold = random.chance(0.4) || i == first;
        const double ambient_C = random.uniform(1.0, 9.0);
        if (isCold)
            bank.packs[i].heat.ambient_C = bank.packs[i].heat.start_C = ambient_C;
    }
}

void drawScene(TwinSpec& bank, Random& random) {
    bank.withLosses = true;
    switch (random.integer(0, 2)) {
    case 0:
        makeNeedy(bank);
        break;
    case 1:
        coolSome(bank, random);
        break;
    default:
        break;
    }
}

PlantMeters drawMeters(Random& random) {
    PlantMeters meters;
    meters.chargerGain = random.uniform(0.98, 1.02);
    meters.loadGain = random.uniform(0.98, 1.02);
    return meters;
}

void drawLie(TwinSpec& bank, Random& random) {
    const auto which = random.integer(0, static_cast<int>(bank.packs.size()) - 1);
    ReportingSpec& liar = bank.packs[static_cast<std::size_t>(which)].bms.reporting;
    if (random.chance(0.5))
        liar.currentGain *= 1.3;
    else
        liar.currentOffset_A += 8.0;
}

Chemistry drawChemistry(Random& random, const RandomBankOptions& options) {
    if (options.withLosses) {
        constexpr std::array kAll = {Chemistry::Lfp, Chemistry::Lfp, Chemistry::Lto,
                                     Chemistry::Nmc};
        const auto drawn = kAll.at(static_cast<std::size_t>(random.integer(0, 3)));
        return options.chemistry.value_or(drawn);
    }
    const bool isLto = random.chance(0.25);
    return options.chemistry.value_or(isLto ? Chemistry::Lto : Chemistry::Lfp);
}

void drawAppliances(LoadSpec& load, Random& random, double nominal_W) {
    for (int i = random.integer(2, 4); i > 0; --i)
        load.appliances.push_back({random.uniform(0.03, 0.2) * nominal_W,
                                   random.uniform(300.0, 2400.0), random.uniform(3600.0, 14400.0)});
}

void drawPacks(TwinSpec& bank, Random& random, const RandomBankOptions& options,
               Chemistry chemistry) {
    const TypicalCell typical = typicalCell(chemistry);
    const int blocks = options.strings ? options.strings->blocks : 1;
    const int drawn = random.integer(options.fewestPacks, options.mostPacks);
    const int packs = options.strings ? options.strings->strings * blocks : drawn;
    const double base_Ah = random.uniform(60.0, 280.0);
    const double ambient_C = random.uniform(10.0, 30.0);
    const bool oneMake = random.chance(0.5);
    const Make common = drawMake(random, chemistry);
    bank.inSeries = static_cast<std::size_t>(blocks);
    StringLot string(options.meanSoc, blocks);
    for (int i = 0; i < packs; ++i) {
        string.begin(random, i);
        const double capacity_Ah = string.nominal_Ah(std::round(base_Ah * halfToTwice(random)));
        PackSpec& pack = bank.packs.emplace_back();
        setIdentity(pack, i, blocks);
        pack.chemistry = chemistry;
        Lot lot;
        lot.cells = cellsOf(typical, blocks) / blocks;
        lot.capacity_Ah = capacity_Ah * random.uniform(0.92, 1.02);
        lot.soc = string.soc(drawSoc(random, chemistry, options.meanSoc));
        drawCells(pack, random, options, lot);
        pack.connection_Ohm = random.uniform(0.0005, 0.003);
        pack.heat = heatOf(capacity_Ah, pack.cells.size(), ambient_C);
        pack.bms = typicalBms(typical, pack.cells.size(), capacity_Ah);
        const Make own = drawMake(random, chemistry);
        applyMake(pack.bms, oneMake ? common : own, typical, pack.cells.size());
        drawIndividual(pack.bms, random);
    }
    if (blocks > 1 && options.withDriftingCells && random.chance(0.4))
        drawDriftingBlock(bank, random);
}

} // namespace

TwinSpec makeRandomBank(std::uint64_t seed, const RandomBankOptions& options) {
    Random random(seed);
    TwinSpec bank;
    bank.seed = random.fork();
    const Chemistry chemistry = drawChemistry(random, options);
    drawPacks(bank, random, options, chemistry);
    const double sum_Ah = nominalSum_Ah(bank);
    sizePlant(bank, sum_Ah, random.uniform(0.4, 1.0));
    bank.sun.cloudiness = random.uniform(0.0, 0.5);
    drawAppliances(bank.load, random, nominal_W(bank, sum_Ah));
    if (options.withFaults)
        drawFault(bank, random);
    if (options.withLosses)
        drawScene(bank, random);
    if (options.withMeters)
        bank.meters = drawMeters(random);
    if (options.withLyingSensor)
        drawLie(bank, random);
    return bank;
}

TwinSpec makeEqualBank(Chemistry chemistry, int packs, double capacity_Ah) {
    return makeEqualStrings(chemistry, {packs, 1}, capacity_Ah);
}

TwinSpec makeEqualStrings(Chemistry chemistry, const StringsSpec& strings, double capacity_Ah) {
    const TypicalCell typical = typicalCell(chemistry);
    const int blocks = strings.blocks;
    const auto cells = static_cast<std::size_t>(cellsOf(typical, blocks) / blocks);
    TwinSpec bank;
    bank.inSeries = static_cast<std::size_t>(blocks);
    for (int i = 0; i < strings.strings * blocks; ++i) {
        PackSpec& pack = bank.packs.emplace_back();
        setIdentity(pack, i, blocks);
        pack.chemistry = chemistry;
        pack.cells.assign(cells, typicalCellSpec(typical, capacity_Ah, 0.5));
        pack.heat = heatOf(capacity_Ah, cells, 20.0);
        pack.bms = typicalBms(typical, cells, capacity_Ah);
    }
    sizePlant(bank, capacity_Ah * strings.strings, 0.4);
    return bank;
}

} // namespace busbar::sim
