// SPDX-License-Identifier: MIT
// What is found about how a GX is set up: DVCC, its monitor, its BMS, the bank's instance.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace busbar {

struct AdviceInput;

/// What is so, and what to change where; nothing = nothing to say.
using Finding = std::optional<std::string>;

[[nodiscard]] std::string joined(std::initializer_list<std::string_view> parts);

/// A menu of Venus 3.60 and later.
inline constexpr std::string_view kChargeControl = "Settings → System setup → Charge Control";

/// Who controls the chargers of the GX, and who is its battery monitor: "battery 3 (Pack A)
/// controls the chargers, the battery monitor is battery 1 (Pack B)". Empty = it says neither.
[[nodiscard]] std::string whomItObeys(const AdviceInput& input);

/// Out of reach for Modbus TCP.
[[nodiscard]] bool isInstanceTooHigh(int instance);

[[nodiscard]] Finding dvccOff(const AdviceInput& input);
[[nodiscard]] Finding otherMonitor(const AdviceInput& input);
[[nodiscard]] Finding otherBms(const AdviceInput& input);
[[nodiscard]] Finding instanceTooHigh(const AdviceInput& input);

} // namespace busbar
