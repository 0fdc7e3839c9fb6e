// SPDX-License-Identifier: MIT
// The newest documents as metrics for Prometheus.
#pragma once

#include <string>

namespace busbar::web {

class Board;

/// Text format 0.0.4. In base units (V, A, W, J, K/°C, 0…1), named after them; what is unknown is
/// left out. Series: per site, bank, battery, cell and limiter only, never per time or text.
[[nodiscard]] std::string metricsText(const Board& board);

} // namespace busbar::web
