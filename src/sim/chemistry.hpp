// SPDX-License-Identifier: MIT
// Cell chemistries: open-circuit voltage over state of charge, and the voltages people set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace busbar::sim {

enum class Chemistry : std::uint8_t { Lfp, Lto, Nmc };

[[nodiscard]] std::string_view toText(Chemistry chemistry);

/// Open-circuit voltage of a cell over its state of charge (1 = full), in equal pieces, straight
/// within each, and continued straight beyond the ends: a cell may be charged beyond full.
class OcvTable {
public:
    /// One straight piece: `voltage_V` at its start.
    struct Piece {
        double voltage_V;
        double slope_V; ///< per 1 of state of charge, > 0
    };

    /// `voltages_V`: at least two, rising, evenly spaced over 0 … 1.
    explicit OcvTable(const std::vector<double>& voltages_V);

    /// Voltage and slope at a state of charge.
    [[nodiscard]] Piece at(double soc) const {
        const double position = soc * count_;
        const double clamped = position < 0.0 ? 0.0 : (position > last_ ? last_ : position);
        const auto index = static_cast<std::size_t>(clamped);
        const Piece& piece = pieces_[index];
        return {piece.voltage_V + piece.slope_V * (soc - static_cast<double>(index) * width_),
                piece.slope_V};
    }
    [[nodiscard]] double voltage_V(double soc) const { return at(soc).voltage_V; }
    /// The state of charge at which a resting cell has this voltage.
    [[nodiscard]] double soc(double voltage_V) const;
    /// What 1 Ah of capacity stores between 0 and `soc`, Wh.
    [[nodiscard]] double energy_Wh(double soc) const;

private:
    double count_;
    double last_;
    double width_;
    std::vector<Piece> pieces_;
    std::vector<double> energy_Wh_; ///< up to the start of each piece
};

[[nodiscard]] OcvTable makeOcvTable(Chemistry chemistry);

/// Voltages of one cell as BMSs are usually set, V.
struct TypicalCell {
    double nominal_V;
    double charge_V;          ///< CVL
    double float_V;           ///< after absorption
    double overVoltage_V;     ///< opens for charging here …
    double overRelease_V;     ///< … closes again here
    double chargeFrom_V;      ///< a BMS that derates begins here …
    double chargeTo_V;        ///< … and is at 0 A here
    double underVoltage_V;    ///< opens for discharging here …
    double underRelease_V;    ///< … closes again here
    double dischargeFrom_V;   ///< derates from here …
    double dischargeTo_V;     ///< … to here
    double balanceFrom_V;     ///< balancers work above
    double resistance_Ohm_Ah; ///< R0 × capacity: bigger cells have less
    int cellsInSeries;        ///< of a 48 V pack
};

[[nodiscard]] TypicalCell typicalCell(Chemistry chemistry);

} // namespace busbar::sim
