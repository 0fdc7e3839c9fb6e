// SPDX-License-Identifier: MIT
// A battery management system: measures, limits, reports late and rounded, trips and reconnects.
#pragma once

#include "sim/pack.hpp"
#include "sim/random.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace busbar::sim {

using Seconds = std::chrono::duration<double>;

/// How and how exactly values leave the BMS.
struct ReportingSpec {
    Seconds period{1.0};
    Seconds phase{0.0}; ///< of the first report
    Seconds delay{0.5}; ///< from measuring to publishing
    double voltageStep_V = 0.01;
    double cellStep_V = 0.001;
    double currentStep_A = 0.1;
    double temperatureStep_C = 0.1;
    double socStep_pct = 1.0;
    double limitStep_A = 1.0;
    double currentGain = 1.0;     ///< what it shows per real ampere
    double currentOffset_A = 0.0; ///< … plus this
    double currentNoise_A = 0.05; ///< standard deviation
    double cellError_V = 0.0015;  ///< standard deviation of each cell's fixed error
    double socError_pct = 0.0;    ///< of its own counter at the start
    bool hasCells = true;
    bool hasCapacity = true;
    bool hasLimits = true;
    bool hasAllowFlags = true;
};

/// Straight from full at `from` to 0 at `to`; nothing = no such derating.
struct Derating {
    double from = 0.0;
    double to = 0.0;
};

struct LimitSpec {
    double charge_V = 56.0;               ///< CVL of the pack
    std::optional<double> float_V;        ///< CVL after absorption; nothing = never floats
    double charge_A = 100.0;              ///< CCL
    double discharge_A = 100.0;           ///< DCL
    std::optional<Derating> highCell_V;   ///< charge
    std::optional<Derating> lowCell_V;    ///< discharge
    std::optional<Derating> coldCharge_C; ///< from = warm
    std::optional<Derating> hot_C;        ///< both ways
};

/// What opens when the BMS trips.
enum class Switch : std::uint8_t {
    Contactor, ///< both directions at once
    Fets,      ///< one of two transistors; its body diode carries the other direction
};

struct TripSpec {
    Switch kind = Switch::Fets;
    double overVoltage_V = 3.65; ///< cell
    double overRelease_V = 3.45;
    double underVoltage_V = 2.6;
    double underRelease_V = 3.0;
    Seconds voltageDelay{2.0};
    double overCharge_A = 130.0;
    double overDischarge_A = 150.0;
    Seconds currentDelay{10.0};
    Seconds reconnectDelay{30.0};
    /// A contactor closes only if pack and bus differ by no more than this.
    double reconnectWithin_V = 1.0;
};

struct BalancerSpec {
    double current_A = 0.1; ///< 0 = none
    double from_V = 3.40;   ///< only cells above …
    double diff_V = 0.010;  ///< … and this much above the lowest
};

/// Things that go wrong from a moment to another, counted from the twin's start.
struct Fault {
    enum class Kind : std::uint8_t {
        Silent, ///< nothing arrives any more, the service included
        Frozen, ///< the service stays, its values do not move
        /// As serialbattery does it (mqtt/VENUS.md): after 10 s no voltage, current, power;
        /// limits, SoC and cells stay for a minute; then the service is gone.
        BmsLost,
        NoCells, ///< cell voltages and extremes missing
        Left,    ///< the service leaves the bus
        Blocked, ///< nothing of the data: the switch opens both ways, and says so
    };
    Kind kind = Kind::Silent;
    Seconds from{0.0};
    Seconds to{0.0};
};

struct BmsSpec {
    double capacity_Ah = 100.0; ///< what it believes
    ReportingSpec reporting;
    LimitSpec limits;
    TripSpec trips;
    BalancerSpec balancer;
    std::vector<Fault> faults;
};

enum class ChargeMode : std::uint8_t { Bulk, Absorption, Float };
[[nodiscard]] std::string_view toText(ChargeMode mode);

