// SPDX-License-Identifier: MIT
// Limits and events in a sentence for people.
#pragma once

#include <cstdint>
#include <string>

namespace busbar {
enum class Quantity : std::uint8_t;
struct Event;
struct Limiter;
} // namespace busbar

namespace busbar::documents {

/// "Pack D allows 57.0 A and takes 54 % of the current", "Owner's ceiling, configured or chosen".
/// English, without a full stop; for eyes, not to be taken apart.
[[nodiscard]] std::string sentenceOf(const Limiter& limiter, Quantity quantity);
/// "Pack D is lost: stale for 30 s".
[[nodiscard]] std::string sentenceOf(const Event& event);

} // namespace busbar::documents
