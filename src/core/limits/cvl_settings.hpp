// SPDX-License-Identifier: MIT
// The owner's wishes for charge_voltage.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace busbar {

/// Where the CVL comes from (limits/charge_voltage.hpp).
enum class CvlMode : std::uint8_t {
    Min,
    Max,
    MaxWhenBalancing,
    MaxUntilAllFloat,
    Gx,
    Own,
    MaxWhenFloating
};

struct CvlSettings {
    CvlMode mode = CvlMode::Min;
    /// Peak control holds the highest cell here; nothing = by preset, 0 = off.
    std::optional<double> cellMax_V;
    /// Cells count as equal below this spread; nothing = by preset.
    std::optional<double> cellDiffMax_V;
    /// For mode Own: charge voltage of a cell, one for all months or twelve; empty = by preset.
    std::vector<double> cell_V;
};

/// The charge voltage goes by the month, if the mode is Own.
[[nodiscard]] inline bool hasMonths(const CvlSettings& settings) {
    return settings.cell_V.size() == 12;
}

} // namespace busbar
