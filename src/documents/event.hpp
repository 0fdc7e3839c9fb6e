// SPDX-License-Identifier: MIT
// What there is to say about an event.
#pragma once

#include "documents/piece.hpp"

#include <vector>

namespace busbar {
struct BankView;
struct Event;
struct Now;
} // namespace busbar

namespace busbar::documents {

/// An event of this bank, which happened now.
struct EventView {
    const BankView& bank;
    const Event& event;
    const Now& now;
};

void tellEvent(const EventView& event, const Reader& reader);
[[nodiscard]] std::vector<Line> eventLines();

} // namespace busbar::documents
