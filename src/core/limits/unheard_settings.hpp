// SPDX-License-Identifier: MIT
// The owner's wishes for limits/unheard.hpp.
#pragma once

#include <cstdint>
#include <optional>

namespace busbar {

/// Whether what lost batteries said still counts.
enum class UnheardRule : std::uint8_t { Hold, Ignore };

struct UnheardSettings {
    UnheardRule rule = UnheardRule::Hold;
    /// Charge voltage that the cells of a battery nobody hears bear, V a cell; nothing = by preset.
    std::optional<double> cell_V;
};

} // namespace busbar
