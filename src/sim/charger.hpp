// SPDX-License-Identifier: MIT
// Charger and inverter as one device that follows its limits the way DVCC hands them out.
#pragma once

#include <optional>

namespace busbar::sim {

/// The three numbers that a battery gives to the GX; nothing = unknown.
struct Limits {
    std::optional<double> cvl_V;
    std::optional<double> ccl_A;
    std::optional<double> dcl_A;
};

struct ChargerSpec {
    double max_A = 200.0;
    double inverter_W = 10000.0;
    double pickUp_s = 3.0; ///< DVCC's loop (dbus/VENUS.md)
    double up_A = 15.0;    ///< per second
    double down_A = 100.0; ///< per second
    double up_V = 0.5;     ///< per second, of the voltage it regulates to
    double down_V = 2.0;
    double cutOff_V = 0.0;  ///< the inverter stops below this …
    double restart_V = 0.0; ///< … until the bus is back here
    /// Solar chargers stop this long after the BMS was lost (their error 67), the inverter …
    double chargerTimeout_s = 60.0;
    double inverterTimeout_s = 300.0; ///< … that long
    /// Mains is there, so feed-in (OvervoltageFeedIn) makes the solar charger ignore the CCL.
    bool hasMains = true;
};

/// What the device would do in the coming step.
struct ChargerOrder {
    double target_V = 0.0; ///< 0 = off
    double charger_A = 0.0;
    double discharge_A = 0.0; ///< from the batteries at most
    bool inverterOn = true;
};

class Charger {
public:
    explicit Charger(const ChargerSpec& spec) : spec_(spec) {}

    struct Input {
        Limits limits;
        bool feedIn = false;
        double bus_V = 0.0;
        double load_A = 0.0;      ///< served in the last step
        double available_A = 0.0; ///< by the sun
        double step_s = 1.0;
    };
    [[nodiscard]] ChargerOrder step(const Input& input);
    [[nodiscard]] const ChargerSpec& spec() const { return spec_; }

private:
    void pickUp(const Input& input);
    void ramp(const Input& input);
    void watchVoltage(double bus_V);

    ChargerSpec spec_;
    double sincePickUp_s_{1e9}; ///< picks up in the first step
    double lost_s_{0.0};        ///< for how long there has been no CVL
    bool everHadBms_{false};
    double wanted_V_{0.0};
    double wanted_A_{0.0};
    double target_V_{0.0};
    double limit_A_{0.0};
    double discharge_A_{0.0};
    bool isCutOff_{false};
};

} // namespace busbar::sim