/// What a BMS says. Unknown where it says nothing. Charging positive.
struct PackReport {
    bool online = false;    ///< the service is on the bus
    bool silent = false;    ///< … but nothing arrives from it
    std::uint64_t number{}; ///< grows with each report
    std::optional<double> voltage_V, current_A, power_W;
    std::optional<double> soc_pct, capacity_Ah, remaining_Ah, consumed_Ah; ///< consumed ≤ 0
    std::optional<double> temperature_C, minTemperature_C, maxTemperature_C;
    std::vector<double> cells_V; ///< empty = unknown
    std::optional<double> minCell_V, maxCell_V;
    int minCell = 0, maxCell = 0; ///< counted from 1; 0 = unknown
    std::optional<double> maxCharge_V, maxCharge_A, maxDischarge_A;
    std::optional<bool> allowCharge, allowDischarge;
    ChargeMode chargeMode = ChargeMode::Bulk;
    bool balancing = false;
    int highCellAlarm = 0, lowCellAlarm = 0; ///< 0 none, 1 warning, 2 alarm
    int chargeCurrentAlarm = 0, dischargeCurrentAlarm = 0, cableAlarm = 0;
};

/// Why a BMS opened.
enum class Trip : std::uint8_t { OverVoltage, UnderVoltage, OverCharge, OverDischarge };
inline constexpr std::size_t kTripCount = 4;

/// A trip's detector and latch.
struct TripState {
    bool isOpen = false;
    double over_s = 0.0;   ///< for how long the threshold has been passed
    double closed_s = 0.0; ///< for how long release has been possible
    int count = 0;
};

/// Limits that a BMS wants kept now.
struct OwnLimits {
    double maxCharge_V = 0.0;
    double maxCharge_A = 0.0;
    double maxDischarge_A = 0.0;
};

class Bms {
public:
    /// `pack` as it is at the start.
    Bms(BmsSpec spec, const Pack& pack, std::uint64_t seed, Seconds step);

    /// After each step of the pack. `bus_V` decides whether a contactor may close.
    void step(Seconds time, Pack& pack, double bus_V);

    /// Fails in a further way; what has passed is forgotten.
    void addFault(const Fault& fault);
    /// At its last step a fault was at work.
    [[nodiscard]] bool isFailing() const { return isFaulty_; }
    /// … by which nothing that it publishes is of now.
    [[nodiscard]] bool isUnheard() const { return isUnheard_; }

    [[nodiscard]] bool canCharge() const { return canCharge_; }
    [[nodiscard]] bool canDischarge() const { return canDischarge_; }
    [[nodiscard]] Switch switchKind() const { return spec_.trips.kind; }
    /// What the GX sees now.
    [[nodiscard]] const PackReport& published() const { return published_; }
    [[nodiscard]] const OwnLimits& ownLimits() const { return own_; }
    [[nodiscard]] int trips(Trip trip) const {
        return trips_.at(static_cast<std::size_t>(trip)).count;
    }
    [[nodiscard]] const BmsSpec& spec() const { return spec_; }

private:
    struct Queued {
        double due_s = 0.0;
        PackReport report;
    };

    void measure(const Pack& pack);
    void guard(const Pack& pack, double bus_V);
    void watch(Trip trip, bool isOver, bool mayClose, Seconds delay);
    [[nodiscard]] TripState& trip(Trip which) { return trips_.at(static_cast<std::size_t>(which)); }
    [[nodiscard]] bool isOpen(Trip which) const {
        return trips_.at(static_cast<std::size_t>(which)).isOpen;
    }
    void count();
    void limit(const Pack& pack);
    void chooseMode(const Pack& pack);
    void balance(Pack& pack);
    void enqueue(double time_s, const Pack& pack);
    void fill(PackReport& report, const Pack& pack);
    void fillCharge(PackReport& report) const;
    void fillLimits(PackReport& report) const;
    void fillCells(PackReport& report) const;
    void fillAlarms(PackReport& report) const;
    void publish(double time_s);
    void applyFault(const Fault& fault, double time_s);
    [[nodiscard]] const Fault* activeFault(double time_s) const;

    BmsSpec spec_;
    double step_s_;
    Random random_;
    std::vector<double> cellError_V_;
    std::vector<double> measured_V_;
    double lowest_V_{0.0};
    double highest_V_{0.0};
    int lowestCell_{0};
    int highestCell_{0};
    double measured_A_{0.0};
    double count_Ah_; ///< what it believes to hold
    std::array<TripState, kTripCount> trips_;
    bool canCharge_{true};
    bool canDischarge_{true};
    ChargeMode mode_{ChargeMode::Bulk};
    double tail_s_{0.0};
    bool isBalancing_{false};
    OwnLimits own_;
    double nextReport_s_;
    std::uint64_t reports_{0};
    std::vector<Queued> queue_; ///< ring
    std::size_t first_{0};
    std::size_t queued_{0};
    PackReport received_;  ///< the newest report that came through
    PackReport published_; ///< … with faults
    bool isFaulty_{false};
    bool isUnheard_{false};
};

} // namespace busbar::sim
